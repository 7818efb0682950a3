"""A binary tree of sums: draws rows in proportion to their priorities in O(log n). Source: Schaul et al. 2016 (arXiv:1511.05952),
appendix B.2.1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import compiled


class SumTree:
    """Priorities of `size` rows, float64, 0 at first.

    Each sum is computed anew from the two below it, never changed by a difference: after any number of changes the tree
    is bit for bit that which `fill` makes of its leaves.
    """

    def __init__(self, size: int) -> None:
        """size: rows, 1 or more."""
        self._size = size
        self._first = 1 << (size - 1).bit_length()
        self._sums = np.zeros(2 * self._first, np.float64)
        """[2 * first]: 1 is the root, 2 i and 2 i + 1 lie below i, row r is the leaf `first` + r."""

    @property
    def total(self) -> float:
        """The sum of all priorities."""
        return float(self._sums[1])

    @property
    def leaves(self) -> NDArray[np.float64]:
        """[size] the priorities; a view."""
        return self._sums[self._first : self._first + self._size]

    def at(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """The priorities of rows [n]: [n]."""
        return self._sums[self._first + rows]

    def put(self, rows: NDArray[np.int64], priorities: NDArray[np.float64]) -> None:
        """Give rows [n] of 0 to size - 1 priorities [n], 0 or more and finite, in this order."""
        _put(self._sums, self._first, rows, priorities)

    def fill(self, priorities: NDArray[np.float64]) -> None:
        """Give all rows priorities [size]."""
        self.leaves[:] = priorities
        level = self._first
        while level > 1:
            self._sums[level // 2 : level] = self._sums[level : 2 * level : 2] + self._sums[level + 1 : 2 * level : 2]
            level //= 2

    def find(self, targets: NDArray[np.float64]) -> NDArray[np.int64]:
        """For targets [n] in [0, total): the row r with sum of priorities before r <= target < sum up to r. [n] int64.

        Rows without priority are never found, whatever the rounding, as long as the total is above 0.
        """
        rows = np.empty(len(targets), np.int64)
        _find(self._sums, self._first, targets, rows)
        return rows


@compiled
def _put(sums: NDArray[np.float64], first: int, rows: NDArray[np.int64], priorities: NDArray[np.float64]) -> None:
    for place in range(len(rows)):
        node = first + rows[place]
        sums[node] = priorities[place]
        while node > 1:
            node //= 2
            sums[node] = sums[2 * node] + sums[2 * node + 1]


@compiled
def _find(sums: NDArray[np.float64], first: int, targets: NDArray[np.float64], rows: NDArray[np.int64]) -> None:
    for place in range(len(targets)):
        target, node = targets[place], 1
        while node < first:
            node *= 2
            # A rounded sum may let the target fall past the last priority: there is nothing to find on that side.
            if target >= sums[node] and sums[node + 1] > 0.0:
                target -= sums[node]
                node += 1
        rows[place] = node - first
