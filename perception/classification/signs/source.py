"""Signs and lights as a source of labelled pictures: example i is a function of (seed, i). Source: ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from perception.classification.signs.faces import NAMES
from perception.classification.signs.registry import styles
from perception.classification.signs.rendering import render
from perception.classification.source import HeldOut, Labelled

_TRAINING, _HELD_OUT = 0, 1
"""What random numbers are for."""
HELD_OUT_SEED: Final = 0
"""Of held-out pictures: the same for every run."""


class SignSource:
    """See `LabelledSource`."""

    classes = NAMES

    def __init__(self, seed: int) -> None:
        """seed: of the run; held-out pictures do not depend on it."""
        self._seed = seed

    def batch(self, number: int, count: int) -> Labelled:
        """See `LabelledSource`. Class and style are drawn for each."""
        known = styles().training
        pictures, labels = [], []
        for index in range(number * count, (number + 1) * count):
            dice = np.random.default_rng([_TRAINING, self._seed, index])
            label, style = int(dice.integers(len(NAMES))), int(dice.integers(len(known)))
            pictures.append(render(NAMES[label], known[style], dice))
            labels.append(label)
        return Labelled(np.stack(pictures), np.array(labels, np.uint8))

    def held_out(self, count: int) -> Iterator[HeldOut]:
        """See `LabelledSource`. The classes take turns."""
        for place, style in enumerate(styles().held_out):
            labels = np.arange(count) % len(NAMES)
            dice = (np.random.default_rng([_HELD_OUT, HELD_OUT_SEED, place, index]) for index in range(count))
            pictures = [render(NAMES[label], style, own) for label, own in zip(labels.tolist(), dice, strict=True)]
            yield HeldOut(style.name, Labelled(np.stack(pictures), labels.astype(np.uint8)))
