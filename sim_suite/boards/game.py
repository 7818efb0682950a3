"""What a board game for two is: a row of whole numbers for a position, and six compiled functions of it. Source: ours.

The functions take one position, change nothing else and allocate nothing, so that kernels for many games, searches and
solvers are built around them (`compiling_for.py`). A position is one row int64 [S]: copying the row copies the game.
Moves are numbered 0..A-1; row 0 of a board is the top one, cells are numbered row by row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError, UnknownNameError

Position = NDArray[np.int64]
"""One position: int64 [S], the game's own layout."""
Mask = NDArray[np.bool_]
"""Which moves are legal: bool [A]."""
Planes = NDArray[np.float32]
"""What a network is shown: float32 [P, rows, columns]."""

ONGOING: Final = 2
"""The outcome of a game that is not over; else 1, 0 or -1: won, drawn or lost by the first player."""
FIRST, SECOND = 0, 1
"""The players."""


@dataclass(frozen=True, eq=False)
class Game:
    """The rules of one game on a board of one size."""

    name: str
    """As it is registered: `connect_four`."""
    title: str
    """For people: `Connect Four`."""
    shape: tuple[int, int]
    """(rows, columns) of the board."""
    actions: int
    """A: how many moves there are at all, a pass included."""
    planes: int
    """P: how many planes `write_planes` fills."""
    words: int
    """S: how many numbers a position has."""
    most_plies: int
    """No game is longer; a ply is one move of one player, a pass included."""
    version: int
    """Rises whenever equal moves come to lead elsewhere, or planes to mean something else."""
    begin: Callable[[Position], None]
    """Make the position that of the beginning."""
    legal: Callable[[Position, Mask], int]
    """Fill the mask and return how many moves are legal: 0 once the game is over, else at least 1 (a pass is a move)."""
    play: Callable[[Position, int], None]
    """Play a legal move, in place. What an illegal one does is not defined."""
    mover: Callable[[Position], int]
    """Whose turn it is, `FIRST` or `SECOND`; after the end, whose turn it would be."""
    outcome: Callable[[Position], int]
    """`ONGOING`, or 1, 0, -1 as the first player sees it."""
    write_planes: Callable[[Position, Planes], None]
    """Fill all planes as the mover sees them: plane 0 its own stones, plane 1 the other's, then what the rules need."""
    cells: NDArray[np.int64]
    """Symmetries of the board, int64 [G, rows * columns], the identity first: the image of a plane is
    `plane.reshape(-1)[cells[g]]`, so image cell i shows cell `cells[g, i]`."""
    moves: NDArray[np.int64]
    """The same of moves, int64 [G, A]: the image of a distribution over moves is `p[moves[g]]`, so what was move
    `moves[g, a]` is move a of the image."""
    move_names: tuple[str, ...]
    """A names of moves for people: `d`, `c3`, `pass`."""
    symbols: str = ".XO"
    """In text: an empty cell, a stone of the first player, one of the second."""
    rows_from_top: bool = False
    """Whether people number the rows from the top, as in Othello; else from the bottom."""

    def text(self, position: Position) -> str:
        """The board on rows + 1 lines, with the coordinates that `move_names` use."""
        lines = []
        for row, line in enumerate(self.stones(position)):
            lines.append(f"{self.row_number(row):2d} " + " ".join(self.symbols[stone] for stone in line))
        return "\n".join([*lines, "   " + " ".join(column_letters(self.shape[1], self.name)), ""])

    def row_number(self, row: int) -> int:
        """What people call a row."""
        return row + 1 if self.rows_from_top else self.shape[0] - row

    def stones(self, position: Position) -> NDArray[np.int8]:
        """Who stands where: int8 [rows, columns]; 0 nobody, 1 the first player, 2 the second."""
        planes = np.zeros((self.planes, *self.shape), np.float32)
        self.write_planes(position, planes)
        mine = self.mover(position)
        return np.where(planes[0] > 0, np.int8(1 + mine), np.where(planes[1] > 0, np.int8(2 - mine), np.int8(0)))

    def start(self) -> Position:
        """A new position, int64 [S]: that of the beginning."""
        position = np.zeros(self.words, np.int64)
        self.begin(position)
        return position

    def legal_moves(self, position: Position) -> list[int]:
        """The legal moves in rising order; none once the game is over."""
        mask = np.zeros(self.actions, np.bool_)
        self.legal(position, mask)
        return [int(move) for move in np.flatnonzero(mask)]

    def after(self, position: Position, *moves: int | str) -> Position:
        """A copy of the position with these moves played, numbered or named. Raises `SuiteError` at an illegal one."""
        position = position.copy()
        for move in moves:
            number = self.parse_move(move) if isinstance(move, str) else int(move)
            legal = self.legal_moves(position)
            if number not in legal:
                names = ", ".join(self.move_names[one] for one in legal) or "none: the game is over"
                name = self.move_names[number] if 0 <= number < self.actions else f"number {number}"
                raise SuiteError(f"{name} is not a legal move of {self.title} here. Legal: {names}.")
            self.play(position, number)
        return position

    def parse_move(self, name: str) -> int:
        """The number of a move by its name, in small or capital letters. Raises `UnknownNameError`."""
        try:
            return self.move_names.index(name.strip().lower())
        except ValueError:
            raise UnknownNameError(f"move of {self.title}", name, self.move_names) from None


def column_letters(columns: int, game: str = "") -> str:
    """The letters of the columns from the left; Go leaves out the i."""
    letters = "abcdefghjklmnopqrstuvwxyz" if game.startswith("go_") else "abcdefghijklmnopqrstuvwxyz"
    return letters[:columns]
