"""What a variation of a scenario is judged by, for all worlds of `Traces` at once. Source: each measure's file.

World i of a batch has the measures that it has alone, bit for bit.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing, noticed, shared
from sim_suite.compiling.sharing import num_threads, share
from sim_suite.driving.metrics.batch import traces as col
from sim_suite.driving.metrics.batch.comfort import (
    NUM_EXTREMES,
    NUM_ROWS,
    Filters,
    filters,
    find_extremes,
    longest_window,
)
from sim_suite.driving.metrics.batch.encounters import least_gap, post_encroachment
from sim_suite.driving.metrics.batch.time_to_collision import least_time_to_collision
from sim_suite.driving.metrics.batch.traces import EGO, Samples, Traces
from sim_suite.driving.metrics.comfort import LEAST_SAMPLES, bearable
from sim_suite.driving.metrics.trip import Floats
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.driving.world.layout import SPEED, YAW, X, Y
from sim_suite.driving.world.terrain import Ground
from sim_suite.errors import SuiteError

_LEAST_WORLDS: Final = 2  # a thread; one of 200 samples takes as long as to wake it


class Measures(NamedTuple):
    """[W] each, float64, or int32 where it is a tick or a slot (-1: none). Ticks are those of the world's clock."""

    least_time_to_collision_s: Floats
    """A multiple of 0.1 s; 0 at a collision that the ego caused; inf where nothing would touch within 3 s."""
    least_time_to_collision_tick: NDArray[np.int32]
    """Of the first sample that has it."""
    time_exposed_s: Floats
    """In motion with a time to collision below 1.5 s."""
    post_encroachment_s: Floats
    """A multiple of the interval of samples; 0 where both met; inf where nobody crossed the ego's way within 5 s."""
    least_gap_m: Floats
    """Between the ego's box and another's; 0 where they touch or have collided; inf where nobody ever was there."""
    least_gap_tick: NDArray[np.int32]
    """Of the first sample that has it."""
    least_gap_slot: NDArray[np.int32]
    impact_speed_mps: Floats
    """Closing speed along the contact's normal at the ego's first collision; NaN where there was none."""
    impact_tick: NDArray[np.int32]
    impact_slot: NDArray[np.int32]
    top_speed_mps: Floats
    """Of the ego, without its sign."""
    distance_m: Floats
    """Length of the ego's way."""
    least_longitudinal_mps2: Floats
    """Smoothed, as all that follow; NaN for traces of fewer than 4 samples."""
    most_longitudinal_mps2: Floats
    most_lateral_mps2: Floats
    """Without its sign, as all that follow."""
    most_jerk_mps3: Floats
    most_longitudinal_jerk_mps3: Floats
    most_yaw_rate_radps: Floats
    most_yaw_acceleration_radps2: Floats
    comfortable: Floats
    """1 where the seven above lie within nuPlan's bounds, else 0."""
    hardest_brake_mps2: Floats
    """From 0."""


class _Found(NamedTuple):
    """What kernels fill in: samples in place of ticks."""

    times: Floats
    """[W, 3] least time to collision, time exposed, post-encroachment time"""
    extent: Floats
    """[W, 3] least gap, top speed, distance"""
    at: NDArray[np.int32]
    """[W, 3] sample of the least time to collision, sample and slot of the least gap"""


def measure(traces: Traces, ground: Ground) -> Measures:
    """Measures of all worlds. ground: of the map that was driven on.

    Raises SuiteError where a world has no sample, samples at unequal intervals, or values that are not finite.
    """
    samples = traces.samples
    _check(samples)
    worlds, room, actors = samples.kind.shape
    found = _Found(np.empty((worlds, 3)), np.empty((worlds, 3)), np.empty((worlds, 3), np.int32))
    met, course = np.empty((num_threads(), actors), np.int32), np.empty((num_threads(), room, 3))
    with noticed("the measures of scenarios (about ten seconds)"):
        share(
            lambda part, begin, end: _measure(samples, ground, met[part], course[part], found, begin, end),
            worlds,
            _LEAST_WORLDS,
        )
        extremes = _extremes(samples)
    bad = np.flatnonzero(~np.isfinite(found.extent[:, 1:]).all(axis=1))
    if bad.size:
        raise SuiteError(
            f"the ego of world {bad[0]} has values that are not finite. The simulation has gone wrong there."
        )
    world = samples.world
    ticks = np.where(found.at[:, :2] < 0, -1, world[:, [col.FIRST_TICK]] + found.at[:, :2] * world[:, [col.INTERVAL]])
    least, most, lateral, jerk, longitudinal_jerk, yaw_rate, yaw_acceleration = extremes.T
    calm = bearable(least, most, lateral, jerk, longitudinal_jerk, yaw_rate, yaw_acceleration)
    return Measures(
        found.times[:, 0], ticks[:, 0].astype(np.int32), found.times[:, 1], found.times[:, 2],
        found.extent[:, 0], ticks[:, 1].astype(np.int32), found.at[:, 2],
        samples.ego[:, col.IMPACT_SPEED].astype(np.float64), world[:, col.IMPACT_TICK].copy(), world[:, col.IMPACT_SLOT].copy(),
        found.extent[:, 1], found.extent[:, 2],
        least, most, lateral, jerk, longitudinal_jerk, yaw_rate, yaw_acceleration,
        comfortable=np.where(np.isnan(least), np.nan, calm),
        hardest_brake_mps2=np.maximum(-least, 0.0),
    )  # fmt: skip


def _check(samples: Samples) -> None:
    world = samples.world
    for bad, what in (
        (world[:, col.COUNT] == 0, "has no sample. Observe the state after the reset"),
        (
            (world[:, col.UNEVEN] != 0) | ((world[:, col.COUNT] > 1) & (world[:, col.INTERVAL] < 1)),
            "was sampled at unequal intervals. Observe after each step of so many ticks, and clear the traces at a reset",
        ),
    ):
        if bad.any():
            raise SuiteError(f"world {np.flatnonzero(bad)[0]} {what}.")


def _extremes(samples: Samples) -> Floats:
    """[W, NUM_EXTREMES] of comfort; NaN for worlds of too few samples."""
    interval, count = samples.world[:, col.INTERVAL], samples.world[:, col.COUNT]
    out = np.full((len(count), NUM_EXTREMES), np.nan)
    rows = np.empty((num_threads(), NUM_ROWS, samples.slip.shape[1]))
    long_enough = count >= LEAST_SAMPLES
    for ticks in np.unique(interval[long_enough]):
        step_s = float(TICK_S * ticks)
        windowed = np.where(long_enough & (interval == ticks), np.minimum(count, longest_window(step_s)), 0)
        for length in np.unique(windowed[windowed > 0]):
            which, by = np.flatnonzero(windowed == length), filters(int(length), step_s)

            share(partial(_find_extremes, samples, which, by, step_s, rows, out), len(which), _LEAST_WORLDS)
    return out


def _find_extremes(
    samples: Samples, which: NDArray[np.int64], by: Filters, step_s: float, rows: Floats, out: Floats, part: int, begin: int, end: int
) -> None:  # fmt: skip
    find_extremes(samples, which, by, step_s, rows[part], out, begin, end)


@shared
def _measure(
    samples: Samples, ground: Ground, met: np.ndarray, course: np.ndarray, found: _Found, begin: int, end: int
) -> None:
    """Worlds begin..end. met: [A], course: [S, 3] scratch."""
    for w in range(begin, end):
        top, stride, distance = _way(samples, w, course)
        time, at, exposed = least_time_to_collision(samples, ground, w, met)
        gap, near, whose = least_gap(samples, w)
        found.times[w, 0], found.times[w, 1] = time, exposed * (samples.world[w, col.INTERVAL] * TICK_S)
        found.times[w, 2] = post_encroachment(samples, w, stride, course)
        found.extent[w, 0], found.extent[w, 1], found.extent[w, 2] = gap, top, distance
        found.at[w, 0], found.at[w, 1], found.at[w, 2] = at, near, whose


@borrowing
def _way(samples: Samples, w: int, course: np.ndarray) -> tuple[float, float, float]:
    """(top speed, longest way from a sample to the next, length of the whole way) of the ego; fills course."""
    top, longest, total = 0.0, 0.0, 0.0
    for s in range(samples.world[w, col.COUNT]):
        now = samples.body[w, s, EGO]
        # A speed that is not a number must not be lost.
        top = top if top >= abs(np.float64(now[SPEED])) else abs(np.float64(now[SPEED]))
        if s > 0:
            before = samples.body[w, s - 1, EGO]
            way = math.hypot(np.float64(now[X]) - np.float64(before[X]), np.float64(now[Y]) - np.float64(before[Y]))
            longest, total = max(longest, way), total + way
        course[s, 0], course[s, 1] = math.cos(np.float64(now[YAW])), math.sin(np.float64(now[YAW]))
        course[s, 2] = total
    return top, longest, total
