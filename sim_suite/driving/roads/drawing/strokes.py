"""Lines to draw from the lane graph's samples: borders, cuts by arc, offsets, and fewer points where none is missed. Source: ours."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np

from sim_suite.driving.roads.drawing.scene import Points
from sim_suite.driving.roads.graph.layout import LaneGraph

TOLERANCE_M: Final = 0.02
"""How far a thinned line may leave the samples: a fifth of a pixel at the largest scale that a page offers by default."""


def lane_slice(graph: LaneGraph, lane: int) -> slice:
    """Where the lane's samples lie in `graph.points`."""
    return slice(int(graph.lanes.first_point[lane]), int(graph.lanes.first_point[lane + 1]))


def border(graph: LaneGraph, lane: int, side: Literal["left", "right"]) -> Points:
    """[N, 2] world frame: a border of a lane, left or right as seen in its direction of travel."""
    points, part = graph.points, lane_slice(graph, lane)
    if side == "left":
        return np.column_stack((points.left_x[part], points.left_y[part]))
    return np.column_stack((points.right_x[part], points.right_y[part]))


def centre(graph: LaneGraph, lane: int) -> Points:
    """[N, 2] world frame: the lane's centre line in its direction of travel."""
    part = lane_slice(graph, lane)
    return np.column_stack((graph.points.x[part], graph.points.y[part]))


def outer_side(lane_id: int, direction: int) -> Literal["left", "right"]:
    """Which border of a lane is farther from the road's lane 0, seen in the lane's direction of travel."""
    return "left" if (lane_id > 0) == (direction > 0) else "right"


def inner_side(lane_id: int, direction: int) -> Literal["left", "right"]:
    """Which border of a lane is nearer to the road's lane 0."""
    return "right" if outer_side(lane_id, direction) == "left" else "left"


def outline(graph: LaneGraph, lane: int) -> Points:
    """[N, 2] world frame: the lane's surface as a polygon, not closed."""
    left, right = thin(border(graph, lane, "left")), thin(border(graph, lane, "right"))
    return np.concatenate((left, right[::-1]))


def thin(line: Points, tolerance: float = TOLERANCE_M) -> Points:
    """The line with fewer points, nowhere farther than `tolerance` metres from the given one (Douglas and Peucker 1973)."""
    if len(line) < 3:
        return line
    import cv2

    origin = line[0]
    near = (line - origin).astype(np.float32)  # coordinates of a map may need more digits than float32 has
    kept = cv2.approxPolyDP(near[:, None, :], tolerance, closed=False)[:, 0, :].astype(np.float64)
    thinned: Points = kept + origin
    return thinned


def cut(line: Points, measure: Points, low: float, high: float) -> Points:
    """The stretch of a line where `measure` ([N], rising or falling along it) lies between `low` and `high`; may be empty."""
    if measure[0] > measure[-1]:
        return cut(line[::-1], measure[::-1], low, high)[::-1]
    low, high = max(low, float(measure[0])), min(high, float(measure[-1]))
    if high - low <= 0.0:
        return line[:0]
    inside = (measure > low) & (measure < high)
    ends = [np.array([np.interp(at, measure, line[:, 0]), np.interp(at, measure, line[:, 1])]) for at in (low, high)]
    return np.concatenate((ends[0][None], line[inside], ends[1][None]))


def normals(line: Points) -> Points:
    """[N, 2] unit vectors to the left of the line at its points."""
    along = np.gradient(line, axis=0)
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-12)
    return np.column_stack((-along[:, 1] / length, along[:, 0] / length))


def shifted(line: Points, left_m: float) -> Points:
    """The line, `left_m` to its left."""
    return line if left_m == 0.0 else line + left_m * normals(line)


def at_fraction(line: Points, fraction: float) -> tuple[float, float, float]:
    """(x, y, heading) where `fraction` of a line's length lies behind."""
    steps = np.hypot(*np.diff(line, axis=0).T)
    arc = np.concatenate(([0.0], np.cumsum(steps)))
    target = fraction * arc[-1]
    place = min(int(np.searchsorted(arc, target, side="right")) - 1, len(steps) - 1)
    rest = (target - arc[place]) / steps[place] if steps[place] > 0 else 0.0
    x, y = line[place] + rest * (line[place + 1] - line[place])
    dx, dy = line[place + 1] - line[place]
    return float(x), float(y), float(np.arctan2(dy, dx))


def disc(x: float, y: float, radius: float, corners: int = 20) -> Points:
    """[corners, 2]: a circle as a polygon."""
    angle = np.arange(corners) * (2 * np.pi / corners)
    return np.column_stack((x + radius * np.cos(angle), y + radius * np.sin(angle)))
