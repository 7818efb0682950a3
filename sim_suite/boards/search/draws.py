"""Random draws of a search, as functions of who asks: a key, a stream and a number. Sources: Philox4x32-10, Salmon et al. 2011 (SC11);
Marsaglia and Tsang 2000, "A simple method for generating gamma variables" (ACM TOMS 26); Box and Muller 1958.

A key is four words [4] uint32: the run's seed (low, high), the number of the game, the ply. Whoever has the same key draws the same,
in whatever batch and order.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.boards.search.kinds import Keys, Reals
from sim_suite.compiling import borrowing
from sim_suite.driving.world.random import philox

NOISE, GUMBEL, CHOICE, BUDGET, ROLLOUT, OPENING = range(6)
"""Streams: what a number is drawn for."""
_TO_UNIT: Final = 2.0**-32
_TWO_PI: Final = 2.0 * np.pi


@borrowing
def word(key: Keys, stream: int, draw: int) -> np.uint32:
    """32 random bits."""
    bits, _, _, _ = philox(np.uint32(draw), np.uint32(stream), key[2], key[3], key[0], key[1])
    return bits


@borrowing
def uniform(key: Keys, stream: int, draw: int) -> float:
    """A number in (0, 1): the middle of one of 2**32 equal cells, so that its logarithm is finite."""
    return (float(word(key, stream, draw)) + 0.5) * _TO_UNIT


@borrowing
def gumbel(key: Keys, stream: int, draw: int) -> float:
    """A standard Gumbel number: -log(-log(u))."""
    return float(-np.log(-np.log(uniform(key, stream, draw))))


@borrowing
def dirichlet(key: Keys, stream: int, concentration: float, prior: Reals, noise: Reals) -> None:
    """Fill `noise` [A] with a symmetric Dirichlet draw over the moves whose `prior` [A] is not negative; 0 elsewhere."""
    total = 0.0
    first = 0
    for action in range(len(prior)):
        noise[action] = 0.0
        if prior[action] >= 0.0:
            value, first = _gamma(key, stream, first, concentration)
            noise[action] = value
            total += value
    if total > 0.0:
        for action in range(len(prior)):
            noise[action] = noise[action] / total


@borrowing
def _gamma(key: Keys, stream: int, draw: int, shape: float) -> tuple[float, int]:
    """A gamma number of scale 1, and the number of the next draw. Below shape 1: Gamma(shape + 1) * u ** (1 / shape)."""
    boost = 1.0
    if shape < 1.0:
        boost = uniform(key, stream, draw) ** (1.0 / shape)
        draw += 1
        shape += 1.0
    d = shape - 1.0 / 3.0
    c = 1.0 / np.sqrt(9.0 * d)
    while True:
        u1, u2, u3 = uniform(key, stream, draw), uniform(key, stream, draw + 1), uniform(key, stream, draw + 2)
        draw += 3
        x = np.sqrt(-2.0 * np.log(u1)) * np.cos(_TWO_PI * u2)
        v = (1.0 + c * x) ** 3
        if v > 0.0 and np.log(u3) < 0.5 * x * x + d - d * v + d * np.log(v):
            return d * v * boost, draw
