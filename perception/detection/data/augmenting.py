"""Varies a frame for training: mirrored, cut out and resized, brighter or darker, other colours. Source: Redmon et al. 2016, section 2.2.

The paper moves and scales by up to 20 % and changes exposure and saturation by up to 1.5 times; here both are options.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.detection.boxes import areas
from perception.detection.detections import Truths
from sim_suite.errors import SuiteError

_LEFT: Final = 0.4
"""Of a box, that must be left in a cut-out for it to be asked for; below that it is a crowd. Ours."""


@dataclass(frozen=True)
class AugmentOptions:
    """How far a frame is varied. 0 leaves it."""

    mirror: float = 0.5
    """How often left and right change places, 0..1."""
    zoom: float = 0.2
    """The cut-out's sides are 1 / (1 - zoom) to 1 - zoom of the picture's; grey beyond its borders. 0 to 0.9."""
    light: float = 0.25
    """Brightness times 1 - light to 1 + light, 0 to 0.9."""
    colour: float = 0.15
    """Each channel times 1 - colour to 1 + colour, 0 to 0.9."""

    def __post_init__(self) -> None:
        for name, most in (("mirror", 1.0), ("zoom", 0.9), ("light", 0.9), ("colour", 0.9)):
            if not 0 <= getattr(self, name) <= most:
                raise SuiteError(f"{name} must lie in 0..{most:g}, not {getattr(self, name)}.")


def augmented(
    picture: NDArray[np.uint8], truths: Truths, options: AugmentOptions, dice: np.random.Generator
) -> tuple[NDArray[np.uint8], Truths]:
    """A varied picture of the same size [H, W, 3] and the boxes where they are in it, cut at its borders.

    Draws the same number of random numbers whatever the options.
    """
    mirrored, scale, across, down, light = dice.random(5)
    gains = 1 + options.colour * dice.uniform(-1, 1, 3)
    boxes, crowd = truths.boxes, truths.crowd
    if mirrored < options.mirror:
        picture = np.ascontiguousarray(picture[:, ::-1])
        boxes = np.stack(
            [picture.shape[1] - boxes[:, 2], boxes[:, 1], picture.shape[1] - boxes[:, 0], boxes[:, 3]], axis=1
        )
    if options.zoom:
        picture, boxes, left = _cut(picture, boxes, (1 - options.zoom) ** (1 - 2 * scale), (across, down))
        crowd = crowd | (left < _LEFT)
    factors = gains * (1 + options.light * (2 * light - 1))
    # A table of 256 values a channel, for there are no others.
    levels = np.clip(np.arange(256)[:, None] * factors, 0, 255).astype(np.uint8)
    lit = cv2.LUT(picture, levels[:, None, :].transpose(1, 0, 2)).astype(np.uint8, copy=False)
    there = areas(boxes) > 0
    return lit, Truths(boxes[there].astype(np.float32), truths.classes[there], crowd[there])


def _cut(
    picture: NDArray[np.uint8], boxes: NDArray[np.float32], share: float, place: tuple[float, float]
) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float64]]:
    """A cut-out whose sides are `share` of the picture's, at its size; the boxes in it; how much is left of each.

    place: 0..1 across and down, of where it can lie; above a share of 1 of where the picture lies in it.
    """
    size = np.array(picture.shape[1::-1], np.float64)
    begin = np.array(place) * (1 - share) * size
    factor = 1 / share
    # OpenCV counts from the middles of pixels, boxes from their corners.
    shift = -begin * factor + (factor - 1) / 2
    matrix = np.array([[factor, 0, shift[0]], [0, factor, shift[1]]])
    cut = cv2.warpAffine(
        picture,
        matrix,
        picture.shape[1::-1],
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(128, 128, 128),
    )
    moved = (boxes.reshape(-1, 2, 2) - begin) * factor
    inside = np.clip(moved, 0, size).reshape(-1, 4)
    before = areas(moved.reshape(-1, 4))
    left = np.divide(areas(inside), before, out=np.zeros(len(boxes)), where=before > 0)
    return cut.astype(np.uint8, copy=False), inside.astype(np.float32), left
