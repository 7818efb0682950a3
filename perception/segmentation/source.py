"""What segmentation is taught by: labelled pictures in styles, some of which are held out. Source: ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray


class Labelled(NamedTuple):
    """Pictures, and what their pixels show."""

    pictures: NDArray[np.uint8]
    """[B, H, W, 3] red, green, blue."""
    labels: NDArray[np.uint8]
    """[B, H, W] numbers of classes."""


class Styled(NamedTuple):
    """Pictures of one look."""

    style: str
    shown: Labelled


class LabelledSource(Protocol):
    """A function of its options and a seed; the same pictures whenever they are asked for."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names, in the order of the labels."""

    @property
    def colours(self) -> tuple[tuple[int, int, int], ...]:
        """Red, green, blue of each class where labels are drawn."""

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of a picture."""

    def batch(self, number: int, count: int) -> Labelled:
        """So many examples in training styles: a function of the number."""

    def in_training_styles(self, count: int) -> Iterator[Styled]:
        """So many pictures in each of the styles for training, to fit a baseline to."""

    def held_out(self, count: int) -> Iterator[Styled]:
        """So many pictures in each held-out style, of scenes that training never shows."""
