"""Sorts triangles into the blocks that they touch. Source: ours."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.baking.fill import SPAN
from sim_suite.driving.roads.baking.triangles import SUBTEXELS, Grid
from sim_suite.driving.roads.graph.layout import Ints
from sim_suite.driving.roads.opendrive.findings import RoadError

MAX_ENTRIES: Final = 32_000_000
"""128 MB. The largest file has 500,000 points, each with about eight triangles, each in one block, seldom in two."""


class Sorted(NamedTuple):
    """Which triangles touch which blocks, by block, row by row."""

    shape: tuple[int, int]
    """Rows and columns of blocks."""
    first: Ints
    """[rows * cols + 1]"""
    triangle: Ints
    """In their own order within a block."""


def sort_into_blocks(corners: Ints, grid: Grid) -> Sorted:
    """corners: [N, 6] as of `to_grid`. A block holds a triangle that reaches it or the texels around it.

    Raises RoadError where triangles are so large that there are too many entries.
    """
    shape = -(-grid.rows // SPAN), -(-grid.cols // SPAN)
    count = np.zeros(shape[0] * shape[1] + 1, np.int64)
    _sort(corners, shape[0], shape[1], count, np.zeros(0, np.int32))
    total = int(count.sum())
    if total > MAX_ENTRIES:
        raise RoadError(
            f"the lanes are so wide or long that drawing them takes {total} steps, at most {MAX_ENTRIES} are done. "
            "Correct the roads whose geometry or widths run wild"
        )
    first = np.concatenate(([0], np.cumsum(count)[:-1]))
    triangle = np.empty(total, np.int32)
    _sort(corners, shape[0], shape[1], first.copy(), triangle)
    return Sorted(shape, first.astype(np.int32), triangle)


@borrowing
def _sort(corners: Ints, rows: int, cols: int, place: np.ndarray, triangle: Ints) -> None:
    """Count each block's triangles in `place`, or, if `triangle` has room, put them where `place` says."""
    side = SPAN * SUBTEXELS
    for k in range(len(corners)):
        low_x = min(corners[k, 0], corners[k, 2], corners[k, 4]) - SUBTEXELS
        high_x = max(corners[k, 0], corners[k, 2], corners[k, 4]) + SUBTEXELS
        low_y = min(corners[k, 1], corners[k, 3], corners[k, 5]) - SUBTEXELS
        high_y = max(corners[k, 1], corners[k, 3], corners[k, 5]) + SUBTEXELS
        for row in range(max(low_y // side, 0), min(high_y // side, rows - 1) + 1):
            for col in range(max(low_x // side, 0), min(high_x // side, cols - 1) + 1):
                block = row * cols + col
                if len(triangle):
                    triangle[place[block]] = k
                place[block] += 1
