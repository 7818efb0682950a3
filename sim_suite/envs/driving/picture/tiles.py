"""Keeps drawn squares of ground and turns their neighbourhood into a view. Source: ours.

Squares are drawn when they first come into view and forgotten in the order of their last use. Those of the present view lie
side by side in one picture, which is made anew only when the view reaches another square; each frame is one warp of it.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import Final

import cv2
import numpy as np

from sim_suite.envs.driving.picture.brush import Image
from sim_suite.envs.driving.picture.camera import Camera
from sim_suite.envs.driving.picture.ground import TILE_PX, Ground

_TILE_BYTES: Final = TILE_PX * TILE_PX * 3
_FINEST: Final = 16.0
"""Pixels a metre at most; closer views enlarge."""


class Tiles:
    """The drawn ground of one map."""

    def __init__(self, ground: Ground, cache_bytes: int) -> None:
        """cache_bytes: what drawn squares may take; one view's are kept in any case."""
        self._ground = ground
        self._most = max(cache_bytes // _TILE_BYTES, 1)
        self._drawn: OrderedDict[tuple[int, int, int], Image] = OrderedDict()
        self._laid: tuple[int, ...] = ()
        self._mosaic: Image = np.zeros((TILE_PX, TILE_PX, 3), np.uint8)

    @property
    def num_bytes(self) -> int:
        """What squares and mosaic take now."""
        return len(self._drawn) * _TILE_BYTES + self._mosaic.nbytes

    def view(self, camera: Camera) -> Image:
        """[h, w, 3] RGB: the ground as the camera sees it."""
        level = level_of(camera.scale)
        scale = 2.0**level
        side_m = TILE_PX / scale
        x_min, y_min, x_max, y_max = camera.box()
        # One texel more on each side: interpolation reads beyond the edge.
        low = [math.floor((value - 1.0 / scale) / side_m) for value in (x_min, y_min)]
        high = [math.floor((value + 1.0 / scale) / side_m) for value in (x_max, y_max)]
        self._lay(level, low[0], low[1], high[0], high[1])
        self._draw_ahead(level, low[0] - 1, low[1] - 1, high[0] + 1, high[1] + 1)
        # Pixel of the view -> world -> pixel of the mosaic, whose row 0 is its northern edge.
        to_world = np.linalg.inv(np.vstack((camera.matrix(), (0.0, 0.0, 1.0))))
        to_mosaic = np.array(
            ((scale, 0.0, -low[0] * TILE_PX - 0.5), (0.0, -scale, (high[1] + 1) * TILE_PX - 0.5), (0.0, 0.0, 1.0))
        )
        return np.asarray(
            cv2.warpAffine(
                self._mosaic, (to_mosaic @ to_world)[:2], (camera.width, camera.height),
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            ), np.uint8
        )  # fmt: skip

    def _lay(self, level: int, left: int, bottom: int, right: int, top: int) -> None:
        wanted = (level, left, bottom, right, top)
        if wanted == self._laid:
            return
        shape = ((top - bottom + 1) * TILE_PX, (right - left + 1) * TILE_PX, 3)
        if self._mosaic.shape != shape:
            self._mosaic = np.empty(shape, np.uint8)
        for row in range(bottom, top + 1):
            for column in range(left, right + 1):
                y, x = (top - row) * TILE_PX, (column - left) * TILE_PX
                self._mosaic[y : y + TILE_PX, x : x + TILE_PX] = self._square(level, column, row)
        self._laid = wanted

    def _draw_ahead(self, level: int, left: int, bottom: int, right: int, top: int) -> None:
        """Draw one square of the ring around the view, so that few frames wait for several when the view moves on."""
        ring = [(column, row) for row in range(bottom, top + 1) for column in (left, right)]
        ring += [(column, row) for column in range(left + 1, right) for row in (bottom, top)]
        if self._most < (right - left + 1) * (top - bottom + 1):
            return
        missing = next((place for place in ring if (level, *place) not in self._drawn), None)
        if missing is not None:
            self._square(level, *missing)

    def _square(self, level: int, column: int, row: int) -> Image:
        key = (level, column, row)
        square = self._drawn.get(key)
        if square is None:
            square = self._ground.paint(column, row, 2.0**level)
            self._drawn[key] = square
            while len(self._drawn) > self._most:
                self._drawn.popitem(last=False)
        else:
            self._drawn.move_to_end(key)
        return square


def level_of(scale: float) -> int:
    """Squares are drawn at 2 ** level pixels a metre: the least that is not coarser than the view."""
    return math.ceil(math.log2(min(scale, _FINEST)) - 1e-9)
