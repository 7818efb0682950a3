"""A board as text, in colours where the terminal has them, the last move in brackets. Source: ours."""

from __future__ import annotations

from typing import Final

from rich.text import Text

from sim_suite.boards.game import Game, Position, column_letters

COLOURS: Final = ("dim", "bold red", "bold yellow")
"""Of an empty cell, a stone of the first player, one of the second."""


def board_text(game: Game, position: Position, last: int | None = None) -> Text:
    """The board with its coordinates; a cell takes three characters. last: the move that is marked, if it put a stone."""
    stones = game.stones(position)
    marked = None if last is None else cell_of(game, position, last)
    rows, columns = game.shape
    text = Text()
    for row in range(rows):
        text.append(_row_label(game, row), style="dim")
        for column in range(columns):
            stone = int(stones[row, column])
            symbol = game.symbols[stone]
            text.append(f"[{symbol}]" if marked == (row, column) else f" {symbol} ", style=COLOURS[stone])
        text.append("\n")
    text.append(" " * len(_row_label(game, 0)), style="dim")
    text.append("".join(f" {letter} " for letter in column_letters(columns, game.name)), style="dim")
    return text


def cell_of(game: Game, position: Position, move: int) -> tuple[int, int] | None:
    """Where the stone of a move lies: in a game of columns on top of its column; None for a pass."""
    rows, columns = game.shape
    if falls(game):
        return int((game.stones(position)[:, move] > 0).argmax()), move
    return divmod(move, columns) if move < rows * columns else None


def falls(game: Game) -> bool:
    """Whether moves name columns alone."""
    return game.actions == game.shape[1]


def _row_label(game: Game, row: int) -> str:
    """Rows have numbers where moves name them."""
    if falls(game):
        return ""
    return f"{game.row_number(row):2d} "
