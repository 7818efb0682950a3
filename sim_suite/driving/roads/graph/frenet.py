"""The Frenet frame of a lane: a point's arc along the centre line and its lateral offset to the left. Source: ours.

The centre line is the polyline through the lane's points; its tangent turns between them as poses.py says. A point's foot
is where it lies on the normal, so arc is continuous and rising along a curve, where plain chord projection jumps at every
vertex; `lane_poses` is its inverse. The search takes tangents as linear between points; the foot that is found is then
corrected where curvature changes between them, and where they turn much. Scalar kernels without allocations, for other kernels, on
a GPU too.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.graph.grid import COS, HALF_LEFT, HALF_RIGHT, SIN, LaneGrid, X, Y
from sim_suite.driving.roads.graph.poses import heading_between, joint_between

NEGLIGIBLE_TURN: Final = 1e-4
"""Radians. A change of curvature that adds up to less within a segment bends it by a quarter of this: 0.05 mm at 2 m."""

LINEAR_TURN: Final = 0.02
"""Radians. Tangents taken as linear over a smaller turn err by h^3 / 3 * 0.385 with h half of it: 0.4 um at 3 m."""

Foot = tuple[float, float, int, float]
"""(gap_m to the strip, 0 within it; lateral_m; segment, -1 for none; share of the segment in [0, 1])."""


@borrowing
def foot_on_run(x: float, y: float, lane: int, begin: int, stop: int, grid: LaneGrid) -> Foot:
    """The foot on segments begin..stop - 1 of a lane that is nearest to the lane's strip, then to its centre.

    Only where `begin` is the lane's first segment, or stop - 1 its last, may the foot be an end of the lane.
    """
    rows = grid.rows
    gap, lateral, segment, share = math.inf, math.inf, -1, 0.0
    before = _ahead(x, y, rows, begin)
    if before < 0.0 and begin == grid.first_point[lane]:
        gap, lateral = _beyond(x, y, rows, begin, -grid.lean[lane, 0], -before)
        segment = begin
    for k in range(begin, stop):
        after = _ahead(x, y, rows, k + 1)
        if before >= 0.0 and after <= 0.0:
            new_gap, new_lateral, new_share = _foot_between(
                x, y, rows, k, 0.0, 1.0, before, after,
                rows[k, COS], rows[k, SIN], rows[k + 1, COS], rows[k + 1, SIN],
            )  # fmt: skip
            if new_gap < gap or (new_gap == gap and abs(new_lateral) < abs(lateral)):
                gap, lateral, segment, share = new_gap, new_lateral, k, new_share
        before = after
    if before > 0.0 and stop == grid.first_point[lane + 1] - 1:
        new_gap, new_lateral = _beyond(x, y, rows, stop, grid.lean[lane, 1], before)
        if new_gap < gap or (new_gap == gap and abs(new_lateral) < abs(lateral)):
            gap, lateral, segment, share = new_gap, new_lateral, stop - 1, 1.0
    return gap, lateral, segment, share


@borrowing
def corrected(x: float, y: float, lane: int, foot: Foot, grid: LaneGrid) -> Foot:
    """A foot of `foot_on_run`, by the heading itself: where curvature changes within its segment the linear one errs by up to a
    degree, and where it turns much by some micrometres."""
    k, step, rows = foot[2], grid.step_m[lane], grid.rows
    bend, next_bend = grid.curvature[k], grid.curvature[k + 1]
    before, after = _ahead(x, y, rows, k), _ahead(x, y, rows, k + 1)
    if before < 0.0 or after > 0.0:  # beyond an end of the lane
        return foot
    heading, next_heading = grid.heading[k], grid.heading[k + 1]
    gap, lateral, share = foot[0], foot[1], foot[3]
    if abs(next_bend - bend) * step >= NEGLIGIBLE_TURN:
        at = joint_between(next_heading - heading, bend, next_bend, step) / step
        there = heading_between(heading, next_heading, bend, next_bend, step, at)
        cos, sin = math.cos(there), math.sin(there)
        joint_x = rows[k, X] + at * (rows[k + 1, X] - rows[k, X])
        joint_y = rows[k, Y] + at * (rows[k + 1, Y] - rows[k, Y])
        ahead = (x - joint_x) * cos + (y - joint_y) * sin
        if ahead < 0.0:
            gap, lateral, share = _foot_between(
                x, y, rows, k, 0.0, at, before, ahead, rows[k, COS], rows[k, SIN], cos, sin
            )
        else:
            gap, lateral, share = _foot_between(
                x, y, rows, k, at, 1.0, ahead, after, cos, sin, rows[k + 1, COS], rows[k + 1, SIN]
            )
    if abs(next_heading - heading) > LINEAR_TURN:
        there = heading_between(heading, next_heading, bend, next_bend, step, share)
        gap, lateral, share = _newton_step(x, y, rows, k, share, lateral, there, (next_heading - heading))
    return gap, lateral, k, share


@borrowing
def _newton_step(
    x: float, y: float, rows: np.ndarray, k: int, share: float, lateral: float, heading: float, turn: float
) -> tuple[float, float, float]:
    """(gap, lateral, share) nearer to the foot by the heading itself. heading: at `share`; turn: over the segment, rad."""
    dx, dy = rows[k + 1, X] - rows[k, X], rows[k + 1, Y] - rows[k, Y]
    cos, sin = math.cos(heading), math.sin(heading)
    ahead = (x - rows[k, X] - share * dx) * cos + (y - rows[k, Y] - share * dy) * sin
    slope = dx * cos + dy * sin - lateral * turn  # by which `ahead` falls for each share
    if slope > 0.0:
        share = min(max(share + ahead / slope, 0.0), 1.0)
    offset_x, offset_y = x - rows[k, X] - share * dx, y - rows[k, Y] - share * dy
    lateral = offset_y * cos - offset_x * sin
    return _beside(rows, k, share, lateral), lateral, share


@borrowing
def _ahead(x: float, y: float, rows: np.ndarray, k: int) -> float:
    """How far a point is ahead of the normal at point k."""
    return float((x - rows[k, X]) * rows[k, COS] + (y - rows[k, Y]) * rows[k, SIN])


@borrowing
def _foot_between(
    x: float, y: float, rows: np.ndarray, k: int, begin: float, end: float, before: float, after: float,
    cos: float, sin: float, end_cos: float, end_sin: float,
) -> tuple[float, float, float]:  # fmt: skip
    """(gap, lateral, share) of a point between the normals at two shares of segment k, tangents linear between them.

    before, after: how far it is ahead of these normals, >= 0 and <= 0. Ahead of the normal at a part u of the way it is
    before + b u + c u^2, since point and tangent both change linearly; the one root in [0, 1] is the foot.
    """
    dx, dy = rows[k + 1, X] - rows[k, X], rows[k + 1, Y] - rows[k, Y]
    turn_x, turn_y = end_cos - cos, end_sin - sin
    c = -(end - begin) * (dx * turn_x + dy * turn_y)
    b = after - before - c
    denominator = -b + math.sqrt(max(b * b - 4.0 * before * c, 0.0))
    u = min(2.0 * before / denominator, 1.0) if denominator > 0.0 else 0.0
    share = begin + u * (end - begin)
    cos, sin = cos + u * turn_x, sin + u * turn_y
    offset_x, offset_y = x - rows[k, X] - share * dx, y - rows[k, Y] - share * dy
    norm = math.sqrt(cos * cos + sin * sin)
    lateral = (offset_y * cos - offset_x * sin) / norm if norm > 0.0 else math.hypot(offset_x, offset_y)
    return _beside(rows, k, share, lateral), lateral, share


@borrowing
def _beside(rows: np.ndarray, k: int, share: float, lateral: float) -> float:
    """How far beyond the strip's border a lateral offset lies, 0 within it."""
    side = HALF_LEFT if lateral > 0.0 else HALF_RIGHT
    half = rows[k, side] + share * (rows[k + 1, side] - rows[k, side])
    return float(max(abs(lateral) - half, 0.0))


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
def heading_at(lane: int, segment: int, share: float, grid: LaneGrid) -> float:
    """The lane's heading at a foot; it may leave [-pi, pi]."""
    return heading_between(
        grid.heading[segment], grid.heading[segment + 1], grid.curvature[segment], grid.curvature[segment + 1],
        grid.step_m[lane], share,
    )  # fmt: skip
