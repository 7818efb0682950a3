"""Whole distributions compared: performance profiles, and the probability that one agent beats another.

Source: Agarwal et al. 2021 (arXiv:2108.13264), "run-score distributions" and "probability of improvement". Over training
runs, as in the paper, runs are drawn whole; over episodes, which says something of single runs too, runs are drawn and
then episodes inside each. Intervals and bands are plain percentiles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim_suite.errors import SuiteError
from sim_suite.leaderboard import bootstrap
from sim_suite.leaderboard.statistics import Interval
from sim_suite.leaderboard.tables import Floats, ScoreTable, Tables, checked_count, flatten, generator_seed, percentiles

Unit = Literal["runs", "episodes"]

CURVE_RESAMPLES = 2_000
"""For profiles and probabilities of improvement: the default of rliable, the library of Agarwal et al."""


@dataclass(frozen=True)
class Profile:
    """Share of scores above each threshold, with pointwise bands."""

    taus: Floats
    """[K] thresholds, rising."""
    share: Floats
    """[K] fraction of scores strictly above each threshold, tasks weighed equally."""
    low: Floats
    """[K] lower percentile of the resamples."""
    high: Floats
    """[K] upper percentile of the resamples."""
    unit: Unit
    """Whether a score is a run's mean or one episode's."""


def probability_of_improvement(
    first: Sequence[ScoreTable],
    second: Sequence[ScoreTable],
    *,
    unit: Unit = "runs",
    level: float = 0.95,
    resamples: int = CURVE_RESAMPLES,
    seed: int,
) -> Interval:
    """Probability that a score of `first` beats one of `second` on a task picked at random, ties half.

    The Mann-Whitney U statistic over its maximum, averaged over tasks. first, second: a score table per task, the same
    tasks in the same order, larger is better. With unit "episodes" single episodes are compared instead of run scores.
    Where one side wins every pair, the percentile interval has no width: it knows no losses that were not seen.
    """
    if len(first) != len(second):
        raise SuiteError(f"both agents need the same tasks, not {len(first)} and {len(second)} of them.")
    points, draws = [], []
    for task, (a, b) in enumerate(zip(first, second, strict=True)):
        # Distinct streams by task and side: equal ones would pair resamples that are independent.
        streams = (generator_seed(seed + 2 * task), generator_seed(seed + 2 * task + 1))
        point, drawn = _wins(flatten([a]), flatten([b]), unit, checked_count(resamples), streams)
        points.append(point)
        draws.append(drawn)
    low, high = percentiles(np.mean(draws, axis=0)[:, None], level)[:, 0]
    tables = flatten([*first, *second])
    return Interval(
        float(np.mean(points)), float(low), float(high), int(tables.runs.min()), len(tables.scores), level, "percentile"
    )


def profile(
    tasks: Sequence[ScoreTable],
    taus: Floats,
    *,
    unit: Unit = "runs",
    level: float = 0.95,
    resamples: int = CURVE_RESAMPLES,
    seed: int,
) -> Profile:
    """Fraction of run scores (or of episodes) strictly above each threshold in taus [K], with pointwise bands."""
    if len(taus) == 0 or (np.diff(taus) <= 0).any():
        raise SuiteError("a performance profile needs thresholds that rise strictly.")
    flat = flatten(tasks)
    arguments = (flat.episode_at, flat.run_at, checked_count(resamples), generator_seed(seed))
    if unit == "runs":
        weights = flat.weights / flat.weights.sum()
        share = _above(flat.run_scores, taus) @ weights
        drawn = bootstrap.resample_runs(flat.scores, *arguments)
        curves = np.stack([(drawn > tau) @ weights for tau in taus], axis=1)
    else:
        bins = np.searchsorted(taus, flat.scores, side="left")  # number of thresholds strictly below the score
        share = _above(flat.scores, taus) @ flat.episode_weights
        histogram = bootstrap.resample_histogram(
            bins.astype(np.int64), flat.episode_at, flat.run_at, len(taus) + 1, *arguments[2:]
        )
        curves = histogram[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
    low, high = percentiles(curves, level)
    return Profile(np.asarray(taus, dtype=np.float64), share, low, high, unit)


def _wins(
    a: Tables, b: Tables, unit: Unit, resamples: int, streams: tuple[np.uint64, np.uint64]
) -> tuple[float, Floats]:
    """Point and resamples [B] of the probability that a beats b on one task."""
    if unit == "runs":
        point = bootstrap.pairwise_wins(a.run_scores[None], b.run_scores[None])
        first, second = (
            bootstrap.resample_runs(t.scores, t.episode_at, t.run_at, resamples, stream)
            for t, stream in zip((a, b), streams, strict=True)
        )
        return float(point[0]), bootstrap.pairwise_wins(first, second)
    values, ranks = np.unique(np.concatenate([a.scores, b.scores]), return_inverse=True)
    parts = np.split(ranks.astype(np.int64), [len(a.scores)])
    shares = [
        np.vstack(
            [
                np.bincount(rank, weights=t.episode_weights, minlength=len(values)),
                bootstrap.resample_histogram(rank, t.episode_at, t.run_at, len(values), resamples, s),
            ]
        )
        for t, rank, s in zip((a, b), parts, streams, strict=True)
    ]
    not_above = shares[1].cumsum(axis=1) - 0.5 * shares[1]  # ties count half
    wins = (shares[0] * not_above).sum(axis=1)
    return float(wins[0]), wins[1:]


def _above(values: Floats, taus: Floats) -> Floats:
    """[K, N] one where a value lies strictly above a threshold."""
    return (values[None, :] > taus[:, None]).astype(np.float64)
