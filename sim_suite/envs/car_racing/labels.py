"""What each pixel of CarRacing's frame shows: grass, road, kerb, car or indicators, without a camera's blur. Source: ours.

The class of a pixel is that of the topmost thing at the pixel's middle, in the exact geometry of the physics: corners
are not rounded to the picture's pixels and outlines have no width, as they do in the frame.
"""

from __future__ import annotations

import math
from enum import IntEnum

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim_suite.envs.car_racing import rasterise
from sim_suite.envs.car_racing.geometry import Track

HULL, ZOOM, WHEELS = rasterise.HULL, rasterise.ZOOM, rasterise.WHEELS


class PixelClass(IntEnum):
    """Classes of `info["labels"]`."""

    GRASS = 0
    """Whatever is nothing else; the black beyond the playfield too."""
    ROAD = 1
    KERB = 2
    CAR = 3
    INDICATORS = 4
    """The whole bar at the bottom."""


def label(scene: NDArray[np.float64], track: Track) -> NDArray[np.uint8]:
    """[96, 96] `PixelClass` of the frame that `rasterise.draw` makes of the same scene and track."""
    out = np.empty((rasterise.SIZE, rasterise.SIZE), dtype=np.uint8)
    classes = np.where(track.kerb, np.uint8(PixelClass.KERB), np.uint8(PixelClass.ROAD))
    _label(out, scene, track.geometry, classes)
    return out


@njit
def _mark(out, corners, count, what):
    """Mark the pixels whose middle lies inside a convex polygon, corners [count, 2] in frame columns and rows."""
    low, high = corners[0, 1], corners[0, 1]
    for k in range(1, count):
        low, high = min(low, corners[k, 1]), max(high, corners[k, 1])
    for row in range(max(math.ceil(low - 0.5), 0), min(math.floor(high - 0.5), rasterise.WORLD_ROWS - 1) + 1):
        y = row + 0.5
        left, right = np.inf, -np.inf
        for k in range(count):
            j = k + 1 if k + 1 < count else 0
            x0, y0, x1, y1 = corners[k, 0], corners[k, 1], corners[j, 0], corners[j, 1]
            if min(y0, y1) <= y <= max(y0, y1) and y0 != y1:
                x = x0 + (y - y0) * (x1 - x0) / (y1 - y0)
                left, right = min(left, x), max(right, x)
        if left <= right:
            for column in range(
                max(math.ceil(max(left, 0.0) - 0.5), 0), min(math.floor(min(right, 96.0) - 0.5), rasterise.SIZE - 1) + 1
            ):
                out[row, column] = what


@njit
def _mark_outline(out, corners, outline, first, last, scene, body):
    """Mark a convex part of the car, at the pose that the scene holds from index `body` on."""
    angle = scene[body + 2]
    c, s = math.cos(angle) * rasterise.CAR_SCALE, math.sin(angle) * rasterise.CAR_SCALE
    for k in range(first, last):
        corners[k - first, 0] = scene[body] + c * outline[k, 0] - s * outline[k, 1]
        corners[k - first, 1] = scene[body + 1] + s * outline[k, 0] + c * outline[k, 1]
    _to_frame(corners, last - first, scene)
    _mark(out, corners, last - first, np.uint8(3))


@njit
def _to_frame(corners, count, scene):
    """World metres to frame columns and rows, in place."""
    zoom = scene[ZOOM]
    c, s = math.cos(scene[HULL + 2]) * zoom, math.sin(scene[HULL + 2]) * zoom
    for k in range(count):
        dx, dy = corners[k, 0] - scene[HULL], corners[k, 1] - scene[HULL + 1]
        corners[k, 0] = (rasterise.CAR_X + c * dx + s * dy) / rasterise.COLUMN
        corners[k, 1] = (800.0 - rasterise.CAR_Y - (c * dy - s * dx)) / rasterise.ROW


WHEEL_OUTLINE = np.array([(-14.0, 27.0), (14.0, 27.0), (14.0, -27.0), (-14.0, -27.0)])


@njit("void(u1[:,::1], f8[::1], f8[:,::1], u1[::1])", cache=True)
def _label(out, scene, geometry, classes):
    out[:] = 0
    out[rasterise.WORLD_ROWS :] = 4
    corners = np.empty((8, 2))
    for tile in range(geometry.shape[0]):
        for k in range(4):
            corners[k, 0] = geometry[tile, 2 * k]
            corners[k, 1] = geometry[tile, 2 * k + 1]
        _to_frame(corners, 4, scene)
        _mark(out, corners, 4, classes[tile])
    for wheel in range(4):
        _mark_outline(out, corners, WHEEL_OUTLINE, 0, 4, scene, WHEELS + 4 * wheel)
    for part in range(4):
        first, last = rasterise.HULL_PARTS[part], rasterise.HULL_PARTS[part + 1]
        _mark_outline(out, corners, rasterise.HULL_OUTLINE, first, last, scene, HULL)
