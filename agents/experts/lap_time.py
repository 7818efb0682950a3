"""How long a car with limited grip takes along a line, and how that time changes when the line is moved.

The car is a point with a friction circle that brakes with all wheels, is driven by two, and has limited power: the
quasi-steady-state lap simulation of Brayshaw and Harrison 2005 (Proc. IMechE D 219(6)), with one pass against the
driving direction for braking and one along it for traction. The gradient is the same program in reverse (Griewank and
Walther, Evaluating Derivatives, chapter 3), so a line of 300 points is improved in milliseconds a step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.experts.race_car import POWER_M2PS3, POWER_OFFSET_MPS, TOP_SPEED_MPS, TRACTION_MPS2

Array = NDArray[np.float64]

_START_MPS = 3.0
"""Speed at the first point: near standstill, above the zero at which the time of the first metres has no bound."""
_FLAT = 1e-6
"""Curvature in 1/m below which a corner limits nothing, since the top speed does."""
_LEAST_SHARE = 0.01
"""Least share of grip left for speeding up or down; keeps the square root's slope finite where cornering takes it all."""


@dataclass(frozen=True)
class Grip:
    """What the driver dares to use of the car."""

    corner_mps2: float
    """Acceleration across the line."""
    brake_mps2: float
    """Deceleration on a straight; falls with cornering along an ellipse."""


@dataclass(frozen=True)
class Geometry:
    """Curvature and spacing of a polyline of M points."""

    spacing: Array
    """[M-1] metres between neighbours."""
    curvature: Array
    """[M] 1/m, positive to the left: of the circle through each point and its neighbours; 0 at both ends."""


def geometry(line: Array) -> Geometry:
    """Measure a line [M, 2] in metres."""
    step = np.diff(line, axis=0)
    spacing = np.hypot(step[:, 0], step[:, 1])
    chord = np.hypot(*(line[2:] - line[:-2]).T)
    cross = step[:-1, 0] * step[1:, 1] - step[:-1, 1] * step[1:, 0]
    curvature = np.zeros(len(line))
    curvature[1:-1] = 2 * cross / (spacing[:-1] * spacing[1:] * chord)
    return Geometry(spacing, curvature)


def speed_limit(shape: Geometry, grip: Grip) -> Array:
    """[M] m/s: the fastest that corners allow, with braking in time for those to come."""
    return np.sqrt(_braking_pass(shape.curvature.tolist(), shape.spacing.tolist(), grip)[1])


def lap_time(line: Array, grip: Grip, smoothness_s: float) -> tuple[float, Array]:
    """Seconds along a line [M, 2] from standstill plus `smoothness_s` (s m2) times its squared curvature changes; gradient.

    The second term keeps the line drivable: steering takes time. Returns the sum and its derivative [M, 2] in s/m.
    """
    shape = geometry(line)
    curvature, spacing = shape.curvature.tolist(), shape.spacing.tolist()
    corner, braking = _braking_pass(curvature, spacing, grip)
    reached = _traction_pass(curvature, spacing, braking, grip)
    speed = np.sqrt(reached)
    pair = speed[1:] + speed[:-1]
    change = np.diff(shape.curvature)
    cost = float(2 * (shape.spacing / pair).sum() + smoothness_s * (change @ change))

    of_spacing = 2 / pair
    of_speed = np.zeros(len(line))
    of_speed[1:] -= 2 * shape.spacing / pair**2
    of_speed[:-1] -= 2 * shape.spacing / pair**2
    of_curvature = np.zeros(len(line))
    of_curvature[1:] += 2 * smoothness_s * change
    of_curvature[:-1] -= 2 * smoothness_s * change
    sweep = _Reverse(curvature, spacing, grip, of_curvature.tolist(), of_spacing.tolist())
    of_braking = sweep.traction(reached, braking, (of_speed / (2 * speed)).tolist())
    sweep.braking(braking, corner, of_braking)
    return cost, _through_geometry(line, shape, np.array(sweep.of_curvature), np.array(sweep.of_spacing))


def _share(speed2: float, curvature: float, grip: Grip) -> float:
    """The share of grip that cornering leaves for speeding up or down."""
    use = speed2 * curvature / grip.corner_mps2
    return math.sqrt(max(1 - use * use, _LEAST_SHARE**2))


def _braking_pass(curvature: list[float], spacing: list[float], grip: Grip) -> tuple[list[float], list[float]]:
    """Squared speeds: what each corner allows, and what is left of it when all later ones have to be met."""
    corner = [min(grip.corner_mps2 / max(abs(k), _FLAT), TOP_SPEED_MPS**2) for k in curvature]
    speed2 = corner.copy()
    for i in range(len(corner) - 2, -1, -1):
        share = _share(speed2[i + 1], curvature[i + 1], grip)
        speed2[i] = min(corner[i], speed2[i + 1] + 2 * grip.brake_mps2 * share * spacing[i])
    return corner, speed2


def _traction_pass(curvature: list[float], spacing: list[float], braking: list[float], grip: Grip) -> list[float]:
    """Squared speeds that the engine reaches under the limit `braking`, from near standstill."""
    speed2 = [_START_MPS**2]
    for i in range(len(spacing)):
        traction = TRACTION_MPS2 * _share(speed2[i], curvature[i], grip)
        power = POWER_M2PS3 / (math.sqrt(speed2[i]) + POWER_OFFSET_MPS)
        speed2.append(min(braking[i + 1], speed2[i] + 2 * min(traction, power) * spacing[i]))
    return speed2


class _Reverse:
    """Both passes backwards: carries derivatives of the cost from speeds to curvature and spacing, which it gathers."""

    def __init__(
        self,
        curvature: list[float],
        spacing: list[float],
        grip: Grip,
        of_curvature: list[float],
        of_spacing: list[float],
    ) -> None:
        self.curvature, self.spacing, self.grip = curvature, spacing, grip
        self.of_curvature, self.of_spacing = of_curvature, of_spacing

    def traction(self, speed2: list[float], braking: list[float], of_speed2: list[float]) -> list[float]:
        """From the reached squared speeds to the braking limit: its derivatives."""
        of_braking = [0.0] * len(speed2)
        for i in range(len(speed2) - 2, -1, -1):
            coming = of_speed2[i + 1]
            if speed2[i + 1] >= braking[i + 1]:
                of_braking[i + 1] += coming
                continue
            share = _share(speed2[i], self.curvature[i], self.grip)
            speed = math.sqrt(speed2[i])
            power = POWER_M2PS3 / (speed + POWER_OFFSET_MPS)
            of_speed2[i] += coming
            self.of_spacing[i] += coming * 2 * min(TRACTION_MPS2 * share, power)
            if power < TRACTION_MPS2 * share:
                of_speed2[i] -= coming * self.spacing[i] * power / ((speed + POWER_OFFSET_MPS) * speed)
            else:
                of_speed2[i] += self._through_share(i, speed2[i], share, coming * 2 * TRACTION_MPS2 * self.spacing[i])
        return of_braking

    def braking(self, speed2: list[float], corner: list[float], of_speed2: list[float]) -> None:
        """From the braking limit to curvature and spacing."""
        last = len(speed2) - 1
        for i in range(len(speed2)):
            coming = of_speed2[i]
            if i == last or speed2[i] >= corner[i]:
                if abs(self.curvature[i]) > _FLAT and corner[i] < TOP_SPEED_MPS**2:
                    self.of_curvature[i] -= coming * corner[i] / self.curvature[i]
                continue
            share = _share(speed2[i + 1], self.curvature[i + 1], self.grip)
            brake = self.grip.brake_mps2
            self.of_spacing[i] += coming * 2 * brake * share
            of_speed2[i + 1] += coming + self._through_share(
                i + 1, speed2[i + 1], share, coming * 2 * brake * self.spacing[i]
            )

    def _through_share(self, i: int, speed2: float, share: float, of_share: float) -> float:
        """Gathers what a derivative by `share` means for the curvature, and returns what it means for `speed2`."""
        if share <= _LEAST_SHARE:
            return 0.0
        slope = -of_share * speed2 * self.curvature[i] / (share * self.grip.corner_mps2**2)
        self.of_curvature[i] += slope * speed2
        return slope * self.curvature[i]


def _through_geometry(line: Array, shape: Geometry, of_curvature: Array, of_spacing: Array) -> Array:
    """Turn derivatives by curvature [M] and spacing [M-1] into derivatives by the points [M, 2]."""
    step, chord = np.diff(line, axis=0), line[2:] - line[:-2]
    chord2 = (chord**2).sum(axis=1)
    length = shape.spacing
    bend, of_bend = shape.curvature[1:-1], of_curvature[1:-1]
    of_spacing = of_spacing.copy()
    of_spacing[:-1] -= of_bend * bend / length[:-1]
    of_spacing[1:] -= of_bend * bend / length[1:]
    of_cross = (2 * of_bend / (length[:-1] * length[1:] * np.sqrt(chord2)))[:, None]
    of_step = (of_spacing / length)[:, None] * step
    of_step[:-1] += of_cross * np.stack([step[1:, 1], -step[1:, 0]], axis=1)
    of_step[1:] += of_cross * np.stack([-step[:-1, 1], step[:-1, 0]], axis=1)
    of_chord = -(of_bend * bend / chord2)[:, None] * chord
    of_line = np.zeros_like(line)
    of_line[1:] += of_step
    of_line[:-1] -= of_step
    of_line[2:] += of_chord
    of_line[:-2] -= of_chord
    return of_line
