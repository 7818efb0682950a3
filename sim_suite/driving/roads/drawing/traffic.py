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
ARROW_M: Final = 4.5
"""Length of an arrow where the picture is large; painted ones are 5 m (German RMS-1)."""
LINK_ARROW_M: Final = 0.9
"""Length of the arrow heads on ways through junctions."""
_SHORTEST_M: Final = 8.0
"""A lane that is shorter has no arrow: its neighbours say where it leads."""
_ARROW_RANK: Final = 40
_FIRST_ARROW_RANK: Final = 31
"""A lane's first arrow comes before its id, which finds room elsewhere in the lane."""
_ACROSS_PX: Final = 5.5
"""An arrow of the least size needs a lane this wide on paper."""
_NARROW_M: Final = 1.5
"""Arrows are drawn where the lane is at least this wide."""


def arrows(graph: LaneGraph) -> list[Marker]:
    """Arrows along lanes outside of junctions: the middle of a lane first, then its quarters, eighths, ...

    Where lanes are too narrow on paper, those of one lane stand for all that run beside it in its direction.
    """
    markers: list[Marker] = []
    widths = _carriageways(graph)
    for lane, width in widths.items():
        if float(graph.lanes.length_m[lane]) >= _SHORTEST_M:
            markers += _lane_arrows(graph, lane, _ACROSS_PX / width)
    return markers


def _carriageways(graph: LaneGraph) -> dict[int, float]:
    """Lane that gets arrows to the width in metres that they may take: its own, or its carriageway's where it stands for that."""
    lanes = graph.lanes
    groups: dict[tuple[int, int, int], list[int]] = {}
    found: dict[int, float] = {}
    for lane in range(graph.num_lanes):
        kind = int(lanes.kind[lane])
        width = float(np.median(graph.points.width[strokes.lane_slice(graph, lane)]))
        if lanes.junction[lane] >= 0 or not _POINTED >> kind & 1 or kind == LaneKind.BIDIRECTIONAL or width <= 0.1:
            continue
        found[lane] = width
        if kind != LaneKind.BIKING:
            groups.setdefault((int(lanes.road[lane]), int(lanes.section[lane]), int(lanes.direction[lane])), []).append(
                lane
            )
    for group in groups.values():
        found[group[len(group) // 2]] = sum(found[lane] for lane in group)
    return found


def _lane_arrows(graph: LaneGraph, lane: int, min_scale: float) -> Iterator[Marker]:
    part, step = strokes.lane_slice(graph, lane), float(graph.lanes.step_m[lane])
    length = float(graph.lanes.length_m[lane])
    points = graph.points
    depth = 0
    while depth == 0 or length / 2 ** (depth + 1) >= _ARROW_SPACING_M:
        for odd in range(1, 2 ** (depth + 1), 2):
            along = round(odd / 2 ** (depth + 1) * length / step) if step > 0 else 0
            at = part.start + min(along, part.stop - part.start - 1)
            if points.width[at] >= _NARROW_M:
                x, y, heading = float(points.x[at]), float(points.y[at]), float(points.heading[at])
                yield Marker(
                    "arrow",
                    x,
                    y,
                    size_m=ARROW_M,
                    heading=heading,
                    rank=_ARROW_RANK + depth if depth else _FIRST_ARROW_RANK,
                    min_scale=min_scale,
                )
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
        markers.append(Marker("link-arrow", x, y, size_m=LINK_ARROW_M, heading=heading, rank=45, min_scale=1.5))
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
