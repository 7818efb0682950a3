"""Comfort of many worlds: the extremes of smoothed motion. Source and definition: `metrics/comfort.py`.

Savitzky & Golay's filter is a fixed weighing of the samples in its window, and at the ends of a trip the polynomial of the first
or last window: a matrix for each window, whose row r answers for the r-th sample in it. Worlds whose windows are equal go together.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing, shared
from sim_suite.driving.metrics.batch.traces import COUNT, EGO, Samples
from sim_suite.driving.metrics.comfort import ACCELERATION_WINDOW_S, JERK_WINDOW_S, YAW_WINDOW_S, window_samples
from sim_suite.driving.metrics.trip import Floats
from sim_suite.driving.world.layout import SPEED, YAW

NUM_ROWS: Final = 8
"""Of scratch memory: velocity x, y; yaw; acceleration along, left, its magnitude; smoothed along and magnitude."""
NUM_EXTREMES: Final = 7
"""least and most longitudinal, most lateral, jerk, longitudinal jerk, yaw rate, yaw acceleration: the order of `comfort.bearable`."""


class Filters(NamedTuple):
    """[window, window] each: row r weighs the samples of a window for an estimate at its r-th."""

    acceleration: Floats
    jerk: Floats
    yaw_rate: Floats
    yaw_acceleration: Floats


def filters(count: int, step_s: float) -> Filters:
    """For trips of so many samples."""
    return Filters(
        _weights(window_samples(count, step_s, ACCELERATION_WINDOW_S, 2), 2, 0, step_s),
        _weights(window_samples(count, step_s, JERK_WINDOW_S, 2), 2, 1, step_s),
        _weights(window_samples(count, step_s, YAW_WINDOW_S, 2), 2, 1, step_s),
        _weights(window_samples(count, step_s, YAW_WINDOW_S, 3), 3, 2, step_s),
    )


def longest_window(step_s: float) -> int:
    """Trips of so many samples or more have the same windows."""
    return window_samples(1 << 30, step_s, JERK_WINDOW_S, 2)


def _weights(window: int, order: int, derivative: int, step_s: float) -> Floats:
    """Least squares of a polynomial over samples at 0, +-1, ..., then its derivative at each of them."""
    at = np.arange(window) - (window - 1) / 2
    powers = np.arange(order + 1)
    fitted = np.linalg.pinv(at[:, None] ** powers)
    factor = np.array([math.perm(int(power), derivative) for power in powers], np.float64)
    return np.asarray((factor * at[:, None] ** np.maximum(powers - derivative, 0)) @ fitted / step_s**derivative)


@shared
def find_extremes(
    samples: Samples, which: NDArray[np.int64], by: Filters, step_s: float, rows: Floats, out: Floats, begin: int, end: int
) -> None:  # fmt: skip
    """Fill out [W, NUM_EXTREMES] for the worlds which[begin..end]. rows: [NUM_ROWS, S] scratch."""
    for n in range(begin, end):
        w = which[n]
        count = samples.world[w, COUNT]
        _accelerations(samples, w, count, step_s, rows)
        yaw, along, magnitude, extremes = rows[2], rows[6], rows[7], out[w]
        least, most = math.inf, -math.inf
        for i in range(count):
            along[i] = _smoothed(rows[3], count, by.acceleration, i)
            magnitude[i] = _smoothed(rows[5], count, by.acceleration, i)
            least, most = min(least, along[i]), max(most, along[i])
        extremes[0], extremes[1] = least, most
        extremes[2] = _largest(rows[4], count, by.acceleration)
        extremes[3] = _largest(magnitude, count, by.jerk)
        extremes[4] = _largest(along, count, by.jerk)
        extremes[5] = _largest(yaw, count, by.yaw_rate)
        extremes[6] = _largest(yaw, count, by.yaw_acceleration)


@borrowing
def _accelerations(samples: Samples, w: int, count: int, step_s: float, rows: Floats) -> None:
    """Fill the first six rows; the yaw without jumps, the acceleration by differences of second order."""
    turned = 0.0
    for i in range(count):
        yaw, speed = np.float64(samples.body[w, i, EGO, YAW]), np.float64(samples.body[w, i, EGO, SPEED])
        course = yaw + np.float64(samples.slip[w, i])
        rows[0, i], rows[1, i] = speed * math.cos(course), speed * math.sin(course)
        if i > 0:
            by = yaw - np.float64(samples.body[w, i - 1, EGO, YAW])
            turned -= 2 * math.pi * math.floor((by + math.pi) / (2 * math.pi))
        rows[2, i] = yaw + turned
    for i in range(count):
        ax, ay = _slope(rows[0], count, i) / step_s, _slope(rows[1], count, i) / step_s
        cos, sin = math.cos(rows[2, i]), math.sin(rows[2, i])
        rows[3, i], rows[4, i] = ax * cos + ay * sin, ay * cos - ax * sin
        rows[5, i] = math.hypot(rows[3, i], rows[4, i])


@borrowing
def _slope(values: Floats, count: int, i: int) -> float:
    """A sample, as `np.gradient` with edges of second order."""
    if i == 0:
        return float(-1.5 * values[0] + 2.0 * values[1] - 0.5 * values[2])
    if i == count - 1:
        return float(1.5 * values[i] - 2.0 * values[i - 1] + 0.5 * values[i - 2])
    return float(0.5 * (values[i + 1] - values[i - 1]))


@borrowing
def _largest(values: Floats, count: int, weights: Floats) -> float:
    """The filtered value that is farthest from 0, without its sign."""
    most = 0.0
    for i in range(count):
        most = max(most, abs(_smoothed(values, count, weights, i)))
    return most


@borrowing
def _smoothed(values: Floats, count: int, weights: Floats, i: int) -> float:
    """The filtered value of sample i."""
    window = len(weights)
    first = min(max(i - window // 2, 0), count - window)
    total = 0.0
    for k in range(window):
        total += weights[i - first, k] * values[first + k]
    return total
