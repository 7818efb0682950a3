"""What classification is taught by: small pictures with the number of their class. Source: ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

SIDE: Final = 32
"""Rows and columns of every picture: those of CIFAR-10 and SVHN; MNIST's have a border."""


class Labelled(NamedTuple):
    """Pictures, and what they show."""

    pictures: NDArray[np.uint8]
    """[B, SIDE, SIDE, 3] red, green, blue."""
    labels: NDArray[np.uint8]
    """[B] numbers of classes."""


class HeldOut(NamedTuple):
    """Pictures that training never shows, of one look."""

    style: str
    shown: Labelled


class LabelledSource(Protocol):
    """A function of its options and a seed; the same pictures whenever they are asked for."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names, in the order of the labels."""

    def batch(self, number: int, count: int) -> Labelled:
        """So many examples to learn from, the ones from `number * count` on: a function of the number."""

    def held_out(self, count: int) -> Iterator[HeldOut]:
        """So many pictures, or as many as there are, in each held-out style."""
