"""Numbers that tell what stands on a Go board: the xor of one for each stone. Source: Zobrist 1970; the mixing function is
SplitMix64's (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators").

Two boards have the same number by chance once in 2**64 pairs.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.boards.games.go_points import NONE, lowest, number_of
from sim_suite.compiling import borrowing

_GAMMA: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX_1: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2: Final = np.uint64(0x94D049BB133111EB)
_COLOURS: Final = 2


@borrowing
def of_stone(player: int, number: int) -> np.uint64:
    """The number of one stone: the SplitMix64 output of index 2 * point + player."""
    mixed = _GAMMA * np.uint64(_COLOURS * number + player + 1)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX_1
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
    return mixed ^ (mixed >> np.uint64(31))


@borrowing
def of_stones(player: int, low: np.uint64, high: np.uint64) -> np.uint64:
    """The xor of all stones of a set."""
    total = NONE
    while low != NONE or high != NONE:
        one_low, one_high = lowest(low, high)
        total ^= of_stone(player, number_of(one_low, one_high))
        low, high = low ^ one_low, high ^ one_high
    return total
