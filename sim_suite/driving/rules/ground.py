"""Off the road, the wrong way, over solid lines. Source: nuPlan's drivable area and driving direction metrics for the tolerances
(motional/nuplan-devkit, drivable_area_compliance: 0.3 m); CARLA's lane invasion sensor for the marks.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.roads.baking.lookup import texel
from sim_suite.driving.world.lanes import pose_at, segment, wrap
from sim_suite.driving.world.layout import (
    LANE,
    LANE_ARC,
    LANE_LATERAL,
    LENGTH,
    SPEED,
    WIDTH,
    YAW,
    X,
    Y,
)
from sim_suite.driving.world.terrain import (
    CHANGE,
    DRIVEN,
    HALF_WIDTH,
    JUNCTION,
    SOLID_LEFT,
    SOLID_RIGHT,
    Ground,
    Terrain,
)

TOLERANCE_M: Final = np.float32(0.3)
"""A corner may be so far off: nuPlan's max_violation_threshold."""
WRONG_RAD: Final = math.pi / 2
ROLLING_MPS: Final = np.float32(0.5)
"""Who stands goes nowhere, also not the wrong way."""
_HALF: Final = np.float32(0.5)


@called
def is_off_road(body: np.ndarray, ground: Ground) -> bool:
    """Whether a corner of the box, pulled in by TOLERANCE_M both ways, is not on paved ground."""
    terrain = ground.terrain
    cos, sin = np.float32(math.cos(body[YAW])), np.float32(math.sin(body[YAW]))
    along = max(_HALF * body[LENGTH] - TOLERANCE_M, np.float32(0.0))
    across = max(_HALF * body[WIDTH] - TOLERANCE_M, np.float32(0.0))
    for corner in range(4):
        u = along if corner < 2 else -along
        v = across if corner % 2 == 0 else -across
        x = terrain.origin_x + body[X] + u * cos - v * sin
        y = terrain.origin_y + body[Y] + u * sin + v * cos
        _, lanes = texel(ground.textures, x, y)
        if ground.paved[int(lanes)] == 0:
            return True
    return False


@borrowing
def is_wrong_way(body: np.ndarray, mind: np.ndarray, terrain: Terrain) -> bool:
    """Whether it drives against the lane that its centre is on, outside of junctions."""
    lane = mind[LANE]
    if lane < 0 or terrain.lane[lane, DRIVEN] != 1 or terrain.lane[lane, JUNCTION] >= 0 or body[SPEED] < ROLLING_MPS:
        return False
    _, _, heading, _ = pose_at(terrain, lane, body[LANE_ARC])
    k, _ = segment(terrain, lane, body[LANE_ARC])
    within = abs(body[LANE_LATERAL]) <= terrain.point[k, HALF_WIDTH]
    return bool(within and abs(wrap(body[YAW] - heading)) > WRONG_RAD)


@borrowing
def is_over_line(body: np.ndarray, mind: np.ndarray, terrain: Terrain) -> bool:
    """Whether the box reaches over a mark of its lane that may not be crossed."""
    lane = mind[LANE]
    if lane < 0:
        return False
    k, _ = segment(terrain, lane, body[LANE_ARC])
    marks = int(terrain.point[k, CHANGE])
    if marks & (SOLID_LEFT | SOLID_RIGHT) == 0:
        return False
    _, _, heading, _ = pose_at(terrain, lane, body[LANE_ARC])
    angle = body[YAW] - heading
    across = _HALF * (body[LENGTH] * np.float32(abs(math.sin(angle))) + body[WIDTH] * np.float32(abs(math.cos(angle))))
    half = terrain.point[k, HALF_WIDTH]
    left = marks & SOLID_LEFT != 0 and body[LANE_LATERAL] + across > half
    right = marks & SOLID_RIGHT != 0 and body[LANE_LATERAL] - across < -half
    return left or right
