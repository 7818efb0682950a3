"""Finds objects in a picture of any size: letterbox, network, threshold, suppression. Source: Darknet's `detector test`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from perception.detection.boxes import to_corners
from perception.detection.detections import Detections
from perception.detection.letterbox import Letterbox
from perception.detection.nms import non_maximum_suppression
from sim_suite.errors import SuiteError


class Predictor(Protocol):
    """What runs a network: torch, or OpenCV on an exported file."""

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of its input."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Their names, by number."""

    def predict(self, pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        """[B, 3, H, W] 0..1, red, green, blue -> [B, N, 5 + K]: centre form in pixels, objectness, classes, see `decoding`."""


@dataclass(frozen=True)
class DetectorOptions:
    """What is kept of a network's predictions. Defaults are Darknet's."""

    confidence: float = 0.5
    """Objectness times class that a box needs, 0..1; the lowest that counts in average precision is 0."""
    nms_iou: float = 0.45
    """Above this IoU with a surer box, a box goes; 0..1."""
    class_wise: bool = True
    """Boxes of different classes do not suppress each other."""
    most: int = 300
    """Boxes kept, surest first."""

    def __post_init__(self) -> None:
        for name in ("confidence", "nms_iou"):
            if not 0 <= getattr(self, name) <= 1:
                raise SuiteError(f"{name} must lie in 0..1, not {getattr(self, name)}.")
        if self.most < 1:
            raise SuiteError(f"most must be 1 or more, not {self.most}.")


class Detector:
    """A predictor with its options."""

    def __init__(self, predictor: Predictor, options: DetectorOptions | None = None) -> None:
        self._predictor = predictor
        self._options = options or DetectorOptions()

    @property
    def classes(self) -> tuple[str, ...]:
        """Names by number."""
        return self._predictor.classes

    def detect(self, picture: NDArray[np.uint8]) -> Detections:
        """[h, w, 3] red, green, blue -> boxes in its pixels, surest first."""
        box = Letterbox((picture.shape[0], picture.shape[1]), self._predictor.size)
        said = self._predictor.predict(box.put(picture)[None])[0]
        found = select(said, self._options)
        return Detections(box.back(found.boxes), found.scores, found.classes)


def select(said: NDArray[np.floating[Any]], options: DetectorOptions) -> Detections:
    """What remains of one picture's predictions [N, 5 + K], surest first, in the network's pixels.

    As in Darknet a box counts once for each class above the threshold.
    """
    scores = said[:, 4:5] * said[:, 5:]
    place, number = np.nonzero(scores > options.confidence)
    surest = np.argsort(-scores[place, number], kind="stable")
    place, number = place[surest], number[surest]
    boxes, chosen = to_corners(said[place, :4]).astype(np.float32), scores[place, number].astype(np.float32)
    kept = non_maximum_suppression(boxes, chosen, options.nms_iou, number if options.class_wise else None)
    return Detections(boxes, chosen, number.astype(np.int64)).take(kept[: options.most])
