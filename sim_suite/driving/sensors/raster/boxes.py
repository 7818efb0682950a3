"""Draws oriented boxes into a plane: for each row the stretch of columns that lies inside. Source: ours.

A pixel belongs to a box where its centre does. Boxes are drawn at least `LEAST_SIDE` pixels wide: then every box, however
it is turned, holds the centre of a pixel (a square of that side holds a square of side 1 that is not turned).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing

LEAST_SIDE: Final = 1.4143
"""The root of 2, rounded up."""
_PARALLEL: Final = 1e-12


@borrowing
def half_side(metres: float, metres_per_pixel: float) -> float:
    """Half of a box's side, pixels."""
    return 0.5 * max(metres / metres_per_pixel, LEAST_SIDE)


@borrowing
def row_stretch(
    below: float, along_row: float, along_col: float, half_length: float, half_width: float
) -> tuple[float, float]:
    """(from, to) in columns from the box's centre, of the line that runs `below` rows under it; from > to where it misses.

    along_row, along_col: the box's long axis, of length 1.
    """
    low, high = -1e9, 1e9
    for side in range(2):
        # Points on the line have this coordinate on the axis: offset + slope * column.
        slope, offset, half = (
            (along_col, below * along_row, half_length) if side == 0 else (along_row, -below * along_col, half_width)
        )
        if abs(slope) > _PARALLEL:
            one, other = (-half - offset) / slope, (half - offset) / slope
            low, high = max(low, min(one, other)), min(high, max(one, other))
        elif abs(offset) > half:
            low, high = 1.0, 0.0
    return low, high


@borrowing
def columns_in(
    r: int, row: float, col: float, along_row: float, along_col: float, half_length: float, half_width: float, cols: int
) -> tuple[int, int]:
    """(first, last + 1) of the pixels of row r that a box holds, within a picture of so many columns."""
    low, high = row_stretch(r + 0.5 - row, along_row, along_col, half_length, half_width)
    # Limits first: what is far out has no whole number.
    first, last = max(col + low - 0.5, 0.0), min(col + high - 0.5, cols - 1.0)
    if first > last:
        return 0, 0
    return int(math.ceil(first)), int(math.floor(last)) + 1  # noqa: RUF046  on a GPU both are floats


@borrowing
def draw_box(
    plane: np.ndarray, row: float, col: float, turn: float, half_length: float, half_width: float, value: int
) -> None:
    """Draw a box, brighter pixels stay. plane: [H, W] uint8; row, col: its centre; turn: of its long axis from up, rad CCW."""
    rows, cols = plane.shape
    radius = half_length + half_width
    if not (-radius < row < rows + radius and -radius < col < cols + radius):
        return
    along_row, along_col = -math.cos(turn), -math.sin(turn)
    reach = abs(along_row) * half_length + abs(along_col) * half_width
    for r in range(max(math.ceil(row - reach - 0.5), 0), min(math.floor(row + reach - 0.5), rows - 1) + 1):
        first, end = columns_in(r, row, col, along_row, along_col, half_length, half_width, cols)
        for c in range(first, end):
            if plane[r, c] < value:
                plane[r, c] = value
