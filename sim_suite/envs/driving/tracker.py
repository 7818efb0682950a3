"""Drives a car through waypoints: pure pursuit for the wheel, and for the pedals what the longitudinal model asks for.

Source: Coulter 1992 (CMU-RI-TR-92-01), "Implementation of the pure pursuit path tracking algorithm"; speeds are read from the
waypoints' spacing as in Chen et al. 2020 (arXiv:1912.12294, "Learning by cheating"). The pedals need no integral part: the
inverse of the longitudinal model feeds resistances forward.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.dynamics.longitudinal import GRAVITY
from sim_suite.driving.dynamics.vehicles import (
    DRAG_KG_PER_M,
    MASS_KG,
    MAX_BRAKE,
    MAX_DRIVE,
    MAX_WHEEL_RAD,
    PARAMETERS,
    POWER_W,
    REAR_M,
    ROLLING,
    WHEELBASE_M,
)

NUM_WAYPOINTS: Final = 4
WAYPOINT_S: Final = np.float32(0.5)
"""Waypoint k lies where the vehicle's centre shall be (k + 1) times this later."""
WAYPOINT_SCALE_M: Final = np.float32(60.0)
"""Metres of an action of 1: the farthest waypoint at 30 m/s."""
_SPEED_S: Final = np.float32(0.5)  # within which the speed that is wished for shall be reached
_AHEAD_S: Final = np.float32(0.5)  # pure pursuit looks so far ahead, and at least so many metres:
_AHEAD_M: Final = np.float32(4.0)
_STANDING_MPS: Final = np.float32(0.2)
_HALF, _ONE, _TWO, _ZERO = np.float32(0.5), np.float32(1.0), np.float32(2.0), np.float32(0.0)


@borrowing
def pedals(kind: int, speed: np.float32, accel: np.float32) -> tuple[np.float32, np.float32]:
    """(throttle, brake) in [0, 1] that give an acceleration, m/s^2, at a speed, m/s, on a road that holds."""
    mass = PARAMETERS[kind, MASS_KG]
    resistance = PARAMETERS[kind, ROLLING] * GRAVITY + PARAMETERS[kind, DRAG_KG_PER_M] / mass * speed * speed
    force = accel + resistance
    if force < _ZERO:
        return _ZERO, min(-force / PARAMETERS[kind, MAX_BRAKE], _ONE)
    most = PARAMETERS[kind, MAX_DRIVE]
    if speed * most * mass > PARAMETERS[kind, POWER_W]:
        most = PARAMETERS[kind, POWER_W] / (mass * speed)
    return min(force / most, _ONE) if most > _ZERO else _ZERO, _ZERO


@borrowing
def pursue(kind: int, wheelbase_m: np.float32, x: np.float32, y: np.float32) -> np.float32:
    """Steering in [-1, 1] for the arc from the rear axle to a point x m ahead and y m to the left of the vehicle's centre."""
    x = x + wheelbase_m * PARAMETERS[kind, REAR_M] / PARAMETERS[kind, WHEELBASE_M]
    squared = max(x * x + y * y, _ONE)
    wheel = np.float32(math.atan(wheelbase_m * _TWO * y / squared))
    return min(max(wheel / PARAMETERS[kind, MAX_WHEEL_RAD], -_ONE), _ONE)


@borrowing
def follow_waypoints(
    action: np.ndarray, kind: int, wheelbase_m: np.float32, speed: np.float32, control: np.ndarray
) -> None:
    """Turn waypoints into (steer, throttle, brake). action: [2 * NUM_WAYPOINTS] x, y in turns, vehicle's frame, in units of
    WAYPOINT_SCALE_M; control: [3], written."""
    ahead = max(_AHEAD_S * speed, _AHEAD_M)
    last_x, last_y, passed = _ZERO, _ZERO, _ZERO
    aim_x, aim_y, second = _ZERO, _ZERO, _ZERO
    found = False
    for k in range(NUM_WAYPOINTS):
        x = np.float32(action[2 * k]) * WAYPOINT_SCALE_M
        y = np.float32(action[2 * k + 1]) * WAYPOINT_SCALE_M
        step = np.float32(math.sqrt((x - last_x) * (x - last_x) + (y - last_y) * (y - last_y)))
        if not found and step > _ZERO:
            share = min((ahead - passed) / step, _ONE)
            aim_x, aim_y = last_x + share * (x - last_x), last_y + share * (y - last_y)
            found = bool(passed + step >= ahead)
        passed += step
        if k < 2:
            second = passed
        last_x, last_y = x, y
    wish = second / (_TWO * WAYPOINT_S)
    if wish < _STANDING_MPS and speed < _STANDING_MPS:
        control[0], control[1], control[2] = _ZERO, _ZERO, _ONE
        return
    control[0] = pursue(kind, wheelbase_m, aim_x, aim_y)
    control[1], control[2] = pedals(kind, speed, (wish - speed) / _SPEED_S)
