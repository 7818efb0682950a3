"""Red lights and stop signs. Source: CARLA leaderboard's RunningRedLightTest and RunningStopTest for what counts: the front of the
vehicle passes the line; at a stop sign it must have stood before it.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.traffic.lights import light_at
from sim_suite.driving.world.kinds import RED, TICK_S
from sim_suite.driving.world.lanes import pose_at
from sim_suite.driving.world.layout import LANE, LANE_ARC, LENGTH, SPEED, STOPPED, YAW
from sim_suite.driving.world.terrain import FIRST_STOP, STOP_GROUP, STOP_KIND, Terrain

STANDING_MPS: Final = np.float32(0.1)
"""CARLA's RunningStopTest calls this a stop."""
NEAR_M: Final = np.float32(4.0)
"""Who stands farther before the line has stopped for something else: a car's length."""
PASSED_RED: Final = 1
PASSED_STOP: Final = 2
_LIGHT, _STOP = 1, 2  # SignalKind
_DT: Final = np.float32(TICK_S)


@called
def look_at_lines_passed(
    body: np.ndarray,
    mind: np.ndarray,
    path: np.ndarray,
    span: np.ndarray,
    terrain: Terrain,
    lights: np.ndarray,
    tick: int,
) -> int:
    """PASSED_RED | PASSED_STOP for what the front passed in the last tick; notes in mind's STOPPED where it stands.

    Lines on the lane under it count and, where that is the first of its path, those on the next.
    """
    lane = mind[LANE]
    if lane < 0:
        return 0
    _, _, heading, _ = pose_at(terrain, lane, body[LANE_ARC])
    facing = np.float32(math.cos(body[YAW] - heading))
    if facing <= np.float32(0.3):
        return 0
    front = body[LANE_ARC] + np.float32(0.5) * body[LENGTH] * facing
    before = front - body[SPEED] * _DT * facing
    passed = _on_lane(body, mind, lane, before, front, terrain, lights, tick)
    if path[0] == lane and path[1] >= 0:
        shift = span[0, 1] - span[1, 0]
        passed |= _on_lane(body, mind, path[1], before - shift, front - shift, terrain, lights, tick)
    return passed


@borrowing
def _on_lane(
    body: np.ndarray, mind: np.ndarray, lane: int, before: np.float32, front: np.float32, terrain: Terrain,
    lights: np.ndarray, tick: int,
) -> int:  # fmt: skip
    passed = 0
    for n in range(terrain.lane[lane, FIRST_STOP], terrain.lane[lane + 1, FIRST_STOP]):
        arc = terrain.stop_arc[n]
        kind = terrain.stop[n, STOP_KIND]
        if kind == _STOP and body[SPEED] < STANDING_MPS and -np.float32(0.5) < arc - front < NEAR_M:
            mind[STOPPED] = n
        if not before < arc <= front:
            continue
        if kind == _LIGHT and light_at(terrain.programme, lights, terrain.stop[n, STOP_GROUP], tick) == RED:
            passed |= PASSED_RED
        if kind == _STOP and mind[STOPPED] != n:
            passed |= PASSED_STOP
    return passed
