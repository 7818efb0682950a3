"""How rows are drawn from a replay memory: all alike, or in proportion to their priorities.

Sources: Mnih et al. 2015 (Nature 518); Schaul et al. 2016 (arXiv:1511.05952), section 3 and algorithm 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from agents.value_based.replay.options import ReplayOptions
from agents.value_based.replay.ring import DRAWABLE, Ring
from agents.value_based.replay.sum_tree import SumTree
from sim_suite.errors import SuiteError

Rows = NDArray[np.int64]


class Drawing(Protocol):
    """Draws drawable rows of a ring."""

    def changed(self, ring: Ring, rows: Rows) -> None:
        """Told of rows [n] that became drawable or ceased to be."""

    def draw(self, ring: Ring, count: int, rng: np.random.Generator, beta: float) -> tuple[Rows, NDArray[np.float32]]:
        """Rows [count] and their importance weights [count], where at least one row is drawable."""

    def update(self, ring: Ring, rows: Rows, td_errors: NDArray[np.float64]) -> None:
        """Told of the TD errors [n] at rows [n]; those that are not drawable any more are passed over."""

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What `take` needs to go on as if never stopped."""

    def take(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Restore what `arrays` gave."""


class Uniform:
    """Each drawable row with the same probability, each draw by itself."""

    def changed(self, ring: Ring, rows: Rows) -> None:
        """Nothing is kept: the ring knows its drawable rows."""

    def draw(self, ring: Ring, count: int, rng: np.random.Generator, beta: float) -> tuple[Rows, NDArray[np.float32]]:
        """Draw among the rows that were ever written, again wherever one is not drawable; weights are 1."""
        written = int(min(ring.heads.max(), ring.length))
        rows = np.empty(count, np.int64)
        missing = np.arange(count)
        while len(missing):
            drawn = rng.integers(len(ring.heads) * written, size=len(missing))
            rows[missing] = drawn // written * ring.length + drawn % written
            missing = missing[~ring.drawable[rows[missing]]]
        return rows, np.ones(count, np.float32)

    def update(self, ring: Ring, rows: Rows, td_errors: NDArray[np.float64]) -> None:
        """Errors change nothing."""

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Nothing."""
        return {}

    def take(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Nothing."""


class Proportional:
    """P(i) = p_i^alpha / sum_k p_k^alpha with p_i = |TD error| + epsilon (Schaul et al. 2016, eq. 1, proportional variant)."""

    def __init__(self, rows: int, options: ReplayOptions) -> None:
        """rows: of the memory."""
        self._alpha, self._epsilon = options.alpha, options.priority_epsilon
        self._tree = SumTree(rows)
        self._highest = 1.0
        """The highest p^alpha so far, which new rows are given (algorithm 1, line 6; it begins with 1)."""

    def changed(self, ring: Ring, rows: Rows) -> None:
        """New rows take the highest priority, so that each is seen before long; others take none."""
        self._tree.put(rows, np.where(ring.drawable[rows], self._highest, 0.0))

    def draw(self, ring: Ring, count: int, rng: np.random.Generator, beta: float) -> tuple[Rows, NDArray[np.float32]]:
        """One row from each of `count` equal parts of the priorities' sum (appendix B.2.1).

        Weights are (n P(i))^-beta for n drawable rows, divided by the largest of the batch (section 3.4).
        """
        rows = self._tree.find((np.arange(count) + rng.random(count)) * (self._tree.total / count))
        weights = (self._tree.at(rows) * (ring.counters[DRAWABLE] / self._tree.total)) ** -beta
        return rows, (weights / weights.max()).astype(np.float32)

    def update(self, ring: Ring, rows: Rows, td_errors: NDArray[np.float64]) -> None:
        """Raises `SuiteError` where an error is not finite. Of a row that is named twice the later error counts."""
        if not np.isfinite(td_errors).all():
            seen = td_errors[~np.isfinite(td_errors)][0]
            raise SuiteError(
                f"a TD error is {seen}: the network has diverged. Lower the learning rate, or clip rewards."
            )
        kept = ring.drawable[rows]
        priorities = (np.abs(td_errors[kept]) + self._epsilon) ** self._alpha
        self._tree.put(rows[kept], priorities)
        self._highest = max(self._highest, float(priorities.max(initial=0.0)))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Priorities [rows] and the highest [1], float64."""
        return {"priorities": self._tree.leaves.copy(), "highest_priority": np.array([self._highest])}

    def take(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Restore what `arrays` gave."""
        self._tree.fill(arrays["priorities"])
        self._highest = float(arrays["highest_priority"][0])


def drawing_for(rows: int, options: ReplayOptions) -> Drawing:
    """The way of drawing that the options ask for."""
    return Proportional(rows, options) if options.prioritised else Uniform()
