"""People on foot: along sidewalks, and over crosswalks when it is safe. Source: ours.

A walker follows the sidewalk. Where a crosswalk begins it may turn to it, waits until the light is red for the vehicles and each
of them can still stop, and crosses without stopping: vehicles give way to who is on a crosswalk (stops.py).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.dynamics.walking import walk_step
from sim_suite.driving.traffic.lights import light_at, ticks_of_red_left
from sim_suite.driving.traffic.presence import ALONG, AT, BESIDE, HALF_ALONG, NEXT, SORT, Presence
from sim_suite.driving.world.kinds import OFF, TICK_S, TICKS_A_SECOND
from sim_suite.driving.world.lanes import foot_near, length_of, pose_at
from sim_suite.driving.world.layout import (
    ARC,
    CROSSING,
    CROSSWALK,
    FORKS,
    GOAL_X,
    GOAL_Y,
    ID,
    LANE,
    LANE_ARC,
    LANE_LATERAL,
    LATERAL,
    LEG,
    OFFSET,
    PHASE,
    RESTING,
    SEED_HIGH,
    SEED_LOW,
    SPEED,
    UNTIL,
    WAIT,
    WAITING,
    WALKING,
    WISH,
    YAW,
    X,
    Y,
)
from sim_suite.driving.world.random import WALK, uniform
from sim_suite.driving.world.terrain import (
    AX,
    CROSS_FROM,
    CROSS_TO,
    END_ARC,
    END_LANE,
    FIRST_CROSSED,
    FIRST_PREDECESSOR,
    FIRST_SUCCESSOR,
    LANE_KIND,
    WALK_GROUP,
    WALK_LENGTH,
    Terrain,
)

CROSS_SHARE: Final = np.float32(0.5)
"""Of those who pass a crosswalk, how many cross."""
TURN_M: Final = np.float32(2.5)
"""Within so much of a crosswalk's end one turns to it."""
LOOK_TICKS: Final = 10
AHEAD_M: Final = np.float32(2.0)
REST_S: Final = np.float32(12.0)
"""Longest rest of those whose crosswalk ends at no sidewalk."""
CAR_BRAKE: Final = np.float32(2.0)
"""m/s^2 that a walker trusts a vehicle to brake with."""
CAR_SECOND: Final = np.float32(0.5)
"""The driver's reaction that it reckons with, s."""
_SIDEWALK: Final = 9  # LaneKind.SIDEWALK
_DT: Final = np.float32(TICK_S)
_ZERO: Final = np.float32(0.0)


@called
def walk(
    presence: Presence, t: int, body: np.ndarray, mind: np.ndarray, world: np.ndarray, lights: np.ndarray,
    terrain: Terrain, tick: int,
) -> None:  # fmt: skip
    """Decide and move one pedestrian. body, mind: its own rows; the lists hold where the others were at the start of the tick."""
    phase = mind[PHASE]
    wish = body[WISH]
    if phase == WALKING:
        _follow_sidewalk(body, mind, world, terrain, tick)
    elif phase == RESTING:
        wish = _ZERO
        if tick >= mind[UNTIL]:
            mind[PHASE] = WAITING
    elif phase == WAITING:
        wish = _ZERO
        if (tick + mind[ID]) % 4 == 0 and is_clear(presence, t, mind[CROSSWALK], body[WISH], lights, terrain, tick):
            _begin_crossing(body, mind, terrain)
    if mind[PHASE] == CROSSING:
        wish = body[WISH]
        dx, dy = body[GOAL_X] - body[X], body[GOAL_Y] - body[Y]
        if dx * dx + dy * dy < np.float32(0.25):
            _arrive(body, mind, world, terrain, tick)
    body[X], body[Y], body[YAW], body[SPEED] = walk_step(
        body[X], body[Y], body[YAW], body[SPEED], body[GOAL_X], body[GOAL_Y], wish, _DT
    )
    mind[WAIT] = mind[WAIT] + 1 if body[SPEED] < np.float32(0.1) else 0


@borrowing
def _end_of(terrain: Terrain, crosswalk: int, end: int) -> tuple[np.float32, np.float32]:
    row = terrain.crosswalk_f[crosswalk]
    return row[AX + 2 * end], row[AX + 2 * end + 1]


@borrowing
def _nearer_end(body: np.ndarray, terrain: Terrain, crosswalk: int) -> int:
    ax, ay = _end_of(terrain, crosswalk, 0)
    bx, by = _end_of(terrain, crosswalk, 1)
    to_a = (body[X] - ax) * (body[X] - ax) + (body[Y] - ay) * (body[Y] - ay)
    to_b = (body[X] - bx) * (body[X] - bx) + (body[Y] - by) * (body[Y] - by)
    return 0 if to_a <= to_b else 1


@borrowing
def _begin_crossing(body: np.ndarray, mind: np.ndarray, terrain: Terrain) -> None:
    body[GOAL_X], body[GOAL_Y] = _end_of(terrain, mind[CROSSWALK], 1 - _nearer_end(body, terrain, mind[CROSSWALK]))
    mind[PHASE] = CROSSING


@borrowing
def _arrive(body: np.ndarray, mind: np.ndarray, world: np.ndarray, terrain: Terrain, tick: int) -> None:
    """On the other side: on along the sidewalk there, or a rest and back."""
    end = _nearer_end(body, terrain, mind[CROSSWALK])
    lane = terrain.crosswalk[mind[CROSSWALK], END_LANE + end]
    drawn = uniform(world[SEED_LOW], world[SEED_HIGH], WALK, tick, mind[ID], 0)
    mind[FORKS] += 1
    if lane < 0:
        mind[PHASE] = RESTING
        mind[UNTIL] = tick + int((np.float32(3.0) + REST_S * drawn) * np.float32(TICKS_A_SECOND))
        body[GOAL_X], body[GOAL_Y] = _end_of(terrain, mind[CROSSWALK], end)
        return
    mind[PHASE], mind[LANE] = WALKING, lane
    body[ARC] = terrain.crosswalk_f[mind[CROSSWALK], END_ARC + end]
    mind[LEG] = 1 if drawn < np.float32(0.5) else -1
    mind[CROSSWALK] = -1


@borrowing
def _follow_sidewalk(body: np.ndarray, mind: np.ndarray, world: np.ndarray, terrain: Terrain, tick: int) -> None:
    lane, way = mind[LANE], mind[LEG]
    arc, lateral, _ = foot_near(terrain, lane, body[ARC], body[X], body[Y])
    length = length_of(terrain, lane)
    if (way > 0 and arc >= length) or (way < 0 and arc <= _ZERO):
        next_lane = _next_sidewalk(terrain, lane, way, world, mind)
        if next_lane < 0:
            mind[LEG] = -way
            arc = min(max(arc, _ZERO), length)
        else:
            mind[LANE] = next_lane
            lane = next_lane
            arc = _ZERO if way > 0 else length_of(terrain, next_lane)
    body[ARC], body[LATERAL], body[LANE_ARC], body[LANE_LATERAL] = arc, lateral, arc, lateral
    ahead = arc + AHEAD_M * np.float32(mind[LEG])
    x, y, heading, _ = pose_at(terrain, lane, ahead)
    cos, sin = np.float32(math.cos(heading)), np.float32(math.sin(heading))
    beyond = ahead - min(max(ahead, _ZERO), length_of(terrain, lane))
    body[GOAL_X] = x + beyond * cos - body[OFFSET] * sin
    body[GOAL_Y] = y + beyond * sin + body[OFFSET] * cos
    if (tick + mind[ID]) % LOOK_TICKS == 0:
        _turn_to_crosswalk(body, mind, world, terrain, lane)


@borrowing
def _next_sidewalk(terrain: Terrain, lane: int, way: int, world: np.ndarray, mind: np.ndarray) -> int:
    """A sidewalk that goes on from the end walked to, drawn evenly; -1 where there is none."""
    column = FIRST_SUCCESSOR if way > 0 else FIRST_PREDECESSOR
    first, stop = terrain.lane[lane, column], terrain.lane[lane + 1, column]
    ways = 0
    for n in range(first, stop):
        other = terrain.successor[n] if way > 0 else terrain.predecessor[n]
        ways += 1 if terrain.lane[other, LANE_KIND] == _SIDEWALK else 0
    if ways == 0:
        return -1
    drawn = uniform(world[SEED_LOW], world[SEED_HIGH], WALK, mind[FORKS], mind[ID], 1)
    mind[FORKS] += 1
    chosen = min(int(drawn * np.float32(ways)), ways - 1)
    for n in range(first, stop):
        other = terrain.successor[n] if way > 0 else terrain.predecessor[n]
        if terrain.lane[other, LANE_KIND] == _SIDEWALK:
            if chosen == 0:
                return int(other)
            chosen -= 1
    return -1


@borrowing
def _turn_to_crosswalk(body: np.ndarray, mind: np.ndarray, world: np.ndarray, terrain: Terrain, lane: int) -> None:
    """Whether it turns is drawn once for each time it passes."""
    for crosswalk in range(terrain.crosswalk_f.shape[0]):
        for end in range(2):
            if terrain.crosswalk[crosswalk, END_LANE + end] != lane:
                continue
            if abs(terrain.crosswalk_f[crosswalk, END_ARC + end] - body[ARC]) > TURN_M:
                continue
            drawn = uniform(world[SEED_LOW], world[SEED_HIGH], WALK, mind[FORKS], mind[ID], 2 + crosswalk)
            if drawn < CROSS_SHARE:
                mind[PHASE], mind[CROSSWALK] = WAITING, crosswalk
                body[GOAL_X], body[GOAL_Y] = _end_of(terrain, crosswalk, end)
                return


@called
def is_clear(
    presence: Presence, t: int, crosswalk: int, pace: np.float32, lights: np.ndarray, terrain: Terrain, tick: int
) -> bool:
    """Whether a walker may begin to cross: vehicles have red for long enough, and each that comes can stop."""
    needed = terrain.crosswalk_f[crosswalk, WALK_LENGTH] / max(pace, np.float32(0.5))
    group = terrain.crosswalk[crosswalk, WALK_GROUP]
    if light_at(terrain.programme, lights, group, tick) != OFF:
        left = ticks_of_red_left(terrain.programme, lights, group, tick)
        if np.float32(left) * _DT < needed + np.float32(1.0):
            return False
    first, stop = terrain.crosswalk[crosswalk, FIRST_CROSSED], terrain.crosswalk[crosswalk + 1, FIRST_CROSSED]
    for n in range(first, stop):
        row, lane = terrain.crossed[n, 0], terrain.crossed[n, 1]
        low, high = terrain.crossing_f[row, CROSS_FROM], terrain.crossing_f[row, CROSS_TO]
        if not _can_all_stop(presence, t, lane, low, high):
            return False
        for m in range(terrain.lane[lane, FIRST_PREDECESSOR], terrain.lane[lane + 1, FIRST_PREDECESSOR]):
            before = terrain.predecessor[m]
            length = length_of(terrain, before)
            if not _can_all_stop(presence, t, before, low + length, high + length):
                return False
    return True


@borrowing
def _can_all_stop(presence: Presence, t: int, lane: int, low: np.float32, high: np.float32) -> bool:
    """Whether nobody noted under a lane stands between two arcs or is too near and fast to stop before the first."""
    entry = presence.head[t, lane]
    while entry >= 0:
        note, place = presence.note[t, entry], presence.place[t, entry]
        entry = note[NEXT]
        if note[SORT] == BESIDE or place[AT] - place[HALF_ALONG] > high:
            continue
        distance = low - place[AT] - place[HALF_ALONG] - np.float32(1.0)
        speed = max(place[ALONG], _ZERO)
        if distance < speed * CAR_SECOND + speed * speed / (np.float32(2.0) * CAR_BRAKE):
            return False
    return True
