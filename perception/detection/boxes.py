"""Upright boxes in pictures: their two forms, areas and overlap. Source: ours; intersection over union is Jaccard's index.

Corner form: (x0, y0, x1, y1), centre form: (x, y, width, height). x right, y down, in pixels; pixel 0 covers 0 to 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.floating[Any]]
"""[n, 4]"""


def to_corners(centres: Boxes) -> Boxes:
    """[n, 4] centre form -> corner form."""
    half = centres[:, 2:] / 2
    return np.concatenate([centres[:, :2] - half, centres[:, :2] + half], axis=1)


def to_centres(corners: Boxes) -> Boxes:
    """[n, 4] corner form -> centre form."""
    return np.concatenate([(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], axis=1)


def areas(corners: Boxes) -> NDArray[np.floating[Any]]:
    """[n, 4] -> [n] square pixels; 0 where a box ends before it begins."""
    found: NDArray[np.floating[Any]] = np.prod(np.maximum(corners[:, 2:] - corners[:, :2], 0), axis=1)
    return found


def pairwise_intersection(one: Boxes, other: Boxes) -> NDArray[np.floating[Any]]:
    """[n, 4], [m, 4] corner form -> [n, m] square pixels."""
    begin = np.maximum(one[:, None, :2], other[None, :, :2])
    end = np.minimum(one[:, None, 2:], other[None, :, 2:])
    found: NDArray[np.floating[Any]] = np.prod(np.maximum(end - begin, 0), axis=2)
    return found


def pairwise_iou(one: Boxes, other: Boxes) -> NDArray[np.floating[Any]]:
    """[n, 4], [m, 4] corner form -> [n, m] in 0..1; 0 between boxes without area."""
    shared = pairwise_intersection(one, other)
    union = areas(one)[:, None] + areas(other)[None, :] - shared
    found: NDArray[np.floating[Any]] = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return found
