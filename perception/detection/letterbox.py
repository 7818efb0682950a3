"""A picture of any shape in a network's input, its proportions kept, grey beside it. Source: Darknet's letterbox_image, resize_image and
correct_yolo_boxes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from perception.detection.boxes import Boxes
from sim_suite.errors import SuiteError

GREY: Final = 0.5


@dataclass(frozen=True)
class Letterbox:
    """Where a picture lies in an input. All in pixels."""

    picture: tuple[int, int]
    """(height, width)"""
    size: tuple[int, int]
    """(height, width) of the input."""

    def __post_init__(self) -> None:
        if min(*self.picture, *self.size) < 1:
            raise SuiteError(f"a picture of {self.picture} cannot be put into {self.size}; all sides are 1 or more.")

    @property
    def inner(self) -> tuple[int, int]:
        """(height, width) of the picture in the input: one side is the input's, the other rounded down."""
        (rows, columns), (height, width) = self.picture, self.size
        if width * rows < height * columns:
            return max(rows * width // columns, 1), width
        return height, max(columns * height // rows, 1)

    def put(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """uint8 [h, w, 3] -> float32 [3, H, W] 0..1."""
        if picture.shape[:2] != self.picture or picture.ndim != 3:
            raise SuiteError(f"the picture is {picture.shape}, not {(*self.picture, 3)}.")
        if self.picture == self.size:
            return np.ascontiguousarray(picture.transpose(2, 0, 1), np.float32) / np.float32(255)
        rows, columns = self.inner
        seen = resized(picture.astype(np.float32) / np.float32(255), rows, columns)
        out = np.full((picture.shape[2], *self.size), GREY, np.float32)
        top, left = (self.size[0] - rows) // 2, (self.size[1] - columns) // 2
        out[:, top : top + rows, left : left + columns] = seen.transpose(2, 0, 1)
        return out

    def back(self, boxes: Boxes) -> NDArray[np.float32]:
        """[n, 4] corner form, pixels of the input -> of the picture, cut at its borders."""
        inner, size, picture = (np.array(side[::-1], np.float64) for side in (self.inner, self.size, self.picture))
        # Half a pixel more than the picture was moved by where the grey is an odd number of pixels: so does Darknet.
        places = (boxes.reshape(-1, 2, 2) - (size - inner) / 2) / inner * picture
        return np.clip(places, 0, picture).reshape(-1, 4).astype(np.float32)


def resized(picture: NDArray[np.float32], rows: int, columns: int) -> NDArray[np.float32]:
    """Bilinear with corners on corners: [h, w, C] -> [rows, columns, C]."""
    return _along(_along(picture, rows, 0), columns, 1)


def _along(picture: NDArray[np.float32], count: int, axis: int) -> NDArray[np.float32]:
    have = picture.shape[axis]
    place = np.arange(count, dtype=np.float32) * (np.float32(have - 1) / np.float32(max(count - 1, 1)))
    before = np.minimum(place.astype(np.int64), have - 1)
    share: NDArray[Any] = (place - before).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
    after = np.minimum(before + 1, have - 1)
    found: NDArray[np.float32] = (1 - share) * picture.take(before, axis) + share * picture.take(after, axis)
    return found
