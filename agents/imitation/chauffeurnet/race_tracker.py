"""From waypoints to wheel and pedals of CarRacing's car: the scripted driver's handling, led by waypoints. Source: ours.

Each waypoint alone says a circle, which leaves the car along its course and meets the waypoint: of curvature 2 y / (x^2 + y^2), with
x along the course (pure pursuit, Coulter 1992, CMU-RI-TR-92-01). On a way whose curvature is c + d s such circles have c + d s / 3. A line
through those of the first two waypoints thus says the curvature now, and how it changes.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.experts import race_car as car
from agents.experts.car_racing import SLOW_MPS, DriverSettings, Wish, handle
from agents.imitation.chauffeurnet.spec import SPACING_S

LED_BY: Final = 2
"""Waypoints that are followed: at 70 m/s, CarRacing's pace, the second is 28 m ahead."""
PREVIEW_S: Final = 0.03
"""So far ahead the curvature is read. Of 0 to 0.2 s, on six tracks: led by the expert's own way the car is nearer to it the less this is,
0.4 m on average up to here, 1.3 m at 0.11; and is calmer the more it is, where waypoints are off by a metre."""
LEAST_M: Final = 1.0
"""Who is nearer to a waypoint than that drives straight on."""
_SETTINGS: Final = DriverSettings()


class CarMotion(NamedTuple):
    """How the car moves now: of a `CarRacingState`, what its instruments show."""

    forward_mps: float
    left_mps: float
    yaw_rate_rps: float
    wheel_omega_rps: tuple[float, float, float, float]


def race_through(
    places: NDArray[np.float32], speeds: NDArray[np.float32], motion: CarMotion
) -> tuple[float, float, float]:
    """(steer, gas, brake) of Gymnasium's CarRacing, steer +1 to the right, that leads a car through its waypoints, SPACING_S apart.

    places: [N, 2] m, vehicle's frame (x ahead, y to the left); speeds: [N] m/s.
    """
    speed = max(math.hypot(motion.forward_mps, motion.left_mps), 0.1)
    course = math.atan2(motion.left_mps, motion.forward_mps) if speed > SLOW_MPS else 0.0
    circles = [_circle(float(x), float(y), course) for x, y in places[:LED_BY]]
    (near_m, near), (far_m, far) = circles[0], circles[-1]
    change = 3.0 * (far - near) / (far_m - near_m) if far_m - near_m > LEAST_M else 0.0
    start = near - change * near_m / 3.0
    curvature = start + change * speed * PREVIEW_S
    most = car.GRIP_MPS2 / speed
    turn_rate = max(-most, min(speed * curvature, most))
    return handle(motion, Wish(turn_rate, speed * speed * change, _acceleration(circles, speeds, speed)), _SETTINGS)


def _circle(x: float, y: float, course: float) -> tuple[float, float]:
    """(arc length m, curvature 1/m) of the circle along the course through a place."""
    along, left = x * math.cos(course) + y * math.sin(course), y * math.cos(course) - x * math.sin(course)
    chord = math.hypot(along, left)
    if chord < LEAST_M:
        return chord, 0.0
    half_turn = math.atan2(left, along)
    curvature = 2.0 * math.sin(half_turn) / chord
    return chord if abs(half_turn) < 1e-6 else 2.0 * half_turn / curvature, curvature


def _acceleration(circles: list[tuple[float, float]], speeds: NDArray[np.float32], speed: float) -> float:
    """m/s^2, constant, that meets ways and speeds of the waypoints next best: least squares of both, each as a speed."""
    above = below = 0.0
    for k, (way, _) in enumerate(circles):
        t = (k + 1) * SPACING_S
        above += t * (float(speeds[k]) - speed) + t * 2.0 * (way / t - speed)
        below += 2.0 * t * t
    return above / below
