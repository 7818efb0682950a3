"""Pure pursuit: the wheel angle that leads to a point ahead on the path. Source: Coulter 1992 (CMU-RI-TR-92-01)."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.world.lanes import length_of, pose_at, wrap
from sim_suite.driving.world.layout import ARC, LATERAL, PATH, SPEED, STEER, WHEELBASE, YAW, X, Y
from sim_suite.driving.world.terrain import Terrain

LOOK_S: Final = np.float32(0.6)
"""Look-ahead in seconds of driving: long enough not to weave at 30 m/s with wheels that turn 0.4 rad/s, short enough for bends."""
LOOK_LEAST_M: Final = np.float32(4.0)
LOOK_SWERVING_M: Final = np.float32(2.8)
"""At a walking pace, while it pulls out: so it needs no more than a car's length."""
LOOK_MOST_M: Final = np.float32(25.0)
_RIGHT_ANGLE: Final = np.float32(math.pi / 2)
_MOST_SINE: Final = np.float32(0.9)
_HALF: Final = np.float32(0.5)
_ZERO: Final = np.float32(0.0)


@borrowing
def place_ahead(
    body: np.ndarray, path: np.ndarray, span: np.ndarray, terrain: Terrain, distance: np.float32
) -> tuple[int, np.float32]:
    """(lane, arc) so many metres ahead along the path; past its end the arc exceeds the lane's length."""
    arc, lane = body[ARC] + distance, path[0]
    for k in range(PATH - 1):
        if arc <= span[k, 1] or path[k + 1] < 0:
            break
        arc = arc - span[k, 1] + span[k + 1, 0]
        lane = path[k + 1]
    return lane, arc


@called
def pursue(body: np.ndarray, path: np.ndarray, span: np.ndarray, terrain: Terrain, offset: np.float32) -> np.float32:
    """Wheel angle (rad, left positive) towards a point `offset` m to the left of the path's centre.

    Coulter pursues with the rear axle, which leads long vehicles wide of bends; here the box's centre does, whose way differs from
    the heading by the slip angle: curvature 2 sin(alpha) / distance, sin(slip) = rear * curvature, tan(wheel) = wheelbase *
    curvature / cos(slip).
    """
    back = _HALF * body[WHEELBASE]
    swerving = abs(offset - body[LATERAL]) > np.float32(0.4) and body[SPEED] < np.float32(3.0)
    least = LOOK_SWERVING_M if swerving else LOOK_LEAST_M
    look = min(max(LOOK_S * abs(body[SPEED]) + np.float32(2.0), least), LOOK_MOST_M)
    lane, arc = place_ahead(body, path, span, terrain, look)
    x, y, heading, _ = pose_at(terrain, lane, arc)
    beyond = max(arc - length_of(terrain, lane), _ZERO)
    cos, sin = np.float32(math.cos(heading)), np.float32(math.sin(heading))
    dx, dy = x + beyond * cos - offset * sin - body[X], y + beyond * sin + offset * cos - body[Y]
    # The slip that the wheels' present angle gives, also where it stands.
    slip = np.float32(math.atan(_HALF * np.float32(math.tan(body[STEER]))))
    angle = wrap(np.float32(math.atan2(dy, dx)) - body[YAW] - slip)
    angle = min(max(angle, -_RIGHT_ANGLE), _RIGHT_ANGLE)
    away = max(np.float32(math.sqrt(dx * dx + dy * dy)), np.float32(0.5))
    curvature = np.float32(2.0) * np.float32(math.sin(angle)) / away
    turned = min(max(back * curvature, -_MOST_SINE), _MOST_SINE)
    cos_slip = np.float32(math.sqrt(np.float32(1.0) - turned * turned))
    return np.float32(math.atan(body[WHEELBASE] * curvature / cos_slip))
