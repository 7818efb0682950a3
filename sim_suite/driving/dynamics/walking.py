"""People on foot: they walk straight to a goal, and stop there. Source: D. Helbing and P. Molnár 1995, "Social force model for
pedestrian dynamics", Phys. Rev. E 51, eq. 2 (the driving term), with its relaxation time of 0.5 s.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing

RELAXATION: Final = np.float32(0.5)
"""Seconds in which a velocity comes near the wished one."""
MAX_ACCEL: Final = np.float32(4.0)
"""m/s^2: what a runner's start or stop takes; walking stays far below."""
_ZERO: Final = np.float32(0.0)
_LEAST: Final = np.float32(1e-3)


@borrowing
def walk_step(
    x: np.float32,
    y: np.float32,
    yaw: np.float32,
    speed: np.float32,
    goal_x: np.float32,
    goal_y: np.float32,
    wish_mps: np.float32,
    dt: np.float32,
) -> tuple[np.float32, np.float32, np.float32, np.float32]:
    """(x, y, yaw, speed) after dt seconds: a pedestrian looks where it walks, and keeps looking so when it stands.

    wish_mps: the speed it would like, 0 to stop. It slows down before its goal and stops on it.
    """
    to_x, to_y = goal_x - x, goal_y - y
    away = np.float32(math.sqrt(to_x * to_x + to_y * to_y))
    vx, vy = speed * np.float32(math.cos(yaw)), speed * np.float32(math.sin(yaw))
    wish: np.float32 = min(max(wish_mps, _ZERO), away / RELAXATION)
    share = wish / np.float32(max(away, _LEAST))
    ax, ay = (share * to_x - vx) / RELAXATION, (share * to_y - vy) / RELAXATION
    size = np.float32(math.sqrt(ax * ax + ay * ay))
    most = MAX_ACCEL / np.float32(max(size, MAX_ACCEL)) * dt
    vx += most * ax
    vy += most * ay
    new_speed = np.float32(math.sqrt(vx * vx + vy * vy))
    if new_speed < _LEAST:
        return x, y, yaw, _ZERO
    return x + vx * dt, y + vy * dt, np.float32(math.atan2(vy, vx)), new_speed
