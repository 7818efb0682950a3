"""A planner that proposes, rolls out and scores, in the manner of PDM-Closed. Source: Dauner et al. 2023 (arXiv:2306.07962).

Every 0.1 s: where the rules ask it to stop (the traffic model's own look at lines, crosswalks and junctions), a forecast of the others,
proposals (proposals.py), their scores (scoring.py); the first controls of the best are the action. Where all collide within
EMERGENCY_S, it brakes as hard as it can.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.experts.driving.base import Driver
from agents.experts.driving.batch import Worlds
from agents.experts.driving.forecast import STEP_S, Forecast, fill_forecast, new_forecast
from agents.experts.driving.proposals import (
    ASIDE,
    CAP,
    HORIZON,
    PACCEL,
    PROPOSAL,
    PWHEEL,
    ROLLED,
    SHARE,
    SHIFT_MPS,
    Rules,
    roll_out,
    room_in_lane,
)
from agents.experts.driving.reference import POINTS, TABLE, TSAFE, fill_table
from agents.experts.driving.scene import Scene, copy_world, extend_path, new_scene, write_action
from agents.experts.driving.scoring import HIT, SCORE, TOTAL, add_up, judge_proposal
from agents.interface import Batch
from sim_suite.compiling import borrowing, called, shared
from sim_suite.driving.traffic.idm import FREE, HARDEST_BRAKE
from sim_suite.driving.traffic.junctions import LAST_RESORT_TICKS, look_at_junctions
from sim_suite.driving.traffic.leaders import find_leader
from sim_suite.driving.traffic.passing import wanted_offset
from sim_suite.driving.traffic.presence import forget, note_all
from sim_suite.driving.traffic.stops import is_full_ahead, look_at_crosswalks, look_at_lines
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.driving.world.layout import (
    BODY,
    FRICTION,
    KIND,
    NUM_ACTORS,
    OFFSET,
    SPEED,
    TICK,
    WAIT,
    WIDTH,
)
from sim_suite.driving.world.terrain import DrivingMap, Ground, Terrain

SHARES: Final = np.array([1.0, 0.8, 0.6, 0.4, 0.2], np.float32)
"""Of the limit, as in PDM-Closed; the fastest first, which ties prefer."""
SIDES_M: Final = np.float32(1.0)
"""Lateral offsets of PDM-Closed, cut to what the lane has room for."""
MOST_PROPOSALS: Final = 4 * len(SHARES)
HEAD_START_MPS: Final = np.float32(1.6)
"""With this speed and the traffic's START_ACCEL, 1.5 m/s^2, one gets as far in 3.5 s (15 m) as from rest with 2.4 m/s^2."""
EMERGENCY_S: Final = np.float32(2.0)
"""As in PDM-Closed."""
_DT: Final = np.float32(TICK_S)
_ZERO: Final = np.float32(0.0)


class Desk(NamedTuple):
    """What a thread writes on. P proposals."""

    scene: Scene
    table: NDArray[np.float32]
    """[POINTS, TABLE]"""
    forecast: Forecast
    proposals: NDArray[np.float32]
    """[P, PROPOSAL]"""
    rolled: NDArray[np.float32]
    """[P, HORIZON + 1, ROLLED]"""
    scores: NDArray[np.float32]
    """[P, SCORE]"""
    box: NDArray[np.float32]
    asked: NDArray[np.float32]
    """[4] Where a line, a crosswalk, a junction and a full road ahead ask the front to stop, m; FREE where they do not."""
    chosen: NDArray[np.int32]
    """[2] Number of the best proposal, and of proposals."""


class PdmDriver(Driver[Desk]):
    """Proposes, rolls out, scores. It remembers where beside the lane's centre it means to drive, m."""

    memory_size = 1
    least_worlds = 1

    def __init__(self) -> None:
        super().__init__()
        self._plan: NDArray[np.float64] | None = None

    @property
    def plan(self) -> NDArray[np.float64] | None:
        """[9, 2] x, y of where the last `predict`'s car will be, every 0.5 s from now on, world frame, m; None before the first."""
        return self._plan

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[np.float32], Any | None]:
        actions, memory = super().predict(observation, state, episode_start, deterministic)
        if len(observation):
            moment = observation[-1]
            desk = self.desks(moment.driving_map, moment.world.body.shape[1])[0]
            terrain = moment.driving_map.ground.terrain
            points = desk.rolled[desk.chosen[0], ::5, :2].astype(np.float64)
            self._plan = points + np.array([terrain.origin_x, terrain.origin_y])
        return actions, memory

    def new_desk(self, driving_map: DrivingMap, actors: int) -> Desk:
        return Desk(
            new_scene(driving_map, actors), np.zeros((POINTS, TABLE), np.float32), new_forecast(actors),
            np.zeros((MOST_PROPOSALS, PROPOSAL), np.float32),
            np.zeros((MOST_PROPOSALS, HORIZON + 1, ROLLED), np.float32), np.zeros((MOST_PROPOSALS, SCORE), np.float32),
            np.zeros(BODY, np.float32), np.zeros(4, np.float32), np.zeros(2, np.int32),
        )  # fmt: skip

    def decide(self, worlds: Worlds, ground: Ground, desk: Desk, begin: int, end: int) -> None:
        _drive_worlds(worlds, ground, desk, begin, end)


@shared
def _drive_worlds(worlds: Worlds, ground: Ground, desk: Desk, begin: int, end: int) -> None:
    for k in range(begin, end):
        _drive(worlds, worlds.which[k], ground, desk, desk.scene)


@called
def _drive(worlds: Worlds, w: int, ground: Ground, desk: Desk, scene: Scene) -> None:
    i, memory = worlds.slot, worlds.memory[w]
    terrain = ground.terrain
    copy_world(worlds, w, 0, worlds.world[w, NUM_ACTORS], scene)
    body, mind = scene.bodies[i], scene.minds[i]
    extend_path(terrain, scene.paths[i], scene.spans[i])
    fill_table(body, scene.paths[i], scene.spans[i], terrain, scene.weather[FRICTION], desk.table)
    body[OFFSET] = memory[0]
    note_all(scene.presence, 0, scene.bodies, scene.minds, scene.paths, scene.spans, scene.world[NUM_ACTORS], terrain)
    pace = desk.table[0, TSAFE]
    rules = _look(scene, i, terrain, pace, desk.asked)
    need, _, most = wanted_offset(
        scene.presence, 0, i, body, scene.paths[i], scene.spans[i], scene.minds, terrain, _ZERO
    )
    fill_forecast(scene, i, terrain, desk.table, desk.forecast)
    forget(scene.presence, 0)
    count = _propose(need, most, room_in_lane(desk.table, body[WIDTH]), desk.proposals)
    for p in range(count):
        roll_out(
            body, mind[KIND], memory[0], desk.proposals[p], rules, desk.table, desk.forecast,
            desk.rolled[p],
        )  # fmt: skip
        judge_proposal(
            body, desk.rolled[p], desk.table, desk.forecast, ground, terrain.left_hand == 1, desk.box, desk.scores[p]
        )
    best = add_up(desk.scores, count)
    desk.chosen[0], desk.chosen[1] = best, count
    wheel, accel = desk.rolled[best, 0, PWHEEL], desk.rolled[best, 0, PACCEL]
    if desk.scores[best, TOTAL] <= _ZERO and desk.scores[best, HIT] * STEP_S <= EMERGENCY_S:
        accel = HARDEST_BRAKE
    most = SHIFT_MPS * _DT * np.float32(worlds.ticks)
    memory[0] += min(max(desk.proposals[best, ASIDE] - memory[0], -most), most)
    write_action(mind[KIND], body[SPEED], scene.weather[FRICTION], wheel, accel, worlds.actions[w])


@borrowing
def _look(scene: Scene, i: int, terrain: Terrain, pace: np.float32, asked: NDArray[np.float32]) -> Rules:
    """What the rules ask for now, as the traffic model sees it. asked: [4], written."""
    body, mind, path, span = scene.bodies[i], scene.minds[i], scene.paths[i], scene.spans[i]
    presence, tick, speed = scene.presence, scene.world[TICK], scene.bodies[i, SPEED]
    horizon = np.float32(30.0) + np.float32(2.0) * speed + speed * speed / np.float32(4.0)
    gap, leader, _, _ = find_leader(presence, 0, i, body, mind, path, span, terrain, horizon)
    stop, line, yielding, _ = look_at_lines(body, mind, path, span, terrain, scene.lights, tick, horizon)
    if yielding < FREE:
        pace = min(pace, np.float32(math.sqrt(np.float32(25.0) + np.float32(3.0) * max(yielding, _ZERO))))
    crosswalk = look_at_crosswalks(presence, 0, body, path, span, scene.bodies, scene.minds, terrain, horizon, pace)
    held, merge_gap, merge_speed = look_at_junctions(
        presence, 0, i, body, mind, path, span, scene.bodies, scene.minds, terrain, scene.lights, tick, line, horizon,
        pace,
    )  # fmt: skip
    if held < FREE and speed < HEAD_START_MPS:
        # The traffic reckons with a gentler start than this driver's.
        body[SPEED] = HEAD_START_MPS
        brisk, gap_2, speed_2 = look_at_junctions(
            presence, 0, i, body, mind, path, span, scene.bodies, scene.minds, terrain, scene.lights, tick, line,
            horizon, pace,
        )  # fmt: skip
        body[SPEED] = speed
        if brisk > held:
            held, merge_gap, merge_speed = brisk, gap_2, speed_2
    full = FREE
    waits = line < FREE and line > np.float32(-0.5) and mind[WAIT] < LAST_RESORT_TICKS
    if waits and is_full_ahead(body, path, span, terrain, gap, leader):
        full = line
    asked[0], asked[1], asked[2], asked[3] = stop, crosswalk, held, full
    stop = min(min(stop, crosswalk), min(held, full))
    return Rules(stop, merge_gap, merge_speed, yielding)


@borrowing
def _propose(need: np.float32, most: np.float32, room: np.float32, proposals: NDArray[np.float32]) -> int:
    """Write the proposals; how many there are. need: the offset that passes what stands in the lane, 0 for none; most: speed
    while passing it, m/s; room: how far aside the lane lets one drive, m."""
    side = min(SIDES_M, room)
    count = 0
    for way in range(4):
        if (way == 0 and need == _ZERO) or (way > 1 and side <= np.float32(0.05)):
            continue
        aside = need if way == 0 else _ZERO if way == 1 else side if way == 2 else -side
        for share in SHARES:
            row = proposals[count]
            row[SHARE], row[ASIDE] = share, aside
            row[CAP] = most if way == 0 else FREE
            count += 1
    return count
