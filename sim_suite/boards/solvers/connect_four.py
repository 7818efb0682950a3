"""What each move of a Connect Four position is worth under perfect play: won, drawn or lost.

Negamax with alpha-beta windows and a table of positions seen (Knuth and Moore 1975), on the bit boards of
`games/connect_four.py`. Three things keep the tree small: whoever can win at once does; whoever must block does, and no
stone is put under a cell that the other wins by; moves that make more threats are tried first, then those in the middle.
From the eighth ply on it answers within about a second; an empty board takes it very much longer.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.boards.game import ONGOING, Position
from sim_suite.boards.games.connect_four import CELLS, COLUMNS, CONNECT_FOUR, ROWS, STRIDE
from sim_suite.boards.solvers.labels import DRAWN, ILLEGAL, LOST, WON
from sim_suite.compiling import borrowing, noticed, shared

TABLE_BITS: Final = 22
"""Positions that the table holds, as a power of two: 32 MiB."""

_BOTTOM: Final = sum(1 << (STRIDE * column) for column in range(COLUMNS))
_BOARD: Final = _BOTTOM * ((1 << ROWS) - 1)
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio: Fibonacci hashing (Knuth, TAOCP 3, 6.4)
_BOUND_BITS: Final = 4
CELL_BITS: Final = STRIDE * COLUMNS
_FROM_MIDDLE: Final = (3, 2, 4, 1, 5, 0, 6)

_UNKNOWN: Final = 2
_OWN, _TAKEN, _LOWER, _UPPER, _ALPHA, _BETA, _BEST, _NEXT, _COUNT, _MOVES = range(10)
_FRAME: Final = _MOVES + COLUMNS
"""A node on the way to the present one: stones of the mover, all stones, what the table knows of its value, the window, the
best value so far, the next move to try, how many there are, and the moves as bits."""

Table = NDArray[np.int64]


def values(position: Position, table: Table | None = None) -> NDArray[np.int8]:
    """The value of each of the seven moves to the player who makes it, int8 [7]: `WON`, `DRAWN`, `LOST` or `ILLEGAL`.

    position: int64 [3] of `connect_four`. table: what `new_table` gives, kept from position to position to save time; it
    changes no answer. All are `ILLEGAL` once the game is over.
    """
    found = np.full(COLUMNS, np.int8(ILLEGAL))
    if CONNECT_FOUR.outcome(position) != ONGOING:
        return found
    with noticed("the Connect Four solver"):
        mover = CONNECT_FOUR.mover(position)
        stack = np.zeros((CELLS + 1, _FRAME), np.int64)
        table = _own_table() if table is None else table
        _values(int(position[mover]), int(position[0] | position[1]), table, stack, found)
    return found


def value(position: Position, table: Table | None = None) -> int:
    """What the position is worth to whose turn it is. Raises `ValueError` once the game is over."""
    best = int(values(position, table).max())
    if best == ILLEGAL:
        raise ValueError("the game is over: there is no move to be worth anything.")
    return best


def new_table(bits: int = TABLE_BITS) -> Table:
    """An empty table of 2**bits positions, int64."""
    return np.zeros(1 << bits, np.int64)


@cache
def _own_table() -> Table:
    return new_table()


@shared
def _values(own: int, taken: int, table: Table, stack: NDArray[np.int64], found: NDArray[np.int8]) -> None:
    """Fill in the values of the moves of a game that is not over."""
    wins = winning_cells(own, taken)
    for column in range(COLUMNS):
        move = (taken + _BOTTOM) & (((1 << ROWS) - 1) << (STRIDE * column)) & ~taken
        if move & wins:
            found[column] = WON
        elif move:
            found[column] = -_search(taken ^ own, taken | move, LOST, WON, table, stack)


@borrowing
def _search(own: int, taken: int, alpha: int, beta: int, table: Table, stack: NDArray[np.int64]) -> int:
    """The value of a position to its mover, exact within the window, else a bound on that side of it."""
    known = _enter(own, taken, alpha, beta, table, stack[0])
    if known != _UNKNOWN:
        return known
    depth = 0
    while True:
        frame = stack[depth]
        if frame[_NEXT] == frame[_COUNT] or frame[_BEST] >= frame[_BETA]:
            result = _leave(frame, table)
            if depth == 0:
                return result
            depth -= 1
            frame = stack[depth]
            frame[_BEST] = max(frame[_BEST], -result)
            continue
        move = frame[_MOVES + frame[_NEXT]]
        frame[_NEXT] += 1
        floor = max(frame[_ALPHA], frame[_BEST])
        other = frame[_TAKEN] ^ frame[_OWN]
        known = _enter(other, frame[_TAKEN] | move, -frame[_BETA], -floor, table, stack[depth + 1])
        if known == _UNKNOWN:
            depth += 1
        else:
            frame[_BEST] = max(frame[_BEST], -known)


@borrowing
def _enter(own: int, taken: int, alpha: int, beta: int, table: Table, frame: NDArray[np.int64]) -> int:
    """The value of a position where it is seen at once; else `_UNKNOWN`, and the frame holds what is to be tried."""
    if taken == _BOARD:
        return DRAWN
    possible = (taken + _BOTTOM) & _BOARD
    if winning_cells(own, taken) & possible:
        return WON
    threats = winning_cells(taken ^ own, taken)
    forced = possible & threats
    if forced:
        if forced & (forced - 1):
            return LOST
        possible = forced
    possible &= ~(threats >> 1)
    if possible == 0:
        return LOST
    lower, upper = _look_up(own, taken, table)
    alpha, beta = max(alpha, lower), min(beta, upper)
    if alpha >= beta:
        return int(lower if lower >= beta else upper)
    frame[_OWN], frame[_TAKEN] = own, taken
    frame[_LOWER], frame[_UPPER] = lower, upper
    frame[_ALPHA], frame[_BETA], frame[_BEST] = alpha, beta, LOST
    frame[_NEXT], frame[_COUNT] = 0, 0
    _order(own, taken, possible, frame)
    return _UNKNOWN


@borrowing
def _order(own: int, taken: int, possible: int, frame: NDArray[np.int64]) -> None:
    """Put the moves into the frame, those that make most threats first, else those nearest to the middle."""
    for column in _FROM_MIDDLE:
        move = possible & (((1 << ROWS) - 1) << (STRIDE * column))
        if move == 0:
            continue
        ranked = (_ones(winning_cells(own | move, taken | move)) << CELL_BITS) | move
        at = frame[_COUNT]
        while at > 0 and frame[_MOVES + at - 1] >> CELL_BITS < ranked >> CELL_BITS:
            frame[_MOVES + at] = frame[_MOVES + at - 1]
            at -= 1
        frame[_MOVES + at] = ranked
        frame[_COUNT] += 1
    for at in range(frame[_COUNT]):
        frame[_MOVES + at] &= (1 << CELL_BITS) - 1


@borrowing
def _leave(frame: NDArray[np.int64], table: Table) -> int:
    """Keep what was found of a position, and return it."""
    lower, upper, best = frame[_LOWER], frame[_UPPER], frame[_BEST]
    if best >= frame[_BETA]:
        lower = max(lower, best)
    elif best <= frame[_ALPHA]:
        upper = max(min(upper, best), lower)
    else:
        lower = upper = best
    key = _key(frame[_OWN], frame[_TAKEN])
    table[_slot(key, table)] = (key << _BOUND_BITS) | ((lower + 1) << 2) | (upper + 1)
    return int(max(min(best, upper), lower))


@borrowing
def _look_up(own: int, taken: int, table: Table) -> tuple[int, int]:
    """Bounds on the value of a position."""
    key = _key(own, taken)
    kept = table[_slot(key, table)]
    if kept >> _BOUND_BITS != key:
        return LOST, WON
    return ((kept >> 2) & 3) - 1, (kept & 3) - 1


@borrowing
def _key(own: int, taken: int) -> int:
    """Tells positions apart, and none is 0: in each column all stones and one are a single bit above the topmost stone, and
    the own stones lie below it."""
    return own + taken + _BOTTOM


@borrowing
def _slot(key: int, table: Table) -> int:
    """Where in the table a position lies: as many high bits of the product as the table needs."""
    return int((np.uint64(key) * _MIX) >> np.uint64(32)) & (len(table) - 1)


@borrowing
def _ones(bits: int) -> int:
    count = 0
    while bits:
        bits &= bits - 1
        count += 1
    return count


@borrowing
def winning_cells(stones: int, taken: int) -> int:
    """The empty cells where one more of these stones makes four in a row, whether one can be put there yet or not."""
    cells = (stones << 1) & (stones << 2) & (stones << 3)
    for step in (STRIDE, STRIDE - 1, STRIDE + 1):
        pair = (stones << step) & (stones << (2 * step))
        cells |= pair & ((stones << (3 * step)) | (stones >> step))
        pair = (stones >> step) & (stones >> (2 * step))
        cells |= pair & ((stones >> (3 * step)) | (stones << step))
    return cells & (_BOARD ^ taken)
