"""Other road users of a raster and how they move, read from its planes `actors_K` alone. Source: ours.

A road user is a blob of the newest plane; where it was is the blob of the plane before that lies nearest to where it would have been. So it
is the same whether the planes were drawn from the truth or from what was perceived. Frame: the ego's, x ahead, y to the left, m, of the
centre of its box.
"""

from __future__ import annotations

import math
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.scene import frames_of_others, rectangle_about
from sim_suite.driving.sensors.raster.intensity import PEDESTRIAN_VALUE
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.driving.world.kinds import TICK_S

OTHER_X, OTHER_Y, OTHER_HEADING, OTHER_LENGTH, OTHER_WIDTH, SPEED_X, SPEED_Y, IS_PERSON = range(8)
OTHER: Final = 8
"""Columns: m, m, rad counter-clockwise from the ego's heading within a quarter turn, m, m, m/s, m/s, 0 or 1; their number."""
LEAP_MPS: Final = 20.0
"""Between two frames a blob is nobody who would be faster (72 km/h; a town's fastest drive 14 m/s), ..."""
SWERVE_MPS: Final = 7.5
"""... nor, once its motion is known, one whose motion changes by more: centres are off by half a pixel."""
STANDS_MPS: Final = 0.4
"""Slower blobs stand: half a pixel of 0.5 m in 0.6 s."""
_EIGHT: Final = 8  # neighbours that make pixels one blob


def others_in(raster: NDArray[np.uint8], spec: RasterSpec) -> NDArray[np.float32]:
    """[n, OTHER] Those that are seen whole, so that their centres are known. raster: [C, H, W]."""
    planes = frames_of_others(spec)
    if not planes:
        return np.zeros((0, OTHER), np.float32)
    count, labels, stats, centres = cv2.connectedComponentsWithStats(_mask(raster[planes[0]]), connectivity=_EIGHT)
    earlier = [cv2.connectedComponentsWithStats(_mask(raster[k]), connectivity=_EIGHT)[3][1:] for k in planes[1:]]
    between_s = spec.history_ticks * TICK_S
    rows, columns = spec.size
    found = []
    for label in range(1, count):
        left, top, width, height = (int(number) for number in stats[label, :4])
        if left == 0 or top == 0 or left + width == columns or top + height == rows:
            continue
        speed = _motion(centres[label], earlier, between_s, spec.metres_per_pixel)
        inside = np.nonzero(labels[top : top + height, left : left + width] == label)
        value = raster[planes[0], top + int(inside[0][0]), left + int(inside[1][0])]
        found.append([*_box(inside[0] + top, inside[1] + left, spec), *speed, float(value == PEDESTRIAN_VALUE)])
    return np.array(found, np.float32).reshape(-1, OTHER)


def _mask(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return (plane > 0).astype(np.uint8)


def _motion(centre: NDArray[Any], earlier: list[NDArray[Any]], between_s: float, metres: float) -> tuple[float, float]:
    """(m/s ahead, m/s to the left) of a centre (column, row), earlier ones [n, 2] of frame after frame: the mean over the frames in which
    it is found again; 0 where that is none, or where it stands."""
    at, step, frames = centre, np.zeros(2), 0
    for centres in earlier:
        if not len(centres):
            break
        away = np.hypot(*(centres - (at + step)).T)
        nearest = int(away.argmin())
        if away[nearest] * metres > (SWERVE_MPS if frames else LEAP_MPS) * between_s:
            break
        step, at, frames = centres[nearest] - at, centres[nearest], frames + 1
    if frames == 0:
        return 0.0, 0.0
    # Columns grow to the right, rows to the rear; frames go back in time.
    left, ahead = (at - centre) * metres / (frames * between_s)
    return (float(ahead), float(left)) if math.hypot(ahead, left) >= STANDS_MPS else (0.0, 0.0)


def _box(
    rows: NDArray[np.intp], columns: NDArray[np.intp], spec: RasterSpec
) -> tuple[float, float, float, float, float]:
    """x, y, heading, length, width of the least rectangle about centres of pixels, half a pixel larger: a pixel is drawn where a box covers
    its centre, so the box ends between its outermost pixels and those beyond."""
    row, column, heading, length, width = rectangle_about(np.stack([columns, rows], axis=1))
    metres = spec.metres_per_pixel
    x, y = (spec.ego_row_col[0] - row - 0.5) * metres, (spec.ego_row_col[1] - column - 0.5) * metres
    return x, y, heading, (length + 0.5) * metres, (width + 0.5) * metres
