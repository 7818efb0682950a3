"""Noise of continuous actions that is held for some steps, so that it pushes one way for long enough to matter.

White noise averages out within a few steps: on MountainCarContinuous-v0 it hardly ever reaches the goal, held noise does. Each draw is
standard normal, whatever the length. Source: ours; Raffin et al. 2021 (arXiv:2005.05719), section 3, holds its state-dependent noise so.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


class HeldNoise:
    """Standard normal numbers for E environments, each kept for `hold` steps and drawn anew where an episode begins."""

    def __init__(self, count: int, size: int, hold: int) -> None:
        """count: E; size: A, components of an action; hold: steps, 1 for white noise."""
        self._hold = hold
        self._noise = np.zeros((count, size), np.float32)
        self._age = np.full(count, hold, np.int64)

    def draw(self, rng: np.random.Generator, begun: NDArray[np.bool_]) -> NDArray[np.float32]:
        """[E, A] float32 for the next step. begun: [E] bool, where an episode has just begun. As many numbers are drawn whatever it is."""
        fresh = rng.standard_normal(self._noise.shape, np.float32)
        due = begun | (self._age >= self._hold)
        self._noise = np.where(due[:, None], fresh, self._noise)
        self._age = np.where(due, 1, self._age + 1)
        return self._noise

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What `restore` needs, by name."""
        return {"noise": self._noise, "noise_age": self._age}

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """The inverse of `arrays`."""
        self._noise, self._age = arrays["noise"], arrays["noise_age"]
