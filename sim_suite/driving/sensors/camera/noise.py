"""Noise of surfaces and skies, by tables. Source: value noise, K. Perlin 1985 ("An image synthesizer")."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing
from sim_suite.driving.world.random import uniform

_ONE, _TWO = np.float32(1.0), np.float32(2.0)
TABLES: Final = 20
"""Stream of random numbers (world/random.py), of which the tables of noise are made."""


def _shuffled() -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """A permutation of 0 to 255, twice in a row, and random numbers [256] in [0, 1): the tables of Perlin 1985."""
    words = np.array([uniform(0x5EED, 0, TABLES, 0, k, 0) for k in range(512)], np.float32)
    order = np.argsort(words[:256], kind="stable").astype(np.int32)
    return np.concatenate([order, order]), words[256:]


ORDER, VALUES = _shuffled()


@borrowing
def whole(value: np.float32) -> int:
    """The whole number at or below."""
    return int(math.floor(value))  # noqa: RUF046  on a GPU floor is a float


@borrowing
def grain(a: int, b: int) -> np.float32:
    """[0, 1) of two whole numbers; it repeats after 256."""
    return np.float32(VALUES[ORDER[ORDER[a & 255] + (b & 255)]])


@borrowing
def noise(x: np.float32, y: np.float32) -> np.float32:
    """Value noise, [0, 1): random at whole places, smooth between (K. Perlin 1985, "An image synthesizer")."""
    i, k = whole(x), whole(y)
    a, b = x - np.float32(i), y - np.float32(k)
    a, b = a * a * (np.float32(3.0) - _TWO * a), b * b * (np.float32(3.0) - _TWO * b)
    left, right, low, high = ORDER[i & 255], ORDER[(i + 1) & 255], k & 255, (k + 1) & 255
    below = VALUES[ORDER[left + low]] * (_ONE - a) + VALUES[ORDER[right + low]] * a
    above = VALUES[ORDER[left + high]] * (_ONE - a) + VALUES[ORDER[right + high]] * a
    return np.float32(below * (_ONE - b) + above * b)
