"""Curves of several training seeds as one: their mean at each step, with its 95 % interval. Source: ours.

The interval is the leaderboard's (`sim_suite.leaderboard.statistics`), pointwise: at a step it holds the mean over all seeds that
could be drawn in 95 % of such experiments; over the whole course at once it holds less often.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError
from sim_suite.leaderboard.curves.reading import Curve
from sim_suite.leaderboard.statistics import Interval, interval

POINTS: Final = 200
"""Steps of a mean curve: a point for every four pixels of a page 800 wide."""
_SEED: Final = 0
"""Of the bootstrap: equal runs give equal pages."""


@dataclass(frozen=True)
class MeanCurve:
    """The mean of several runs where all of them have records around."""

    steps: NDArray[np.int64]
    """[G], rising."""
    intervals: tuple[Interval, ...]
    """[G] the mean with its interval."""


def mean_curve(curves: Sequence[Curve]) -> MeanCurve | None:
    """The mean of two curves or more; None where there is one, or where no step lies between the first and last of each.

    Steps are those at which any run has a record, from the latest first to the earliest last; of more than `POINTS` the evenly
    spaced ones. Between its records a run's value is taken as linear.
    """
    if len(curves) < 2:
        return None
    first, last = max(int(c.steps[0]) for c in curves), min(int(c.steps[-1]) for c in curves)
    every = reduce(np.union1d, [c.steps for c in curves])
    steps = thinned(every[(every >= first) & (every <= last)], POINTS)
    if not len(steps):
        return None
    values = np.array([np.interp(steps, c.steps, c.values) for c in curves])  # [R, G]
    return MeanCurve(steps, tuple(interval(column[:, None], "mean", seed=_SEED) for column in values.T))


def smoothed(curve: Curve, records: int) -> Curve:
    """Each value as the mean of the last `records` up to it, fewer at the start; 1 changes nothing."""
    if records < 1:
        raise SuiteError(f"--smooth is a number of records, 1 or more, not {records}.")
    if records == 1:
        return curve
    sums = np.concatenate([[0.0], np.cumsum(curve.values)])
    ends = np.arange(1, len(curve.values) + 1)
    starts = np.maximum(ends - records, 0)
    return Curve(curve.steps, (sums[ends] - sums[starts]) / (ends - starts), curve.left_out)


def thinned(numbers: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """At most `most` of them, evenly spaced by place, the first and the last among them."""
    if len(numbers) <= most:
        return numbers
    return numbers[np.rint(np.linspace(0, len(numbers) - 1, most)).astype(np.int64)]
