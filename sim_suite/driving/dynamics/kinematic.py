"""The kinematic bicycle about the box's centre: wheels roll where they point. Source: R. Rajamani, "Vehicle Dynamics and
Control", 2nd ed. 2012, section 2.2; where it holds (little lateral acceleration): Polack et al. 2017, "The kinematic bicycle
model: a consistent model for planning feasible trajectories for autonomous vehicles?", IV 2017.

Integrator: the tick is one exact circular arc, of the length that constant acceleration covers, with the wheels at the mean
of their angles before and after. Exact for still wheels at any step; otherwise of second order.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.dynamics.angles import within_a_turn

_ZERO: Final = np.float32(0.0)
_HALF: Final = np.float32(0.5)
_ONE: Final = np.float32(1.0)
_SIXTH: Final = np.float32(1.0 / 6.0)
_TWENTIETH: Final = np.float32(1.0 / 20.0)


@borrowing
def bicycle_step(
    x: np.float32,
    y: np.float32,
    yaw: np.float32,
    speed: np.float32,
    steer: np.float32,
    wheel_target: np.float32,
    accel: np.float32,
    wheelbase: np.float32,
    rear_m: np.float32,
    max_wheel: np.float32,
    wheel_rate: np.float32,
    dt: np.float32,
) -> tuple[np.float32, np.float32, np.float32, np.float32, np.float32, np.float32, np.float32]:
    """(x, y, yaw, speed, slip, yaw_rate, steer) after dt seconds; yaw within [-pi, pi).

    steer, wheel_target: wheel angle now and wished for, rad; max_wheel bounds it, wheel_rate its rate in rad/s. accel: m/s^2
    along the velocity. wheelbase, rear_m: from axle to axle and from the centre to the rear one. A vehicle that would change
    direction within the step stops at zero instead; one that stands moves to where accel points, so that whoever brakes at
    a standstill gives 0 (`drive_accel` does).
    """
    new_steer = turned_wheel(steer, wheel_target, max_wheel, wheel_rate * dt)
    new_speed = speed + accel * dt
    if new_speed > _ZERO > speed or new_speed < _ZERO < speed:
        new_speed, distance = _ZERO, -_HALF * speed * speed / accel
    else:
        distance = _HALF * (speed + new_speed) * dt
    tangent = np.float32(math.tan(_HALF * (steer + new_steer))) / wheelbase
    slip = np.float32(math.atan(rear_m * tangent))
    half_turn = _HALF * distance * np.float32(math.cos(slip)) * tangent
    square = half_turn * half_turn
    chord = distance * (
        _ONE - _SIXTH * square * (_ONE - _TWENTIETH * square)
    )  # distance * sin(h) / h to 1e-5 for h < 0.6
    x += chord * np.float32(math.cos(yaw + slip + half_turn))
    y += chord * np.float32(math.sin(yaw + slip + half_turn))
    slip, yaw_rate = rolling_slip(new_speed, new_steer, wheelbase, rear_m)
    return x, y, within_a_turn(yaw + half_turn + half_turn), new_speed, slip, yaw_rate, new_steer


@borrowing
def turned_wheel(steer: np.float32, wheel_target: np.float32, max_wheel: np.float32, most: np.float32) -> np.float32:
    """The wheel angle after turning towards its target by at most `most` rad, within max_wheel."""
    target = min(max(wheel_target, -max_wheel), max_wheel)
    return steer + min(max(target - steer, -most), most)


@borrowing
def rolling_slip(
    speed: np.float32, steer: np.float32, wheelbase: np.float32, rear_m: np.float32
) -> tuple[np.float32, np.float32]:
    """(slip rad, yaw rate rad/s) of a vehicle whose wheels roll without sliding."""
    tangent = np.float32(math.tan(steer)) / wheelbase
    slip = np.float32(math.atan(rear_m * tangent))
    return slip, speed * np.float32(math.cos(slip)) * tangent
