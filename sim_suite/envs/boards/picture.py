"""A position as a picture: the board with its coordinates, the stones, a mark on the last move. Source: ours.

Pictures are uint8 RGB [rows * cell + 2 * margin, columns * cell + 2 * margin, 3]. Lengths inside a cell are shares of its
side. Boards and stones are drawn once with OpenCV, larger than they are shown, and kept.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from sim_suite.boards.game import Game, Position, column_letters
from sim_suite.envs.boards.stones import Sprite, sprite
from sim_suite.envs.boards.styles import MARGIN, Style, style_of

Picture = NDArray[np.uint8]

_FINER: Final = 4  # times as large is drawn what is then averaged
_FEW_CELLS: Final = 9  # boards of more cells in a row have smaller ones
_CELL_PX, _SMALL_CELL_PX = 56, 40


def picture(game: Game, position: Position, last: int | None = None) -> Picture:
    """The position as people know the game; `last` is the move that is marked, if it put a stone."""
    style, cell = style_of(game.name), cell_px(game)
    image = _board(game.name, game.shape, cell).copy()
    stones = game.stones(position)
    for row, column in np.argwhere(stones):
        _lay(image, sprite(style.name, int(stones[row, column]), cell), row, column, cell)
    where = None if last is None else _cell_of(game, stones, last)
    if where is not None:
        colour = style.marks[int(stones[where]) - 1]
        _lay(image, sprite("mark", 0, cell, colour), *where, cell)
    return image


def cell_px(game: Game) -> int:
    """Side of one cell in pixels."""
    return _CELL_PX if max(game.shape) <= _FEW_CELLS else _SMALL_CELL_PX


def _cell_of(game: Game, stones: NDArray[np.int8], move: int) -> tuple[int, int] | None:
    """Where a move's stone lies: in a game of columns on top of its column; None for a pass."""
    rows, columns = game.shape
    if game.actions == columns:
        return int(np.argmax(stones[:, move] > 0)), move
    return divmod(move, columns) if move < rows * columns else None


def _lay(image: Picture, stone: Sprite, row: int, column: int, cell: int) -> None:
    """Draw a sprite, float32 [cell, cell, 4] with its cover last, over one cell of the image."""
    margin = round(MARGIN * cell)
    y, x = margin + int(row) * cell, margin + int(column) * cell
    patch = image[y : y + cell, x : x + cell]
    cover = stone[..., 3:]
    patch[:] = np.rint(cover * stone[..., :3] + (1.0 - cover) * patch).astype(np.uint8)


@cache
def _board(name: str, shape: tuple[int, int], cell: int) -> Picture:
    """The empty board."""
    style = style_of(name)
    rows, columns = shape
    side, margin = cell * _FINER, round(MARGIN * cell) * _FINER
    image = np.empty((rows * side + 2 * margin, columns * side + 2 * margin, 3), np.uint8)
    image[:] = style.frame
    cv2.rectangle(image, (margin, margin), (margin + columns * side - 1, margin + rows * side - 1), style.ground, -1)
    if style.name == "holes":
        _holes(image, style, shape, side, margin)
    else:
        _lines(image, style, shape, side, margin)
    small = (image.shape[1] // _FINER, image.shape[0] // _FINER)
    shown = np.asarray(cv2.resize(image, small, interpolation=cv2.INTER_AREA), np.uint8)
    _coordinates(shown, name, style, shape, cell)
    return shown


def _holes(image: Picture, style: Style, shape: tuple[int, int], side: int, margin: int) -> None:
    for row in range(shape[0]):
        for column in range(shape[1]):
            centre = (margin + column * side + side // 2, margin + row * side + side // 2)
            cv2.circle(image, centre, round(0.43 * side), style.line, -1, cv2.LINE_AA)
            cv2.circle(image, centre, round(0.40 * side), style.hole, -1, cv2.LINE_AA)


def _lines(image: Picture, style: Style, shape: tuple[int, int], side: int, margin: int) -> None:
    """Lines between the cells, or through them where stones lie on crossings."""
    inset = side // 2 if style.name == "crossings" else 0
    rows, columns = shape
    thick = max(round(style.thick * side), 1)
    first, bottom, right = margin + inset, margin + rows * side - inset, margin + columns * side - inset
    lines = 0 if style.name == "crossings" else 1
    for row in range(rows + lines):
        y = first + row * side
        if style.outline or 0 < row < rows:
            cv2.line(image, (first, y), (right, y), style.line, thick)
    for column in range(columns + lines):
        x = first + column * side
        if style.outline or 0 < column < columns:
            cv2.line(image, (x, first), (x, bottom), style.line, thick)
    for down, along in style.dots(shape):
        centre = (round(first + along * side), round(first + down * side))
        cv2.circle(image, centre, round(0.075 * side), style.line, -1, cv2.LINE_AA)


def _coordinates(image: Picture, name: str, style: Style, shape: tuple[int, int], cell: int) -> None:
    rows, columns = shape
    margin = round(MARGIN * cell)
    letters = column_letters(columns, name)
    for column in range(columns):
        _write(image, letters[column], margin + (column + 0.5) * cell, image.shape[0] - margin / 2, style, cell)
    if name != "connect_four":
        for row in range(rows):
            label = row + 1 if name.startswith("othello_") else rows - row
            _write(image, str(label), margin / 2, margin + (row + 0.5) * cell, style, cell)


def _write(image: Picture, text: str, x: float, y: float, style: Style, cell: int) -> None:
    """Text around a point."""
    scale, font = cell / 110, cv2.FONT_HERSHEY_SIMPLEX
    (width, height), _ = cv2.getTextSize(text, font, scale, 1)
    corner = (round(x - width / 2), round(y + height / 2))
    cv2.putText(image, text, corner, font, scale, style.label, 1, cv2.LINE_AA)
