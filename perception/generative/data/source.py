"""What generative models are taught by: pictures with their condition and their exact state, and pairs of one scene. Source: ours.

A batch is a function of the source's options, a seed and the batch's number, so that a run that was stopped goes on to the same bytes.
Scenes (tracks, towns, draws of a sign) of the held-out split are shown by no batch.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray


class Shown(NamedTuple):
    """Pictures, and what is true of them."""

    pictures: NDArray[np.uint8]
    """[B, H, W, 3] red, green, blue."""
    conditions: NDArray[np.uint8]
    """[B] number of the condition that each shows; 0 where the source knows one alone."""
    state: NDArray[np.float32]
    """[B, S] exact numbers, named by the source's `state`; S may be 0."""

    def chosen(self, which: NDArray[np.int64]) -> Shown:
        """Those of these numbers, in memory of their own."""
        return Shown(self.pictures[which], self.conditions[which], self.state[which])


class PictureSource(Protocol):
    """A function of its options and a seed; the same pictures whenever they are asked for."""

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of a picture."""

    @property
    def conditions(self) -> tuple[str, ...]:
        """Names of what a picture may be asked to show, one or more."""

    @property
    def state(self) -> tuple[str, ...]:
        """Names, with their units, of what is known of a picture exactly."""

    def batch(self, number: int, count: int) -> Shown:
        """So many examples to learn from: a function of the number."""

    def training(self, count: int) -> Shown:
        """So many of the pictures that the first batches show, evenly chosen, for probes and to look for copies."""

    def held_out(self, count: int) -> Shown:
        """So many pictures of scenes that no batch shows, the same for every run."""


class Pairs(NamedTuple):
    """One scene each under two conditions."""

    first: NDArray[np.uint8]
    """[B, H, W, 3] red, green, blue."""
    second: NDArray[np.uint8]
    """[B, H, W, 3] the same moment from the same place."""
    labels: NDArray[np.uint8]
    """[B, H, W] numbers of classes of what their pixels show, alike in both."""


class PairSource(Protocol):
    """A function of its options and a seed, as `PictureSource`."""

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of a picture."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names, in the order of the labels."""

    def pairs(self, number: int, count: int) -> Pairs:
        """So many pairs to learn from: a function of the number."""

    def held_out_pairs(self, count: int) -> Pairs:
        """So many pairs of scenes that no batch shows, the same for every run."""


def joined(parts: list[Shown]) -> Shown:
    """One after the other."""
    return Shown(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def spread(length: int, count: int) -> NDArray[np.int64]:
    """[count] numbers 0 to length - 1, as evenly as they go."""
    return np.linspace(0, length - 1, count).round().astype(np.int64)
