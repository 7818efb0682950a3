"""Where strips of road overlap with convex polygons and with one another. Source: Sutherland and Hodgman 1974 (polygon clipping).

A strip is a lane's centre line with a left and a right edge at each of its points; between two points it is a quadrilateral.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from sim_suite.compiling import borrowing, compiled
from sim_suite.driving.roads.graph.layout import Floats, Ints, Lanes, Points

BLOCK: Final = 16
"""Quadrilaterals that share a bounding box: long lanes are skipped by the block."""
CLEARANCE_M: Final = 3.0
"""Strips further apart in height pass over each other; bridges leave at least 4.5 m to the road below (RAA 2008, 4.2)."""


class Strips(NamedTuple):
    """[P] each: lanes as strips."""

    x: Floats
    y: Floats
    z: Floats
    left_x: Floats
    left_y: Floats
    right_x: Floats
    right_y: Floats
    first: Ints
    """[L + 1] `Lanes.first_point`."""
    step: Floats
    """[L] `Lanes.step_m`."""
    first_block: Ints
    """[L + 1]"""
    boxes: Floats
    """[blocks, 4] x min, y min, x max, y max."""
    lane_boxes: Floats
    """[L, 4]"""


def lane_strips(lanes: Lanes, points: Points) -> Strips:
    """Whole lanes, from border to border."""
    return _strips(lanes, points, points.left_x, points.left_y, points.right_x, points.right_y)


def driven_strips(lanes: Lanes, points: Points, width_m: float, members: Ints) -> Strips:
    """What a vehicle of this width sweeps on each lane's centre line, or the lane where that is narrower.

    Of lanes that are not among `members` the centre line alone.
    """
    wanted = np.zeros(len(lanes.kind), bool)
    wanted[members] = True
    own = np.flatnonzero(np.repeat(wanted, np.diff(lanes.first_point)))
    half = np.minimum(points.width[own], width_m) / 2.0
    across_x, across_y = -np.sin(points.heading[own]) * half, np.cos(points.heading[own]) * half
    left_x, left_y, right_x, right_y = points.x.copy(), points.y.copy(), points.x.copy(), points.y.copy()
    left_x[own] += across_x
    left_y[own] += across_y
    right_x[own] -= across_x
    right_y[own] -= across_y
    return _strips(lanes, points, left_x, left_y, right_x, right_y)


def _strips(lanes: Lanes, points: Points, left_x: Floats, left_y: Floats, right_x: Floats, right_y: Floats) -> Strips:
    counts = np.diff(lanes.first_point) - 1
    blocks = -(-counts // BLOCK)
    first_block = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(blocks, out=first_block[1:])
    boxes, lane_boxes = np.empty((int(first_block[-1]), 4)), np.empty((len(counts), 4))
    strips = Strips(
        points.x, points.y, points.z, left_x, left_y, right_x, right_y, lanes.first_point, lanes.step_m, first_block,
        boxes, lane_boxes,
    )  # fmt: skip
    _box(strips)
    return strips


@compiled
def _box(strips: Strips) -> None:
    for lane in range(len(strips.step)):
        last = strips.first[lane + 1] - 1
        whole = strips.lane_boxes[lane]
        whole[0], whole[1], whole[2], whole[3] = np.inf, np.inf, -np.inf, -np.inf
        for block in range(strips.first_block[lane], strips.first_block[lane + 1]):
            low = strips.first[lane] + (block - strips.first_block[lane]) * BLOCK
            box = strips.boxes[block]
            box[0], box[1], box[2], box[3] = np.inf, np.inf, -np.inf, -np.inf
            for k in range(low, min(low + BLOCK, last) + 1):
                box[0] = min(box[0], strips.left_x[k], strips.right_x[k])
                box[1] = min(box[1], strips.left_y[k], strips.right_y[k])
                box[2] = max(box[2], strips.left_x[k], strips.right_x[k])
                box[3] = max(box[3], strips.left_y[k], strips.right_y[k])
            whole[0], whole[1] = min(whole[0], box[0]), min(whole[1], box[1])
            whole[2], whole[3] = max(whole[2], box[2]), max(whole[3], box[3])


@borrowing
def boxes_meet(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two boxes [4] share a point."""
    return bool(a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3])


@borrowing
def box_of_quad(strips: Strips, k: int, box: np.ndarray) -> None:
    """The box of the quadrilateral between points k and k + 1."""
    box[0] = min(strips.left_x[k], strips.right_x[k], strips.left_x[k + 1], strips.right_x[k + 1])
    box[1] = min(strips.left_y[k], strips.right_y[k], strips.left_y[k + 1], strips.right_y[k + 1])
    box[2] = max(strips.left_x[k], strips.right_x[k], strips.left_x[k + 1], strips.right_x[k + 1])
    box[3] = max(strips.left_y[k], strips.right_y[k], strips.left_y[k + 1], strips.right_y[k + 1])


@borrowing
def load_quad(strips: Strips, k: int, polygon: np.ndarray) -> None:
    """The quadrilateral between points k and k + 1 into polygon[:4], counter-clockwise."""
    polygon[0, 0], polygon[0, 1] = strips.right_x[k], strips.right_y[k]
    polygon[1, 0], polygon[1, 1] = strips.right_x[k + 1], strips.right_y[k + 1]
    polygon[2, 0], polygon[2, 1] = strips.left_x[k + 1], strips.left_y[k + 1]
    polygon[3, 0], polygon[3, 1] = strips.left_x[k], strips.left_y[k]


@borrowing
def clip(subject: np.ndarray, count: int, clipper: np.ndarray, num_edges: int, spare: np.ndarray) -> int:
    """Cut a convex subject[:count] down to the part inside a convex, counter-clockwise clipper[:num_edges], in place.

    Returns how many corners are left. subject and spare hold at least count + num_edges corners.
    """
    for edge in range(num_edges):
        ax, ay = clipper[edge, 0], clipper[edge, 1]
        following = (edge + 1) % num_edges
        dx, dy = clipper[following, 0] - ax, clipper[following, 1] - ay
        kept = 0
        for corner in range(count):
            before = corner - 1 if corner else count - 1
            px, py, qx, qy = subject[before, 0], subject[before, 1], subject[corner, 0], subject[corner, 1]
            p_side = dx * (py - ay) - dy * (px - ax)
            q_side = dx * (qy - ay) - dy * (qx - ax)
            if (p_side >= 0.0) != (q_side >= 0.0):
                part = p_side / (p_side - q_side)
                spare[kept, 0], spare[kept, 1] = px + part * (qx - px), py + part * (qy - py)
                kept += 1
            if q_side >= 0.0:
                spare[kept, 0], spare[kept, 1] = qx, qy
                kept += 1
        count = kept
        for corner in range(count):
            subject[corner, 0], subject[corner, 1] = spare[corner, 0], spare[corner, 1]
        if count < 3:
            return 0
    return count


@borrowing
def area_of(polygon: np.ndarray, count: int) -> float:
    """Of polygon[:count], counted from its first corner (far from the origin products would lose digits)."""
    twice = 0.0
    for corner in range(1, count - 1):
        ax, ay = polygon[corner, 0] - polygon[0, 0], polygon[corner, 1] - polygon[0, 1]
        bx, by = polygon[corner + 1, 0] - polygon[0, 0], polygon[corner + 1, 1] - polygon[0, 1]
        twice += ax * by - ay * bx
    return float(0.5 * abs(twice))


@borrowing
def arc_of(strips: Strips, lane: int, k: int, x: float, y: float) -> float:
    """The arc on the lane's centre line nearest to (x, y) between points k and k + 1."""
    dx, dy = strips.x[k + 1] - strips.x[k], strips.y[k + 1] - strips.y[k]
    square = dx * dx + dy * dy
    part = ((x - strips.x[k]) * dx + (y - strips.y[k]) * dy) / square if square > 0.0 else 0.0
    return float((k - strips.first[lane] + min(max(part, 0.0), 1.0)) * strips.step[lane])
