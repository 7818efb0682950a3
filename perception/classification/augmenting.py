"""Training pictures moved and mirrored, each by its own chance. Source: He et al. 2016 (arXiv:1512.03385), section 4.2, and before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from perception.classification.config import AugmentOptions


def augmented(pictures: NDArray[np.uint8], options: AugmentOptions, dice: np.random.Generator) -> NDArray[np.uint8]:
    """[B, H, W, 3], pictures of their own where anything is asked for."""
    if options.mirror:
        turned = dice.random(len(pictures)) < 0.5
        pictures = np.where(turned[:, None, None, None], pictures[:, :, ::-1], pictures)
    if options.shift:
        most, (rows, columns) = options.shift, pictures.shape[1:3]
        wide = np.pad(pictures, ((0, 0), (most, most), (most, most), (0, 0)))
        places = dice.integers(0, 2 * most + 1, (len(pictures), 2)).tolist()
        pictures = np.stack(
            [one[row : row + rows, column : column + columns] for one, (row, column) in zip(wide, places, strict=True)]
        )
    return pictures
