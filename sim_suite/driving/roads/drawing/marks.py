"""Road marks, true to type, colour and width: cut from the lanes' borders. Source: ASAM OpenDRIVE 1.8, 11.9."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from sim_suite.driving.roads.drawing import strokes
from sim_suite.driving.roads.drawing.scene import Points, Shape
from sim_suite.driving.roads.drawing.styles import BOLD_WIDTH_M, MARK_WIDTH_M
from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.roads.opendrive.model import Lane, OpenDrive, Road, RoadMark

_COLOURS: Final = {
    "standard": "white", "white": "white", "yellow": "yellow", "amber": "orange", "red": "red", "blue": "blue",
    "green": "grass", "orange": "orange", "violet": "blue", "black": "white",
}  # fmt: skip
"""The file's colours to those of the palette; what a picture cannot show on asphalt is drawn in the nearest."""
_NARROWEST_BORDER_M: Final = 0.05
"""A border shorter than this carries no mark that one could see."""


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
    bold = mark.weight == "bold" or (mark.width or 0.0) >= (BOLD_WIDTH_M + MARK_WIDTH_M) / 2
    names = [_pattern(word, long_dashes) for word in words[:2]]
    colour = _COLOURS.get(mark.color, "white")
    gap = 2.0 * (BOLD_WIDTH_M if bold else MARK_WIDTH_M)
    for place, name in enumerate(names):
        off = outward * gap * (place - (len(names) - 1) / 2)
        yield Shape(f"mark-{name}-{colour}{'-bold' if bold else ''}", strokes.shifted(line, off))


def _pattern(word: str, long_dashes: bool) -> str:
    if word == "broken":
        return "long" if long_dashes else "broken"
    return "dots" if word == "dots" else "solid"
