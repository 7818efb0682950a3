"""The single-track model with tyres that can slide: it understeers, spins and locks within the circle of friction.

Source: Althoff, Koschi and Manzinger 2017 ("CommonRoad: Composable benchmarks for motion planning on roads"), the ST model: two
wheels, cornering stiffness in proportion to the load, load transfer by acceleration. Beyond its linear tyres: the force curve
of E. Fiala 1954 with a peak that drive and brake take their share of (R. Y. Hindiyeh and J. C. Gerdes 2014, "A controller
framework for autonomous drifting"). At walking pace slip angles lose their meaning and the model passes into the kinematic
one, as in Kabzan et al. 2020, "AMZ Driverless: the full autonomous racing system".

Integrator: SUBSTEPS midpoint steps (Runge-Kutta, second order) in the body's velocities. The stiffest rate of a car is 215/v a
second, so that they are stable down to 1.4 m/s at a tick of 0.05 s: below the blend's lower end, where tyres count nothing.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.dynamics.angles import within_a_turn
from sim_suite.driving.dynamics.kinematic import turned_wheel
from sim_suite.driving.dynamics.longitudinal import GRAVITY

SUBSTEPS: Final = 4
BLEND_FROM: Final = np.float32(1.5)
"""m/s: kinematic below."""
BLEND_TO: Final = np.float32(3.0)
"""m/s: tyres alone above."""
MOST_ALONG: Final = np.float32(0.95)
"""Share of the grip that drive and brake may use: anti-lock and traction control leave 0.31 of it for steering. Ours."""
_ZERO: Final = np.float32(0.0)
_HALF: Final = np.float32(0.5)
_ONE: Final = np.float32(1.0)
_THREE: Final = np.float32(3.0)
_SUBSTEPS: Final = np.float32(SUBSTEPS)


@called
def single_track_step(
    x: np.float32,
    y: np.float32,
    yaw: np.float32,
    speed: np.float32,
    slip: np.float32,
    yaw_rate: np.float32,
    steer: np.float32,
    wheel_target: np.float32,
    accel: np.float32,
    front_m: np.float32,
    rear_m: np.float32,
    inertia_per_kg: np.float32,
    front_stiffness: np.float32,
    rear_stiffness: np.float32,
    cg_height: np.float32,
    friction: np.float32,
    max_wheel: np.float32,
    wheel_rate: np.float32,
    dt: np.float32,
) -> tuple[np.float32, np.float32, np.float32, np.float32, np.float32, np.float32, np.float32]:
    """(x, y, yaw, speed, slip, yaw_rate, steer) after dt seconds; yaw within [-pi, pi), slip within [-pi/2, pi/2].

    accel: m/s^2 that drive and brake ask of the wheels along the heading, cut to MOST_ALONG of what friction gives. friction:
    peak force over load, both axles. inertia_per_kg: yaw inertia over mass, m^2. stiffness: 1/rad, see vehicles.py. The rest as
    in bicycle_step: what would change direction stops for a step, what stands moves to where accel points.
    """
    h = dt / _SUBSTEPS
    grip = friction * GRAVITY
    wheelbase = front_m + rear_m
    push = min(max(accel, -MOST_ALONG * grip), MOST_ALONG * grip)
    front_load = min(max((GRAVITY * rear_m - push * cg_height) / wheelbase, _ZERO), GRAVITY)
    rear_load = GRAVITY - front_load
    front_push, rear_push = push * front_load / GRAVITY, push * rear_load / GRAVITY
    front_peak = side_peak(friction * front_load, front_push)
    rear_peak = side_peak(friction * rear_load, rear_push)
    front_slope, rear_slope = front_stiffness * friction * front_load, rear_stiffness * friction * rear_load
    vx, vy, r = speed * np.float32(math.cos(slip)), speed * np.float32(math.sin(slip)), yaw_rate
    for _ in range(SUBSTEPS):
        new_steer = turned_wheel(steer, wheel_target, max_wheel, wheel_rate * h)
        wheel = _HALF * (steer + new_steer)
        steer = new_steer
        cosine, sine = np.float32(math.cos(wheel)), np.float32(math.sin(wheel))
        ax, ay, ar = _rates(
            vx, vy, r, cosine, sine, front_push, rear_push, front_peak, rear_peak, front_slope, rear_slope, front_m, rear_m,
            inertia_per_kg,
        )  # fmt: skip
        half = _HALF * h
        ax, ay, ar = _rates(
            vx + half * ax, vy + half * ay, r + half * ar, cosine, sine, front_push, rear_push, front_peak, rear_peak,
            front_slope, rear_slope, front_m, rear_m, inertia_per_kg,
        )  # fmt: skip
        tyres = min(max((np.float32(math.sqrt(vx * vx + vy * vy)) - BLEND_FROM) / (BLEND_TO - BLEND_FROM), _ZERO), _ONE)
        new_vx = vx + h * (tyres * ax + (_ONE - tyres) * push)
        if push * vx < _ZERO and new_vx * vx < _ZERO:
            new_vx = push = front_push = rear_push = _ZERO  # it stands until the step ends
        roll = new_vx * sine / (cosine * wheelbase)  # yaw rate of wheels that do not slide
        rest = _ONE - tyres
        most = rest * h * side_peak(grip, push)
        new_vy = vy + h * tyres * ay + _pulled(rest * (rear_m * roll - vy), most)
        new_r = r + h * tyres * ar + _pulled(rest * (roll - r), most * rear_m / inertia_per_kg)
        mean_vx, mean_vy, turn = _HALF * (vx + new_vx), _HALF * (vy + new_vy), _HALF * h * (r + new_r)
        heading = yaw + _HALF * turn
        cosine, sine = np.float32(math.cos(heading)), np.float32(math.sin(heading))
        x += h * (mean_vx * cosine - mean_vy * sine)
        y += h * (mean_vx * sine + mean_vy * cosine)
        yaw += turn
        vx, vy, r = new_vx, new_vy, new_r
    ahead = -_ONE if vx < _ZERO else _ONE
    total = ahead * np.float32(math.sqrt(vx * vx + vy * vy))
    return x, y, within_a_turn(yaw), total, np.float32(math.atan2(ahead * vy, abs(vx))), r, steer


@borrowing
def side_peak(peak: np.float32, push: np.float32) -> np.float32:
    """What the circle of friction leaves across the wheel where `push` is used along it, both as forces over mass, m/s^2."""
    return np.float32(math.sqrt(max(peak * peak - push * push, _ZERO)))


@borrowing
def side_force(along: np.float32, across: np.float32, slope: np.float32, peak: np.float32) -> np.float32:
    """Fiala's side force over mass, m/s^2, of a wheel that moves `along` and `across` itself, m/s.

    slope: force a unit of slip where it is small; peak: the most it gives. It acts against `across`, never beyond the peak.
    """
    if slope * abs(across) >= _THREE * peak * abs(along):
        return -peak if across > _ZERO else peak if across < _ZERO else _ZERO
    s = slope * across / (_THREE * peak * abs(along))
    return -peak * s * (_THREE - _THREE * abs(s) + s * s)


@borrowing
def _rates(
    vx: np.float32,
    vy: np.float32,
    r: np.float32,
    cosine: np.float32,
    sine: np.float32,
    front_push: np.float32,
    rear_push: np.float32,
    front_peak: np.float32,
    rear_peak: np.float32,
    front_slope: np.float32,
    rear_slope: np.float32,
    front_m: np.float32,
    rear_m: np.float32,
    inertia_per_kg: np.float32,
) -> tuple[np.float32, np.float32, np.float32]:
    """Derivatives of the body's velocity along, across, and of its yaw rate. cosine, sine: of the wheel angle."""
    front_vy = vy + front_m * r
    front = side_force(vx * cosine + front_vy * sine, front_vy * cosine - vx * sine, front_slope, front_peak)
    rear = side_force(vx, vy - rear_m * r, rear_slope, rear_peak)
    front_across = front * cosine + front_push * sine
    return (
        front_push * cosine - front * sine + rear_push + vy * r,
        front_across + rear - vx * r,
        (front_m * front_across - rear_m * rear) / inertia_per_kg,
    )


@borrowing
def _pulled(wish: np.float32, most: np.float32) -> np.float32:
    """A change as wished for, within what friction can do."""
    return min(max(wish, -most), most)
