"""What a study over training seeds says of its runs: means with intervals, runs that reach the threshold, differences from a peer.

Intervals are the leaderboard's, over training seeds and episodes. A difference is paired: the same training seed, the same episode's seed.
Source: ours; Agarwal et al. 2021 (arXiv:2108.13264) for intervals over few runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.envs.catalog import Reference
from sim_suite.leaderboard.statistics import Interval, interval
from sim_suite.studies.training_seeds.plan import EntryPlan, TaskPlan

MARGIN: Final = -5.0
"""Percent of the way from random to reference by which an entry may lie below its peer and still count as no worse. Ours."""
_SEED: Final = 0
"""Of the bootstrap."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RunScores:
    """The final policy of one training run."""

    returns: Floats
    """[E] float64, of the suite's episodes in order."""
    steps: int
    """Environment steps that it was trained for."""
    endings: int | None = None
    """How many of the episodes that the plan counts terminated."""


@dataclass(frozen=True)
class Beside:
    """An entry beside its peer, in percent of the way from random to reference."""

    peer: str
    difference: Interval
    """Above 0 where the entry is better."""

    @property
    def no_worse(self) -> bool | None:
        """Whether the whole interval lies above `MARGIN`; None where there is no interval."""
        return None if np.isnan(self.difference.low) else bool(self.difference.low > MARGIN)


@dataclass(frozen=True)
class Line:
    """An entry, over all of its runs that are judged."""

    name: str
    title: str
    seeds: tuple[int, ...]
    planned: int
    """Runs that the plan asks for."""
    bar: int
    steps: int
    """Of the longest run."""
    mean: Interval
    run_means: tuple[float, ...]
    """Of each training seed, in the order of `seeds`."""
    lowest: float
    """Return of the worst episode of all."""
    reached: int
    """Runs whose mean is the threshold or more."""
    endings: tuple[int, ...]
    """Of each training seed; empty where they are not counted."""
    beside: Beside | None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        data = {**asdict(self), "mean": self.mean.to_dict()}
        for key in ("seeds", "run_means", "endings"):
            data[key] = list(data[key])
        if self.beside is not None:
            told = self.beside.difference.to_dict()
            data["beside"] = {"peer": self.beside.peer, "difference_percent": told, "no_worse": self.beside.no_worse}
        return data


def lines_of(
    table: TaskPlan, ends: tuple[Reference, Reference], scores: Mapping[str, Mapping[int, RunScores]]
) -> list[Line]:
    """A line for each entry of which a run is judged, in the plan's order. scores: by entry's name, then by training seed."""
    found = [(entry, scores[entry.name]) for entry in table.entries if scores.get(entry.name)]
    return [_line(table, entry, runs, _beside(entry, ends, scores)) for entry, runs in found]


def _line(table: TaskPlan, entry: EntryPlan, runs: Mapping[int, RunScores], beside: Beside | None) -> Line:
    seeds = tuple(seed for seed in entry.seeds if seed in runs)
    returns = [runs[seed].returns for seed in seeds]
    means = tuple(float(one.mean()) for one in returns)
    endings = tuple(told for seed in seeds if (told := runs[seed].endings) is not None)
    return Line(
        entry.name, entry.title, seeds, len(entry.seeds), entry.bar, max(runs[seed].steps for seed in seeds),
        interval(returns, "mean", seed=_SEED), means, float(min(one.min() for one in returns)),
        sum(mean >= table.threshold for mean in means), endings, beside,
    )  # fmt: skip


def _beside(
    entry: EntryPlan, ends: tuple[Reference, Reference], scores: Mapping[str, Mapping[int, RunScores]]
) -> Beside | None:
    """The paired difference from the peer over the training seeds that both have; None where there are none."""
    ours, theirs = scores[entry.name], scores.get(entry.peer, {})
    differences = paired([ours[seed].returns for seed in entry.seeds if seed in ours and seed in theirs],
                         [theirs[seed].returns for seed in entry.seeds if seed in ours and seed in theirs], ends)  # fmt: skip
    return Beside(entry.peer, interval(differences, "mean", seed=_SEED)) if differences else None


def paired(ours: Sequence[Floats], theirs: Sequence[Floats], ends: tuple[Reference, Reference]) -> list[Floats]:
    """Differences of each episode, in percent of the way from random to reference; a run a training seed, [E] float64 each."""
    width = ends[1].value - ends[0].value
    return [100.0 * (one - other) / width for one, other in zip(ours, theirs, strict=True)]
