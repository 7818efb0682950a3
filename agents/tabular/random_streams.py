"""The random numbers that compiled learners draw.

The generator is SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, Figure
16). Its whole state is one number, so a learner that saves its arrays can go on as if it had never stopped.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import compiled

# The constants are those of the paper; they are typed, because numba turns uint64 with int64 into float64.
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_SHIFT_1, _SHIFT_2, _SHIFT_3, _TO_53_BITS = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 2.0**-53

AGENT, WORLD = 0, 1
"""The two streams of a learner: what the agent draws (actions, coins), and what its simulated world draws."""


def seeded_streams(seed: int) -> NDArray[np.uint64]:
    """[2] uint64: the states of the AGENT and the WORLD stream that belong to a seed >= 0."""
    return np.random.SeedSequence(seed).generate_state(2, np.uint64).astype(np.uint64)


@compiled
def next_bits(streams: NDArray[np.uint64], which: int) -> np.uint64:
    """The next 64 random bits of one stream; advances its state in place."""
    streams[which] += _STEP
    bits = streams[which]
    bits = (bits ^ (bits >> _SHIFT_1)) * _FIRST
    bits = (bits ^ (bits >> _SHIFT_2)) * _SECOND
    mixed: np.uint64 = bits ^ (bits >> _SHIFT_3)
    return mixed


@compiled
def next_uniform(streams: NDArray[np.uint64], which: int) -> float:
    """The next number of one stream, uniform on [0, 1) in steps of 2**-53."""
    return np.float64(next_bits(streams, which) >> _TO_53_BITS) * _UNIT


@compiled
def draw_index(cumulative: NDArray[np.float64], uniform: float) -> int:
    """The first index whose cumulative probability, [N] ending in 1, lies above `uniform` in [0, 1)."""
    index = 0
    while cumulative[index] <= uniform:
        index += 1
    return index
