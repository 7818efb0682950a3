"""The lines painted along lanes, as triangles. Source: ASAM OpenDRIVE 1.8, clause 11.9; dimensions from the German RMS.

A mark stands on the outer border of a lane, or on the centre line of the road; the lane graph lists it with both lanes
that it parts. It is drawn once, with the lane whose right border it is for somebody who looks along rising s, and with
the leftmost lane of each section for its other border.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.baking.layout import EDGE, MARK
from sim_suite.driving.roads.baking.triangles import Codes, Indices, Line, Triangles, make_line, ribbons
from sim_suite.driving.roads.graph.kinds import MarkKind
from sim_suite.driving.roads.graph.layout import Bytes, Floats, LaneGraph

LEAST_GAP_M: Final = 0.2
"""Broken lines with smaller gaps are drawn whole: a texel would not show them. Ours."""
NARROW_M: Final = 0.12
"""Width of a line, also the gap of a double one (German RMS, in towns)."""

SOLID: Final = (MarkKind.SOLID, MarkKind.OTHER)
BROKEN: Final = (MarkKind.BROKEN, MarkKind.BOTTS_DOTS)
EDGES: Final = (MarkKind.CURB, MarkKind.GRASS, MarkKind.EDGE)
NEAR_SOLID: Final = (MarkKind.SOLID_SOLID, MarkKind.BROKEN_SOLID)
FAR_SOLID: Final = (MarkKind.SOLID_SOLID, MarkKind.SOLID_BROKEN)
NEAR_BROKEN: Final = (MarkKind.BROKEN_BROKEN, MarkKind.SOLID_BROKEN)
FAR_BROKEN: Final = (MarkKind.BROKEN_BROKEN, MarkKind.BROKEN_SOLID)
"""Double marks, the line nearest to the lane last (`MarkKind`)."""


def lane_marks(graph: LaneGraph, least_width_m: float, codes: Codes) -> list[Triangles]:
    """All marks, codes `Codes.paint`; lines are drawn at least `least_width_m` wide, so that none has holes."""
    lanes, points = graph.lanes, graph.points
    along = np.repeat(lanes.direction > 0, np.diff(lanes.first_point))
    leftmost = np.ones(graph.num_lanes, bool)
    leftmost[1:] = (lanes.road[1:] != lanes.road[:-1]) | (lanes.section[1:] != lanes.section[:-1])
    on_leftmost = np.repeat(leftmost, np.diff(lanes.first_point))
    right = make_line(points.right_x, points.right_y, lanes.first_point)
    left = make_line(points.left_x, points.left_y, lanes.first_point)
    groups = []
    at_right, at_left = (points.right_mark, graph.dashes.right), (points.left_mark, graph.dashes.left)
    for line, marks, drawn, towards_lane in (
        (right, at_right, along, 1.0),
        (left, at_left, ~along, -1.0),
        (left, at_left, on_leftmost & along, -1.0),
        (right, at_right, on_leftmost & ~along, 1.0),
    ):
        groups += _border_marks(graph, line, *marks, drawn, towards_lane, max(NARROW_M, least_width_m), codes)
    return groups


def _border_marks(
    graph: LaneGraph, line: Line, marks: Bytes, dashes: Bytes, drawn: NDArray[np.bool_], towards_lane: float,
    width_m: float, codes: Codes,
) -> list[Triangles]:  # fmt: skip
    """Marks along one side of the lanes. drawn: [P]; towards_lane: +1 where the lane lies to the left of its border."""
    painted_m, gap_m = graph.dashes.line_m, graph.dashes.gap_m
    inside = np.ones(len(marks) - 1, bool)
    inside[graph.lanes.first_point[1:-1] - 1] = False
    segment = np.flatnonzero(inside & drawn[:-1])
    # Records hold from their s on: of a segment's two points, the one of lower s states its mark.
    s = graph.points.road_s
    stated = np.where(s[segment] <= s[segment + 1], segment, segment + 1)
    kind, pattern = marks[stated], dashes[stated]
    near, far = towards_lane * NARROW_M, -towards_lane * NARROW_M
    groups = []
    for kinds, dashed, offset, bit in (
        (SOLID, False, 0.0, MARK), (NEAR_SOLID, False, near, MARK), (FAR_SOLID, False, far, MARK),
        (BROKEN, True, 0.0, MARK), (NEAR_BROKEN, True, near, MARK), (FAR_BROKEN, True, far, MARK),
        (EDGES, False, 0.0, EDGE),
    ):  # fmt: skip
        of_kind = np.isin(kind, kinds)
        chosen, number = segment[of_kind], pattern[of_kind]
        if dashed:
            pieces = _dashes(chosen, s, painted_m[number], gap_m[number])
        else:
            pieces = chosen, np.zeros(len(chosen)), np.ones(len(chosen))
        code = np.full(len(pieces[0]), codes.paint(bit), np.int32)
        groups.append(ribbons(line, *pieces, offset - 0.5 * width_m, offset + 0.5 * width_m, code))
    return groups


def _dashes(segment: Indices, s: Floats, painted_m: Floats, gap_m: Floats) -> tuple[Indices, Floats, Floats]:
    """The painted pieces of segments: (segment, start, end), the shares of the way from its point to the next.

    painted_m, gap_m: of each segment's pattern, which is counted along the road's reference line from s = 0 for all marks
    alike, so that lines of neighbouring sections go on in step.
    """
    period_m = np.where(gap_m >= LEAST_GAP_M, painted_m + gap_m, np.inf)
    begin, end = s[segment], s[segment + 1]
    low, high = np.minimum(begin, end), np.maximum(begin, end)
    first = np.floor(low / period_m)
    count = (np.floor(high / period_m) - first + 1).astype(np.int64)
    owner = np.repeat(np.arange(len(segment)), count)
    number = first[owner] + np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    whole = np.isinf(period_m)
    dash_from = number * np.where(whole, 0.0, period_m)[owner]
    painted_from = np.maximum(dash_from, low[owner])
    painted_to = np.minimum(dash_from + np.where(whole, np.inf, painted_m)[owner], high[owner])
    kept = painted_to > painted_from
    owner, painted_from, painted_to = owner[kept], painted_from[kept], painted_to[kept]
    span = end[owner] - begin[owner]
    return segment[owner], (painted_from - begin[owner]) / span, (painted_to - begin[owner]) / span
