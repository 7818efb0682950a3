"""The Frenet frame of a lane: arc along its centre line, lateral offset to its left, and back. Source: ours.

The centre line is the polyline through the lane's points; its tangent is interpolated between the points' true headings.
A point's foot is where it lies on the interpolated normal, so arc is continuous and rising along a curve, where plain
chord projection jumps at every vertex; `pose_at` is its exact inverse. Scalar kernels without allocations, for other
kernels, on a GPU too; arrays are those of grid.LaneGrid.
"""

from __future__ import annotations

import math

import numpy as np

from sim_suite.compiling import borrowing

X, Y, COS, SIN, HALF_LEFT, HALF_RIGHT = range(6)
"""Columns of `LaneGrid.rows`."""

Foot = tuple[float, float, int, float]
"""(gap_m to the strip, 0 within it; lateral_m; segment, -1 for none; share of the segment in [0, 1])."""


@borrowing
def foot_on_run(
    x: float, y: float, rows: np.ndarray, begin: int, stop: int, start_lean: float, end_lean: float, ends: int
) -> Foot:
    """The foot on segments begin..stop - 1 of one lane that is nearest to the lane's strip, then to its centre.

    rows: [P, 6] of the grid. ends: bit 0 where `begin` is the lane's first segment, bit 1 where stop - 1 is its last:
    only there may the foot be an end of the lane. The leans are those of the lane.
    """
    gap, lateral, segment, share = math.inf, math.inf, -1, 0.0
    before = (x - rows[begin, X]) * rows[begin, COS] + (y - rows[begin, Y]) * rows[begin, SIN]
    if ends & 1 and before < 0.0:
        gap, lateral = _beyond(x, y, rows, begin, -start_lean, -before)
        segment = begin
    for k in range(begin, stop):
        after = (x - rows[k + 1, X]) * rows[k + 1, COS] + (y - rows[k + 1, Y]) * rows[k + 1, SIN]
        if before >= 0.0 and after <= 0.0:
            new_gap, new_lateral, new_share = _foot_on_segment(x, y, rows, k, before, after)
            if new_gap < gap or (new_gap == gap and abs(new_lateral) < abs(lateral)):
                gap, lateral, segment, share = new_gap, new_lateral, k, new_share
        before = after
    if ends & 2 and before > 0.0:
        new_gap, new_lateral = _beyond(x, y, rows, stop, end_lean, before)
        if new_gap < gap or (new_gap == gap and abs(new_lateral) < abs(lateral)):
            gap, lateral, segment, share = new_gap, new_lateral, stop - 1, 1.0
    return gap, lateral, segment, share


@borrowing
def _foot_on_segment(
    x: float, y: float, rows: np.ndarray, k: int, before: float, after: float
) -> tuple[float, float, float]:
    """(gap, lateral, share) of a point between the normals at both ends of segment k.

    before, after: how far it is ahead of them, >= 0 and <= 0. Ahead of the normal at share u it is
    before + b u + c u^2, since point and tangent both change linearly; the one root in [0, 1] is the foot.
    """
    dx, dy = rows[k + 1, X] - rows[k, X], rows[k + 1, Y] - rows[k, Y]
    turn_x, turn_y = rows[k + 1, COS] - rows[k, COS], rows[k + 1, SIN] - rows[k, SIN]
    c = -(dx * turn_x + dy * turn_y)
    b = after - before - c
    denominator = -b + math.sqrt(max(b * b - 4.0 * before * c, 0.0))
    share = min(2.0 * before / denominator, 1.0) if denominator > 0.0 else 0.0
    cos, sin = rows[k, COS] + share * turn_x, rows[k, SIN] + share * turn_y
    offset_x, offset_y = x - rows[k, X] - share * dx, y - rows[k, Y] - share * dy
    norm = math.sqrt(cos * cos + sin * sin)
    lateral = (offset_y * cos - offset_x * sin) / norm if norm > 0.0 else math.hypot(offset_x, offset_y)
    side = HALF_LEFT if lateral > 0.0 else HALF_RIGHT
    half = rows[k, side] + share * (rows[k + 1, side] - rows[k, side])
    return max(abs(lateral) - half, 0.0), lateral, share


@borrowing
def _beyond(x: float, y: float, rows: np.ndarray, k: int, lean: float, ahead: float) -> tuple[float, float]:
    """(gap, lateral) of a point that lies `ahead` beyond the normal at an end of the lane.

    Where the width changes, a lane ends at the road's cross-section, which leans from its own normal: what is before
    the cross-section is still on the lane.
    """
    lateral = (y - rows[k, Y]) * rows[k, COS] - (x - rows[k, X]) * rows[k, SIN]
    half = rows[k, HALF_LEFT] if lateral > 0.0 else rows[k, HALF_RIGHT]
    return math.hypot(max(abs(lateral) - half, 0.0), max(ahead - lean * lateral, 0.0)), lateral


@borrowing
def pose_at(
    lane: int, arc_m: float, lateral_m: float, rows: np.ndarray, first_point: np.ndarray, step_m: np.ndarray
) -> tuple[float, float, float]:
    """(x, y, heading in [-pi, pi]) at an arc of a lane, cut to [0, its length], and lateral_m to the left of its centre."""
    segments = first_point[lane + 1] - first_point[lane] - 1
    place = min(max(arc_m / step_m[lane], 0.0), float(segments))
    k = min(int(place), segments - 1)
    share = place - k
    k += first_point[lane]
    cos = rows[k, COS] + share * (rows[k + 1, COS] - rows[k, COS])
    sin = rows[k, SIN] + share * (rows[k + 1, SIN] - rows[k, SIN])
    norm = max(math.sqrt(cos * cos + sin * sin), 1e-300)  # opposite headings next to each other have no mean
    x = rows[k, X] + share * (rows[k + 1, X] - rows[k, X]) - lateral_m * sin / norm
    y = rows[k, Y] + share * (rows[k + 1, Y] - rows[k, Y]) + lateral_m * cos / norm
    return x, y, math.atan2(sin, cos)


@borrowing
def heading_at(segment: int, share: float, rows: np.ndarray) -> float:
    """The lane's heading at a foot, in [-pi, pi]."""
    cos = rows[segment, COS] + share * (rows[segment + 1, COS] - rows[segment, COS])
    sin = rows[segment, SIN] + share * (rows[segment + 1, SIN] - rows[segment, SIN])
    return math.atan2(sin, cos)
