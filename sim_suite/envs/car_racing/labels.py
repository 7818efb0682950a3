"""What each pixel of CarRacing's frame shows: grass, road, kerb, car or indicators, without a camera's blur. Source: ours.

The class of a pixel is that of the topmost thing at the pixel's middle, in the exact geometry of the physics: corners
are not cut to the picture's whole pixels and outlines have no width, as they have in the frame.
"""

from __future__ import annotations

import math
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import kernel
from sim_suite.envs.car_racing import scene as r
from sim_suite.envs.car_racing.convex import crossings
from sim_suite.envs.car_racing.geometry import Track


class PixelClass(IntEnum):
    """Classes of `info["labels"]`."""

    GRASS = 0
    """Whatever is nothing else, also the black beyond the playfield."""
    ROAD = 1
    KERB = 2
    CAR = 3
    """Hull and tyres."""
    INDICATORS = 4
    """The whole bar at the bottom."""


def label(scene: NDArray[np.float64], track: Track) -> NDArray[np.uint8]:
    """[96, 96] `PixelClass` of the frame that `rasterise.draw` makes of the same scene and track."""
    labels = np.full((r.SIZE, r.SIZE), PixelClass.GRASS, dtype=np.uint8)
    road = track.geometry[:, r.VERTICES : r.CENTRE].reshape(-1, 4, 2)
    classes = np.where(track.kerb, np.uint8(PixelClass.KERB), np.uint8(PixelClass.ROAD))
    _paint(labels, _to_frame(road, scene), classes)
    for part in _car(scene):
        _paint(labels, _to_frame(part[None], scene), np.array([PixelClass.CAR], dtype=np.uint8))
    labels[r.WORLD_ROWS :] = PixelClass.INDICATORS
    return labels


def _car(scene: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """The convex parts of tyres and hull, each [corners, 2] in metres, world frame."""
    width, radius = r.WHEEL_HALF_WIDTH, r.WHEEL_RADIUS
    tyre = np.array([(-width, radius), (width, radius), (width, -radius), (-width, -radius)])
    wheels = [scene[r.WHEELS + 4 * wheel : r.WHEELS + 4 * wheel + 3] for wheel in range(4)]
    hull = np.split(r.HULL_OUTLINE, r.HULL_PARTS[1:-1])
    return [_at(tyre, wheel) for wheel in wheels] + [_at(part, scene[r.HULL : r.HULL + 3]) for part in hull]


def _at(outline: NDArray[np.float64], pose: NDArray[np.float64]) -> NDArray[np.float64]:
    """An outline of the car in metres, world frame; pose: x, y [m], angle [rad]."""
    c, s = math.cos(pose[2]), math.sin(pose[2])
    metres: NDArray[np.float64] = pose[:2] + r.CAR_SCALE * outline @ np.array([[c, s], [-s, c]])
    return metres


def _to_frame(points: NDArray[np.float64], scene: NDArray[np.float64]) -> NDArray[np.float64]:
    """[..., 2] metres, world frame, to columns and rows of the frame."""
    zoom, c, s = scene[r.ZOOM], math.cos(scene[r.HULL + 2]), math.sin(scene[r.HULL + 2])
    x, y = np.moveaxis((points - scene[r.HULL : r.HULL + 2]) * zoom, -1, 0)
    column = (r.CAR_X + c * x + s * y) / r.COLUMN
    row = (r.SIZE * r.ROW - r.CAR_Y - (c * y - s * x)) / r.ROW
    return np.ascontiguousarray(np.stack([column, row], axis=-1))


@kernel("void(u1[:,::1], f8[:,:,::1], u1[::1])", "CarRacing's labels")
def _paint(labels: NDArray[np.uint8], polygons: NDArray[np.float64], classes: NDArray[np.uint8]) -> None:
    """Mark, polygon by polygon, the pixels whose middle lies inside; polygons: [N, corners, 2], convex, (column, row)."""
    for k in range(polygons.shape[0]):
        low, high = polygons[k, :, 1].min(), polygons[k, :, 1].max()
        first = max(math.ceil(low - 0.5), 0)
        last = min(math.floor(high - 0.5), labels.shape[0] - 1)
        for row in range(first, last + 1):
            left, right = crossings(polygons[k], row + 0.5)
            begin = math.ceil(max(left, 0.0) - 0.5)
            end = math.floor(min(right, float(labels.shape[1])) - 0.5)
            for column in range(begin, end + 1):
                labels[row, column] = classes[k]
