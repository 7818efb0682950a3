"""The course of a metric in bounded memory, for a display that redraws it: of a long run, means of equally many records. Source: ours."""

from __future__ import annotations

from math import inf, isfinite, nan
from typing import Final

CAPACITY: Final = 1024
"""Points kept: more dots than a window of 400 columns has for a curve. A power of two, so that halving leaves whole means."""


class History:
    """One metric so far. Adding a record costs the same however long the run is; what is drawn is at most `CAPACITY` points."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self.steps: list[float] = []
        """Mean step of each point, rising."""
        self.values: list[float] = []
        """Mean value of each point, finite."""
        self.newest = nan
        """The last value as it came, finite or not."""
        self.low = inf
        """Least finite value, inf before the first."""
        self.high = -inf
        """Greatest finite value, -inf before the first."""
        self._stride = 1
        self._pending: list[tuple[float, float]] = []

    @property
    def points(self) -> int:
        """How many points there are to draw."""
        return len(self.values)

    def add(self, step: int, value: float) -> None:
        """Take in one record. A value that is not finite becomes the newest and nothing else."""
        self.newest = value
        if not isfinite(value):
            return
        self.low, self.high = min(self.low, value), max(self.high, value)
        self._pending.append((float(step), value))
        if len(self._pending) < self._stride:
            return
        self.steps.append(sum(step for step, _ in self._pending) / self._stride)
        self.values.append(sum(value for _, value in self._pending) / self._stride)
        self._pending.clear()
        if len(self.values) == CAPACITY:
            self.steps, self.values = _halved(self.steps), _halved(self.values)
            self._stride *= 2


def _halved(numbers: list[float]) -> list[float]:
    return [(one + two) / 2 for one, two in zip(numbers[::2], numbers[1::2], strict=True)]
