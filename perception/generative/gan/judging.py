"""What a code without labels tells of the class of a made sign, by a classifier of signs. Source: Cover and Thomas 2006, eq. 2.28."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from perception.classification.opening import open_classifier
from perception.segmentation.confusion import Counts

CLASSIFIER: Final = "zoo:signs"
"""Names 98.75 % of held-out signs rightly."""


def named(pictures: NDArray[np.uint8], device: torch.device) -> NDArray[np.uint8]:
    """[N] The class that the classifier takes each of the signs [N, 32, 32, 3] for."""
    return open_classifier(CLASSIFIER, device).classify(pictures).classes


def shared_nats(counts: Counts) -> float:
    """Mutual information of rows and columns of a table of counts [K, L], in nats."""
    joint = counts / counts.sum()
    apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    there = joint > 0.0
    return float((joint[there] * np.log(joint[there] / apart[there])).sum())


def tabulated(rows: NDArray[np.integer], columns: NDArray[np.integer], sizes: tuple[int, int]) -> Counts:
    """[K, L] int64: how often each pair of numbers [N] and [N] occurs."""
    counts = np.zeros(sizes, np.int64)
    np.add.at(counts, (rows, columns), 1)
    return counts
