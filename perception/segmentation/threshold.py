"""The baseline that a network must beat: each pixel has the class whose colour is nearest. Source: ours.

It knows one colour of each class in each style that it was shown, so it is as good as a table of colours can be.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


class ColourThreshold:
    """Nearest mean colour, in RGB."""

    def __init__(self, shown: Iterable[tuple[NDArray[np.uint8], NDArray[np.uint8]]], classes: int) -> None:
        """shown: pictures [B, H, W, 3] and labels [B, H, W] of one style each."""
        colours: list[NDArray[np.float64]] = []
        names: list[int] = []
        for pictures, labels in shown:
            for label in range(classes):
                if (labels == label).any():
                    colours.append(pictures[labels == label].mean(axis=0, dtype=np.float64))
                    names.append(label)
        self._colours = np.array(colours, np.float32)
        self._names = np.array(names, np.uint8)

    def predict(self, pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """[B, H, W, 3] -> [B, H, W]."""
        flat = pictures.reshape(-1, 3).astype(np.float32)
        # |a - b|^2 without |a|^2, which is the same for all colours.
        distances = (self._colours**2).sum(1) - 2.0 * flat @ self._colours.T
        nearest: NDArray[np.uint8] = self._names[distances.argmin(1)]
        return nearest.reshape(pictures.shape[:-1])
