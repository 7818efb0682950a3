"""How much of each cell of a grid a polygon covers: exact areas, in one pass over its edges. Source: ours, by Green's theorem.

Each edge adds, in the rows that it crosses, the area between itself and the grid's right side, written as differences along the
row; their running sum is the covered area. Edges left of the grid count as lying on its left side, those to its right not at all.
"""

from __future__ import annotations

import math

import numpy as np

from sim_suite.compiling import borrowing, called


@called
def cover_polygon(plane: np.ndarray, polygon: np.ndarray, points: int, sums: np.ndarray) -> None:
    """Add a polygon's cover to a plane, at most 1 in each cell.

    plane: [h, w] float32. polygon: [P, 2] float64, of which the first `points` are corners (row, column), cell i from i to i + 1,
    either way round. A simple polygon's cover is exact; where an outline overlaps itself a cell may count as full.
    sums: [h, w + 2] float64, all 0 before and after.
    """
    rows, columns = plane.shape
    top, bottom, left, right = math.inf, -math.inf, math.inf, -math.inf
    for i in range(points):
        top, bottom = min(top, polygon[i, 0]), max(bottom, polygon[i, 0])
        left, right = min(left, polygon[i, 1]), max(right, polygon[i, 1])
    if not (bottom > 0.0 and top < rows and right > 0.0 and left < columns):
        return
    for i in range(points):
        j = i + 1 if i + 1 < points else 0
        _add_edge(sums, polygon[i, 0], polygon[i, 1], polygon[j, 0], polygon[j, 1], rows, columns)
    begin = int(max(math.floor(left), 0.0))
    end = int(min(math.floor(right) + 2.0, columns + 2.0))
    for r in range(int(max(math.floor(top), 0.0)), int(min(math.floor(bottom) + 1.0, float(rows)))):
        covered = 0.0
        for c in range(begin, end):
            covered += sums[r, c]
            sums[r, c] = 0.0
            if c < columns:
                plane[r, c] = min(plane[r, c] + min(abs(covered), 1.0), 1.0)


@borrowing
def _add_edge(
    sums: np.ndarray, row: float, column: float, next_row: float, next_column: float, rows: int, columns: int
) -> None:
    if row == next_row:
        return
    sign = 1.0
    if next_row < row:
        row, column, next_row, next_column, sign = next_row, next_column, row, column, -1.0
    slope = (next_column - column) / (next_row - row)
    upper, lower = max(row, 0.0), min(next_row, float(rows))
    if upper >= lower:
        return
    for r in range(math.floor(upper), math.ceil(lower)):
        above, below = max(upper, float(r)), min(lower, r + 1.0)
        one, other = column + (above - row) * slope, column + (below - row) * slope
        _add_stretch(sums[r], min(one, other), max(one, other), sign * (below - above), columns)


@borrowing
def _add_stretch(sums: np.ndarray, low: float, high: float, height: float, columns: int) -> None:
    """A part of an edge within one row, from column to column. sums: [w + 2]."""
    if high <= 0.0:
        sums[0] += height
        return
    if low >= columns:
        return
    width = high - low
    if low < 0.0:
        sums[0] += height * (-low / width)
    inner, outer = max(low, 0.0), min(high, float(columns))
    first = min(int(inner), columns - 1)
    if outer <= first + 1.0:
        part = height if width == 0.0 else height * ((outer - inner) / width)
        beyond = 0.5 * (inner + outer) - first
        sums[first] += part * (1.0 - beyond)
        sums[first + 1] += part * beyond
        return
    for c in range(first, math.ceil(outer)):
        begin, end = max(inner, float(c)), min(outer, c + 1.0)
        part = height * ((end - begin) / width)
        beyond = 0.5 * (begin + end) - c
        sums[c] += part * (1.0 - beyond)
        sums[c + 1] += part * beyond
