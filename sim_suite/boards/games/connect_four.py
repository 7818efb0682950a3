"""Connect Four: stones fall down seven columns of six cells, and four in a row win.

Position [3]: the first player's stones, the second's, plies played. Bit 7 * column + height, the height counted from the
bottom: a column has a seventh bit that stays empty, so that lines do not run from one column into the next.
"""

from __future__ import annotations

from typing import Final

from sim_suite.boards.game import ONGOING, Game, Mask, Planes, Position, column_letters
from sim_suite.boards.symmetries import left_right
from sim_suite.compiling import borrowing

ROWS: Final = 6
COLUMNS: Final = 7
STRIDE: Final = ROWS + 1
CELLS: Final = ROWS * COLUMNS
PLIES: Final = 2


@borrowing
def begin(position: Position) -> None:
    """An empty board."""
    position[:] = 0


@borrowing
def legal(position: Position, mask: Mask) -> int:
    """Every column that is not full, until the game is over."""
    over = outcome(position) != ONGOING
    taken = position[0] | position[1]
    count = 0
    for column in range(COLUMNS):
        mask[column] = not over and not (taken >> (STRIDE * column + ROWS - 1)) & 1
        count += mask[column]
    return count


@borrowing
def play(position: Position, action: int) -> None:
    """A stone into column `action`: adding one to a column's stones, counted as a number, sets its lowest empty bit."""
    taken = position[0] | position[1]
    position[position[PLIES] & 1] |= (
        (taken + (1 << (STRIDE * action))) & (((1 << STRIDE) - 1) << (STRIDE * action)) & ~taken
    )
    position[PLIES] += 1


@borrowing
def mover(position: Position) -> int:
    """The players take turns."""
    return int(position[PLIES] & 1)


@borrowing
def outcome(position: Position) -> int:
    """Four of the last mover's stones in a row win; a full board is drawn."""
    last = 1 - (position[PLIES] & 1)
    if four(position[last]):
        return int(1 - 2 * last)
    return 0 if position[PLIES] == CELLS else ONGOING


@borrowing
def four(stones: int) -> bool:
    """Whether four of these stones are in a row: upwards, along, or on a diagonal."""
    for step in (1, STRIDE, STRIDE - 1, STRIDE + 1):
        pairs = stones & (stones >> step)
        if pairs & (pairs >> (2 * step)):
            return True
    return False


@borrowing
def write_planes(position: Position, planes: Planes) -> None:
    """Own stones, the other's."""
    mine = position[PLIES] & 1
    for row in range(ROWS):
        for column in range(COLUMNS):
            bit = STRIDE * column + ROWS - 1 - row
            planes[0, row, column] = (position[mine] >> bit) & 1
            planes[1, row, column] = (position[1 - mine] >> bit) & 1


CONNECT_FOUR = Game(
    name="connect_four",
    title="Connect Four",
    shape=(ROWS, COLUMNS),
    actions=COLUMNS,
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
    cells=left_right(ROWS, COLUMNS),
    moves=left_right(1, COLUMNS),
    move_names=tuple(column_letters(COLUMNS)),
)
