"""The solids of a map in a uniform grid, so that a ray meets only those along it. Source: ours; the walk through the grid is that of
Amanatides and Woo 1987 ("A fast voxel traversal algorithm for ray tracing").
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing
from sim_suite.driving.sensors.solids.rays import NEVER, hit
from sim_suite.driving.sensors.solids.solids import HALF_LENGTH, HALF_WIDTH, SX, SY, SYAW, Floats

CELL_M: Final = 16.0
"""As of walls (buildings.py)."""
_ZERO: Final = np.float32(0.0)


class SolidGrid(NamedTuple):
    """N solids in a grid of R x C cells; world frame as in `State`."""

    solid: Floats
    """[N, SOLID] float32, sorted by where they stand."""
    first: NDArray[np.int32]
    """[R * C + 1] The solids that reach into cell (row, col) are `listed[first[row * C + col]:first[row * C + col + 1]]`."""
    listed: NDArray[np.int32]
    """[M]"""
    x_min: float
    y_min: float
    rows: int
    cols: int


def sort_solids(solids: Floats) -> SolidGrid:
    """Put [N, SOLID] rows into a grid; a solid is in every cell that its bounding box meets."""
    if not len(solids):
        return SolidGrid(solids, np.zeros(1, np.int32), np.zeros(0, np.int32), 0.0, 0.0, 0, 0)
    low, high = _bounds(solids)
    origin = low.min(axis=0)
    order = np.lexsort((*(((low - origin) // CELL_M).astype(int)).T,))
    solids, low, high = solids[order], low[order], high[order]
    from_cell, to_cell = ((low - origin) // CELL_M).astype(int), ((high - origin) // CELL_M).astype(int)
    cols, rows = (int(value) + 1 for value in to_cell.max(axis=0))
    cell, number = [], []
    for k, ((c0, r0), (c1, r1)) in enumerate(zip(from_cell.tolist(), to_cell.tolist(), strict=True)):
        for row in range(r0, r1 + 1):
            cell += [row * cols + col for col in range(c0, c1 + 1)]
            number += [k] * (c1 - c0 + 1)
    by_cell = np.argsort(np.array(cell), kind="stable")
    counts = np.bincount(np.array(cell), minlength=rows * cols)
    return SolidGrid(
        solid=np.ascontiguousarray(solids),
        first=np.concatenate(([0], np.cumsum(counts))).astype(np.int32),
        listed=np.array(number, np.int32)[by_cell],
        x_min=float(origin[0]), y_min=float(origin[1]), rows=rows, cols=cols,
    )  # fmt: skip


def _bounds(solids: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """[N, 2] lower and upper corners of what solids cover of the ground, with a centimetre around for rounding."""
    rows = solids.astype(np.float64)
    cos, sin = np.abs(np.cos(rows[:, SYAW])), np.abs(np.sin(rows[:, SYAW]))
    reach = np.stack([
        cos * rows[:, HALF_LENGTH] + sin * rows[:, HALF_WIDTH], sin * rows[:, HALF_LENGTH] + cos * rows[:, HALF_WIDTH]
    ], axis=1) + 0.01  # fmt: skip
    centre = rows[:, [SX, SY]]
    return centre - reach, centre + reach


@borrowing
def first_of_grid(
    grid: SolidGrid, x: np.float32, y: np.float32, z: np.float32, dx: np.float32, dy: np.float32, dz: np.float32,
    most: np.float32,
) -> tuple[np.float32, int]:  # fmt: skip
    """(t, row of `solid`) of the first solid that a ray meets before t = most; (NEVER, -1) where there is none.

    Cells are walked in the order in which the ray enters them, until one begins behind what was met.
    """
    if grid.rows == 0:
        return NEVER, -1
    left, down = np.float32(grid.x_min), np.float32(grid.y_min)
    cell_m = np.float32(CELL_M)
    across, up = np.float32(grid.cols) * cell_m, np.float32(grid.rows) * cell_m
    begin, end = _ZERO, most
    for axis in range(2):
        at, step, size = (x - left, dx, across) if axis == 0 else (y - down, dy, up)
        if step == _ZERO:
            if not _ZERO <= at < size:
                return NEVER, -1
            continue
        one, two = -at / step, (size - at) / step
        begin, end = max(begin, min(one, two)), min(end, max(one, two))
    if begin > end:
        return NEVER, -1
    col = min(max(int(math.floor((x + begin * dx - left) / cell_m)), 0), grid.cols - 1)  # noqa: RUF046  on a GPU floats
    row = min(max(int(math.floor((y + begin * dy - down) / cell_m)), 0), grid.rows - 1)  # noqa: RUF046
    right, top = (1 if dx > _ZERO else 0), (1 if dy > _ZERO else 0)
    next_col = (left + np.float32(col + right) * cell_m - x) / dx if dx != _ZERO else NEVER
    next_row = (down + np.float32(row + top) * cell_m - y) / dy if dy != _ZERO else NEVER
    each_col = cell_m / abs(dx) if dx != _ZERO else NEVER
    each_row = cell_m / abs(dy) if dy != _ZERO else NEVER
    best, found = NEVER, -1
    while 0 <= row < grid.rows and 0 <= col < grid.cols:
        cell = row * grid.cols + col
        for k in range(grid.first[cell], grid.first[cell + 1]):
            t = hit(grid.solid[grid.listed[k]], x, y, z, dx, dy, dz)
            if t < best:
                best, found = t, grid.listed[k]
        leaves = min(next_col, next_row)
        if best <= leaves or leaves > end:
            break
        if next_col < next_row:
            col += 2 * right - 1
            next_col += each_col
        else:
            row += 2 * top - 1
            next_row += each_row
    if best > most:
        return NEVER, -1
    return best, found


@borrowing
def first_of_rows(
    solids: np.ndarray, count: int, x: np.float32, y: np.float32, z: np.float32, dx: np.float32, dy: np.float32,
    dz: np.float32, most: np.float32,
) -> tuple[np.float32, int]:  # fmt: skip
    """Likewise of the first `count` rows of [N, SOLID], all of which are asked: those of a world's actors."""
    best, found = NEVER, -1
    for k in range(count):
        t = hit(solids[k], x, y, z, dx, dy, dz)
        if t < best:
            best, found = t, k
    if best > most:
        return NEVER, -1
    return best, found
