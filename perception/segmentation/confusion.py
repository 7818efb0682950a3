"""How often each class is taken for each other, and the overlap (IoU) that follows from it. Source: Long et al. 2015, section 5."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


def confusion(labels: NDArray[np.uint8], predicted: NDArray[np.uint8], classes: int) -> Counts:
    """[K, K] int64: pixels of class i that were taken for class j. Both arrays have one shape; values below K."""
    pairs = labels.astype(np.int64).ravel() * classes + predicted.ravel()
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def intersection_over_union(counts: Counts) -> NDArray[np.float64]:
    """[K] float64 in 0..1: of the pixels that are or are taken for a class, the share that are both; nan for a class that is neither."""
    both = np.diag(counts).astype(np.float64)
    either = counts.sum(0) + counts.sum(1) - both
    shares: NDArray[np.float64] = np.divide(both, either, out=np.full(len(counts), np.nan), where=either > 0)
    return shares


def mean_iou(counts: Counts) -> float:
    """Mean over the classes that occur."""
    return float(np.nanmean(intersection_over_union(counts)))
