"""What is painted or stands along roads: stop lines, crosswalks, parking bays, buildings, trees, poles, barriers. Source: ours."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.driving.roads.drawing import strokes
from sim_suite.driving.roads.drawing.scene import Points, Shape
from sim_suite.driving.roads.graph.kinds import PropKind, SignalKind
from sim_suite.driving.roads.graph.layout import LaneGraph

_STRIPE_M: Final = 0.5
"""Width of a crosswalk's stripes and of the gaps between them (German RMS-1)."""
_LEAST_DISC_M: Final = 0.25
"""Radius of poles and trees that state none."""
_PROP_STYLES: Final = {
    PropKind.PARKING_SPACE: "bay", PropKind.POLE: "pole", PropKind.BUILDING: "building", PropKind.TREE: "tree",
    PropKind.BARRIER: "barrier", PropKind.OBSTACLE: "obstacle", PropKind.ROAD_MARK: "paint", PropKind.OTHER: "thing",
}  # fmt: skip


def stop_lines(graph: LaneGraph) -> list[Shape]:
    """A bar across the lane where a light or stop sign holds traffic; dashed where a give-way sign does."""
    shapes = []
    lines, points, lanes = graph.stop_lines, graph.points, graph.lanes
    for lane in np.flatnonzero(np.diff(lines.first)).tolist():
        part = strokes.lane_slice(graph, lane)
        arcs = np.arange(part.stop - part.start) * float(lanes.step_m[lane])
        for entry in range(int(lines.first[lane]), int(lines.first[lane + 1])):
            bar = np.array(
                [
                    [np.interp(lines.arc_m[entry], arcs, values[part]) for values in ends]
                    for ends in ((points.left_x, points.left_y), (points.right_x, points.right_y))
                ]
            )
            style = "yield-line" if lines.kind[entry] == SignalKind.YIELD else "stop-line"
            shapes.append(Shape(style, 0.96 * bar + 0.04 * bar[::-1]))
    return shapes


def crosswalks(graph: LaneGraph) -> list[Shape]:
    """Each crosswalk's area, then its stripes: across the line on which people walk."""
    shapes = []
    walks = graph.crosswalks
    for index in range(len(walks.first_corner) - 1):
        part = slice(int(walks.first_corner[index]), int(walks.first_corner[index + 1]))
        corners = np.column_stack((walks.corner_x[part], walks.corner_y[part]))
        shapes.append(Shape("crosswalk", corners, True, f"crosswalk:{index}"))
        shapes += [Shape("stripe", stripe, True) for stripe in stripes(corners, walks.walk[index])]
    return shapes


def stripes(corners: Points, walk: Points) -> list[Points]:
    """[4, 2] each: the painted bars of a crosswalk. corners: [N, 2] polygon; walk: [2, 2] ends of the line that people walk."""
    length = float(np.hypot(*(walk[1] - walk[0])))
    if length < _STRIPE_M:
        return []
    along = (walk[1] - walk[0]) / length
    across = np.array((-along[1], along[0]))
    local = np.column_stack(((corners - walk[0]) @ along, (corners - walk[0]) @ across))
    first, last = float(local[:, 0].min()), float(local[:, 0].max())
    count = max(int((last - first) / (2 * _STRIPE_M)), 1)
    margin = (last - first - (2 * count - 1) * _STRIPE_M) / 2
    bars = []
    for number in range(count):
        start = first + margin + 2 * number * _STRIPE_M
        crossed = _crossings(local, start + _STRIPE_M / 2)
        if len(crossed) >= 2:
            box = np.array(
                [
                    (start, crossed[0]),
                    (start + _STRIPE_M, crossed[0]),
                    (start + _STRIPE_M, crossed[-1]),
                    (start, crossed[-1]),
                ]
            )
            bars.append(walk[0] + box[:, :1] * along + box[:, 1:] * across)
    return bars


def _crossings(polygon: Points, at: float) -> list[float]:
    """Second coordinates, rising, where the polygon's edges pass the first coordinate `at`."""
    found = []
    for (u0, v0), (u1, v1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if (u0 <= at) != (u1 <= at):
            found.append(float(v0 + (at - u0) / (u1 - u0) * (v1 - v0)))
    return sorted(found)


def props(graph: LaneGraph) -> list[Shape]:
    """Objects as areas; poles and trees as discs that can be seen. Large ones first, so that small ones stay visible."""
    shapes = []
    things = graph.props
    size = np.maximum(things.length_m, things.width_m)
    for index in np.argsort(-size, kind="stable").tolist():
        kind = PropKind(int(things.kind[index]))
        part = slice(int(things.first_corner[index]), int(things.first_corner[index + 1]))
        outline = np.column_stack((things.corner_x[part], things.corner_y[part]))
        if kind in (PropKind.POLE, PropKind.TREE) or len(outline) < 2:
            radius = max(float(size[index]) / 2, _LEAST_DISC_M)
            outline = strokes.disc(float(things.x[index]), float(things.y[index]), radius, 12)
        shapes.append(Shape(_PROP_STYLES[kind], outline, True, f"prop:{index}"))
    return shapes
