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

CLOSED_M: Final = 3.0
"""Gaps between a junction's lanes belong to it up to twice this width: less than the island of any roundabout."""
_TEXEL_M: Final = 0.25
_MOST_TEXELS: Final = 512
"""Of a junction's side; larger ones have larger texels."""


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
    """What each junction's driving lanes cover. Junctions without lanes of their own (direct ones) have no area."""
    return [
        Shape("junction-area", area, True, f"junction:{junction}")
        for junction, lanes in junction_lanes(graph).items()
        for area in junction_outlines(graph, lanes)
    ]


def junction_outlines(graph: LaneGraph, lanes: list[int]) -> list[Points]:
    """Around some lanes, with the gaps between them that are narrower than 2 CLOSED_M, and with what they surround.

    A morphological closing (Serra 1982) on a grid of texels. Each outline is [N, 2], world frame, not closed.
    """
    import cv2

    outlines = [strokes.outline(graph, lane) for lane in lanes]
    corners = np.concatenate(outlines)
    low, extent = corners.min(axis=0), float(np.ptp(corners, axis=0).max())
    texel = max(_TEXEL_M, extent / _MOST_TEXELS)
    margin = CLOSED_M / texel + 2.0
    rows, cols = (np.ptp(corners, axis=0)[::-1] / texel + 2.0 * margin + 1.0).astype(int)
    covered = np.zeros((rows, cols), np.uint8)
    for outline in outlines:
        cv2.fillPoly(covered, [np.round((outline - low) / texel + margin).astype(np.int32)], 1)
    reach = CLOSED_M / texel
    grown = cv2.distanceTransform(1 - covered, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) <= reach
    kept = cv2.distanceTransform(grown.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE) > reach
    found, _ = cv2.findContours(kept.astype(np.uint8) | covered, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    thin = [cv2.approxPolyDP(contour, 1.0, closed=True)[:, 0, :] for contour in found]
    return [(contour - margin) * texel + low for contour in thin if len(contour) > 2]
