"""Anchors from boxes of one's own: k-means with 1 - IoU as the distance. Source: Redmon & Farhadi 2017 (arXiv:1612.08242), section 2."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError

_MOST_ROUNDS = 300
"""Means do not minimise 1 - IoU, so that assignments may go in a circle; they settle in 10 to 40 rounds on our boxes."""


@dataclass(frozen=True, eq=False)
class Anchors:
    """Typical sizes of boxes."""

    sizes: NDArray[np.float64]
    """[k, 2] (width, height) in pixels, by rising area."""
    mean_iou: float
    """Of each box with the anchor nearest to it, both at one place."""


def shape_iou(one: NDArray[np.floating], other: NDArray[np.floating]) -> NDArray[np.float64]:
    """[n, 2], [m, 2] widths and heights -> [n, m]: intersection over union of boxes at the same centre."""
    shared = np.minimum(one[:, None, 0], other[None, :, 0]) * np.minimum(one[:, None, 1], other[None, :, 1])
    union = one.prod(1)[:, None] + other.prod(1)[None, :] - shared
    found: NDArray[np.float64] = shared / union
    return found


def anchors_of(sizes: NDArray[np.floating], count: int, seed: int, starts: int = 5) -> Anchors:
    """The best of several k-means, by mean IoU. sizes: [n, 2] widths and heights of boxes, above 0.

    Each begins at `count` different sizes drawn by chance. Raises SuiteError for fewer different sizes than anchors.
    """
    different = np.unique(sizes, axis=0)
    if len(different) < count or count < 1:
        raise SuiteError(
            f"{count} anchors of {len(different)} different boxes; give one anchor or more, and as many boxes."
        )
    if not (different > 0).all():
        raise SuiteError(f"boxes need widths and heights above 0; the least is {different.min():g}.")
    dice = np.random.default_rng(seed)
    tries = [_k_means(sizes, dice.choice(different, count, replace=False).astype(np.float64)) for _ in range(starts)]
    best = max(tries, key=lambda found: found.mean_iou)
    return Anchors(best.sizes[np.argsort(best.sizes.prod(1), kind="stable")], best.mean_iou)


def _k_means(sizes: NDArray[np.floating], centres: NDArray[np.float64]) -> Anchors:
    before = None
    for _ in range(_MOST_ROUNDS):
        nearest = shape_iou(sizes, centres).argmax(1)
        if before is not None and np.array_equal(nearest, before):
            break
        # A centre that nothing is nearest to stays where it is.
        centres = np.stack(
            [sizes[nearest == k].mean(0) if (nearest == k).any() else centre for k, centre in enumerate(centres)]
        )
        before = nearest
    return Anchors(centres, float(shape_iou(sizes, centres).max(1).mean()))
