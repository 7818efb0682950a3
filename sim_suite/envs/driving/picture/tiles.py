"""Keeps drawn squares of ground and turns their neighbourhood into a view. Source: ours.

Squares are drawn when they first come into view and forgotten in the order of their last use. Those of the present view lie
side by side in one picture, which is made anew only when the view reaches another square; each frame is one warp of it.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import Final, NamedTuple

import cv2
import numpy as np

from sim_suite.envs.driving.picture.brush import Image
from sim_suite.envs.driving.picture.camera import Camera
from sim_suite.envs.driving.picture.ground import TILE_PX, Ground

_TILE_BYTES: Final = TILE_PX * TILE_PX * 3
_FINEST: Final = 24.0
"""Pixels a metre at most; closer views enlarge."""
_NEAR: Final = 1.12
"""A view that is so near to another level's scale may soon be there."""


class _Area(NamedTuple):
    """Squares by their numbers, both ends included."""

    left: int
    bottom: int
    right: int
    top: int

    def places(self) -> list[tuple[int, int]]:
        """(column, row) of each."""
        return [(x, y) for y in range(self.bottom, self.top + 1) for x in range(self.left, self.right + 1)]


class Tiles:
    """The drawn ground of one map."""

    def __init__(self, ground: Ground, cache_bytes: int) -> None:
        """cache_bytes: what drawn squares may take; one view's are kept in any case."""
        self._ground = ground
        self._most = max(cache_bytes // _TILE_BYTES, 1)
        self._drawn: OrderedDict[tuple[int, int, int], Image] = OrderedDict()
        self._laid: tuple[int, _Area] | None = None
        self._mosaic: Image = np.zeros((TILE_PX, TILE_PX, 4), np.uint8)
        """With a fourth channel, which nobody sees: 640 x 480 pixels are warped in 0.8 ms instead of 1.8 (OpenCV 5.0)."""

    @property
    def num_bytes(self) -> int:
        """What squares and mosaic take now."""
        return len(self._drawn) * _TILE_BYTES + self._mosaic.nbytes

    def view(self, camera: Camera) -> Image:
        """[h, w, 3] RGB: the ground as the camera sees it."""
        level = level_of(camera.scale)
        scale, area = scale_of(level), _area(camera, level)
        self._lay(level, area)
        self._draw_ahead(camera, level, area)
        # Pixel of the view -> world -> pixel of the mosaic, whose row 0 is its northern edge.
        to_world = np.linalg.inv(np.vstack((camera.matrix(), (0.0, 0.0, 1.0))))
        left, north = -area.left * TILE_PX - 0.5, (area.top + 1) * TILE_PX - 0.5
        to_mosaic = np.array(((scale, 0.0, left), (0.0, -scale, north), (0.0, 0.0, 1.0)))
        seen = cv2.warpAffine(
            self._mosaic, (to_mosaic @ to_world)[:2], (camera.width, camera.height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        )  # fmt: skip
        return np.asarray(cv2.cvtColor(seen, cv2.COLOR_RGBA2RGB), np.uint8)

    def _lay(self, level: int, area: _Area) -> None:
        if (level, area) == self._laid:
            return
        shape = ((area.top - area.bottom + 1) * TILE_PX, (area.right - area.left + 1) * TILE_PX, 4)
        if self._mosaic.shape != shape:
            self._mosaic = np.empty(shape, np.uint8)
        for column, row in area.places():
            y, x = (area.top - row) * TILE_PX, (column - area.left) * TILE_PX
            self._mosaic[y : y + TILE_PX, x : x + TILE_PX, :3] = self._square(level, column, row)
        self._laid = level, area

    def _draw_ahead(self, camera: Camera, level: int, area: _Area) -> None:
        """Draw one square that may be wanted soon, so that few frames wait for many at once: of the ring around the view,
        and of the neighbouring level where the view is about to change to it.
        """
        wide = _Area(area.left - 1, area.bottom - 1, area.right + 1, area.top + 1)
        soon = [(level, *place) for place in wide.places()]
        for other in {level_of(camera.scale * _NEAR), level_of(camera.scale / _NEAR)} - {level}:
            soon += [(other, *place) for place in _area(camera, other).places()]
        if len(soon) > self._most:
            return
        missing = next((key for key in soon if key not in self._drawn), None)
        if missing is not None:
            self._square(*missing)

    def _square(self, level: int, column: int, row: int) -> Image:
        key = (level, column, row)
        square = self._drawn.get(key)
        if square is None:
            square = self._ground.paint(column, row, scale_of(level))
            self._drawn[key] = square
            while len(self._drawn) > self._most:
                self._drawn.popitem(last=False)
        else:
            self._drawn.move_to_end(key)
        return square


def _area(camera: Camera, level: int) -> _Area:
    """The squares that a view needs, with a texel more on each side: interpolation reads beyond the edge."""
    scale = scale_of(level)
    x_min, y_min, x_max, y_max = camera.box()
    left, bottom = (math.floor((value * scale - 1.0) / TILE_PX) for value in (x_min, y_min))
    right, top = (math.floor((value * scale + 1.0) / TILE_PX) for value in (x_max, y_max))
    return _Area(left, bottom, right, top)


def scale_of(level: int) -> float:
    """Pixels a metre of a level's squares. 12 serves a picture of 640 pixels up to 22 m/s, so that towns need one level."""
    return 1.5 * 2.0**level


def level_of(scale: float) -> int:
    """The coarsest level that is not coarser than the view."""
    return math.ceil(math.log2(min(scale, _FINEST) / 1.5) - 1e-9)
