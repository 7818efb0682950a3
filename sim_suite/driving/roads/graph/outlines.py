"""The outlines of objects in the world. Source: ASAM OpenDRIVE 1.8, clauses 13.2 and 13.3.

A corner is given by (s, t) of the road or in the object's own frame, whose origin is the object's (s, t), whose u axis is
turned from the road's heading by `heading`, and whose v axis points to the left of that. An object without outlines is
the rectangle of its length (along u) and width, or a circle's square of its radius, around its origin.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim_suite.driving.roads.geometry.tables import RoadTables
from sim_suite.driving.roads.graph.layout import Floats
from sim_suite.driving.roads.graph.placing import place_on_roads
from sim_suite.driving.roads.opendrive.furniture import Outline, RoadObject


class WorldOutline(NamedTuple):
    """An object's area in the world."""

    x: float
    y: float
    z: float
    """Of its origin."""
    heading: float
    corners: Floats
    """[K, 2], counter-clockwise, not closed, no corner twice in a row; empty for an object without extent."""


def outlines_of(tables: RoadTables, objects: Sequence[tuple[int, RoadObject]]) -> list[WorldOutline]:
    """The outer outline of each object, given with its road's index; of several outlines the one of the largest area."""
    places: list[tuple[int, float, float]] = []
    for road, item in objects:
        places.append((road, item.s, item.t))
        places += [
            (road, corner.first, corner.second)
            for outline in item.outlines
            for corner in outline.corners
            if not corner.local
        ]
    poses = place_on_roads(tables, [one[0] for one in places], [one[1] for one in places], [one[2] for one in places])
    worlds = []
    place = 0
    for _, item in objects:
        x, y, z, heading = poses[place].tolist()
        place += 1
        heading += item.heading
        shapes = []
        for outline in item.outlines:
            count = sum(not corner.local for corner in outline.corners)
            shapes.append(_shape(outline, poses[place : place + count, :2], x, y, heading))
            place += count
        shape = max(shapes, key=lambda one: abs(signed_area(one)), default=None)
        if shape is None or not abs(signed_area(shape)) > 0.0:
            shape = rectangle(x, y, heading, *size_of(item))
        worlds.append(WorldOutline(x, y, z + item.z_offset, heading, _tidy(shape)))
    return worlds


def size_of(item: RoadObject) -> tuple[float, float]:
    """(length, width) of the object's box, metres; 0 where the file states none."""
    if item.radius is not None and not item.length and not item.width:
        return 2.0 * item.radius, 2.0 * item.radius
    return item.length or 0.0, item.width or 0.0


def rectangle(x: float, y: float, heading: float, length: float, width: float) -> Floats:
    """[4, 2] counter-clockwise, from the right rear corner on."""
    u, v = np.array([math.cos(heading), math.sin(heading)]), np.array([-math.sin(heading), math.cos(heading)])
    signs = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    corners: Floats = np.array([x, y]) + signs[:, :1] * (length / 2.0) * u + signs[:, 1:] * (width / 2.0) * v
    return corners


def signed_area(corners: Floats) -> float:
    """Positive for counter-clockwise corners [K, 2]."""
    if len(corners) < 3:
        return 0.0
    x, y = (corners - corners[0]).T
    return float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)) / 2.0)


def convex_hull(corners: Floats) -> Floats:
    """[H, 2] counter-clockwise without collinear corners (Andrew 1979); fewer than three where there is no area."""
    ordered = sorted(set(map(tuple, corners.tolist())))
    chains = []
    for run in (ordered, ordered[::-1]):
        chain: list[tuple[float, ...]] = []
        for point in run:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0.0:
                chain.pop()
            chain.append(point)
        chains.append(chain[:-1])
    return np.array(chains[0] + chains[1], np.float64).reshape(-1, 2)


def _turn(a: tuple[float, ...], b: tuple[float, ...], c: tuple[float, ...]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _shape(outline: Outline, on_road: Floats, x: float, y: float, heading: float) -> Floats:
    """[K, 2] An outline's corners in their order; on_road: those given by (s, t), in the world."""
    if not any(corner.local for corner in outline.corners):
        return on_road
    cos, sin = math.cos(heading), math.sin(heading)
    shape = np.empty((len(outline.corners), 2))
    road_corners = iter(on_road)
    for row, corner in zip(shape, outline.corners, strict=True):
        if corner.local:
            row[:] = x + corner.first * cos - corner.second * sin, y + corner.first * sin + corner.second * cos
        else:
            row[:] = next(road_corners)
    return shape


def _tidy(shape: Floats) -> Floats:
    """Counter-clockwise, without corners that repeat the one before (files close outlines by repeating the first)."""
    if len(shape):
        shape = shape[np.any(np.abs(shape - np.roll(shape, 1, axis=0)) > 1e-6, axis=1)]
    return shape[::-1] if signed_area(shape) < 0.0 else shape
