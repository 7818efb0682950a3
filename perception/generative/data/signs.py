"""Crops of traffic signs and lights with their class, as classification draws them. Source: ours."""

from __future__ import annotations

from typing import Final

import numpy as np

from perception.classification.signs.source import SignSource
from perception.classification.source import SIDE
from perception.generative.data.source import Shown, joined

TRAINING_FIRST: Final = 2**36
"""Number of the first example to learn from: those before belong to classifiers, by which generators are judged."""
HELD_OUT_FIRST: Final = 2**40
"""Number of the first held-out example: no run learns from so many."""
HELD_OUT_SEED: Final = 0
_AT_ONCE: Final = 64
"""Held-out pictures are drawn by so many, so that fewer are the first of more."""


class SignPictures:
    """See `PictureSource`. Held out are other draws in the styles for training: a generator is to make what it was shown the like of."""

    size = (SIDE, SIDE)
    conditions = SignSource.classes
    state: tuple[str, ...] = ()

    def __init__(self, seed: int) -> None:
        """seed: of the run; held-out pictures do not depend on it."""
        self._source = SignSource(seed)

    def batch(self, number: int, count: int) -> Shown:
        """See `PictureSource`."""
        return _drawn(self._source, TRAINING_FIRST // count + number, count)

    def training(self, count: int) -> Shown:
        """See `PictureSource`."""
        return self.batch(0, count)

    def held_out(self, count: int) -> Shown:
        """See `PictureSource`."""
        source, first = SignSource(HELD_OUT_SEED), HELD_OUT_FIRST // _AT_ONCE
        parts = [_drawn(source, first + number, _AT_ONCE) for number in range(-(-count // _AT_ONCE))]
        return joined(parts).chosen(np.arange(count))


def _drawn(source: SignSource, number: int, count: int) -> Shown:
    labelled = source.batch(number, count)
    return Shown(labelled.pictures, labelled.labels, np.zeros((count, 0), np.float32))
