"""Crosswalks: their area, the way people walk on them, and the lanes that they lie on. Source: ASAM OpenDRIVE 1.8, clause 13; ways ours.

A crosswalk is an object of that type. Its area is its outline, or the rectangle of its length and width where it has none.
People walk along the middle line of the narrowest rectangle around it, along its longer side, unless that is the way in
which traffic passes: then across.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, compiled
from sim_suite.driving.roads.geometry.tables import RoadTables
from sim_suite.driving.roads.graph.kinds import DRIVABLE
from sim_suite.driving.roads.graph.layout import Crosswalks, Floats, Lanes, Points
from sim_suite.driving.roads.graph.topology.outlines import Corners, convex_hull, outlines_of
from sim_suite.driving.roads.graph.topology.overlaps import (
    BLOCK,
    CLEARANCE_M,
    Strips,
    arc_of,
    area_of,
    boxes_meet,
    clip,
    lane_strips,
    load_quad,
)
from sim_suite.driving.roads.opendrive.findings import Finding, RoadError
from sim_suite.driving.roads.opendrive.model import OpenDrive

Place = tuple[float, float]
"""(x, y)"""
TYPES: Final = ("crosswalk", "pedestrianCrossing")
MIN_AREA_M2: Final = 0.05
"""Less of a crosswalk on a lane is rounding at a kerb: half a hand's breadth of a lane's side."""
ALONG_TRAFFIC: Final = 0.8
"""Cosine of 37 degrees. Oblique crosswalks lean less than 45 degrees; beyond, the longer side runs along the road."""
SAME_AREA: Final = 1e-9
"""Rectangles whose areas differ by less of it are equal: the sides of one rectangle must not be told apart by rounding."""
MAX_PAIRS: Final = 200_000
"""Crosswalks on lanes that a map may have: 8 MB. Real maps have fewer than ten to a crosswalk."""


def find_crosswalks(
    document: OpenDrive, tables: RoadTables, lanes: Lanes, points: Points
) -> tuple[Crosswalks, list[Finding]]:
    """All crosswalks in the file's order; one with fewer than three corners is left out. Raises RoadError beyond MAX_PAIRS."""
    objects = [
        (number, item) for number, road in enumerate(document.roads) for item in road.objects if item.type in TYPES
    ]
    outlines = outlines_of(tables, objects)
    kept = []
    findings = []
    for (number, item), outline in zip(objects, outlines, strict=True):
        hull = convex_hull(outline.corners)
        if len(hull) >= 3:
            kept.append((np.array(outline.corners), np.array(hull), outline.z))
        else:
            message = f"crosswalk {item.id!r} has no area; it is left out"
            findings.append(Finding("ignored", "object", document.roads[number].id, item.line, message))
    pairs = _lanes_beneath([hull for _, hull, _ in kept], np.array([z for _, _, z in kept], np.float64), lanes, points)
    first_lane = np.searchsorted(pairs[:, 0], np.arange(len(kept) + 1)).astype(np.int32)
    walks = [
        _walk(hull, pairs[first_lane[k] : first_lane[k + 1]], lanes, points) for k, (_, hull, _) in enumerate(kept)
    ]
    corners = np.concatenate([np.zeros((0, 2)), *(shape for shape, _, _ in kept)])
    crosswalks = Crosswalks(
        first_corner=np.cumsum([0, *(len(shape) for shape, _, _ in kept)]).astype(np.int32),
        corner_x=corners[:, 0].copy(), corner_y=corners[:, 1].copy(), walk=np.array(walks, np.float64).reshape(-1, 2, 2),
        first_lane=first_lane, lane=pairs[:, 1].astype(np.int32), from_arc_m=pairs[:, 2].copy(),
        to_arc_m=pairs[:, 3].copy(),
    )  # fmt: skip
    return crosswalks, findings


def _lanes_beneath(hulls: list[Floats], z: Floats, lanes: Lanes, points: Points) -> Floats:
    """[M, 4] crosswalk, lane, from arc, to arc; by crosswalk, then lane."""
    if not hulls:
        return np.zeros((0, 4))
    first = np.cumsum([0, *(len(hull) for hull in hulls)]).astype(np.int64)
    corners = np.concatenate(hulls)
    strips = lane_strips(lanes, points)
    rows = np.empty((1024, 4))
    count = _overlap(strips, first, corners, z, rows)
    if count > MAX_PAIRS:
        raise RoadError(f"crosswalks lie on more than {MAX_PAIRS} lanes in all. Remove some", element="objects")
    if count > len(rows):
        rows = np.empty((count, 4))
        _overlap(strips, first, corners, z, rows)
    return rows[:count]


@compiled
def _overlap(strips: Strips, first: np.ndarray, corners: np.ndarray, z: np.ndarray, rows: np.ndarray) -> int:
    """Write one row a pair as far as `rows` reaches; return how many there are, MAX_PAIRS + 1 if more."""
    count = 0
    box = np.empty(4)
    for crosswalk in range(len(first) - 1):
        hull = corners[first[crosswalk] : first[crosswalk + 1]]
        box[0], box[1] = np.min(hull[:, 0]), np.min(hull[:, 1])
        box[2], box[3] = np.max(hull[:, 0]), np.max(hull[:, 1])
        subject, spare = np.empty((len(hull) + 4, 2)), np.empty((len(hull) + 4, 2))
        for lane in range(len(strips.step)):
            if not boxes_meet(box, strips.lane_boxes[lane]):
                continue
            low, high, area = _on_lane(strips, lane, hull, box, z[crosswalk], subject, spare)
            if area >= MIN_AREA_M2:
                if count < len(rows):
                    rows[count, 0], rows[count, 1], rows[count, 2], rows[count, 3] = crosswalk, lane, low, high
                count += 1
                if count > MAX_PAIRS:
                    return count
    return count


@borrowing
def _on_lane(
    strips: Strips, lane: int, hull: np.ndarray, box: np.ndarray, z: float, subject: np.ndarray, spare: np.ndarray
) -> tuple[float, float, float]:
    """From arc, to arc and area of what a lane has of a hull."""
    low, high, area = np.inf, -np.inf, 0.0
    last = strips.first[lane + 1] - 1
    for block in range(strips.first_block[lane], strips.first_block[lane + 1]):
        if not boxes_meet(box, strips.boxes[block]):
            continue
        begin = strips.first[lane] + (block - strips.first_block[lane]) * BLOCK
        for k in range(begin, min(begin + BLOCK, last)):
            if abs(strips.z[k] - z) > CLEARANCE_M:
                continue
            load_quad(strips, k, subject)
            left = clip(subject, 4, hull, len(hull), spare)
            area += area_of(subject, left)
            for corner in range(left):
                arc = arc_of(strips, lane, k, subject[corner, 0], subject[corner, 1])
                low, high = min(low, arc), max(high, arc)
    return low, high, area


def _walk(hull: Floats, pairs: Floats, lanes: Lanes, points: Points) -> tuple[Place, Place]:
    """The ends of the line along which people walk."""
    centre, axis, half = _narrowest_rectangle([(x, y) for x, y in hull.tolist()])
    along = axis if half[0] >= half[1] else (-axis[1], axis[0])
    crossing = _mean_axis(pairs, lanes, points)
    if crossing is not None and abs(_dot(along, crossing)) > ALONG_TRAFFIC:
        along = (-along[1], along[0])
    reach = half[0] if abs(_dot(along, axis)) > 0.5 else half[1]
    return (
        (centre[0] - along[0] * reach, centre[1] - along[1] * reach),
        (centre[0] + along[0] * reach, centre[1] + along[1] * reach),
    )


def _mean_axis(pairs: Floats, lanes: Lanes, points: Points) -> Place | None:
    """The direction, up to its sign, in which traffic passes: the mean of double angles over lanes for traffic."""
    total = 0j
    for _, lane_number, low, high in pairs.tolist():
        lane = int(lane_number)
        if (DRIVABLE >> int(lanes.kind[lane])) & 1:
            k = int(lanes.first_point[lane]) + round((low + high) / 2.0 / lanes.step_m[lane])
            heading = float(points.heading[min(k, lanes.first_point[lane + 1] - 1)])
            total += complex(math.cos(2.0 * heading), math.sin(2.0 * heading))
    if abs(total) < 1e-9:
        return None
    angle = math.atan2(total.imag, total.real) / 2.0
    return math.cos(angle), math.sin(angle)


def _narrowest_rectangle(hull: Corners) -> tuple[Place, Place, Place]:
    """(centre, axis, half extents along the axis and across it): the rectangle of least area has a side on the hull.

    Hulls have few corners: plain numbers are four times as fast as arrays here.
    """
    found: list[tuple[float, tuple[Place, Place, Place]]] = []
    for (ax, ay), (bx, by) in zip(hull, hull[1:] + hull[:1], strict=True):
        length = math.hypot(bx - ax, by - ay)
        axis = ((bx - ax) / length, (by - ay) / length)
        across_axis = (-axis[1], axis[0])
        along, across = [_dot(corner, axis) for corner in hull], [_dot(corner, across_axis) for corner in hull]
        low, high, near, far = min(along), max(along), min(across), max(across)
        u, v = (low + high) / 2.0, (near + far) / 2.0
        centre = (axis[0] * u + across_axis[0] * v, axis[1] * u + across_axis[1] * v)
        found.append(((high - low) * (far - near), (centre, axis, ((high - low) / 2.0, (far - near) / 2.0))))
    least = min(area for area, _ in found)
    return next((rectangle for area, rectangle in found if area <= least * (1.0 + SAME_AREA)), found[0][1])


def _dot(a: Place, b: Place) -> float:
    return a[0] * b[0] + a[1] * b[1]
