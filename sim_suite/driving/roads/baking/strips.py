"""The ground of each lane and its centre line, as triangles. Source: ours.

Neighbouring lanes are sampled at different places, so the border between them is two polylines that part by millimetres;
drawn each by its own, a texel in forty along the border would belong to none or to both. So the border between two lanes
is that of the lane with the higher lane id, for both. Where a lane leads into another, a band bridges what the file's
numbers leave open.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.compiling import compiled
from sim_suite.driving.roads.baking.triangles import Codes, Triangles, make_line, ribbons
from sim_suite.driving.roads.graph.kinds import DRIVABLE
from sim_suite.driving.roads.graph.layout import Adjacency, Floats, Ints, LaneGraph, Lanes, Points

SAME_BORDER_M: Final = 0.02
"""Neighbours whose borders' ends differ by more are not drawn with one border: only widths that jump part them. Ours."""
BRIDGED_M: Final = 0.5
"""The widest gap between lanes that follow each other which is closed. Ours, as for joints in links.py: wider ones are no slip
of the file's numbers."""


def lane_strips(graph: LaneGraph) -> Triangles:
    """The ground of all lanes, its code twice the lane (`Codes`)."""
    first = graph.lanes.first_point
    between = np.diff(first).astype(np.int64) - 1
    # A lane may take its inner border from its neighbour: as many triangles as segments of either side.
    before = np.concatenate(([0], between[:-1]))
    room = int((between + np.maximum(between, before)).sum()) + 2 * len(graph.successors.lane)
    corners, code = np.empty((room, 6)), np.empty(room, np.int32)
    count = _fill_strips(graph.lanes, graph.points, corners, code)
    count = _fill_bridges(graph.lanes, graph.points, graph.successors, corners, code, count)
    return Triangles(corners[:count], code[:count])


def centre_lines(graph: LaneGraph, width_m: float, codes: Codes) -> Triangles:
    """The centre lines of all lanes for motor traffic, codes `Codes.centre`."""
    first, points = graph.lanes.first_point, graph.points
    lane_of_point = np.repeat(np.arange(graph.num_lanes), np.diff(first))
    driven = ((DRIVABLE >> graph.lanes.kind.astype(np.int64)) & 1).astype(bool)
    segment = np.flatnonzero((lane_of_point[1:] == lane_of_point[:-1]) & driven[lane_of_point[:-1]])
    line = make_line(points.x, points.y, first)
    code = np.asarray(codes.centre(lane_of_point[segment]), np.int32)
    start, end = np.zeros(len(segment)), np.ones(len(segment))
    return ribbons(line, segment, start, end, -0.5 * width_m, 0.5 * width_m, code)


@compiled
def _border(lanes: Lanes, points: Points, lane: int, outer: bool, k: int) -> tuple[float, float, float]:
    """x, y, s of the k-th border point by rising s; outer: the border to the right of somebody who looks along rising s."""
    along = lanes.direction[lane] > 0
    point = lanes.first_point[lane] + k if along else lanes.first_point[lane + 1] - 1 - k
    if along == outer:
        return points.right_x[point], points.right_y[point], points.road_s[point]
    return points.left_x[point], points.left_y[point], points.road_s[point]


@compiled
def _shares_border(lanes: Lanes, points: Points, lane: int) -> bool:
    """Whether the lane before is its neighbour in the same section, with the same border."""
    if lane == 0 or lanes.road[lane - 1] != lanes.road[lane] or lanes.section[lane - 1] != lanes.section[lane]:
        return False
    for end in range(2):
        own = 0 if end == 0 else lanes.first_point[lane + 1] - lanes.first_point[lane] - 1
        others = 0 if end == 0 else lanes.first_point[lane] - lanes.first_point[lane - 1] - 1
        x, y, _ = _border(lanes, points, lane, False, own)
        other_x, other_y, _ = _border(lanes, points, lane - 1, True, others)
        if np.hypot(x - other_x, y - other_y) > SAME_BORDER_M:
            return False
    return True


@compiled
def _fill_strips(lanes: Lanes, points: Points, corners: Floats, code: Ints) -> int:
    """Triangles between a lane's two borders, going on along the one whose next point comes first; return how many."""
    count = 0
    for lane in range(len(lanes.kind)):
        shared = _shares_border(lanes, points, lane)
        owner = lane - 1 if shared else lane
        inner_count = lanes.first_point[owner + 1] - lanes.first_point[owner]
        outer_count = lanes.first_point[lane + 1] - lanes.first_point[lane]
        i = j = 0
        x0, y0, _ = _border(lanes, points, owner, shared, 0)
        x1, y1, _ = _border(lanes, points, lane, True, 0)
        while i < inner_count - 1 or j < outer_count - 1:
            next0 = _border(lanes, points, owner, shared, min(i + 1, inner_count - 1))
            next1 = _border(lanes, points, lane, True, min(j + 1, outer_count - 1))
            inner_first = j == outer_count - 1 or (i < inner_count - 1 and next0[2] <= next1[2])
            corners[count, 0], corners[count, 1], corners[count, 2], corners[count, 3] = x0, y0, x1, y1
            if inner_first:
                x0, y0, _ = next0
                i += 1
            else:
                x1, y1, _ = next1
                j += 1
            corners[count, 4], corners[count, 5] = (x0, y0) if inner_first else (x1, y1)
            code[count] = 2 * lane
            count += 1
    return count


@compiled
def _fill_bridges(lanes: Lanes, points: Points, successors: Adjacency, corners: Floats, code: Ints, count: int) -> int:
    """Append two triangles for each link whose ends lie apart, but not far; return how many there are then."""
    for lane in range(len(lanes.kind)):
        end = lanes.first_point[lane + 1] - 1
        for index in range(successors.first[lane], successors.first[lane + 1]):
            start = lanes.first_point[successors.lane[index]]
            left_x, left_y = points.left_x[end], points.left_y[end]
            right_x, right_y = points.right_x[end], points.right_y[end]
            next_left_x, next_left_y = points.left_x[start], points.left_y[start]
            next_right_x, next_right_y = points.right_x[start], points.right_y[start]
            gap = max(
                np.hypot(next_left_x - left_x, next_left_y - left_y),
                np.hypot(next_right_x - right_x, next_right_y - right_y),
            )
            if not 0.0 < gap <= BRIDGED_M:
                continue
            corners[count] = np.array((left_x, left_y, right_x, right_y, next_left_x, next_left_y))
            corners[count + 1] = np.array((right_x, right_y, next_left_x, next_left_y, next_right_x, next_right_y))
            code[count : count + 2] = 2 * lane
            count += 2
    return count
