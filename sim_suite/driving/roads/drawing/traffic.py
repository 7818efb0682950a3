"""Where traffic goes: arrows in lanes, curves through junctions, and the places where a driving lane ends. Source: ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from sim_suite.driving.roads.drawing import strokes
from sim_suite.driving.roads.drawing.scene import Marker, Shape
from sim_suite.driving.roads.graph.kinds import DRIVABLE, LaneKind, mask_of
from sim_suite.driving.roads.graph.layout import LaneGraph

_POINTED: Final = DRIVABLE | mask_of((LaneKind.BIKING,))
"""Lanes that get arrows."""
_ARROW_SPACING_M: Final = 14.0
"""Arrows stand no closer than this in a lane."""
_ARROW_M: Final = 4.5
"""Length of an arrow where the picture is large; painted ones are 5 m (German RMS-1)."""
_SHORTEST_M: Final = 8.0
"""A lane that is shorter has no arrow: its neighbours say where it leads."""
_ARROW_RANK: Final = 40
_NARROW_M: Final = 1.5
"""Arrows are drawn where the lane is at least this wide."""


def arrows(graph: LaneGraph) -> list[Marker]:
    """Arrows along lanes outside of junctions: the middle of a lane first, then its quarters, eighths, ..."""
    markers: list[Marker] = []
    lanes = graph.lanes
    for lane in range(graph.num_lanes):
        length = float(lanes.length_m[lane])
        outside = lanes.junction[lane] < 0 and _POINTED >> int(lanes.kind[lane]) & 1
        if outside and length >= _SHORTEST_M and lanes.kind[lane] != LaneKind.BIDIRECTIONAL:
            markers += _lane_arrows(graph, lane, length)
    return markers


def _lane_arrows(graph: LaneGraph, lane: int, length: float) -> Iterator[Marker]:
    part, step = strokes.lane_slice(graph, lane), float(graph.lanes.step_m[lane])
    depth = 0
    while depth == 0 or length / 2 ** (depth + 1) >= _ARROW_SPACING_M:
        for odd in range(1, 2 ** (depth + 1), 2):
            point = part.start + min(
                round(odd / 2 ** (depth + 1) * length / step if step > 0 else 0.0), part.stop - part.start - 1
            )
            if graph.points.width[point] >= _NARROW_M:
                yield Marker(
                    "arrow", float(graph.points.x[point]), float(graph.points.y[point]), size_m=_ARROW_M,
                    heading=float(graph.points.heading[point]), rank=_ARROW_RANK + depth, min_scale=4.0 / float(graph.points.width[point]),
                )  # fmt: skip
        depth += 1


def links(graph: LaneGraph) -> tuple[list[Shape], list[Marker]]:
    """The centre lines of lanes in junctions, each with a small arrow head, slid apart from those that it crosses."""
    shapes, markers = [], []
    lanes = graph.lanes
    for lane in range(graph.num_lanes):
        if lanes.junction[lane] < 0 or not DRIVABLE >> int(lanes.kind[lane]) & 1:
            continue
        line = strokes.thin(strokes.centre(graph, lane))
        shapes.append(Shape("link", line))
        x, y, heading = strokes.at_fraction(line, 0.8)
        markers.append(Marker("link-arrow", x, y, size_m=1.3, heading=heading, rank=45, min_scale=1.5))
    return shapes, markers


def lane_ends(graph: LaneGraph) -> list[Shape]:
    """A bar across each driving lane that nothing follows: a vehicle there has nowhere to go."""
    found = []
    follows = np.diff(graph.successors.first)
    for lane in np.flatnonzero(follows == 0).tolist():
        point = int(graph.lanes.first_point[lane + 1]) - 1
        if DRIVABLE >> int(graph.lanes.kind[lane]) & 1 and graph.points.width[point] >= _NARROW_M:
            points = graph.points
            bar = np.array(
                [(points.left_x[point], points.left_y[point]), (points.right_x[point], points.right_y[point])]
            )
            found.append(Shape("lane-end", bar))
    return found
