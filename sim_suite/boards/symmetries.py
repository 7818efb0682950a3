"""Tables of the symmetries of boards: what turns and mirrors do to cells and to moves. Source: ours.

Both tables gather, as `Game.cells` says: the image is `values[table[g]]`, and row 0 is the identity.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.int64]


def of_square(side: int) -> Table:
    """The eight symmetries of a square board: int64 [8, side * side]; four turns, and four of the mirrored board."""
    board = np.arange(side * side).reshape(side, side)
    return np.array([np.rot90(half, turns).reshape(-1) for half in (board, board[:, ::-1]) for turns in range(4)])


def left_right(rows: int, columns: int) -> Table:
    """The board itself and its mirror image: int64 [2, rows * columns]."""
    board = np.arange(rows * columns).reshape(rows, columns)
    return np.array([board.reshape(-1), board[:, ::-1].reshape(-1)])


def with_pass(cells: Table) -> Table:
    """The table of moves where a move is a cell, and the last one is a pass, which stays: int64 [G, cells + 1]."""
    return np.hstack([cells, np.full((len(cells), 1), cells.shape[1])])
