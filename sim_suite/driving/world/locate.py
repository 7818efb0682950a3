"""After a move: where a vehicle is on its path, and which lanes are under it. Source: ours.

Traffic is on its path by construction. Agents and scripted actors may be anywhere, so the lane under them is searched (nearest.py).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.roads.graph.kinds import DRIVABLE
from sim_suite.driving.roads.graph.nearest import nearest_lane
from sim_suite.driving.traffic.paths import path_of_legs, shift_path
from sim_suite.driving.traffic.presence import side_lane_of
from sim_suite.driving.world.kinds import AGENT, TRAFFIC
from sim_suite.driving.world.lanes import foot_near, pose_at, width_and_speeds, wrap
from sim_suite.driving.world.layout import (
    ARC,
    CONTROL,
    ENTERED,
    HEADING_ERROR,
    LANE,
    LANE_ARC,
    LANE_LATERAL,
    LATERAL,
    LEG,
    LENGTH,
    ROUTE_ARC,
    SIDE_LANE,
    SPEED,
    SPEED_LIMIT,
    TICK,
    TOLD_SPEED,
    WAIT,
    WIDTH,
    YAW,
    X,
    Y,
)
from sim_suite.driving.world.terrain import BESIDE_LEFT, BESIDE_RIGHT, DRIVEN, JUNCTION, Ground, Terrain

NEAR_M: Final = 6.0
"""Farther from any lane than this, a vehicle is on none."""
STANDING_MPS: Final = np.float32(0.1)
"""CARLA's ActorBlockedTest calls this standing."""
_HALF: Final = np.float32(0.5)
_ZERO: Final = np.float32(0.0)


@called
def locate_vehicle(
    body: np.ndarray, mind: np.ndarray, path: np.ndarray, span: np.ndarray, legs: np.ndarray, leg_span: np.ndarray,
    leg_arc: np.ndarray, world: np.ndarray, ground: Ground,
) -> None:  # fmt: skip
    """Bring a vehicle's place on its path and its lanes up to date; rows of its own, of its route (empty without one), of its world."""
    terrain = ground.terrain
    mind[WAIT] = mind[WAIT] + 1 if abs(body[SPEED]) < STANDING_MPS else 0
    if mind[CONTROL] == TRAFFIC:
        _locate_on_path(body, mind, path, span, world, terrain)
        mind[LANE], body[LANE_ARC], body[LANE_LATERAL] = path[0], body[ARC], body[LATERAL]
    else:
        if mind[CONTROL] == AGENT and len(legs) > 0 and legs[0] >= 0:
            _locate_on_route(body, mind, path, span, legs, leg_span, leg_arc, terrain)
        find_lane(body, mind, ground)
        if mind[CONTROL] == AGENT and _is_on_its_way(body, path, span, terrain):
            mind[LANE], body[LANE_ARC], body[LANE_LATERAL] = path[0], body[ARC], body[LATERAL]
        if mind[CONTROL] != AGENT or len(legs) == 0 or legs[0] < 0:
            path[0], span[0, 0], body[ARC], body[LATERAL] = mind[LANE], _ZERO, body[LANE_ARC], body[LANE_LATERAL]
            span[0, 1] = body[LANE_ARC] + np.float32(1.0)
    lane = mind[LANE]
    if lane < 0:
        mind[SIDE_LANE], mind[ENTERED] = -1, -1
        return
    _, _, heading, _ = pose_at(terrain, lane, body[LANE_ARC])
    half_width, limit, _ = width_and_speeds(terrain, lane, body[LANE_ARC])
    body[SPEED_LIMIT] = told_limit(limit, body[TOLD_SPEED]) if mind[CONTROL] == AGENT else limit
    angle = body[YAW] - heading
    across = _HALF * (body[LENGTH] * np.float32(abs(math.sin(angle))) + body[WIDTH] * np.float32(abs(math.cos(angle))))
    left, right = terrain.lane[lane, BESIDE_LEFT], terrain.lane[lane, BESIDE_RIGHT]
    side = side_lane_of(terrain, lane, body[LANE_LATERAL], across, half_width, left, right)
    mind[SIDE_LANE] = side if side >= 0 and terrain.lane[side, DRIVEN] == 1 else -1
    if terrain.lane[lane, JUNCTION] < 0:
        mind[ENTERED] = -1
    elif mind[ENTERED] < 0:
        mind[ENTERED] = world[TICK]


@borrowing
def told_limit(limit: np.float32, told: np.float32) -> np.float32:
    """A lane's limit for one that has been told a greatest speed, m/s; told 0: none."""
    return min(limit, told) if told > _ZERO else limit


@borrowing
def _is_on_its_way(body: np.ndarray, path: np.ndarray, span: np.ndarray, terrain: Terrain) -> bool:
    """Whether an agent is within its route's lane in a junction, where other lanes lie on the same ground."""
    lane = path[0]
    if lane < 0 or terrain.lane[lane, JUNCTION] < 0 or not span[0, 0] <= body[ARC] <= span[0, 1]:
        return False
    half_width, _, _ = width_and_speeds(terrain, lane, body[ARC])
    return bool(abs(body[LATERAL]) <= half_width and abs(body[HEADING_ERROR]) < np.float32(math.pi / 2))


@borrowing
def _locate_on_path(
    body: np.ndarray, mind: np.ndarray, path: np.ndarray, span: np.ndarray, world: np.ndarray, terrain: Terrain
) -> None:
    arc, lateral, heading = foot_near(terrain, path[0], body[ARC], body[X], body[Y])
    while arc > span[0, 1] and path[1] >= 0:
        arc = arc - span[0, 1] + span[1, 0]
        shift_path(terrain, world, mind, path, span)
        arc, lateral, heading = foot_near(terrain, path[0], arc, body[X], body[Y])
        if arc < _ZERO:  # lanes meet at an angle: it is past the old one's end and before the new one's start
            arc = _ZERO
            break
    body[ARC], body[LATERAL], body[HEADING_ERROR] = arc, lateral, wrap(body[YAW] - heading)


@borrowing
def _locate_on_route(
    body: np.ndarray, mind: np.ndarray, path: np.ndarray, span: np.ndarray, legs: np.ndarray, leg_span: np.ndarray,
    leg_arc: np.ndarray, terrain: Terrain,
) -> None:  # fmt: skip
    arc, lateral, heading = foot_near(terrain, path[0], body[ARC], body[X], body[Y])
    moved = False
    while arc > span[0, 1] and path[1] >= 0:
        arc = arc - span[0, 1] + span[1, 0]
        mind[LEG] += 1
        path_of_legs(legs, leg_span, mind[LEG], mind, path, span)
        arc, lateral, heading = foot_near(terrain, path[0], arc, body[X], body[Y])
        moved = True
        if arc < span[0, 0]:
            break
    if moved:
        arc = max(arc, span[0, 0])
    body[ARC], body[LATERAL], body[HEADING_ERROR] = arc, lateral, wrap(body[YAW] - heading)
    behind = leg_arc[mind[LEG]] + min(max(arc, span[0, 0]), span[0, 1]) - span[0, 0]
    body[ROUTE_ARC] = max(body[ROUTE_ARC], behind)


@called
def find_lane(body: np.ndarray, mind: np.ndarray, ground: Ground) -> None:
    """The lane for motor traffic that is under the box's centre, or nearest to it within NEAR_M; -1 where there is none."""
    terrain = ground.terrain
    place = nearest_lane(
        terrain.origin_x + body[X],
        terrain.origin_y + body[Y],
        math.nan,
        float(body[YAW]),
        DRIVABLE,
        NEAR_M,
        ground.grid,
    )
    mind[LANE] = place[0]
    if place[0] >= 0:
        body[LANE_ARC], body[LANE_LATERAL] = place[1], place[2]
