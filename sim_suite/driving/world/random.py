"""Random numbers as a function of where they are needed: seed, stream, tick, actor. Source: Philox4x32-10, Salmon et al. 2011
("Parallel random numbers: as easy as 1, 2, 3", SC11), whose published test vectors the tests hold.

There is no state to keep or to share: the same question has the same answer in any batch, order and process.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.compiling import borrowing

_MULTIPLIER_0: Final = np.uint64(0xD2511F53)
_MULTIPLIER_1: Final = np.uint64(0xCD9E8D57)
_WEYL_0: Final = np.uint32(0x9E3779B9)
_WEYL_1: Final = np.uint32(0xBB67AE85)
_LOW: Final = np.uint64(0xFFFFFFFF)
_SHIFT: Final = np.uint64(32)
_ROUNDS: Final = 10
_TO_UNIT: Final = np.float32(2.0**-24)

SPAWN, FORK, TRAFFIC_MIND, WALK, WORLD_STREAM = range(5)
"""Streams: what a number is drawn for."""


@borrowing
def philox(
    c0: np.uint32, c1: np.uint32, c2: np.uint32, c3: np.uint32, k0: np.uint32, k1: np.uint32
) -> tuple[np.uint32, np.uint32, np.uint32, np.uint32]:
    """Four random words of a counter of four words under a key of two."""
    for _ in range(_ROUNDS):
        product_0 = _MULTIPLIER_0 * np.uint64(c0)
        product_1 = _MULTIPLIER_1 * np.uint64(c2)
        high_0, low_0 = np.uint32(product_0 >> _SHIFT), np.uint32(product_0 & _LOW)
        high_1, low_1 = np.uint32(product_1 >> _SHIFT), np.uint32(product_1 & _LOW)
        c0, c1, c2, c3 = high_1 ^ c1 ^ k0, low_1, high_0 ^ c3 ^ k1, low_0
        k0, k1 = np.uint32(k0 + _WEYL_0), np.uint32(k1 + _WEYL_1)
    return c0, c1, c2, c3


@borrowing
def uniform(seed_low: int, seed_high: int, stream: int, tick: int, actor: int, draw: int) -> np.float32:
    """A number in [0, 1), of 24 bits, so that float32 holds it exactly."""
    word, _, _, _ = philox(
        np.uint32(tick), np.uint32(actor), np.uint32(stream), np.uint32(draw), np.uint32(seed_low), np.uint32(seed_high)
    )
    return np.float32(word >> np.uint32(8)) * _TO_UNIT
