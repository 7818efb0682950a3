"""The walls of a map's buildings, sorted into a grid, so that a line of sight meets only those along it. Source: ours; the walk through
the grid is that of Amanatides and Woo 1987 ("A fast voxel traversal algorithm for ray tracing").
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.graph.kinds import PropKind
from sim_suite.driving.roads.graph.layout import Props

CELL_M: Final = 16.0
"""About the length of a wall: a cell then holds few, and a ray of 100 m crosses ten cells."""
_NEVER: Final = 1e30


class Walls(NamedTuple):
    """E walls in a grid of R x C cells; world frame relative to the terrain's origin, metres."""

    wall: NDArray[np.float32]
    """[E, 4] x and y of both ends."""
    first: NDArray[np.int32]
    """[R * C + 1] The walls of cell (row, col) are `listed[first[row * C + col]:first[row * C + col + 1]]`."""
    listed: NDArray[np.int32]
    """[M]"""
    x_min: float
    y_min: float
    rows: int
    cols: int


def build_walls(props: Props, origin_x: float = 0.0, origin_y: float = 0.0) -> Walls:
    """The walls of all buildings among a map's objects."""
    walls: list[tuple[float, float, float, float]] = []
    for prop in np.flatnonzero(props.kind == PropKind.BUILDING):
        corners = slice(int(props.first_corner[prop]), int(props.first_corner[prop + 1]))
        x, y = props.corner_x[corners] - origin_x, props.corner_y[corners] - origin_y
        walls += zip(x.tolist(), y.tolist(), np.roll(x, -1).tolist(), np.roll(y, -1).tolist(), strict=True)
    return sort_walls(walls)


def sort_walls(walls: list[tuple[float, float, float, float]]) -> Walls:
    """A grid over walls (x, y, x, y); a wall is in every cell that its bounding box meets."""
    wall = np.array(walls, np.float32).reshape(-1, 4)
    if not len(wall):
        return Walls(wall, np.zeros(1, np.int32), np.zeros(0, np.int32), 0.0, 0.0, 0, 0)
    low, high = np.minimum(wall[:, :2], wall[:, 2:]), np.maximum(wall[:, :2], wall[:, 2:])
    x_min, y_min = (float(value) for value in low.min(axis=0))
    from_cell = ((low - (x_min, y_min)) // CELL_M).astype(int)
    to_cell = ((high - (x_min, y_min)) // CELL_M).astype(int)
    cols, rows = (int(value) + 1 for value in to_cell.max(axis=0))
    cells: defaultdict[int, list[int]] = defaultdict(list)
    for number, ((c0, r0), (c1, r1)) in enumerate(zip(from_cell.tolist(), to_cell.tolist(), strict=True)):
        for row in range(r0, r1 + 1):
            for col in range(c0, c1 + 1):
                cells[row * cols + col].append(number)
    counts = [len(cells[cell]) for cell in range(rows * cols)]
    first = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    listed = np.array([number for cell in range(rows * cols) for number in cells[cell]], np.int32)
    return Walls(wall, first, listed, x_min, y_min, rows, cols)


@borrowing
def wall_between(walls: Walls, x: float, y: float, to_x: float, to_y: float) -> bool:
    """Whether a wall crosses the line from (x, y) to (to_x, to_y)."""
    if walls.rows == 0:
        return False
    dx, dy = to_x - x, to_y - y
    col, row = math.floor((x - walls.x_min) / CELL_M), math.floor((y - walls.y_min) / CELL_M)
    last_col, last_row = math.floor((to_x - walls.x_min) / CELL_M), math.floor((to_y - walls.y_min) / CELL_M)
    # The share of the line at which it enters the next column and the next row, and what each takes.
    right, up = (1 if dx > 0.0 else 0), (1 if dy > 0.0 else 0)
    next_col = (walls.x_min + (col + right) * CELL_M - x) / dx if dx != 0.0 else _NEVER
    next_row = (walls.y_min + (row + up) * CELL_M - y) / dy if dy != 0.0 else _NEVER
    each_col = CELL_M / abs(dx) if dx != 0.0 else _NEVER
    each_row = CELL_M / abs(dy) if dy != 0.0 else _NEVER
    for _ in range(abs(last_col - col) + abs(last_row - row) + 1):
        if 0 <= row < walls.rows and 0 <= col < walls.cols:
            cell = row * walls.cols + col
            for k in range(walls.first[cell], walls.first[cell + 1]):
                if crosses(walls.wall[walls.listed[k]], x, y, dx, dy):
                    return True
        if next_col < next_row:
            col += 2 * right - 1
            next_col += each_col
        else:
            row += 2 * up - 1
            next_row += each_row
    return False


@borrowing
def crosses(wall: np.ndarray, x: float, y: float, dx: float, dy: float) -> bool:
    """Whether a wall [4] meets the line from (x, y) to (x + dx, y + dy)."""
    along_x, along_y = float(wall[2]) - float(wall[0]), float(wall[3]) - float(wall[1])
    across = dx * along_y - dy * along_x
    if across == 0.0:
        return False
    from_x, from_y = float(wall[0]) - x, float(wall[1]) - y
    on_line = (from_x * along_y - from_y * along_x) / across
    on_wall = (from_x * dy - from_y * dx) / across
    return 0.0 <= on_line <= 1.0 and 0.0 <= on_wall <= 1.0
