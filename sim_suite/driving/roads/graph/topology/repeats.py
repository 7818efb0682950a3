"""Objects that repeat along a road: copies at equal distances, and bodies that run on. Source: ASAM OpenDRIVE 1.8, clause 13.4.

Copies of plain boxes are made as rows of a table at once, since files repeat posts by the ten thousand; copies of objects
with outlines are objects, whose outlines move along.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Final, cast

import numpy as np

from sim_suite.driving.roads.graph.layout import Floats
from sim_suite.driving.roads.graph.topology.outlines import height_of, size_of
from sim_suite.driving.roads.opendrive.furniture import Outline, Repeat, RoadObject

Row = tuple[float, float, float, float, float, float, float, float, float]
"""Index of the road, s, t, heading relative to the road's, height above it, length, width and height of the box, PropKind."""
BODY_STEP_M: Final = 2.0
"""Corners of a continuous body lie this far apart: 2.5 cm beside a kerb of 20 m radius."""
MAX_BODY_CORNERS: Final = 2000


def row_of(road: int, item: RoadObject, kind: int) -> Row:
    """An object as a box."""
    length, width = size_of(item)
    return road, item.s, item.t, item.heading, item.z_offset, length, width, height_of(item), kind


def copy_rows(road: int, item: RoadObject, kind: int, repeat: Repeat, length: float, count: int) -> list[Row]:
    """The first `count` copies of an object without outlines, over `length` metres of a repeat."""
    along = repeat.distance * np.arange(count, dtype=np.float64)
    part = along / max(length, repeat.distance)  # of a repeat without length the one copy is its start
    table = np.empty((count, 9))
    table[:, 0], table[:, 3], table[:, 8] = road, item.heading, kind
    table[:, 1] = repeat.s + along
    table[:, 2] = repeat.t_start + part * (repeat.t_end - repeat.t_start)
    table[:, 4] = repeat.z_offset_start + part * (repeat.z_offset_end - repeat.z_offset_start)
    table[:, 5] = _spread(repeat.length_start, repeat.length_end, part, item.length)
    table[:, 6] = _spread(repeat.width_start, repeat.width_end, part, item.width)
    table[:, 7] = _spread(repeat.height_start, repeat.height_end, part, item.height)
    if item.radius is not None:
        table[(table[:, 5] == 0.0) & (table[:, 6] == 0.0), 5:7] = 2.0 * item.radius
    return cast(list[Row], table.tolist())


def copy_objects(item: RoadObject, repeat: Repeat, length: float, count: int) -> list[RoadObject]:
    """The same of an object with outlines."""
    return [_copy(item, repeat, k * repeat.distance, length) for k in range(count)]


def body_row(road: int, item: RoadObject, kind: int, repeat: Repeat, length: float) -> Row:
    """A continuous body as a box around its middle, where it has the road's heading."""
    middle = dataclasses.replace(
        item, s=repeat.s + length / 2.0, t=(repeat.t_start + repeat.t_end) / 2.0, heading=0.0, length=length,
        z_offset=(repeat.z_offset_start + repeat.z_offset_end) / 2.0,
        width=_between(repeat.width_start, repeat.width_end, 0.5, item.width),
        height=_between(repeat.height_start, repeat.height_end, 0.5, item.height),
    )  # fmt: skip
    return row_of(road, middle, kind)


def body_corners(item: RoadObject, repeat: Repeat, length: float) -> Floats:
    """[N, 2] (s, t) of the corners of a continuous body: its right side forwards, its left side back."""
    steps = max(min(math.ceil(length / BODY_STEP_M), MAX_BODY_CORNERS // 2), 1)
    part = np.arange(steps + 1) / steps
    s = repeat.s + part * length
    t = repeat.t_start + part * (repeat.t_end - repeat.t_start)
    half = _spread(repeat.width_start, repeat.width_end, part, item.width) / 2.0
    return np.concatenate((np.column_stack((s, t - half)), np.column_stack((s, t + half))[::-1]))


def _between(start: float | None, end: float | None, part: float, default: float | None) -> float | None:
    if start is None:
        return default
    return start if end is None else start + part * (end - start)


def _spread(start: float | None, end: float | None, part: Floats, default: float | None) -> Floats:
    if start is None:
        return np.full(len(part), default or 0.0)
    return start + part * ((start if end is None else end) - start)


def _copy(item: RoadObject, repeat: Repeat, along: float, length: float) -> RoadObject:
    """The object `along` metres into the repeat, outlines moved with it."""
    part = along / length if length > 0.0 else 0.0
    s, t = repeat.s + along, repeat.t_start + part * (repeat.t_end - repeat.t_start)
    return dataclasses.replace(
        item, s=s, t=t, repeats=(), outlines=tuple(_moved(one, s - item.s, t - item.t) for one in item.outlines),
        z_offset=repeat.z_offset_start + part * (repeat.z_offset_end - repeat.z_offset_start),
        length=_between(repeat.length_start, repeat.length_end, part, item.length),
        width=_between(repeat.width_start, repeat.width_end, part, item.width),
        height=_between(repeat.height_start, repeat.height_end, part, item.height),
    )  # fmt: skip


def _moved(outline: Outline, ds: float, dt: float) -> Outline:
    corners = (
        one if one.local else dataclasses.replace(one, first=one.first + ds, second=one.second + dt)
        for one in outline.corners
    )
    return dataclasses.replace(outline, corners=tuple(corners))
