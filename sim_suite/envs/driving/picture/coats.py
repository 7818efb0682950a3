"""The map as layers of paint in world metres: the house's map drawing, dressed for a picture one watches. Source: ours.

Shapes and styles are those of `driving/roads/drawing`; kerbs, roofs and shadows are added. Coats are made once for a map.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.drawing import strokes
from sim_suite.driving.roads.drawing.compose import make_scene
from sim_suite.driving.roads.drawing.scene import Shape
from sim_suite.driving.roads.drawing.styles import style_of
from sim_suite.driving.roads.graph.kinds import LaneKind
from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.roads.maps import RoadMap
from sim_suite.envs.driving.picture.brush import Colour, Points, from_hex, mixed
from sim_suite.envs.driving.picture.roofs import roof
from sim_suite.envs.driving.picture.style import PictureStyle

LYING: Final = ("junctions", "surfaces", "marks", "crossings", "stops")
"""Layers of the scene that are painted on the ground; the rest but objects is for those who read maps."""
_LEFT_OUT: Final = ("thing",)
_KERB_M: Final = 0.22
_GUTTER_M: Final = 0.5
"""Widths of the kerb's stone and of the darker strip beside it: what makes a sidewalk look raised."""
_RAISED: Final = (LaneKind.SIDEWALK, LaneKind.MEDIAN)


class Coat(NamedTuple):
    """One fill or line."""

    points: Points
    """[N, 2] world metres."""
    fill: Colour | None
    stroke: Colour | None = None
    width_m: float = 0.0
    width_px: float = 0.0
    """Of the line, at least."""


class Coats(NamedTuple):
    """A map's paint, in order: what lies, then shadows, then what stands."""

    lying: list[Coat]
    shadows: list[Points]
    standing: list[Coat]
    trees: list[tuple[float, float, float]]
    """x, y and radius of the crown, metres."""


def make_coats(road_map: RoadMap, style: PictureStyle) -> Coats:
    """All coats of a map."""
    scene = make_scene(road_map.document, road_map.graph, road_map.name)
    coats = Coats([], [], [], [])
    raised = False
    for layer in scene.layers:
        if layer.name == "objects":
            for number, shape in enumerate(layer.shapes):
                _stand(coats, shape, number, style)
        elif layer.name in LYING:
            if layer.name == "marks" and not raised:
                coats.lying.extend(_kerbs(road_map.graph, style))
                raised = True
            for shape in layer.shapes:
                coats.lying.extend(_painted(shape, style))
    return coats


def _painted(shape: Shape, style: PictureStyle) -> Iterator[Coat]:
    """A shape of the map's drawing; dashes are cut here, once, so that they match across tiles."""
    if shape.style in _LEFT_OUT:
        return
    look = style_of(shape.style)
    fill = from_hex(style.ground[look.fill]) if look.fill and shape.closed else None
    stroke = from_hex(style.ground[look.stroke]) if look.stroke else None
    if shape.style in ("junction-area", "crosswalk"):
        yield Coat(shape.points, fill)
    elif look.dash_m and stroke:
        for dash in dashes(shape.points, look.dash_m):
            yield Coat(dash, None, stroke, look.width_m, 0.5)
    else:
        points = np.concatenate((shape.points, shape.points[:1])) if shape.closed else shape.points
        yield Coat(points, fill, stroke, look.width_m, min(look.width_px, 1.0))


def _stand(coats: Coats, shape: Shape, number: int, style: PictureStyle) -> None:
    if shape.style == "building":
        body, shadow = roof(shape.points, number)
        coats.shadows.append(shadow)
        coats.standing.extend(Coat(points, colour) for colour, points in body)
    elif shape.style == "tree":
        centre = shape.points.mean(axis=0)
        coats.trees.append((float(centre[0]), float(centre[1]), float(np.ptp(shape.points[:, 0])) / 2))
    elif shape.style == "bay":
        coats.lying.extend(_painted(shape, style))
    else:
        coats.shadows.append(shape.points + 0.25)
        coats.standing.extend(_painted(shape, style))


def _kerbs(graph: LaneGraph, style: PictureStyle) -> Iterator[Coat]:
    """Where what is raised lies beside another lane: a dark gutter, then the stone."""
    stone = from_hex(style.ground["curb"])
    gutter = mixed(from_hex(style.ground["asphalt"]), (0, 0, 0), 0.25)
    raised = np.isin(graph.lanes.kind, _RAISED)
    lines = [strokes.thin(line) for lane in np.flatnonzero(raised).tolist() for line in _borders(graph, lane, raised)]
    for line in lines:
        yield Coat(line, None, gutter, _GUTTER_M)
    for line in lines:
        yield Coat(line, None, stone, _KERB_M, 1.0)


def _borders(graph: LaneGraph, lane: int, raised: NDArray[np.bool_]) -> Iterator[Points]:
    if graph.lanes.left[lane] >= 0 and not raised[graph.lanes.left[lane]]:
        yield strokes.border(graph, lane, "left")
    if graph.lanes.right[lane] >= 0 and not raised[graph.lanes.right[lane]]:
        yield strokes.border(graph, lane, "right")


def dashes(line: Points, pattern_m: tuple[float, ...]) -> list[Points]:
    """The painted stretches of a broken line; pattern_m: paint and gap in turns, metres."""
    arc = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))))
    painted, period = pattern_m[0], sum(pattern_m[:2])
    starts = np.arange(0.0, arc[-1], period)
    return [part for start in starts.tolist() if len(part := strokes.cut(line, arc, start, start + painted)) > 1]
