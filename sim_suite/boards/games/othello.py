"""Othello on 8 x 8 cells, and on 6 x 6: a move takes the opponent's stones that it encloses in a straight line.

Who has no move passes, and only who has none may; the game is over when neither has one. More stones win. Source of the
rules: the World Othello Federation. Both boards lie in 8 x 8 bits.

Position [4]: the first player's stones, the second's (bit 8 * row + column), whose turn it is, cells in a row. The first
player has the dark stones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from sim_suite.boards.game import ONGOING, Game, Mask, Planes, Position, column_letters
from sim_suite.boards.symmetries import of_square, with_pass
from sim_suite.compiling import borrowing

MOVER: Final = 2
SIDE: Final = 3
STRIDE: Final = 8
SIDES: Final = (6, 8)

_0: Final = np.uint64(0)
_1: Final = np.uint64(1)
_ROW: Final = np.uint64(0x0101010101010101)  # the leftmost column: one bit of each row
_ALONG: Final = _1
_DOWN: Final = np.uint64(STRIDE)
_RISING: Final = np.uint64(STRIDE - 1)
_FALLING: Final = np.uint64(STRIDE + 1)


@borrowing
def legal(position: Position, mask: Mask) -> int:
    """The cells where something is taken; where there is none, a pass, unless the other has none either."""
    side = position[SIDE]
    moves = _moves(position, position[MOVER])
    count = 0
    for cell in range(side * side):
        mask[cell] = bool((moves >> _bit_number(cell, side)) & _1)
        count += mask[cell]
    mask[side * side] = moves == _0 and _moves(position, 1 - position[MOVER]) != _0
    return int(count + mask[side * side])


@borrowing
def play(position: Position, action: int) -> None:
    """A stone on cell side * row + column, with all that it takes; or a pass, the last action."""
    side, mover = position[SIDE], position[MOVER]
    position[MOVER] = 1 - mover
    if action == side * side:
        return
    stone = _1 << _bit_number(action, side)
    own, other = np.uint64(position[mover]), np.uint64(position[1 - mover])
    taken = _taken(stone, own, other, side)
    position[mover] = np.int64(own | stone | taken)
    position[1 - mover] = np.int64(other & ~taken)


@borrowing
def mover(position: Position) -> int:
    """The players take turns."""
    return int(position[MOVER])


@borrowing
def outcome(position: Position) -> int:
    """Once neither has a move: who has more stones."""
    if _moves(position, position[MOVER]) != _0 or _moves(position, 1 - position[MOVER]) != _0:
        return ONGOING
    lead = _count(np.uint64(position[0])) - _count(np.uint64(position[1]))
    return int(lead > 0) - int(lead < 0)


@borrowing
def write_planes(position: Position, planes: Planes) -> None:
    """Own stones, the other's."""
    side, mine = position[SIDE], position[MOVER]
    own, other = np.uint64(position[mine]), np.uint64(position[1 - mine])
    for cell in range(side * side):
        bit = _bit_number(cell, side)
        planes[0, cell // side, cell % side] = (own >> bit) & _1
        planes[1, cell // side, cell % side] = (other >> bit) & _1


@borrowing
def _bit_number(cell: int, side: int) -> np.uint64:
    return np.uint64(STRIDE * (cell // side) + cell % side)


@borrowing
def _inner(side: int) -> np.uint64:
    """All but the outermost columns: no line of taken stones, bounded on both sides, holds one of those going along or askew."""
    inner = _0
    for column in range(1, side - 1):
        inner |= _ROW << np.uint64(column)
    return inner


@borrowing
def _whole(side: int) -> np.uint64:
    whole = _0
    for row in range(side):
        whole |= ((_1 << np.uint64(side)) - _1) << np.uint64(STRIDE * row)
    return whole


@borrowing
def _moves(position: Position, mover: int) -> np.uint64:
    """The cells where the mover takes something: from its own stones on over the other's, in each direction."""
    side = position[SIDE]
    own, other = np.uint64(position[mover]), np.uint64(position[1 - mover])
    within = other & _inner(side)
    found = _0
    for step, passable in ((_ALONG, within), (_DOWN, other), (_RISING, within), (_FALLING, within)):
        up, down = passable & (own << step), passable & (own >> step)
        for _ in range(side - 3):
            up |= passable & (up << step)
            down |= passable & (down >> step)
        found |= (up << step) | (down >> step)
    return found & ~(own | other) & _whole(side)


@borrowing
def _taken(stone: np.uint64, own: np.uint64, other: np.uint64, side: int) -> np.uint64:
    """The other's stones between the new stone and own ones."""
    within = other & _inner(side)
    taken = _0
    for step, passable in ((_ALONG, within), (_DOWN, other), (_RISING, within), (_FALLING, within)):
        up, down = passable & (stone << step), passable & (stone >> step)
        for _ in range(side - 3):
            up |= passable & (up << step)
            down |= passable & (down >> step)
        if (up << step) & own:
            taken |= up
        if (down >> step) & own:
            taken |= down
    return taken


@borrowing
def _count(stones: np.uint64) -> int:
    """How many bits are set."""
    count = 0
    while stones != _0:
        stones &= stones - _1
        count += 1
    return count


def _begin_on(side: int) -> Callable[[Position], None]:
    @borrowing
    def begin(position: Position) -> None:
        """Two stones of each in the middle, the first player's on the rising diagonal."""
        middle = side // 2
        position[0] = (1 << (STRIDE * (middle - 1) + middle)) | (1 << (STRIDE * middle + middle - 1))
        position[1] = (1 << (STRIDE * (middle - 1) + middle - 1)) | (1 << (STRIDE * middle + middle))
        position[MOVER] = 0
        position[SIDE] = side

    return begin


def _on(side: int) -> Game:
    cells = of_square(side)
    letters = column_letters(side)
    empty = side * side - 4
    # What leaves the two stones of each colour in their places is a symmetry: the identity, a half turn, both diagonals.
    centre = np.zeros((side, side), np.int64)
    low, high = side // 2 - 1, side // 2
    centre[low, high] = centre[high, low] = 1
    keeps = [bool((centre.reshape(-1)[table] == centre.reshape(-1)).all()) for table in cells]
    cells = cells[keeps]
    return Game(
        name=f"othello_{side}x{side}",
        title=f"Othello {side}x{side}",
        shape=(side, side),
        actions=side * side + 1,
        planes=2,
        words=4,
        most_plies=2 * empty,
        version=1,
        begin=_begin_on(side),
        legal=legal,
        play=play,
        mover=mover,
        outcome=outcome,
        write_planes=write_planes,
        cells=cells,
        moves=with_pass(cells),
        move_names=(*(f"{letter}{row + 1}" for row in range(side) for letter in letters), "pass"),
        rows_from_top=True,
    )


OTHELLO = tuple(_on(side) for side in SIDES)
