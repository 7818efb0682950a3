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
"""m/s^2: what a runner's start or stop takes; walking stays far below. Ours."""
ARRIVAL: Final = np.float32(1.5)
"""m/s^2: how it slows down before its goal: in 0.65 m from 1.4 m/s. Ours."""
_STANDING: Final = np.float32(0.02)
"""m/s: slower is standing."""
_ZERO: Final = np.float32(0.0)
_ONE: Final = np.float32(1.0)
_TWO: Final = np.float32(2.0)
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

    wish_mps: the speed it would like, 0 to stop. It slows down before its goal and stops on it, to a centimetre.
    """
    to_x, to_y = goal_x - x, goal_y - y
    away = np.float32(math.sqrt(to_x * to_x + to_y * to_y))
    lost = ARRIVAL * dt
    arriving = np.float32(math.sqrt(lost * lost + _TWO * ARRIVAL * away)) - lost  # from which it can still stop in time
    wish: np.float32 = min(max(wish_mps, _ZERO), arriving)
    share = wish / np.float32(max(away, _LEAST))
    vx, vy = speed * np.float32(math.cos(yaw)), speed * np.float32(math.sin(yaw))
    ax, ay = (share * to_x - vx) / RELAXATION, (share * to_y - vy) / RELAXATION
    size = np.float32(math.sqrt(ax * ax + ay * ay))
    gain = dt * MAX_ACCEL / np.float32(max(size, MAX_ACCEL))
    vx, vy = vx + gain * ax, vy + gain * ay
    new_speed = np.float32(math.sqrt(vx * vx + vy * vy))
    if new_speed < _STANDING and wish < _STANDING:
        return x, y, yaw, _ZERO
    cut = np.float32(max(arriving, speed - MAX_ACCEL * dt)) / np.float32(max(new_speed, _LEAST))
    if cut < _ONE:
        vx, vy, new_speed = cut * vx, cut * vy, cut * new_speed
    return x + vx * dt, y + vy * dt, np.float32(math.atan2(vy, vx)), new_speed
