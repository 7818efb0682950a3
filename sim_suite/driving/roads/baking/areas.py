"""Stop lines, give-way lines and crosswalks, as triangles. Source: ours; lines after the German RMS."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.baking.layout import STOP_LINE
from sim_suite.driving.roads.baking.triangles import Codes, Indices, Triangles, bands
from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.roads.graph.layout import Floats, LaneGraph

Flags = NDArray[np.bool_]

STOP_LINE_M: Final = 0.5
"""Along the lane (German sign 294). The line's far edge lies where traffic is held, so that it never reaches into a
junction."""
GIVE_WAY_PERIOD_M: Final = 2.0
"""Of a give-way line, which is broken: half line, half gap, as many periods as fit the lane best. The German sign 341 has lines of
0.5 m, which rasters with pixels of 0.5 m could not tell from a whole line."""


def stop_lines(graph: LaneGraph, codes: Codes) -> Triangles:
    """Bands across lanes that end where a light or sign holds traffic, broken ones where it gives way, codes `Codes.paint`.

    Traffic that is held at the start of a lane waits on those that lead into it.
    """
    lanes, points = graph.lanes, graph.points
    lane, arc, gives_way = _held_places(graph)
    first, last = lanes.first_point[lane], lanes.first_point[lane + 1] - 1
    sides = []
    for back in (STOP_LINE_M, 0.0):
        place = np.clip((arc - back) / lanes.step_m[lane], 0.0, last - first)
        segment = np.minimum(place.astype(np.int64), last - first - 1)
        share = place - segment
        for values in (points.left_x, points.left_y, points.right_x, points.right_y):
            sides.append(values[first + segment] * (1.0 - share) + values[first + segment + 1] * share)
    corners = bands(*_broken(sides, gives_way))
    return Triangles(corners, np.full(len(corners), codes.paint(STOP_LINE), np.int32))


def _broken(sides: list[Floats], gives_way: Flags) -> list[Floats]:
    """Lines [M] as x and y of both ends of their near and far edges, to [more]: those that give way in several pieces."""
    left_x, left_y, right_x, right_y = sides[4:]
    width = np.hypot(right_x - left_x, right_y - left_y)
    pieces = np.where(gives_way, np.maximum(np.rint(width / GIVE_WAY_PERIOD_M), 1.0), 1.0).astype(np.int64)
    line = np.repeat(np.arange(len(pieces)), pieces)
    number = np.arange(len(line)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    begin, end = (
        np.where(gives_way[line], (number + at) / pieces[line], whole) for at, whole in ((0.25, 0.0), (0.75, 1.0))
    )
    parts = []
    for edge in (sides[:4], sides[4:]):
        x0, y0, x1, y1 = (values[line] for values in edge)
        for share in (begin, end):
            parts += [x0 * (1.0 - share) + x1 * share, y0 * (1.0 - share) + y1 * share]
    return parts


def _held_places(graph: LaneGraph) -> tuple[Indices, Floats, Flags]:
    """(lane, arc of the far edge, whether it is a give-way sign's) of each line."""
    lines, before = graph.stop_lines, graph.predecessors
    lane, arc = np.repeat(np.arange(graph.num_lanes), np.diff(lines.first)), lines.arc_m
    count = np.where(arc < 0.5 * STOP_LINE_M, before.first[lane + 1] - before.first[lane], 0)
    owner = np.repeat(np.arange(len(lane)), count)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    leading = before.lane[before.first[lane[owner]] + number].astype(np.int64)
    kept = count == 0
    gives_way = lines.kind == SignalKind.YIELD
    return (
        np.concatenate((lane[kept], leading)),
        np.concatenate((arc[kept], graph.lanes.length_m[leading])),
        np.concatenate((gives_way[kept], gives_way[owner])),
    )


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
