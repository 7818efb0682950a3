"""Stop lines and crosswalks, as triangles. Source: ours."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.driving.roads.baking.layout import STOP_LINE
from sim_suite.driving.roads.baking.triangles import Codes, Indices, Triangles, bands
from sim_suite.driving.roads.graph.layout import Floats, LaneGraph

STOP_LINE_M: Final = 0.5
"""Along the lane (German sign 294). The line's far edge lies where traffic is held, so that it never reaches into a
junction."""


def stop_lines(graph: LaneGraph, codes: Codes) -> Triangles:
    """Bands across lanes that end where a light or sign holds traffic, codes `Codes.paint`.

    Traffic that is held at the start of a lane waits on those that lead into it.
    """
    lanes, points = graph.lanes, graph.points
    lane, arc = _held_places(graph)
    first, last = lanes.first_point[lane], lanes.first_point[lane + 1] - 1
    sides = []
    for back in (STOP_LINE_M, 0.0):
        place = np.clip((arc - back) / lanes.step_m[lane], 0.0, last - first)
        segment = np.minimum(place.astype(np.int64), last - first - 1)
        share = place - segment
        for values in (points.left_x, points.left_y, points.right_x, points.right_y):
            sides.append(values[first + segment] * (1.0 - share) + values[first + segment + 1] * share)
    corners = bands(*sides)
    return Triangles(corners, np.full(len(corners), codes.paint(STOP_LINE), np.int32))


def _held_places(graph: LaneGraph) -> tuple[Indices, Floats]:
    """(lane, arc) of the far edge of each line."""
    lines, before = graph.stop_lines, graph.predecessors
    lane, arc = np.repeat(np.arange(graph.num_lanes), np.diff(lines.first)), lines.arc_m
    count = np.where(arc < 0.5 * STOP_LINE_M, before.first[lane + 1] - before.first[lane], 0)
    owner = np.repeat(np.arange(len(lane)), count)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    leading = before.lane[before.first[lane[owner]] + number].astype(np.int64)
    kept = count == 0
    return np.concatenate((lane[kept], leading)), np.concatenate((arc[kept], graph.lanes.length_m[leading]))


def crosswalks(graph: LaneGraph, codes: Codes) -> list[Triangles]:
    """Polygons as fans, codes `Codes.outline` and `Codes.inside`.

    A place lies inside of a polygon, convex or not, if an odd number of the triangles from one corner to each side hold it.
    """
    walks = graph.crosswalks
    groups = []
    for number, (first, end) in enumerate(zip(walks.first_corner[:-1], walks.first_corner[1:], strict=True)):
        corners: Floats = np.stack((walks.corner_x[first:end], walks.corner_y[first:end]), axis=1)
        apex = np.broadcast_to(corners[:1], (max(end - first - 2, 0), 2))
        fan = np.concatenate((apex, corners[1:-1], corners[2:]), axis=1)
        for code in (codes.outline(number), codes.inside(number)):
            groups.append(Triangles(fan, np.full(len(fan), code, np.int32)))
    return groups
