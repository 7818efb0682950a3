"""What a detector says of one picture, and what is true of it. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError


@dataclass(frozen=True, eq=False)
class Detections:
    """Boxes that were found in one picture."""

    boxes: NDArray[np.float32]
    """[n, 4] (x0, y0, x1, y1), pixels of the picture."""
    scores: NDArray[np.float32]
    """[n] 0..1: how sure the detector is of box and class."""
    classes: NDArray[np.int64]
    """[n] Numbers of classes."""

    def __post_init__(self) -> None:
        """Raises SuiteError for arrays that do not go together."""
        count = len(self.boxes)
        if self.boxes.shape != (count, 4) or self.scores.shape != (count,) or self.classes.shape != (count,):
            raise SuiteError(
                f"boxes are [n, 4], scores and classes [n], not {self.boxes.shape}, {self.scores.shape} and {self.classes.shape}."
            )

    def __len__(self) -> int:
        return len(self.boxes)

    def take(self, chosen: NDArray[Any]) -> Detections:
        """Those of a mask or of indices, in their order."""
        return Detections(self.boxes[chosen], self.scores[chosen], self.classes[chosen])

    def to_json(self, names: tuple[str, ...]) -> list[dict[str, Any]]:
        """One entry a box, as the command prints them; names: of the classes, by number."""
        return [
            {
                "class": names[number],
                "confidence": round(float(score), 6),
                "box": [round(float(side), 3) for side in box],
            }
            for box, score, number in zip(self.boxes, self.scores, self.classes, strict=True)
        ]


@dataclass(frozen=True, eq=False)
class Truths:
    """What stands in one picture."""

    boxes: NDArray[np.float32]
    """[n, 4] (x0, y0, x1, y1), pixels of the picture."""
    classes: NDArray[np.int64]
    """[n] Numbers of classes."""
    crowd: NDArray[np.bool_]
    """[n] COCO's `iscrowd`: neither to be found nor a fault to find, any number of times."""

    def __post_init__(self) -> None:
        """Raises SuiteError for arrays that do not go together."""
        count = len(self.boxes)
        if self.boxes.shape != (count, 4) or self.classes.shape != (count,) or self.crowd.shape != (count,):
            raise SuiteError(
                f"boxes are [n, 4], classes and crowd [n], not {self.boxes.shape}, {self.classes.shape} and {self.crowd.shape}."
            )

    def __len__(self) -> int:
        return len(self.boxes)
