"""A curve in characters: two by four dots of Unicode's braille patterns to a character. Source: ours; Unicode 15, U+2800 to U+28FF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

ACROSS: Final = 2
"""Dots of a character, side by side."""
DOWN: Final = 4
"""Dots of a character, one above the other."""
_BLANK: Final = 0x2800
_BITS: Final = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.int64)
"""[DOWN, ACROSS] what each dot adds to the blank pattern; the lowest row came to the standard last."""


def braille_curve(steps: Sequence[float], values: Sequence[float], columns: int, rows: int) -> list[str]:
    """The curve through points (steps, values), both [N] and finite, steps rising: `rows` lines of `columns` characters.

    The first step stands at the left edge, the last at the right, the least value on the lowest dots and the greatest on the
    highest; a level curve lies on the lowest. A column of dots that holds several points shows their mean; between points it is
    linear. No point gives blank lines.
    """
    dots = np.zeros((DOWN * rows, ACROSS * columns), dtype=bool)
    if len(steps):
        heights = _heights(np.asarray(steps, np.float64), np.asarray(values, np.float64), dots.shape[1], dots.shape[0])
        for column, (low, high) in enumerate(_joined(heights)):
            dots[dots.shape[0] - 1 - high : dots.shape[0] - low, column] = True
    cells = dots.reshape(rows, DOWN, columns, ACROSS)
    codes = _BLANK + np.einsum("rdca,da->rc", cells.astype(np.int64), _BITS)
    return ["".join(map(chr, line)) for line in codes]


def _heights(steps: NDArray[np.float64], values: NDArray[np.float64], width: int, height: int) -> NDArray[np.int64]:
    """[width] the dot that the curve meets in each column, 0 at the bottom; of a single step, in as many as lie behind it."""
    span = steps[-1] - steps[0]
    at = (
        np.zeros(len(steps), np.int64)
        if span <= 0
        else np.rint((steps - steps[0]) / span * (width - 1)).astype(np.int64)
    )
    counts, sums = np.bincount(at, minlength=width), np.bincount(at, weights=values, minlength=width)
    held = np.flatnonzero(counts)
    line = np.interp(np.arange(width), held, sums[held] / counts[held])
    low, high = line.min(), line.max()
    share = (line - low) / (high - low) if high > low else np.zeros(width)
    return np.rint(share * (height - 1)).astype(np.int64)


def _joined(heights: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Lowest and highest dot of each column, so that neighbours touch: a column reaches to one below or above the one before."""
    ends = [(int(heights[0]), int(heights[0]))]
    for before, here in zip(heights[:-1].tolist(), heights[1:].tolist(), strict=True):
        ends.append((min(here, before + 1), here) if here > before else (here, max(here, before - 1)))
    return ends
