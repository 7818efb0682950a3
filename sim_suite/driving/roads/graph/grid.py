"""A grid over all lanes, so that what lies near a point is found in constant time. Source: ours.

The bounding box is cut into square cells; each lists the stretches of lanes whose strips touch it, as runs of segments.
The grid is plain arrays, laid out for kernels: it goes into them as one argument. Coordinates may be large (UTM); a map
so wide that its cells would be too many gets larger cells.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from sim_suite.compiling import compiled
from sim_suite.driving.roads.graph.layout import Bytes, Floats, Ints, LaneGraph

CELL_M: Final = 3.0
"""About a lane's width. Nanoseconds a point of one thread with cells of 2, 3, 4 and 6 m: on the roads of a town of a square
kilometre 222, 225, 257, 280, of a village 156, 173, 190, 220; anywhere in the box 709, 522, 499, 442 and 730, 581, 582, 512.
Smaller cells cost those off the road more than they spare those on it; larger ones the reverse."""
MAX_CELLS: Final = 4_000_000
"""Of 5 bytes each: 36 square kilometres with cells of 3 m, 100 km x 100 km with cells of 50 m."""
_PAD_M: Final = 0.02
"""Strips bulge beyond their corners by the 5 mm of `Points`, and points count as inside a centimetre beyond."""
_FAR: Final = 255
X, Y, COS, SIN, HALF_LEFT, HALF_RIGHT = range(6)
"""Columns of `LaneGrid.rows`."""


class LaneGrid(NamedTuple):
    """What kernels need to find lanes. L lanes, P points, C = columns * lines cells, R runs. Read-only."""

    rows: Floats
    """[P, 6] x, y, cosine and sine of the heading, half width to the left and right along the normal (frenet.py)."""
    heading: Floats
    """[P] As in `Points`, and so are curvature and z."""
    curvature: Floats
    z: Floats
    first_point: Ints
    """[L + 1] As in `Lanes`."""
    step_m: Floats
    """[L]"""
    kind: Bytes
    """[L]"""
    lean: Floats
    """[L, 2] How far the cross-section at the lane's start and end leans forward, per metre to the left."""
    x_min: float
    y_min: float
    cell_m: float
    columns: int
    lines: int
    first_run: Ints
    """[C + 1] The runs of cell (column, line) are `first_run[c]:first_run[c + 1]`, c = line * columns + column."""
    runs: Ints
    """[R, 3] lane, first segment, one past the last; segment k joins points k and k + 1. Sorted by lane in each cell."""
    clearance: Bytes
    """[C] Every cell nearer than this many cells, diagonals counting one, is empty. At most 255."""


def build_grid(graph: LaneGraph, cell_m: float = CELL_M) -> LaneGrid:
    """Build the grid of a map. cell_m: side of a cell; raised where there would be more than MAX_CELLS cells."""
    lanes, points = graph.lanes, graph.points
    rows, lean = np.empty((len(points.x), 6)), np.empty((len(lanes.kind), 2))
    first_point = lanes.first_point[:]
    _fill_rows(
        first_point, points.x, points.y, points.heading, points.left_x, points.left_y, points.right_x, points.right_y,
        rows, lean,
    )  # fmt: skip
    x_min, y_min, width, height = _box(rows)
    cell_m = max(cell_m, math.sqrt(width * height / MAX_CELLS), (width + height) / MAX_CELLS)
    columns, lines = int(width / cell_m) + 1, int(height / cell_m) + 1
    frame = (x_min, y_min, cell_m, columns, lines)
    count, last = np.zeros(columns * lines, np.int32), np.full(columns * lines, -2, np.int32)
    _raster(rows, lean, first_point, *frame, count, last, np.empty((0, 3), np.int32))
    first_run = np.zeros(columns * lines + 1, np.int32)
    np.cumsum(count, out=first_run[1:])
    runs = np.empty((first_run[-1], 3), np.int32)
    last.fill(-2)
    _raster(rows, lean, first_point, *frame, first_run[:-1].copy(), last, runs)
    clearance = np.where(count > 0, 0, _FAR).astype(np.uint8)
    _spread(clearance.reshape(lines, columns))
    grid = LaneGrid(
        rows, points.heading[:], points.curvature[:], points.z[:], first_point, lanes.step_m[:], lanes.kind[:], lean,
        *frame, first_run, runs, clearance,
    )  # fmt: skip
    for array in grid:
        if isinstance(array, np.ndarray):
            array.flags.writeable = False
    return grid


def _box(rows: Floats) -> tuple[float, float, float, float]:
    """(x_min, y_min, width, height) of all strips, padded."""
    if not len(rows):
        return 0.0, 0.0, 0.0, 0.0
    reach = float(rows[:, HALF_LEFT:].max()) + 2.0 * _PAD_M
    x_min, y_min = float(rows[:, X].min()) - reach, float(rows[:, Y].min()) - reach
    return x_min, y_min, float(rows[:, X].max()) + reach - x_min, float(rows[:, Y].max()) + reach - y_min


@compiled
def _fill_rows(
    first_point: np.ndarray, x: np.ndarray, y: np.ndarray, heading: np.ndarray, left_x: np.ndarray, left_y: np.ndarray,
    right_x: np.ndarray, right_y: np.ndarray, rows: np.ndarray, lean: np.ndarray,
) -> None:  # fmt: skip
    for lane in range(len(first_point) - 1):
        first, last = first_point[lane], first_point[lane + 1] - 1
        for k in range(first, last + 1):
            cos, sin = math.cos(heading[k]), math.sin(heading[k])
            rows[k, X], rows[k, Y], rows[k, COS], rows[k, SIN] = x[k], y[k], cos, sin
            a, b = max(k - 1, first), min(k + 1, last)
            rows[k, HALF_LEFT] = _half(
                left_x[k] - x[k], left_y[k] - y[k], left_x[b] - left_x[a], left_y[b] - left_y[a], cos, sin, 1.0
            )
            rows[k, HALF_RIGHT] = _half(
                right_x[k] - x[k], right_y[k] - y[k], right_x[b] - right_x[a], right_y[b] - right_y[a], cos, sin, -1.0
            )
        for end in range(2):
            k = first if end == 0 else last
            across_x, across_y = left_x[k] - right_x[k], left_y[k] - right_y[k]
            cos, sin = rows[k, COS], rows[k, SIN]
            width = across_y * cos - across_x * sin
            lean[lane, end] = min(max((across_x * cos + across_y * sin) / width, -1.0), 1.0) if width > 1e-6 else 0.0


@compiled
def _half(
    across_x: float, across_y: float, along_x: float, along_y: float, cos: float, sin: float, side: float
) -> float:
    """Distance from the centre to a border along the centre line's normal; side: 1 for the left one, -1 for the right.

    across: from the centre to the border's point on the same cross-section, which the normal misses where the width
    changes; along: the border's direction there.
    """
    ahead, out = across_x * cos + across_y * sin, side * (across_y * cos - across_x * sin)
    onward, outward = along_x * cos + along_y * sin, side * (along_y * cos - along_x * sin)
    slope = min(max(outward / onward, -1.0), 1.0) if onward > 1e-9 else 0.0
    return max(out - slope * ahead, 0.0)


@compiled
def _raster(
    rows: np.ndarray, lean: np.ndarray, first_point: np.ndarray, x_min: float, y_min: float, cell_m: float,
    columns: int, lines: int, count: np.ndarray, last: np.ndarray, runs: np.ndarray,
) -> None:  # fmt: skip
    """Count the runs of each cell, or, where runs has room, write them, `count` being where each cell's begin.

    last: [C] the segment that last touched a cell, -2 at first; segments of different lanes are never neighbours.
    """
    for lane in range(len(first_point) - 1):
        first, stop = first_point[lane], first_point[lane + 1] - 1
        for k in range(first, stop):
            pad = _PAD_M
            if k == first or k == stop - 1:
                pad += max(abs(lean[lane, 0]), abs(lean[lane, 1])) * max(rows[k, HALF_LEFT], rows[k, HALF_RIGHT])
            dx, dy = rows[k + 1, X] - rows[k, X], rows[k + 1, Y] - rows[k, Y]
            pieces = max(math.ceil(math.sqrt(dx * dx + dy * dy) / cell_m), 1)
            for piece in range(pieces):
                low_x, low_y, high_x, high_y = _box_of(rows, k, piece / pieces, (piece + 1) / pieces)
                i0 = min(max(int((low_x - pad - x_min) / cell_m), 0), columns - 1)
                i1 = min(max(int((high_x + pad - x_min) / cell_m), 0), columns - 1)
                j0 = min(max(int((low_y - pad - y_min) / cell_m), 0), lines - 1)
                j1 = min(max(int((high_y + pad - y_min) / cell_m), 0), lines - 1)
                for j in range(j0, j1 + 1):
                    for cell in range(j * columns + i0, j * columns + i1 + 1):
                        if last[cell] < k - 1:
                            count[cell] += 1
                            if len(runs) > 0:
                                runs[count[cell] - 1, 0] = lane
                                runs[count[cell] - 1, 1] = k
                        if len(runs) > 0:
                            runs[count[cell] - 1, 2] = k + 1
                        last[cell] = k


@compiled
def _box_of(rows: np.ndarray, k: int, begin: float, end: float) -> tuple[float, float, float, float]:
    """(low x, low y, high x, high y) of the strip along part of segment k."""
    low_x, low_y, high_x, high_y = math.inf, math.inf, -math.inf, -math.inf
    for share in (begin, end):
        x = rows[k, X] + share * (rows[k + 1, X] - rows[k, X])
        y = rows[k, Y] + share * (rows[k + 1, Y] - rows[k, Y])
        for side, sign in ((HALF_LEFT, 1.0), (HALF_RIGHT, -1.0)):
            start_x, start_y = -sign * rows[k, side] * rows[k, SIN], sign * rows[k, side] * rows[k, COS]
            end_x, end_y = -sign * rows[k + 1, side] * rows[k + 1, SIN], sign * rows[k + 1, side] * rows[k + 1, COS]
            corner_x, corner_y = x + start_x + share * (end_x - start_x), y + start_y + share * (end_y - start_y)
            low_x, high_x = min(low_x, corner_x), max(high_x, corner_x)
            low_y, high_y = min(low_y, corner_y), max(high_y, corner_y)
    return low_x, low_y, high_x, high_y


@compiled
def _spread(clearance: np.ndarray) -> None:
    """Turn 0 at occupied cells and 255 elsewhere into distances, diagonals counting one (Rosenfeld and Pfaltz 1966)."""
    lines, columns = clearance.shape
    for j in range(lines):
        for i in range(columns):
            best = clearance[j, i]
            if j > 0:
                for other in range(max(i - 1, 0), min(i + 2, columns)):
                    best = min(best, np.uint8(min(clearance[j - 1, other] + 1, 255)))
            if i > 0:
                best = min(best, np.uint8(min(clearance[j, i - 1] + 1, 255)))
            clearance[j, i] = best
    for j in range(lines - 1, -1, -1):
        for i in range(columns - 1, -1, -1):
            best = clearance[j, i]
            if j < lines - 1:
                for other in range(max(i - 1, 0), min(i + 2, columns)):
                    best = min(best, np.uint8(min(clearance[j + 1, other] + 1, 255)))
            if i < columns - 1:
                best = min(best, np.uint8(min(clearance[j, i + 1] + 1, 255)))
            clearance[j, i] = best
