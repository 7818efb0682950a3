"""What the display beside the road says: read from a world's arrays, for one agent. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sim_suite.driving.roads.routes.route import TURN_RAD
from sim_suite.driving.traffic.lights import light_at
from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import OFF, TICK_S, EventKind
from sim_suite.driving.world.layout import State
from sim_suite.driving.world.terrain import FIRST_STOP, JUNCTION, LANE_TURN, STOP_GROUP, Terrain

SIGHT_M: Final = 120.0
"""Turns and lights that are farther away are not announced."""
FADE_S: Final = 3.0
"""How long the last event is told."""

EVENT_TEXTS: Final[dict[int, str]] = {
    EventKind.COLLISION: "Collision", EventKind.OFF_ROAD: "Off the road", EventKind.WRONG_WAY: "Wrong way",
    EventKind.RED_LIGHT: "Ran a red light", EventKind.STOP_SIGN: "Ran a stop sign", EventKind.SPEEDING: "Too fast",
    EventKind.LANE_INVASION: "Crossed a solid line", EventKind.ROUTE_DEVIATION: "Left the route",
    EventKind.BLOCKED: "Blocked", EventKind.ROUTE_DONE: "Arrived",
}  # fmt: skip
"""By EventKind, for people; others are told by their names."""


@dataclass(frozen=True)
class Hud:
    """What is shown. None leaves a thing out."""

    speed_mps: float = 0.0
    limit_mps: float | None = None
    steer: float = 0.0
    """-1 (right) to 1 (left) of the largest wheel angle."""
    throttle: float = 0.0
    brake: float = 0.0
    """0 to 1 each."""
    turn_rad: float | None = None
    """Of the next way through a junction: positive to the left, about 0 straight on."""
    turn_m: float = 0.0
    """How far it is to it."""
    light: int | None = None
    """Light of the next traffic light on the route."""
    light_m: float = 0.0
    time_s: float = 0.0
    """Simulated time since the reset."""
    progress: float | None = None
    """0 to 1 of the route's length."""
    score: float | None = None
    score_name: str = "score"
    event: str = ""
    """The last event, in a few words ..."""
    event_age_s: float = 0.0
    """... and how long ago it was."""
    good_event: bool = False
    """Whether it is a good one."""


def read_hud(
    state: State, world: int, agent: int, terrain: Terrain, *, score: float | None = None, score_name: str = "score",
    event: tuple[int, int] | None = None,
) -> Hud:  # fmt: skip
    """The display of an agent (its slot, less than N). event: kind and tick of the last one, if any."""
    body, controls = state.body[world, agent], state.controls[world, agent]
    tick = int(state.world[world, layout.TICK])
    turn, turn_m, light, light_m = _ahead(state, world, agent, terrain, tick)
    count = int((state.legs[world, agent] >= 0).sum())
    length = float(state.leg_arc[world, agent, count])
    limit = float(body[layout.SPEED_LIMIT])
    return Hud(
        speed_mps=abs(float(body[layout.SPEED])), limit_mps=limit if limit > 0.0 else None,
        steer=float(np.clip(controls[0], -1.0, 1.0)), throttle=float(np.clip(controls[1], 0.0, 1.0)),
        brake=float(np.clip(controls[2], 0.0, 1.0)), turn_rad=turn, turn_m=turn_m, light=light, light_m=light_m,
        time_s=tick * TICK_S, progress=min(float(body[layout.ROUTE_ARC]) / length, 1.0) if length > 0.0 else None,
        score=score, score_name=score_name, event=event_text(event[0]) if event else "",
        event_age_s=(tick - event[1]) * TICK_S if event else 0.0,
        good_event=event is not None and event[0] == EventKind.ROUTE_DONE,
    )  # fmt: skip


def event_text(kind: int) -> str:
    """An EventKind in a few words."""
    return EVENT_TEXTS.get(kind) or EventKind(kind).name.replace("_", " ").capitalize()


def _ahead(
    state: State, world: int, agent: int, terrain: Terrain, tick: int
) -> tuple[float | None, float, int | None, float]:
    """Turn and its distance, light and its distance, for the next of each within SIGHT_M."""
    turn: float | None = None
    light: int | None = None
    turn_m = light_m = 0.0
    done, legs = float(state.body[world, agent, layout.ROUTE_ARC]), state.legs[world, agent]
    front = float(state.body[world, agent, layout.LENGTH]) / 2
    junction = -1
    for leg in range(max(int(state.mind[world, agent, layout.LEG]), 0), len(legs)):
        lane, gap = int(legs[leg]), float(state.leg_arc[world, agent, leg]) - done
        if lane < 0 or gap > SIGHT_M:
            break
        if terrain.lane[lane, JUNCTION] >= 0 and (turn is None or junction == terrain.lane[lane, JUNCTION]):
            turn_m = max(gap, 0.0) if turn is None else turn_m
            turn = (turn or 0.0) + float(terrain.lane_f[lane, LANE_TURN])
            junction = int(terrain.lane[lane, JUNCTION])
        elif turn is not None:
            junction = -1
        if light is None:
            light, light_m = _light_on(state, world, agent, terrain, tick, leg, gap, front)
    return turn, turn_m, light, light_m


def _light_on(
    state: State, world: int, agent: int, terrain: Terrain, tick: int, leg: int, gap_m: float, front_m: float
) -> tuple[int | None, float]:
    """The first light on a leg whose line lies before the agent's front, and the distance to it."""
    lane = int(state.legs[world, agent, leg])
    low, high = state.leg_span[world, agent, leg].tolist()
    for entry in range(int(terrain.lane[lane, FIRST_STOP]), int(terrain.lane[lane + 1, FIRST_STOP])):
        group, arc = int(terrain.stop[entry, STOP_GROUP]), float(terrain.stop_arc[entry])
        distance = gap_m + arc - low
        if group >= 0 and low <= arc <= high and front_m - 1.0 < distance <= SIGHT_M:
            shown = light_at(terrain.programme, state.lights[world], group, tick)
            return (int(shown), distance - front_m) if shown != OFF else (None, 0.0)
    return None, 0.0


def manoeuvre_of(turn_rad: float) -> int:
    """1 left, 0 straight on, -1 right: as routes name their ways through junctions."""
    return 0 if abs(turn_rad) < TURN_RAD else (1 if turn_rad > 0.0 else -1)
