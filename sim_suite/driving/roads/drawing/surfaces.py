"""What lies on the ground: the area of each lane by its kind, and the areas of junctions. Source: ours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from sim_suite.driving.roads.drawing import strokes
from sim_suite.driving.roads.drawing.scene import Points, Shape
from sim_suite.driving.roads.drawing.styles import lane_style
from sim_suite.driving.roads.graph.kinds import DRIVABLE, LaneKind
from sim_suite.driving.roads.graph.layout import LaneGraph

NARROWEST_M: Final = 0.02
"""A lane that is nowhere wider has no area to draw."""
_BELOW: Final = (LaneKind.NONE, LaneKind.MEDIAN, LaneKind.SIDEWALK, LaneKind.BORDER, LaneKind.CURB)
"""Where the lanes of a junction's roads overlap, traffic's surface is what one drives on: these lie below it, in this order."""


def lane_surfaces(graph: LaneGraph, lanes: Iterable[int]) -> list[Shape]:
    """The surfaces of some lanes, those of unpaved kinds first."""
    chosen = sorted(lanes, key=lambda lane: _order(int(graph.lanes.kind[lane])))
    shapes = []
    for lane in chosen:
        if float(graph.points.width[strokes.lane_slice(graph, lane)].max()) > NARROWEST_M:
            kind = LaneKind(int(graph.lanes.kind[lane]))
            shapes.append(Shape(lane_style(kind), strokes.outline(graph, lane), True, f"lane:{lane}"))
    return shapes


def _order(kind: int) -> int:
    drivable = bool(DRIVABLE >> kind & 1)
    return _BELOW.index(LaneKind(kind)) if kind in _BELOW else len(_BELOW) + drivable


def junction_lanes(graph: LaneGraph) -> dict[int, list[int]]:
    """Junction index to its lanes that traffic may drive on."""
    found: dict[int, list[int]] = {}
    for lane, junction in enumerate(graph.lanes.junction.tolist()):
        if junction >= 0 and DRIVABLE >> int(graph.lanes.kind[lane]) & 1:
            found.setdefault(junction, []).append(lane)
    return found


def junction_areas(graph: LaneGraph) -> list[Shape]:
    """The convex hull of each junction's driving lanes. Junctions without lanes of their own (direct ones) have no area."""
    return [
        Shape("junction-area", junction_hull(graph, lanes), True, f"junction:{junction}")
        for junction, lanes in junction_lanes(graph).items()
    ]


def junction_hull(graph: LaneGraph, lanes: list[int]) -> Points:
    """[N, 2] world frame, counter-clockwise, not closed."""
    import cv2

    corners = np.concatenate([strokes.border(graph, lane, side) for lane in lanes for side in ("left", "right")])
    origin = corners.mean(axis=0)
    hull = cv2.convexHull((corners - origin).astype(np.float32))[:, 0, :].astype(np.float64)
    placed: Points = hull + origin
    return placed
