"""Tic-tac-toe: three in a row on 3 x 3 cells. The game whose every position can be checked.

Position [3]: the first player's stones, the second's (bit 3 * row + column), plies played.
"""

from __future__ import annotations

from typing import Final

from sim_suite.boards.game import ONGOING, Game, Mask, Planes, Position
from sim_suite.boards.symmetries import of_square
from sim_suite.compiling import borrowing

SIDE: Final = 3
CELLS: Final = SIDE * SIDE
PLIES: Final = 2

ROW: Final = 0b000000111
COLUMN: Final = 0b001001001
FALLING: Final = 0b100010001
RISING: Final = 0b001010100


@borrowing
def begin(position: Position) -> None:
    """An empty board."""
    position[:] = 0


@borrowing
def legal(position: Position, mask: Mask) -> int:
    """Every empty cell, until the game is over."""
    over = outcome(position) != ONGOING
    taken = position[0] | position[1]
    count = 0
    for cell in range(CELLS):
        mask[cell] = not over and not (taken >> cell) & 1
        count += mask[cell]
    return count


@borrowing
def play(position: Position, action: int) -> None:
    """A stone on cell 3 * row + column."""
    position[position[PLIES] & 1] |= 1 << action
    position[PLIES] += 1


@borrowing
def mover(position: Position) -> int:
    """The players take turns."""
    return int(position[PLIES] & 1)


@borrowing
def outcome(position: Position) -> int:
    """Three of the last mover's stones in a row win; a full board is drawn."""
    last = 1 - (position[PLIES] & 1)
    if _three(position[last]):
        return int(1 - 2 * last)
    return 0 if position[PLIES] == CELLS else ONGOING


@borrowing
def _three(stones: int) -> bool:
    for line in range(SIDE):
        row, column = ROW << (SIDE * line), COLUMN << line
        if stones & row == row or stones & column == column:
            return True
    return stones & FALLING == FALLING or stones & RISING == RISING


@borrowing
def write_planes(position: Position, planes: Planes) -> None:
    """Own stones, the other's."""
    mine = position[PLIES] & 1
    for cell in range(CELLS):
        row, column = cell // SIDE, cell % SIDE
        planes[0, row, column] = (position[mine] >> cell) & 1
        planes[1, row, column] = (position[1 - mine] >> cell) & 1


_CELLS = of_square(SIDE)

TIC_TAC_TOE = Game(
    name="tic_tac_toe",
    title="Tic-tac-toe",
    shape=(SIDE, SIDE),
    actions=CELLS,
    planes=2,
    words=3,
    most_plies=CELLS,
    version=1,
    begin=begin,
    legal=legal,
    play=play,
    mover=mover,
    outcome=outcome,
    write_planes=write_planes,
    cells=_CELLS,
    moves=_CELLS,
    move_names=tuple(f"{letter}{row}" for row in (3, 2, 1) for letter in "abc"),
)
