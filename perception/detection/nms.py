"""Greedy non-maximum suppression: of boxes that overlap, the surest stays. Source: Darknet's `do_nms_sort`, Felzenszwalb et al. 2010."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perception.detection.boxes import Boxes, pairwise_iou


def non_maximum_suppression(
    boxes: Boxes, scores: NDArray[np.floating[Any]], threshold: float, classes: NDArray[np.integer[Any]] | None = None
) -> NDArray[np.int64]:
    """Indices of the boxes that stay, surest first; of equal scores the earlier one first.

    A box goes when its intersection over union with a surer one that stays is above the threshold, 0..1.
    boxes: [n, 4] corner form; scores: [n]; classes: [n], where only boxes of the same class suppress each other.
    """
    left = np.argsort(-scores, kind="stable")
    kept = []
    while len(left):
        best, others = left[0], left[1:]
        kept.append(best)
        covered = pairwise_iou(boxes[best : best + 1], boxes[others])[0] > threshold
        if classes is not None:
            covered &= classes[others] == classes[best]
        left = others[~covered]
    return np.array(kept, np.int64)
