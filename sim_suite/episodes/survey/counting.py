"""Counts what was done in episodes: classes of actions, histograms of their numbers, before and after thinning out. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.episodes.actions import Actions
from sim_suite.errors import SuiteError

Counts = NDArray[np.int64]
BINS: Final = 21
"""Of a continuous number: odd, so that a bin's middle is that of the range."""


@dataclass(frozen=True)
class Histogram:
    """How often a number of the actions took which values."""

    name: str
    edges: NDArray[np.float64]
    """[B + 1]"""
    counts: Counts
    """[B] of all steps; what lies outside of the edges counts for the outermost bins."""


@dataclass(frozen=True)
class Deeds:
    """What was done in all episodes of one environment."""

    env: str
    about: Actions
    classes: Counts
    """[C] steps by class; empty where there are none."""
    selected: Counts
    """[C] of them those that are to be learned from."""
    histograms: tuple[Histogram, ...]
    """One for each number of a continuous action; none of numbered actions, whose classes say all."""

    @property
    def thinned(self) -> bool:
        """Whether anything is not to be learned from."""
        return not np.array_equal(self.classes, self.selected)


@dataclass
class Tally:
    """Counts episode by episode."""

    env: str
    about: Actions
    _classes: Counts = field(init=False)
    _selected: Counts = field(init=False)
    _edges: list[NDArray[np.float64]] = field(init=False)
    _counts: list[Counts] = field(init=False)

    def __post_init__(self) -> None:
        self._classes = np.zeros(len(self.about.classes), np.int64)
        self._selected = np.zeros(len(self.about.classes), np.int64)
        self._edges = [] if self.about.kind == "numbered" else [edges(*ends) for ends in self._ranges()]
        self._counts = [np.zeros(BINS, np.int64) for _ in self._edges]

    def add(self, actions: NDArray[Any], selected: NDArray[np.bool_]) -> None:
        """actions: [n, ...]; selected: [n]."""
        if self.about.classes:
            found = self.about.classify(actions)
            self._classes += np.bincount(found, minlength=len(self._classes))
            self._selected += np.bincount(found[selected], minlength=len(self._classes))
        values = np.asarray(actions, np.float64).reshape(len(actions), -1)
        for k, (own, counts) in enumerate(zip(self._edges, self._counts, strict=True)):
            counts += np.histogram(np.clip(values[:, k], own[0], own[-1]), own)[0]

    def done(self) -> Deeds:
        """What was counted."""
        names = self.about.names
        histograms = tuple(Histogram(*one) for one in zip(names, self._edges, self._counts, strict=False))
        return Deeds(self.env, self.about, self._classes, self._selected, histograms)

    def _ranges(self) -> list[tuple[float, float]]:
        return list(zip(self.about.low, self.about.high, strict=True))


def edges(low: float, high: float) -> NDArray[np.float64]:
    """[BINS + 1] equal parts of a range; of one without bounds, -1 to 1."""
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        low, high = -1.0, 1.0
    return np.linspace(low, high, BINS + 1)


def spread(values: list[float], bins: int = 12) -> Histogram:
    """Of plain values, between round ends. Raises `SuiteError` for none."""
    if not values:
        raise SuiteError("there is nothing to count.")
    low, high = min(values), max(values)
    if low == high:
        low, high = low - 0.5, high + 0.5
    counts, ends = np.histogram(values, bins, (low, high))
    return Histogram("", ends, counts.astype(np.int64))
