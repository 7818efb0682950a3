"""What a stone does on a Go board: which points are allowed, what is taken, whether a board repeats. Source: ours; the words
of a position are those that `go.py` tells of.
"""

from __future__ import annotations

import numpy as np

from sim_suite.boards.game import Position
from sim_suite.boards.games import go_hash
from sim_suite.boards.games.go_points import NONE, Points, lowest, next_to, reach, several, single
from sim_suite.compiling import borrowing

SIDE, PLIES, PASSES, TAKEN, BOARD, TWICE_KOMI, WHOLE, STONES, SEEN = 0, 1, 2, 3, 4, 5, 6, 8, 12


@borrowing
def stones(position: Position, player: int) -> Points:
    """Where a player's stones lie."""
    return np.uint64(position[STONES + 2 * player]), np.uint64(position[STONES + 2 * player + 1])


@borrowing
def put(position: Position, player: int, low: np.uint64, high: np.uint64) -> None:
    """Put stones of a player where there are none, or take away where they are."""
    position[STONES + 2 * player] ^= np.int64(low)
    position[STONES + 2 * player + 1] ^= np.int64(high)


@borrowing
def empty(position: Position) -> Points:
    """The points without a stone."""
    first_low, first_high = stones(position, 0)
    second_low, second_high = stones(position, 1)
    low, high = np.uint64(position[WHOLE]), np.uint64(position[WHOLE + 1])
    return low & ~(first_low | second_low), high & ~(first_high | second_high)


@borrowing
def not_suicide(position: Position) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """The empty points beside an empty one or beside an own chain with another liberty, and those that take a chain; and
    the latter alone."""
    side, player = position[SIDE], position[PLIES] & 1
    empty_low, empty_high = empty(position)
    low, high = next_to(empty_low, empty_high, side)
    take_low, take_high = NONE, NONE
    for owner in range(2):
        rest_low, rest_high = stones(position, owner)
        while rest_low != NONE or rest_high != NONE:
            chain_low, chain_high = lowest(rest_low, rest_high)
            chain_low, chain_high = reach(chain_low, chain_high, rest_low, rest_high, side)
            rest_low, rest_high = rest_low ^ chain_low, rest_high ^ chain_high
            near_low, near_high = next_to(chain_low, chain_high, side)
            near_low, near_high = near_low & empty_low, near_high & empty_high
            free = several(near_low, near_high)
            if owner == player and free:
                low, high = low | near_low, high | near_high
            elif owner != player and not free:
                take_low, take_high = take_low | near_low, take_high | near_high
    return (low | take_low) & empty_low, (high | take_high) & empty_high, take_low, take_high


@borrowing
def captured(position: Position, at: int) -> Points:
    """The other player's stones that a stone of the mover on this point takes."""
    side, other = position[SIDE], 1 - (position[PLIES] & 1)
    stone_low, stone_high = single(at)
    rest_low, rest_high = stones(position, other)
    empty_low, empty_high = empty(position)
    empty_low, empty_high = empty_low & ~stone_low, empty_high & ~stone_high
    near_low, near_high = next_to(stone_low, stone_high, side)
    near_low, near_high = near_low & rest_low, near_high & rest_high
    low, high = NONE, NONE
    while near_low != NONE or near_high != NONE:
        chain_low, chain_high = lowest(near_low, near_high)
        chain_low, chain_high = reach(chain_low, chain_high, rest_low, rest_high, side)
        near_low, near_high = near_low & ~chain_low, near_high & ~chain_high
        free_low, free_high = next_to(chain_low, chain_high, side)
        if free_low & empty_low == NONE and free_high & empty_high == NONE:
            low, high = low | chain_low, high | chain_high
    return low, high


@borrowing
def board_after(position: Position, at: int, taken_low: np.uint64, taken_high: np.uint64) -> np.uint64:
    """The number of the board after a stone of the mover on this point takes these stones."""
    player = position[PLIES] & 1
    board = np.uint64(position[BOARD]) ^ go_hash.of_stone(player, at)
    return board ^ go_hash.of_stones(1 - player, taken_low, taken_high)


@borrowing
def repeats(position: Position, at: int, takes: bool) -> bool:
    """Whether a stone of the mover on this point would make a board that there was. Before anything was taken, none can."""
    if not position[TAKEN]:
        return False
    low, high = NONE, NONE
    if takes:
        low, high = captured(position, at)
    board = np.int64(board_after(position, at, low, high))
    found = False
    for ply in range(position[PLIES]):  # all of them: without a way out the processor compares several at once
        found |= position[SEEN + ply] == board
    return found
