"""A square that sign faces are drawn on, in units that do not depend on its size. Source: ours.

Units: x right and y down, -1..1 from side to side. It is drawn several times as large as it is kept, so that edges are smooth.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.colours import Colour

Face = NDArray[np.uint8]
Points = Sequence[tuple[float, float]]
SIDE: Final = 96
"""Pixels of a face's side: three times that of a crop."""
_FINER: Final = 4
_SHIFT: Final = 4  # binary digits of a pixel to which points are drawn


class Canvas:
    """Colours, and where there are any."""

    def __init__(self) -> None:
        self._colours = np.zeros((SIDE * _FINER, SIDE * _FINER, 3), np.uint8)
        self._covered = np.zeros((SIDE * _FINER, SIDE * _FINER), np.uint8)

    def polygon(self, points: Points, colour: Colour) -> None:
        """Filled."""
        for plane, value in self._planes(colour):
            cv2.fillPoly(plane, [_pixels(points)], value, shift=_SHIFT)

    def disc(self, centre: tuple[float, float], radius: float, colour: Colour) -> None:
        """Filled."""
        x, y = _pixels([centre])[0].tolist()
        for plane, value in self._planes(colour):
            cv2.circle(plane, (x, y), round(radius * SIDE * _FINER / 2 * 2**_SHIFT), value, -1, shift=_SHIFT)

    def stroke(self, points: Points, width: float, colour: Colour) -> None:
        """A line through the points, with round ends."""
        thickness = max(1, round(width * SIDE * _FINER / 2))
        for plane, value in self._planes(colour):
            cv2.polylines(plane, [_pixels(points)], False, value, thickness, shift=_SHIFT)

    def face(self) -> Face:
        """[SIDE, SIDE, 4] uint8: red, green, blue, each times the covered share; 255 times that share."""
        whole = np.dstack([self._colours, self._covered])  # what is not covered is black: the mean is the product
        face = cv2.resize(whole, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        return face.astype(np.uint8, copy=False)

    def _planes(self, colour: Colour) -> list[tuple[NDArray[np.uint8], tuple[int, ...]]]:
        return [(self._colours, colour), (self._covered, (255,))]


def _pixels(points: Points) -> NDArray[np.int32]:
    """OpenCV's pixels have their middle at whole numbers."""
    pixels = (np.asarray(points, np.float64) + 1.0) * (SIDE * _FINER / 2) - 0.5
    return np.rint(pixels * 2**_SHIFT).astype(np.int32)
