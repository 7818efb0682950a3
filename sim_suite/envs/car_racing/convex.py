"""Where lines along a picture's rows cross convex polygons. Source: ours."""

from __future__ import annotations

import math

import numpy as np

from sim_suite.compiling import borrowing


@borrowing
def crossings(polygon: np.ndarray, middle: float) -> tuple[float, float]:
    """Columns at which the line enters and leaves a convex polygon, [corners, 2] (column, row); (inf, -inf) where it does not."""
    enters, leaves = math.inf, -math.inf
    for k in range(polygon.shape[0]):
        column, row = polygon[k - 1, 0], polygon[k - 1, 1]
        next_column, next_row = polygon[k, 0], polygon[k, 1]
        if min(row, next_row) <= middle <= max(row, next_row) and row != next_row:
            at = column + (middle - row) * (next_column - column) / (next_row - row)
            enters, leaves = min(enters, at), max(leaves, at)
    return enters, leaves
