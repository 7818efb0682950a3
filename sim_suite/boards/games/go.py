"""Go on boards of 5 x 5 to 9 x 9 points: area scoring, positional superko, no suicide.

The game is over after two passes in a row, or after 2 * side * side plies; then all that stands on the board is alive. A
player's area is its stones and the empty points from which only they are reached. No move may make the board what it was
after any earlier ply; a pass makes no board. Source of the rules: Tromp and Taylor's, but for suicide.

Komi, what the second player is given, in points: 9 x 9 has the 7.5 that is usual under area scoring; 6 x 6 and 7 x 7 have
half a point less than what perfect play is held to yield the first player (4: van der Werf and Winands 2009; 9: Li Zhe
2015). On 5 x 5 the first player takes all 25 (van der Werf, van den Herik, Uiterwijk 2003): any komi below 25 decides
nothing between perfect players, and 0.5 is fair between beginners. For 8 x 8 nothing is known; it has 9 x 9's.

Position [12 + most plies]: points in a row, plies played, passes in a row, whether anything was ever taken, the number of
the board (`go_hash.py`), twice the komi, all points of the board in two words (`go_points.py`), the first player's stones,
the second's, then the numbers of the board after each ply so far. The first player has the black stones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from sim_suite.boards.game import ONGOING, Game, Mask, Planes, Position, column_letters
from sim_suite.boards.games.go_board import (
    BOARD,
    PASSES,
    PLIES,
    SEEN,
    SIDE,
    TAKEN,
    TWICE_KOMI,
    WHOLE,
    board_after,
    captured,
    empty,
    not_suicide,
    put,
    repeats,
    stones,
)
from sim_suite.boards.games.go_points import NONE, count, holds, point, reach, single, whole
from sim_suite.boards.symmetries import of_square, with_pass
from sim_suite.compiling import borrowing

KOMI: Final = {5: 0.5, 6: 3.5, 7: 8.5, 8: 7.5, 9: 7.5}
TO_END: Final = 2
_PLIES_A_POINT: Final = 2  # AlphaGo Zero's limit: 722 plies on 19 x 19 (Silver et al. 2017)


@borrowing
def legal(position: Position, mask: Mask) -> int:
    """Every empty point that is neither suicide nor a repetition, and always a pass, until the game is over."""
    side = position[SIDE]
    mask[:] = False
    if _is_over(position):
        return 0
    low, high, take_low, take_high = not_suicide(position)
    number = 1
    mask[side * side] = True
    for row in range(side):
        for column in range(side):
            at = point(row, column, side)
            if holds(low, high, at) and not repeats(position, at, holds(take_low, take_high, at)):
                mask[side * row + column] = True
                number += 1
    return number


@borrowing
def play(position: Position, action: int) -> None:
    """A stone on point side * row + column, with what it takes; or a pass, the last action."""
    side, player = position[SIDE], position[PLIES] & 1
    if action == side * side:
        position[PASSES] += 1
    else:
        at = point(action // side, action % side, side)
        low, high = captured(position, at)
        position[BOARD] = np.int64(board_after(position, at, low, high))
        if low != NONE or high != NONE:
            position[TAKEN] = 1
        put(position, 1 - player, low, high)
        low, high = single(at)
        put(position, player, low, high)
        position[PASSES] = 0
    position[SEEN + position[PLIES]] = position[BOARD]
    position[PLIES] += 1


@borrowing
def mover(position: Position) -> int:
    """The players take turns."""
    return int(position[PLIES] & 1)


@borrowing
def outcome(position: Position) -> int:
    """Once the game is over: whose area is larger, the second player's with the komi."""
    if not _is_over(position):
        return ONGOING
    lead = 2 * (area(position, 0) - area(position, 1)) - position[TWICE_KOMI]
    return int(lead > 0) - int(lead < 0)


@borrowing
def area(position: Position, player: int) -> int:
    """A player's stones and the empty points from which only they are reached."""
    side = position[SIDE]
    own_low, own_high = stones(position, player)
    other_low, other_high = stones(position, 1 - player)
    empty_low, empty_high = empty(position)
    low, high = reach(own_low, own_high, empty_low, empty_high, side)
    shared_low, shared_high = reach(other_low, other_high, empty_low, empty_high, side)
    return count(low & ~shared_low, high & ~shared_high)


@borrowing
def write_planes(position: Position, planes: Planes) -> None:
    """Own stones; the other's; ones where no stone may be put though the point is empty; ones for the first player, whom the
    komi makes different; ones after a pass; the share of plies that are played."""
    side, mine = position[SIDE], position[PLIES] & 1
    own_low, own_high = stones(position, mine)
    other_low, other_high = stones(position, 1 - mine)
    empty_low, empty_high = empty(position)
    low, high, take_low, take_high = not_suicide(position)
    share = np.float32(position[PLIES] / (_PLIES_A_POINT * side * side))
    for row in range(side):
        for column in range(side):
            at = point(row, column, side)
            allowed = holds(low, high, at) and not repeats(position, at, holds(take_low, take_high, at))
            planes[0, row, column] = holds(own_low, own_high, at)
            planes[1, row, column] = holds(other_low, other_high, at)
            planes[2, row, column] = holds(empty_low, empty_high, at) and not allowed
            planes[3, row, column] = mine == 0
            planes[4, row, column] = position[PASSES] > 0
            planes[5, row, column] = share


@borrowing
def _is_over(position: Position) -> bool:
    side = position[SIDE]
    return bool(position[PASSES] >= TO_END or position[PLIES] >= _PLIES_A_POINT * side * side)


def _begin_on(side: int) -> Callable[[Position], None]:
    twice_komi = int(2 * KOMI[side])

    @borrowing
    def begin(position: Position) -> None:
        """An empty board."""
        position[:] = 0
        position[SIDE] = side
        position[TWICE_KOMI] = twice_komi
        low, high = whole(side)
        position[WHOLE], position[WHOLE + 1] = np.int64(low), np.int64(high)

    return begin


def _on(side: int) -> Game:
    cells = of_square(side)
    letters = column_letters(side, f"go_{side}x{side}")
    plies = _PLIES_A_POINT * side * side
    return Game(
        name=f"go_{side}x{side}",
        title=f"Go {side}x{side}",
        shape=(side, side),
        actions=side * side + 1,
        planes=6,
        words=SEEN + plies,
        most_plies=plies,
        version=1,
        begin=_begin_on(side),
        legal=legal,
        play=play,
        mover=mover,
        outcome=outcome,
        write_planes=write_planes,
        cells=cells,
        moves=with_pass(cells),
        move_names=(*(f"{letter}{side - row}" for row in range(side) for letter in letters), "pass"),
    )


GO = tuple(_on(side) for side in KOMI)
