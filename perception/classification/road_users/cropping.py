"""A square about a road user, cut out of a picture: what a classifier is shown of it. Source: ours."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from perception.classification.source import SIDE
from perception.scaling import scaled

MARGIN: Final = 1.2
"""Of the square's side, over the box's longer one: a rim of what is around it."""
INACCURACY: Final = 0.08
"""By how much of the box's longer side the square is off each way, and by what share too large or small, at most: boxes that a detector
finds are."""


def cut(picture: NDArray[np.uint8], box: NDArray[np.int32], dice: np.random.Generator) -> NDArray[np.uint8]:
    """[SIDE, SIDE, 3], in memory of its own, of a picture [H, W, 3]. box: [4] x0, y0, x1, y1, pixels.

    Where the square would leave the picture it is moved inside, so that all that is shown was seen.
    """
    rows, columns = picture.shape[:2]
    longer = float(max(box[2] - box[0], box[3] - box[1]))
    across, down, larger = dice.uniform(-INACCURACY, INACCURACY, 3)
    side = min(max(round(MARGIN * (1.0 + larger) * longer), 1), rows, columns)
    left = round(0.5 * float(box[0] + box[2]) + across * longer - 0.5 * side)
    top = round(0.5 * float(box[1] + box[3]) + down * longer - 0.5 * side)
    left, top = min(max(left, 0), columns - side), min(max(top, 0), rows - side)
    return scaled(picture[top : top + side, left : left + side].copy(), (SIDE, SIDE))
