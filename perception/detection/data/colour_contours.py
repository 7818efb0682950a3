"""Finding things by their colour: what a network must beat. Source: ours, of the textbook's thresholds and contours.

Of each class it learns how likely a colour belongs to it. In a picture, connected pixels that are likely enough are one object.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.detection.data.frames import Frames
from perception.detection.detections import Detections

_BITS: Final = 4  # of each channel that count, so that 3,000 frames fill the 4096 colours
_COLOURS: Final = 1 << 3 * _BITS


class ColourContours:
    """Fitted to frames once, then it detects."""

    def __init__(self, frames: Frames, num_classes: int, threshold: float = 0.5, least_pixels: int = 6) -> None:
        """threshold: share of a colour's pixels that lie in boxes of a class; least_pixels: fewer are no object."""
        inside = np.zeros((num_classes, _COLOURS))
        everywhere = np.zeros(_COLOURS)
        for picture, truths in zip(frames.pictures, frames.truths, strict=True):
            colours = _colours(picture)
            everywhere += np.bincount(colours.ravel(), minlength=_COLOURS)
            for box, number in zip(truths.boxes, truths.classes, strict=True):
                x0, y0, x1, y1 = np.rint(box).astype(int)
                inside[number] += np.bincount(colours[y0:y1, x0:x1].ravel(), minlength=_COLOURS)
        self._likely = inside / np.maximum(everywhere, 1)
        self._threshold, self._least_pixels = threshold, least_pixels

    def detect(self, picture: NDArray[np.uint8]) -> Detections:
        """[H, W, 3] -> boxes about connected pixels, surest first. A score is the mean likelihood of an object's pixels, 0..1."""
        colours = _colours(picture)
        boxes, scores, classes = [], [], []
        for number, likely in enumerate(self._likely):
            belief = likely[colours]
            count, labels, stats, _ = cv2.connectedComponentsWithStats((belief > self._threshold).astype(np.uint8))
            sums = np.bincount(labels.ravel(), belief.ravel(), count)
            for label in range(1, count):
                x, y, width, height, pixels = stats[label]
                if pixels >= self._least_pixels:
                    boxes.append((x, y, x + width, y + height))
                    scores.append(min(sums[label] / pixels, 1.0))
                    classes.append(number)
        order = np.argsort(-np.array(scores), kind="stable") if scores else np.zeros(0, np.int64)
        found = Detections(
            np.array(boxes, np.float32).reshape(-1, 4), np.array(scores, np.float32), np.array(classes, np.int64)
        )
        return found.take(order)


def _colours(picture: NDArray[np.uint8]) -> NDArray[np.int64]:
    """[H, W, 3] -> [H, W] numbers of colours."""
    coarse = (picture >> (8 - _BITS)).astype(np.int64)
    found: NDArray[np.int64] = (coarse[..., 0] << 2 * _BITS) | (coarse[..., 1] << _BITS) | coarse[..., 2]
    return found
