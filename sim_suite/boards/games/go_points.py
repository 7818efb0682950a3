"""Sets of points of a small Go board as two words of 64 bits, and what is done with them: neighbours, chains, areas.

Point number stride * row + column, with a stride of one more than the side: the column that stays empty keeps lines from
running from one row into the next. Boards of up to 9 x 9 points take 90 bits. A set is a pair (low, high) of uint64.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.compiling import borrowing

Points = tuple[np.uint64, np.uint64]

NONE: Final = np.uint64(0)
ONE: Final = np.uint64(1)
_WORD: Final = np.uint64(64)
_IN_WORD: Final = 63


@borrowing
def point(row: int, column: int, side: int) -> int:
    """The number of a point."""
    return (side + 1) * row + column


@borrowing
def whole(side: int) -> Points:
    """All points of the board."""
    low, high = NONE, NONE
    for row in range(side):
        for column in range(side):
            one_low, one_high = single(point(row, column, side))
            low, high = low | one_low, high | one_high
    return low, high


@borrowing
def single(number: int) -> Points:
    """One point."""
    bit = ONE << np.uint64(number & _IN_WORD)
    return (bit, NONE) if number <= _IN_WORD else (NONE, bit)


@borrowing
def holds(low: np.uint64, high: np.uint64, number: int) -> bool:
    """Whether a point is in the set."""
    word = low if number <= _IN_WORD else high
    return bool((word >> np.uint64(number & _IN_WORD)) & ONE)


@borrowing
def next_to(low: np.uint64, high: np.uint64, side: int) -> Points:
    """The points with a neighbour in the set, also such as are off the board: cut with a set that is on it."""
    row = np.uint64(side + 1)
    rest, row_rest = _WORD - ONE, _WORD - row
    near_low = (low << ONE) | (low >> ONE) | (high << rest)
    near_high = (high << ONE) | (high >> ONE) | (low >> rest)
    near_low |= (low << row) | (low >> row) | (high << row_rest)
    near_high |= (high << row) | (high >> row) | (low >> row_rest)
    return near_low, near_high


@borrowing
def reach(low: np.uint64, high: np.uint64, within_low: np.uint64, within_high: np.uint64, side: int) -> Points:
    """The set and all that is connected with it by points of the second set."""
    while True:
        near_low, near_high = next_to(low, high, side)
        near_low, near_high = low | (near_low & within_low), high | (near_high & within_high)
        if near_low == low and near_high == high:
            return low, high
        low, high = near_low, near_high


@borrowing
def lowest(low: np.uint64, high: np.uint64) -> Points:
    """The first point of a set that is not empty."""
    if low != NONE:
        return low & (~low + ONE), NONE
    return NONE, high & (~high + ONE)


@borrowing
def several(low: np.uint64, high: np.uint64) -> bool:
    """Whether a set has more than one point."""
    first_low, first_high = lowest(low, high)
    return bool(low != first_low or high != first_high)


@borrowing
def count(low: np.uint64, high: np.uint64) -> int:
    """How many points a set has."""
    return _bits(low) + _bits(high)


@borrowing
def _bits(word: np.uint64) -> int:
    number = 0
    while word != NONE:
        word &= word - ONE
        number += 1
    return number


@borrowing
def number_of(low: np.uint64, high: np.uint64) -> int:
    """The number of the only point of a set."""
    word, number = (low, 0) if low != NONE else (high, _IN_WORD + 1)
    return number + _bits(word - ONE)
