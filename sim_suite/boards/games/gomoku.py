"""Gomoku, five in a row: the freestyle rule, by which five or more win for either player and no opening is forbidden.

Position [11]: cells in a row, plies played, the outcome, and 64 cells a word the first player's stones, then the second's.
The first player has the dark stones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from sim_suite.boards.game import ONGOING, Game, Mask, Planes, Position, column_letters
from sim_suite.boards.symmetries import of_square
from sim_suite.compiling import borrowing

SIDE, PLIES, OUTCOME, STONES = 0, 1, 2, 3
SIDES: Final = (9, 13, 15)
WORDS: Final = 4  # of 64 cells, for each player: 225 cells at most
TO_WIN: Final = 5


@borrowing
def legal(position: Position, mask: Mask) -> int:
    """Every empty cell, until the game is over."""
    over = position[OUTCOME] != ONGOING
    count = 0
    for cell in range(position[SIDE] * position[SIDE]):
        mask[cell] = not over and not (_has(position, 0, cell) or _has(position, 1, cell))
        count += mask[cell]
    return count


@borrowing
def play(position: Position, action: int) -> None:
    """A stone on cell side * row + column. Only a line through it can be new."""
    side, player = position[SIDE], position[PLIES] & 1
    position[STONES + WORDS * player + (action >> 6)] |= np.int64(1) << np.int64(action & 63)
    position[PLIES] += 1
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        if 1 + _run(position, player, action, down, right) + _run(position, player, action, -down, -right) >= TO_WIN:
            position[OUTCOME] = 1 - 2 * player
            return
    if position[PLIES] == side * side:
        position[OUTCOME] = 0


@borrowing
def mover(position: Position) -> int:
    """The players take turns."""
    return int(position[PLIES] & 1)


@borrowing
def outcome(position: Position) -> int:
    """Five or more of the last mover's stones in a row win; a full board is drawn."""
    return int(position[OUTCOME])


@borrowing
def write_planes(position: Position, planes: Planes) -> None:
    """Own stones, the other's."""
    side, mine = position[SIDE], position[PLIES] & 1
    for cell in range(side * side):
        planes[0, cell // side, cell % side] = _has(position, mine, cell)
        planes[1, cell // side, cell % side] = _has(position, 1 - mine, cell)


@borrowing
def _has(position: Position, player: int, cell: int) -> bool:
    return bool((position[STONES + WORDS * player + (cell >> 6)] >> (cell & 63)) & 1)


@borrowing
def _run(position: Position, player: int, cell: int, down: int, right: int) -> int:
    """How many of the player's stones follow each other from a cell on, not counting it; at most four."""
    side = position[SIDE]
    row, column = cell // side, cell % side
    for length in range(TO_WIN - 1):
        row += down
        column += right
        inside = row >= 0 and row < side and column >= 0 and column < side
        if not (inside and _has(position, player, row * side + column)):
            return length
    return TO_WIN - 1


def _begin_on(side: int) -> Callable[[Position], None]:
    @borrowing
    def begin(position: Position) -> None:
        """An empty board."""
        position[:] = 0
        position[SIDE] = side
        position[OUTCOME] = ONGOING

    return begin


def _on(side: int) -> Game:
    cells = of_square(side)
    letters = column_letters(side)
    return Game(
        name=f"gomoku_{side}x{side}",
        title=f"Gomoku {side}x{side}",
        shape=(side, side),
        actions=side * side,
        planes=2,
        words=STONES + 2 * WORDS,
        most_plies=side * side,
        version=1,
        begin=_begin_on(side),
        legal=legal,
        play=play,
        mover=mover,
        outcome=outcome,
        write_planes=write_planes,
        cells=cells,
        moves=cells,
        move_names=tuple(f"{letter}{side - row}" for row in range(side) for letter in letters),
    )


GOMOKU = tuple(_on(side) for side in SIDES)
