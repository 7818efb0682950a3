"""Road marks, true to type, colour and width: cut from the lanes' borders. Source: ASAM OpenDRIVE 1.8, 11.9."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from sim_suite.driving.roads.drawing import strokes
from sim_suite.driving.roads.drawing.scene import Points, Shape
from sim_suite.driving.roads.drawing.styles import BOLD_WIDTH_M, DASH_M, MARK_WIDTH_M, MOTORWAY_DASH_M, stated_line
from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.roads.opendrive.model import Lane, MarkLine, OpenDrive, Road, RoadMark

_COLOURS: Final = {
    "standard": "white", "white": "white", "yellow": "yellow", "amber": "orange", "red": "red", "blue": "blue",
    "green": "grass", "orange": "orange", "violet": "blue", "black": "white",
}  # fmt: skip
"""The file's colours to those of the palette; what a picture cannot show on asphalt is drawn in the nearest."""
_NARROWEST_BORDER_M: Final = 0.05
"""A border shorter than this carries no mark that one could see."""

_WIDEST_M: Final = 1.0
"""A line that is stated wider is drawn so wide. Ours: blocks across an exit, the widest in use, have half of it."""


def road_marks(document: OpenDrive, graph: LaneGraph, lanes: Iterable[int]) -> list[Shape]:
    """The marks of some lanes' outer borders, and of the centre line where a lane lies beside it."""
    roads = {road.id: road for road in document.roads}
    shapes: list[Shape] = []
    for lane in lanes:
        road = roads[graph.road_ids[graph.lanes.road[lane]]]
        section = road.sections[int(graph.lanes.section[lane])]
        lane_id = int(graph.lanes.lane_id[lane])
        by_id = {entry.id: entry for entry in section.lanes}
        shapes += _marks(graph, road, by_id[lane_id], section.s, lane, centre=False)
        beside_centre = lane_id == -1 or (lane_id == 1 and -1 not in by_id)
        if beside_centre and 0 in by_id:
            shapes += _marks(graph, road, by_id[0], section.s, lane, centre=True)
    return shapes


def _marks(graph: LaneGraph, road: Road, entry: Lane, start: float, lane: int, *, centre: bool) -> Iterator[Shape]:
    lane_id, direction = int(graph.lanes.lane_id[lane]), int(graph.lanes.direction[lane])
    if not entry.road_marks:
        return
    side = strokes.inner_side(lane_id, direction) if centre else strokes.outer_side(lane_id, direction)
    line = strokes.border(graph, lane, side)
    measure = graph.points.road_s[strokes.lane_slice(graph, lane)]
    if direction < 0:  # drawn with rising s, so that left and right are the road's
        line, measure = line[::-1], measure[::-1]
    ends = [start + mark.s for mark in entry.road_marks[1:]] + [np.inf]
    long_dashes = any(kind.type.startswith("motorway") for kind in road.types)
    outward = 1.0 if lane_id > 0 and not centre else -1.0  # of the centre line the standard counts left to right
    for mark, end in zip(entry.road_marks, ends, strict=True):
        stretch = strokes.cut(line, measure, start + mark.s, end)
        if len(stretch) > 1 and float(np.hypot(*(stretch[-1] - stretch[0]))) > _NARROWEST_BORDER_M:
            yield from _strokes(mark, strokes.thin(stretch, strokes.TOLERANCE_M / 2), outward, long_dashes)


def _strokes(mark: RoadMark, line: Points, outward: float, long_dashes: bool) -> Iterator[Shape]:
    """A mark's lines: one, or two beside each other, the inner one (nearer to lane 0, left of the centre line) first."""
    words = mark.type.split()
    if mark.type in ("none", ""):
        return
    if mark.type in ("curb", "grass"):
        yield Shape(f"mark-{mark.type}", line)
        return
    if mark.type == "botts dots":
        words = ["dots"]
    if mark.lines:
        yield from _stated(mark, words[:2], line, outward, MOTORWAY_DASH_M if long_dashes else DASH_M)
        return
    bold = mark.weight == "bold" or (mark.width or 0.0) >= (BOLD_WIDTH_M + MARK_WIDTH_M) / 2
    names = [_pattern(word, long_dashes) for word in words[:2]]
    colour = _COLOURS.get(mark.color, "white")
    gap = 2.0 * (BOLD_WIDTH_M if bold else MARK_WIDTH_M)
    for place, name in enumerate(names):
        off = outward * gap * (place - (len(names) - 1) / 2)
        yield Shape(f"mark-{name}-{colour}{'-bold' if bold else ''}", strokes.shifted(line, off))


def _stated(
    mark: RoadMark, words: list[str], line: Points, outward: float, usual_m: tuple[float, float]
) -> Iterator[Shape]:
    """A mark's lines as the file states them one by one; where it states fewer than the type names, those that it names.

    Which lines are broken is the type's to say. What is painted once is painted where it says.
    """
    colour = _COLOURS.get(mark.color, "white")
    width_m = _width(mark, BOLD_WIDTH_M if mark.weight == "bold" else MARK_WIDTH_M)
    repeated = [one for one in mark.lines if one.space is not None]
    dash_m = next((_dash(one) for one in repeated if _dash(one)), None) or usual_m
    if repeated and len(repeated) < len(words):
        repeated = [MarkLine(0.0, 0.0, width=repeated[0].width)] * len(words)
    stacked = len({one.t for one in repeated}) < len(repeated)
    for place, one in enumerate(repeated):
        word = words[min(place, len(words) - 1)]
        dash = (_dash(one) or dash_m) if word != "solid" else (0.0, 0.0)
        wide = _width(one, width_m)
        left = outward * 2.0 * wide * (place - (len(repeated) - 1) / 2) if stacked else one.t
        name = stated_line(_COLOURS.get(one.color or "", colour), *dash, wide)
        path = _stretch(line, one.s, np.inf) if one.s > 0.0 else line
        if len(path) > 1:
            yield Shape(name, strokes.shifted(path, left))
    for one in mark.lines:
        piece = _stretch(line, one.s, one.s + one.length) if one.space is None else line[:0]
        if len(piece) > 1:
            name = stated_line(_COLOURS.get(one.color or "", colour), 0.0, 0.0, _width(one, width_m))
            yield Shape(name, strokes.shifted(piece, one.t))


def _width(stated: RoadMark | MarkLine, usual_m: float) -> float:
    return min(stated.width, _WIDEST_M) if stated.width and stated.width > 0.0 else usual_m


def _dash(line: MarkLine) -> tuple[float, float] | None:
    return (line.length, line.space) if line.space and line.length > 0.0 else None


def _stretch(line: Points, low: float, high: float) -> Points:
    """Between two lengths along the line, metres."""
    return strokes.cut(line, np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T)))), low, high)


def _pattern(word: str, long_dashes: bool) -> str:
    if word == "broken":
        return "long" if long_dashes else "broken"
    return "dots" if word == "dots" else "solid"
