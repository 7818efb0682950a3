"""Looks at one vehicle after a tick and notes every rule that it has begun to break, and what became of its route.

Source: ours; the rules are in the files beside this one. Thresholds of the route and of being blocked: CARLA leaderboard
(InRouteTest 30 m; ActorBlockedTest 0.1 m/s for 180 s).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.rules.events import begins, note_event
from sim_suite.driving.rules.ground import is_off_road, is_over_line, is_wrong_way
from sim_suite.driving.rules.lines import PASSED_RED, PASSED_STOP, look_at_lines_passed
from sim_suite.driving.world.kinds import (
    AGENT,
    BLOCKED,
    LANE_INVASION,
    OFF_ROAD,
    RED_LIGHT,
    ROUTE_DEVIATION,
    ROUTE_DONE,
    SPEEDING,
    STOP_SIGN,
    TICKS_A_SECOND,
    WRONG_WAY,
)
from sim_suite.driving.world.lanes import width_and_speeds
from sim_suite.driving.world.layout import (
    ARC,
    CONTROL,
    LANE,
    LANE_ARC,
    LATERAL,
    LEG,
    ROUTE_ARC,
    SPEED,
    SPEED_LIMIT,
    TICK,
    TOLD_SPEED,
    WAIT,
)
from sim_suite.driving.world.terrain import Ground, Terrain

SPEED_TOLERANCE_MPS: Final = np.float32(5.0 / 3.6)
"""5 km/h: within it most countries fine nobody. nuPlan counts any excess, scaled by 2.23 m/s."""
DEVIATION_M: Final = np.float32(30.0)
BLOCKED_TICKS: Final = 180 * TICKS_A_SECOND
DONE_M: Final = np.float32(1.0)
"""The route is done when its end is so near."""
_ZERO: Final = np.float32(0.0)


@called
def judge(
    i: int, body: np.ndarray, mind: np.ndarray, path: np.ndarray, span: np.ndarray, leg_arc: np.ndarray,
    legs: np.ndarray, world: np.ndarray, lights: np.ndarray, event: np.ndarray, event_place: np.ndarray,
    tally: np.ndarray, ground: Ground,
) -> None:  # fmt: skip
    """Judge the vehicle in slot i. legs, leg_arc: of its own route; rows of other actors' are empty."""
    terrain, tick = ground.terrain, world[TICK]
    if begins(mind, OFF_ROAD, is_off_road(body, ground)):
        note_event(world, event, event_place, tally, body, OFF_ROAD, i, -1, _ZERO, _ZERO)
    if begins(mind, WRONG_WAY, is_wrong_way(body, mind, terrain)):
        note_event(world, event, event_place, tally, body, WRONG_WAY, i, -1, _ZERO, _ZERO)
    if begins(mind, LANE_INVASION, is_over_line(body, mind, terrain)):
        note_event(world, event, event_place, tally, body, LANE_INVASION, i, -1, _ZERO, _ZERO)
    over = _over_limit(body, mind, terrain)
    if begins(mind, SPEEDING, bool(over > SPEED_TOLERANCE_MPS)):
        note_event(world, event, event_place, tally, body, SPEEDING, i, -1, over, _ZERO)
    passed = look_at_lines_passed(body, mind, path, span, terrain, lights, tick)
    if passed & PASSED_RED:
        note_event(world, event, event_place, tally, body, RED_LIGHT, i, -1, _ZERO, _ZERO)
    if passed & PASSED_STOP:
        note_event(world, event, event_place, tally, body, STOP_SIGN, i, -1, _ZERO, _ZERO)
    if begins(mind, BLOCKED, mind[WAIT] >= BLOCKED_TICKS):
        note_event(world, event, event_place, tally, body, BLOCKED, i, -1, _ZERO, _ZERO)
    if mind[CONTROL] == AGENT and len(legs) > 0 and legs[0] >= 0:
        _judge_route(i, body, mind, span, leg_arc, legs, world, event, event_place, tally)


@borrowing
def _over_limit(body: np.ndarray, mind: np.ndarray, terrain: Terrain) -> np.float32:
    """How much faster it is than the lane's own limit, m/s: who is told to drive slower and does not breaks no rule of the road."""
    if mind[CONTROL] != AGENT or body[TOLD_SPEED] <= _ZERO:
        return np.float32(body[SPEED] - body[SPEED_LIMIT])
    if mind[LANE] < 0:
        return _ZERO  # what remains in SPEED_LIMIT may be the told speed
    _, limit, _ = width_and_speeds(terrain, mind[LANE], body[LANE_ARC])
    return np.float32(body[SPEED] - limit)


@borrowing
def _judge_route(
    i: int, body: np.ndarray, mind: np.ndarray, span: np.ndarray, leg_arc: np.ndarray, legs: np.ndarray,
    world: np.ndarray, event: np.ndarray, event_place: np.ndarray, tally: np.ndarray,
) -> None:  # fmt: skip
    beyond = max(max(span[0, 0] - body[ARC], body[ARC] - span[0, 1]), _ZERO)
    away = np.float32(math.sqrt(body[LATERAL] * body[LATERAL] + beyond * beyond))
    if begins(mind, ROUTE_DEVIATION, bool(away > DEVIATION_M)):
        note_event(world, event, event_place, tally, body, ROUTE_DEVIATION, i, -1, away, _ZERO)
    leg = mind[LEG]
    last = leg + 1 >= len(legs) or legs[leg + 1] < 0
    if begins(mind, ROUTE_DONE, last and body[ROUTE_ARC] >= leg_arc[leg + 1] - DONE_M):
        note_event(world, event, event_place, tally, body, ROUTE_DONE, i, -1, _ZERO, _ZERO)
