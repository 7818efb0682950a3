"""What may be said of scores from a few training runs: mean, median, interquartile mean, and their intervals.

Sources: Agarwal et al. 2021, "Deep RL at the edge of the statistical precipice" (arXiv:2108.13264): interquartile mean,
stratified bootstrap; its profiles and probability of improvement are in `profiles.py`. Efron & Tibshirani 1993, *An
Introduction to the Bootstrap*, chapter 13: percentile intervals. Hesterberg 2015 (arXiv:1411.5279): why they are too
narrow for few values. Davison & Hinkley 1997, *Bootstrap Methods and their Application*, section 3.8: hierarchical data.

A score table holds one agent's scores on one task: an array [runs, episodes], or a sequence of one array per training
run where the runs have different numbers of episodes. A run's score is the mean of its episodes (as in Agarwal et al.);
mean, median and IQM are taken over run scores. With one training run they are taken over its episodes, and the interval
speaks of those alone: `Interval.over` says so.

The default interval, "scaled", draws runs, then episodes inside each, takes percentiles, and multiplies their distance
from the point by a known factor. Plain percentiles err twice: n values vary by (n - 1)/n too little around their own
mean with lighter tails than Student's t, and drawing episodes anew counts their noise a second time. The factor
sets both right for the mean: t / z * sqrt(variance of the mean / variance of its bootstrap), with the t of Welch and
Satterthwaite's degrees of freedom over tasks. For the mean of n = 3, 5, 10, 30, 100 normal run effects, nominal 95 %
intervals then hold the truth in 94.6, 95.1, 94.8, 94.5, 95.4 % of 4,000 cases, and for exponential ones in 93.9, 92.3,
92.4, 94.1, 94.2 %. Plain percentiles hold it in 82 % at n = 3, BCa over run scores in 85 % at n = 5 and 90 % at n = 10
(normal; `tests/benchmarks/intervals.py` measures all of these). For IQM and median the mean's factor is borrowed: it
gives 94 to 97 % and 95 to 98 %, on the wide side where episodes are noisy. The bootstrap-t is not offered: a resample
that repeats one run has no spread between runs to divide by, and at n = 3 one in nine does: its tails have no bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isnan, sqrt
from typing import Any, Literal

import numpy as np
from scipy.special import ndtri, stdtrit

from sim_suite.errors import SuiteError
from sim_suite.leaderboard import bootstrap
from sim_suite.leaderboard.tables import Floats, ScoreTable, Tables, checked_count, flatten, generator_seed, percentiles
from sim_suite.rates import wilson

Statistic = Literal["mean", "median", "iqm"]
Method = Literal["scaled", "percentile", "wilson", "none"]

CODES: dict[Statistic, int] = {"mean": bootstrap.MEAN, "median": bootstrap.MEDIAN, "iqm": bootstrap.IQM}
FEW_RUNS = 10
"""Ours: below this many training runs intervals are wide and, for skewed scores, hold less often than they say (see
the coverage above), so the single runs are shown beside them."""
RESAMPLES = 10_000
"""Ours: a 2.5 % percentile then rests on 250 resamples; 1,000 in all is the usual least for percentiles (Efron &
Tibshirani 1993, chapter 19)."""


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


def location(values: Floats, statistic: Statistic) -> float:
    """Mean, median or interquartile mean of values [n] float64.

    The IQM discards a quarter of the weight at each end. Where n is no multiple of 4 the values on the borders count by
    the fraction that remains of them (so 5 values weigh 0, 3/4, 1, 3/4, 0), which `scipy.stats.trim_mean` rounds away.
    """
    flat = flatten([np.asarray(values, dtype=np.float64)[:, None]])
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
    tasks together, as in Agarwal et al. 2021; of a task with a single run, over that run's episodes.
    """
    flatten(tasks)  # refuses what is no score by its own run and episode
    flat = flatten([_units(table) for table in tasks])
    point = float(bootstrap.location(flat.run_scores, flat.weights, CODES[statistic]))
    runs, episodes = min(len(table) for table in tasks), len(flat.scores)
    if episodes == len(tasks):
        return Interval(point, float("nan"), float("nan"), runs, episodes, level, "none")
    draws = bootstrap.resample_location(
        flat.scores,
        flat.episode_at,
        flat.run_at,
        flat.weights,
        CODES[statistic],
        checked_count(resamples),
        generator_seed(seed),
    )
    low, high = percentiles(draws[:, None], level)[:, 0]
    factor = _scale(flat, level) if method == "scaled" else 1.0
    return Interval(
        point, point + factor * float(low - point), point + factor * float(high - point), runs, episodes, level, method
    )


def _units(table: ScoreTable) -> ScoreTable:
    """What the statistic is taken over: runs, or the episodes of the only one."""
    return np.asarray(table[0], dtype=np.float64)[:, None] if len(table) == 1 else table


def pass_rate(tasks: Sequence[ScoreTable], level: float = 0.95) -> Interval:
    """Rate of passes over tasks that each weigh the same; scores are 0 or 1. Of single runs of equally many episodes by `wilson`,
    which needs no resampling and is right at 0 and 1 too; else by `aggregate`."""
    counts = {len(table[0]) for table in tasks}
    if any(len(table) != 1 for table in tasks) or len(counts) != 1:
        return aggregate(tasks, "mean", level=level, seed=0)
    scores = np.concatenate([np.asarray(table[0], np.float64) for table in tasks])
    low, high = wilson(round(float(scores.sum())), len(scores), level)
    return Interval(float(scores.mean()), low, high, 1, len(scores), level, "wilson")


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


def _scale(flat: Tables, level: float) -> float:
    """Factor that gives the bootstrap of the mean the spread of Student's interval; see the module's docstring."""
    variances, freedoms, drawn = [], [], 0.0
    scores, episodes = flat.run_scores, np.diff(flat.episode_at)
    deviations = (flat.scores - np.repeat(scores, episodes)) ** 2
    noise = np.add.reduceat(deviations, flat.episode_at[:-1]) / episodes**2  # [R] bootstrap variance of a run's mean
    for start, end in zip(flat.run_at[:-1], flat.run_at[1:], strict=True):
        n = int(end - start)
        sample = scores[start:end] if n > 1 else flat.scores[flat.episode_at[start] : flat.episode_at[end]]
        freedoms.append(max(len(sample) - 1, 1))
        variances.append(float(sample.var(ddof=1)) / len(sample) if len(sample) > 1 else 0.0)
        within = float(noise[start:end].sum()) / n**2
        drawn += within + (variances[-1] * (n - 1) / n if n > 1 else 0.0)
    wanted = sum(variances)
    if wanted == 0.0 or drawn == 0.0:
        return 1.0
    # In shares of the whole, since squares of tiny variances would underflow.
    freedom = 1.0 / sum((v / wanted) ** 2 / f for v, f in zip(variances, freedoms, strict=True))
    tail = 0.5 + level / 2
    return float(stdtrit(freedom, tail) / ndtri(tail)) * sqrt(wanted / drawn)
