"""What may be said of scores from a few training runs: point estimates, intervals, profiles, who beats whom.

Sources: Agarwal et al. 2021, "Deep RL at the edge of the statistical precipice" (arXiv:2108.13264): interquartile mean,
stratified bootstrap, performance profiles, probability of improvement. Efron & Tibshirani 1993, *An Introduction to the
Bootstrap*, chapter 13: percentile intervals. Hesterberg 2015 (arXiv:1411.5279): why they are too narrow for few values.
Davison & Hinkley 1997, *Bootstrap Methods and their Application*, section 3.8: hierarchical data.

A score table holds one agent's scores on one task: an array [runs, episodes], or a sequence of one array per training
run where the runs have different numbers of episodes. A run's score is the mean of its episodes (as in Agarwal et al.);
mean, median and IQM are taken over run scores. With one training run all three are its score, and the interval speaks
of its episodes alone: `Interval.over` says so.

The default interval, "scaled", draws runs, then episodes inside each, takes percentiles, and multiplies their distance
from the point by a known factor. Plain percentiles err twice: n values vary by (n - 1)/n too little around their own
mean with lighter tails than Student's t, and drawing episodes anew counts their noise a second time. The factor
sets both right for the mean: t / z * sqrt(variance of the mean / variance of its bootstrap), with the t of Welch and
Satterthwaite's degrees of freedom over tasks. For the mean of n = 3, 5, 10, 30, 100 normal run effects, nominal 95 %
intervals then hold the truth in 94.6, 95.1, 94.8, 94.5, 95.4 % of 4,000 cases, and for exponential ones in 93.9, 92.3,
92.4, 94.1, 94.2 %. Plain percentiles hold it in 82 % at n = 3, BCa over run scores in 85 % at n = 5 and 90 % at n = 10
(normal; `tests/benchmarks/statistics.py` measures all of these). The bootstrap-t is not offered: a resample that repeats
one run has no spread between runs to divide by, and at n = 3 one resample in nine does, so its tails have no bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isnan, lcm, sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from sim_suite.errors import SuiteError
from sim_suite.leaderboard import bootstrap

Floats = NDArray[np.float64]
ScoreTable = NDArray[np.float64] | Sequence[NDArray[np.float64]]
Statistic = Literal["mean", "median", "iqm"]
Method = Literal["scaled", "percentile", "none"]
Unit = Literal["runs", "episodes"]

CODES: dict[Statistic, int] = {"mean": bootstrap.MEAN, "median": bootstrap.MEDIAN, "iqm": bootstrap.IQM}
FEW_RUNS = 10
"""Ours: below this many training runs intervals are wide and, for skewed scores, hold less often than they say (see
the coverage above), so the single runs are shown beside them."""
RESAMPLES = 10_000
"""Ours: a 2.5 % percentile then rests on 250 resamples; 1,000 in all is the usual least for percentiles (Efron &
Tibshirani 1993, chapter 19)."""
CURVE_RESAMPLES = 2_000
"""For profiles and probabilities of improvement: the default of rliable, the library of Agarwal et al."""


@dataclass(frozen=True)
class Interval:
    """A statistic with its confidence interval."""

    point: float
    """The statistic of the scores themselves, in the score's unit."""
    low: float
    """Lower end, NaN where nothing can be resampled (one run of one episode)."""
    high: float
    """Upper end, NaN likewise."""
    runs: int
    """Training runs; over several tasks, the smallest number among them."""
    episodes: int
    """All episodes of all runs and tasks."""
    level: float = 0.95
    """Nominal coverage."""
    method: Method = "scaled"
    """How low and high were found; "none" where they are NaN."""

    @property
    def over(self) -> str:
        """What the interval generalises over, in words for a table."""
        return "training runs and episodes" if self.runs > 1 else "episodes of n = 1 training seed"

    @property
    def few(self) -> bool:
        """True where there are too few training runs to trust the interval without looking at the points."""
        return self.runs < FEW_RUNS

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, which has no NaN: an absent end is None."""
        return {k: None if isinstance(v, float) and isnan(v) else v for k, v in asdict(self).items()}


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


@dataclass(frozen=True)
class _Tables:
    """Score tables of several tasks laid out flat for the kernels; see `bootstrap`."""

    scores: Floats
    episode_at: NDArray[np.int64]
    run_at: NDArray[np.int64]

    @property
    def run_scores(self) -> Floats:
        lengths = np.diff(self.episode_at)
        return np.array([self.scores[a : a + n].sum() / n for a, n in zip(self.episode_at, lengths, strict=False)])

    @property
    def runs(self) -> NDArray[np.int64]:
        return np.diff(self.run_at)

    @property
    def weights(self) -> NDArray[np.int64]:
        """[R] integer weights, multiples of 4, that make every task weigh the same."""
        common = lcm(*(int(n) for n in self.runs))
        return np.repeat(4 * common // self.runs, self.runs)


def location(values: NDArray[np.float64], statistic: Statistic) -> float:
    """Mean, median or interquartile mean of values [n] float64.

    The IQM discards a quarter of the weight at each end. Where n is no multiple of 4 the values on the borders count by
    the fraction that remains of them (so 5 values weigh 0, 3/4, 1, 3/4, 0), which `scipy.stats.trim_mean` rounds away.
    """
    flat = _flatten([np.asarray(values, dtype=np.float64)[:, None]])
    return float(bootstrap.location(flat.scores, flat.weights, CODES[statistic]))


def interval(
    scores: ScoreTable,
    statistic: Statistic,
    *,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int,
    method: Literal["scaled", "percentile"] = "scaled",
) -> Interval:
    """Confidence interval of a statistic over the training runs of one task. Same seed, same bytes.

    scores: a score table, [runs, episodes] float64 or one array per run. Raises `SuiteError` on empty runs and on values
    that are not finite: an episode that crashed is no score and is left out by the caller.
    """
    return aggregate([scores], statistic, level=level, resamples=resamples, seed=seed, method=method)


def aggregate(
    tasks: Sequence[ScoreTable],
    statistic: Statistic,
    *,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int,
    method: Literal["scaled", "percentile"] = "scaled",
) -> Interval:
    """The same over several tasks at once, each weighing the same and resampled by itself (stratified).

    tasks: a score table each, on a common scale: see `normalise`. The statistic is taken over all run scores of all
    tasks together, as in Agarwal et al. 2021.
    """
    flat = _flatten(tasks)
    point = float(bootstrap.location(flat.run_scores, flat.weights, CODES[statistic]))
    runs, episodes = int(flat.runs.min()), len(flat.scores)
    if episodes == len(tasks):
        return Interval(point, float("nan"), float("nan"), runs, episodes, level, "none")
    draws = bootstrap.resample_location(
        flat.scores, flat.episode_at, flat.run_at, flat.weights, CODES[statistic], _count(resamples), _seed(seed)
    )
    low, high = _percentiles(draws[:, None], level)[:, 0]
    factor = _scale(flat, level) if method == "scaled" else 1.0
    return Interval(
        point, point + factor * float(low - point), point + factor * float(high - point), runs, episodes, level, method
    )


def normalise(scores: ScoreTable, *, random: float, reference: float) -> list[Floats]:
    """(score - random) / (reference - random) for each episode: 0 plays like chance, 1 like the reference.

    Returns one array per run. A metric of which less is better needs no care: its reference lies below random.
    """
    if not np.isfinite([random, reference]).all() or random == reference:
        raise SuiteError(
            f"scores cannot be normalised between random = {random} and reference = {reference}. "
            "Give two different finite numbers in the suite's task."
        )
    return [(np.asarray(run, dtype=np.float64) - random) / (reference - random) for run in scores]


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

    Agarwal et al. 2021: the Mann-Whitney U statistic over its maximum, averaged over tasks. first, second:
    a score table per task, the same tasks in the same order, larger is better. With unit "episodes" single episodes are
    compared instead of run scores, which says something of single runs too. The interval is the plain percentile
    one; where one side wins every pair it has no width.
    """
    if len(first) != len(second):
        raise SuiteError(f"both agents need the same tasks, not {len(first)} and {len(second)} of them.")
    points, draws = [], []
    for task, (a, b) in enumerate(zip(first, second, strict=True)):
        # Distinct streams by task and side: equal ones would pair resamples that are independent.
        streams = (_seed(seed + 2 * task), _seed(seed + 2 * task + 1))
        point, drawn = _wins(_flatten([a]), _flatten([b]), unit, _count(resamples), streams)
        points.append(point)
        draws.append(drawn)
    low, high = _percentiles(np.mean(draws, axis=0)[:, None], level)[:, 0]
    tables = _flatten([*first, *second])
    return Interval(
        float(np.mean(points)), float(low), float(high), int(tables.runs.min()), len(tables.scores), level, "percentile"
    )


def profile(
    tasks: Sequence[ScoreTable],
    taus: NDArray[np.float64],
    *,
    unit: Unit = "runs",
    level: float = 0.95,
    resamples: int = CURVE_RESAMPLES,
    seed: int,
) -> Profile:
    """Fraction of run scores (or of episodes) strictly above each threshold in taus [K], with pointwise bands."""
    if len(taus) == 0 or (np.diff(taus) <= 0).any():
        raise SuiteError("a performance profile needs thresholds that rise strictly.")
    flat = _flatten(tasks)
    arguments = (flat.episode_at, flat.run_at, _count(resamples), _seed(seed))
    if unit == "runs":
        weights = flat.weights / flat.weights.sum()
        share = _above(flat.run_scores, taus) @ weights
        drawn = bootstrap.resample_runs(flat.scores, *arguments)
        curves = np.stack([(drawn > tau) @ weights for tau in taus], axis=1)
    else:
        bins = np.searchsorted(taus, flat.scores, side="left")  # number of thresholds strictly below the score
        share = _above(flat.scores, taus) @ _episode_weights(flat)
        histogram = bootstrap.resample_histogram(
            bins.astype(np.int64), flat.episode_at, flat.run_at, len(taus) + 1, *arguments[2:]
        )
        curves = histogram[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
    low, high = _percentiles(curves, level)
    return Profile(np.asarray(taus, dtype=np.float64), share, low, high, unit)


def _wins(
    a: _Tables, b: _Tables, unit: Unit, resamples: int, streams: tuple[np.uint64, np.uint64]
) -> tuple[float, Floats]:
    """Point and resamples [B] of the probability that a beats b on one task."""
    if unit == "runs":
        drawn = [
            bootstrap.resample_runs(t.scores, t.episode_at, t.run_at, resamples, s)
            for t, s in zip((a, b), streams, strict=True)
        ]
        return float(bootstrap.pairwise_wins(a.run_scores[None], b.run_scores[None])[0]), bootstrap.pairwise_wins(
            *drawn
        )
    values, ranks = np.unique(np.concatenate([a.scores, b.scores]), return_inverse=True)
    parts = np.split(ranks.astype(np.int64), [len(a.scores)])
    shares = [
        np.vstack(
            [
                np.bincount(rank, weights=_episode_weights(t), minlength=len(values)),
                bootstrap.resample_histogram(rank, t.episode_at, t.run_at, len(values), resamples, s),
            ]
        )
        for t, rank, s in zip((a, b), parts, streams, strict=True)
    ]
    not_above = shares[1].cumsum(axis=1) - 0.5 * shares[1]  # ties count half
    wins = (shares[0] * not_above).sum(axis=1)
    return float(wins[0]), wins[1:]


def _scale(flat: _Tables, level: float) -> float:
    """Factor that gives the bootstrap of the mean the spread of Student's interval; see the module's docstring."""
    wanted, drawn, welch = 0.0, 0.0, 0.0
    scores = flat.run_scores
    for start, end in zip(flat.run_at[:-1], flat.run_at[1:], strict=True):
        n = int(end - start)
        cells = [flat.scores[flat.episode_at[r] : flat.episode_at[r + 1]] for r in range(start, end)]
        within = sum(float(cell.var()) / len(cell) for cell in cells) / n**2
        if n > 1:
            variance, freedom = float(scores[start:end].var(ddof=1)) / n, n - 1
            drawn += variance * (n - 1) / n + within
        else:
            freedom = len(cells[0]) - 1
            variance = float(cells[0].var(ddof=1)) / len(cells[0]) if freedom else 0.0
            drawn += within
        wanted += variance
        welch += variance**2 / freedom if freedom else 0.0
    if wanted == 0.0 or drawn == 0.0:
        return 1.0
    tail = 0.5 + level / 2
    return float(stdtrit(wanted**2 / welch, tail) / ndtri(tail)) * sqrt(wanted / drawn)


def _flatten(tasks: Sequence[ScoreTable]) -> _Tables:
    """Check score tables and lay them out flat."""
    if len(tasks) == 0:
        raise SuiteError("statistics need at least one task with scores.")
    runs: list[Floats] = []
    counts = []
    for task, table in enumerate(tasks):
        rows = [np.asarray(run, dtype=np.float64) for run in table]
        if not rows or any(row.ndim != 1 or row.size == 0 for row in rows):
            shapes = [row.shape for row in rows]
            raise SuiteError(
                f"task {task}: a score table is [runs, episodes] with at least one of each, or one array per run, "
                f"not runs of shapes {shapes[:6]}. Leave out runs without a scored episode."
            )
        for number, row in enumerate(rows):
            if not np.isfinite(row).all():
                at = int(np.flatnonzero(~np.isfinite(row))[0])
                raise SuiteError(
                    f"task {task}, run {number}, episode {at}: the score is {row[at]}. "
                    "A crashed episode is no score: leave it out and count it as an error."
                )
        runs += rows
        counts.append(len(rows))
    episode_at = np.cumsum([0, *(len(run) for run in runs)], dtype=np.int64)
    return _Tables(np.concatenate(runs), episode_at, np.cumsum([0, *counts], dtype=np.int64))


def _episode_weights(flat: _Tables) -> Floats:
    """[N] weights that sum to 1: tasks equal, runs equal inside a task, episodes equal inside a run."""
    episodes = np.diff(flat.episode_at)
    return np.repeat(flat.weights / flat.weights.sum() / episodes, episodes)


def _above(values: Floats, taus: Floats) -> Floats:
    """[K, N] one where a value lies strictly above a threshold."""
    return (values[None, :] > taus[:, None]).astype(np.float64)


def _percentiles(draws: Floats, level: float) -> Floats:
    """[2, K] lower and upper percentile of draws [B, K], linear between order statistics."""
    if not 0 < level < 1:
        raise SuiteError(f"a confidence level lies between 0 and 1, not at {level}. Write 0.95 for 95 %.")
    ordered = np.sort(draws, axis=0)
    at = np.array([0.5 - level / 2, 0.5 + level / 2]) * (len(draws) - 1)
    floor = np.minimum(at.astype(np.int64), max(len(draws) - 2, 0))
    above = np.minimum(floor + 1, len(draws) - 1)
    fraction = (at - floor)[:, None]
    return np.asarray(ordered[floor] * (1 - fraction) + ordered[above] * fraction)


def _count(resamples: int) -> int:
    if resamples < 1:
        raise SuiteError(f"resamples must be at least 1, not {resamples}.")
    return int(resamples)


def _seed(seed: int) -> np.uint64:
    return np.uint64(seed % 2**64)
