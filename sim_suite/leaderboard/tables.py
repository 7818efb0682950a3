"""Score tables of several tasks, checked and laid out flat for the bootstrap's kernels, and percentiles of what they draw.

Source: ours; the layout is described in `bootstrap.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm

import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError
from sim_suite.leaderboard import bootstrap

Floats = NDArray[np.float64]
ScoreTable = NDArray[np.float64] | Sequence[NDArray[np.float64]]
"""One agent's scores on one task: [runs, episodes], or one array per training run where runs differ in episodes."""


@dataclass(frozen=True)
class Tables:
    """Score tables of several tasks laid out flat for the kernels; see `bootstrap`."""

    scores: Floats
    episode_at: NDArray[np.int64]
    run_at: NDArray[np.int64]

    @property
    def run_scores(self) -> Floats:
        """[R] mean of each run's episodes."""
        return bootstrap.run_scores(self.scores, self.episode_at)

    @property
    def runs(self) -> NDArray[np.int64]:
        """[T] number of runs of each task."""
        return np.diff(self.run_at)

    @property
    def weights(self) -> NDArray[np.int64]:
        """[R] integer weights, multiples of 4, that make every task weigh the same."""
        common = lcm(*(int(n) for n in self.runs))
        return np.repeat(4 * common // self.runs, self.runs)

    @property
    def episode_weights(self) -> Floats:
        """[N] weights that sum to 1: tasks equal, runs equal inside a task, episodes equal inside a run."""
        episodes = np.diff(self.episode_at)
        return np.repeat(self.weights / self.weights.sum() / episodes, episodes)


def flatten(tasks: Sequence[ScoreTable]) -> Tables:
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
    return Tables(np.concatenate(runs), episode_at, np.cumsum([0, *counts], dtype=np.int64))


def percentiles(draws: Floats, level: float) -> Floats:
    """[2, K] lower and upper percentile of draws [B, K], linear between order statistics."""
    if not 0 < level < 1:
        raise SuiteError(f"a confidence level lies between 0 and 1, not at {level}. Write 0.95 for 95 %.")
    ordered = np.sort(draws, axis=0)
    at = np.array([0.5 - level / 2, 0.5 + level / 2]) * (len(draws) - 1)
    floor = np.minimum(at.astype(np.int64), max(len(draws) - 2, 0))
    above = np.minimum(floor + 1, len(draws) - 1)
    fraction = (at - floor)[:, None]
    return np.asarray(ordered[floor] * (1 - fraction) + ordered[above] * fraction)


def checked_count(resamples: int) -> int:
    """The number of resamples, if it is one."""
    if resamples < 1:
        raise SuiteError(f"resamples must be at least 1, not {resamples}.")
    return int(resamples)


def generator_seed(seed: int) -> np.uint64:
    """Any integer as 64 bits."""
    return np.uint64(seed % 2**64)
