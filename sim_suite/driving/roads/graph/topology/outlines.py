"""The outlines of objects in the world. Source: ASAM OpenDRIVE 1.8, clauses 13.2 and 13.3.

A corner is given by (s, t) of the road or in the object's own frame, whose origin is the object's (s, t), whose u axis is
turned from the road's heading by `heading`, and whose v axis points to the left of that. An object without outlines is
the rectangle of its length (along u) and width, or a circle's square of its radius, around its origin.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from sim_suite.driving.roads.geometry.tables import RoadTables
from sim_suite.driving.roads.graph.topology.placing import place_on_roads
from sim_suite.driving.roads.opendrive.furniture import Outline, RoadObject

Corners = list[tuple[float, float]]
"""(x, y) each. Outlines are short: lists are several times as fast as arrays here."""
SAME_M = 1e-6
"""Corners closer together than this are one."""


class WorldOutline(NamedTuple):
    """An object's area in the world."""

    x: float
    y: float
    z: float
    """Of its origin."""
    heading: float
    corners: Corners
    """Counter-clockwise, not closed, no corner twice in a row; empty for an object without extent."""


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
    rows = poses.tolist()
    worlds = []
    place = 0
    for _, item in objects:
        x, y, z, heading = rows[place]
        place += 1
        heading += item.heading
        length, width = size_of(item)
        best, area = rectangle(x, y, heading, length, width), 0.0
        if not item.outlines and length > SAME_M and width > SAME_M:  # the common case, in order already
            worlds.append(WorldOutline(x, y, z + item.z_offset, heading, best))
            continue
        for outline in item.outlines:
            count = sum(not corner.local for corner in outline.corners)
            shape = _shape(outline, [(row[0], row[1]) for row in rows[place : place + count]], x, y, heading)
            place += count
            if abs(signed_area(shape)) > area:
                best, area = shape, abs(signed_area(shape))
        worlds.append(WorldOutline(x, y, z + item.z_offset, heading, _tidy(best)))
    return worlds


def size_of(item: RoadObject) -> tuple[float, float]:
    """(length, width) of the object's box, metres; 0 where the file states none."""
    if item.radius is not None and not item.length and not item.width:
        return 2.0 * item.radius, 2.0 * item.radius
    return item.length or 0.0, item.width or 0.0


def height_of(item: RoadObject) -> float:
    """The object's own, else the highest of its corners'; 0 where the file states none."""
    if item.height is not None:
        return item.height
    return max((corner.height for outline in item.outlines for corner in outline.corners), default=0.0)


def rectangle(x: float, y: float, heading: float, length: float, width: float) -> Corners:
    """Counter-clockwise, from the right rear corner on."""
    ux, uy = math.cos(heading) * length / 2.0, math.sin(heading) * length / 2.0
    vx, vy = -math.sin(heading) * width / 2.0, math.cos(heading) * width / 2.0
    return [
        (x - ux - vx, y - uy - vy), (x + ux - vx, y + uy - vy), (x + ux + vx, y + uy + vy), (x - ux + vx, y - uy + vy),
    ]  # fmt: skip


def signed_area(corners: Corners) -> float:
    """Positive for counter-clockwise corners."""
    if not corners:
        return 0.0
    x0, y0 = corners[0]  # far from the origin products would lose digits
    following = corners[1:] + corners[:1]
    pairs = zip(corners, following, strict=True)
    return sum((ax - x0) * (by - y0) - (ay - y0) * (bx - x0) for (ax, ay), (bx, by) in pairs) / 2.0


def convex_hull(corners: Corners) -> Corners:
    """Counter-clockwise without collinear corners (Andrew 1979); fewer than three where there is no area."""
    ordered = sorted(set(corners))
    hull: Corners = []
    for run in (ordered, ordered[::-1]):
        chain: Corners = []
        for corner in run:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], corner) <= 0.0:
                chain.pop()
            chain.append(corner)
        hull += chain[:-1]
    return hull


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _shape(outline: Outline, on_road: Corners, x: float, y: float, heading: float) -> Corners:
    """An outline's corners in their order; on_road: those given by (s, t), in the world."""
    cos, sin = math.cos(heading), math.sin(heading)
    given = iter(on_road)
    return [
        (x + corner.first * cos - corner.second * sin, y + corner.first * sin + corner.second * cos)
        if corner.local
        else next(given)
        for corner in outline.corners
    ]


def _tidy(shape: Corners) -> Corners:
    """Counter-clockwise, without corners that repeat the one before (files close outlines by repeating the first)."""
    kept = [b for a, b in zip(shape[-1:] + shape[:-1], shape, strict=True) if math.dist(a, b) > SAME_M]
    return kept[::-1] if signed_area(kept) < 0.0 else kept
