"""Draws grid worlds as small pictures with numpy alone, so that a clip needs no window and no graphics library.

Source: ours. Pictures are uint8 [height_px, width_px, 3] in RGB; rows count downwards, columns to the right. Lengths
inside a cell are shares of its side, so one drawing holds at any size.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]

CELL_PX = 64
"""Side of one cell: Gymnasium's toy_text worlds use the same."""

PAPER: Colour = (246, 244, 238)
SHADE: Colour = (186, 188, 192)
LINE: Colour = (120, 124, 130)
ROBOT: Colour = (44, 98, 176)
GREEN: Colour = (70, 150, 84)
STEEL: Colour = (150, 152, 160)
DARK: Colour = (60, 62, 68)


def blank_grid(rows: int, columns: int, shaded: tuple[int, ...] = ()) -> Picture:
    """An empty board of rows x columns cells, the cells numbered row by row; `shaded` ones are grey."""
    picture = np.empty((rows * CELL_PX, columns * CELL_PX, 3), np.uint8)
    picture[:] = PAPER
    for cell in shaded:
        fill_box(picture, cell, columns, (0.0, 0.0, 1.0, 1.0), SHADE)
    picture[::CELL_PX] = picture[CELL_PX - 1 :: CELL_PX] = LINE
    picture[:, ::CELL_PX] = picture[:, CELL_PX - 1 :: CELL_PX] = LINE
    return picture


def fill_box(picture: Picture, cell: int, columns: int, box: tuple[float, float, float, float], colour: Colour) -> None:
    """Fill the box (top, left, bottom, right), in shares of the cell's side, of one cell. Draws into `picture`."""
    row, column = divmod(cell, columns)
    top, left, bottom, right = (round(CELL_PX * share) for share in box)
    y, x = row * CELL_PX, column * CELL_PX
    picture[y + top : y + bottom, x + left : x + right] = colour


def fill_disc(picture: Picture, cell: int, columns: int, radius: float, colour: Colour) -> None:
    """Fill a disc with a smooth edge in the middle of one cell; radius in shares of its side. Draws into `picture`."""
    row, column = divmod(cell, columns)
    offset = np.arange(CELL_PX) + 0.5 - CELL_PX / 2
    distance = np.hypot(offset[:, None], offset[None, :])
    cover = np.clip(radius * CELL_PX - distance + 0.5, 0.0, 1.0)[..., None]
    patch = picture[row * CELL_PX : (row + 1) * CELL_PX, column * CELL_PX : (column + 1) * CELL_PX]
    patch[:] = np.rint(cover * np.array(colour) + (1.0 - cover) * patch).astype(np.uint8)


def draw_robot(picture: Picture, cell: int, columns: int) -> None:
    """Put the agent into a cell: a blue disc with a light eye."""
    fill_disc(picture, cell, columns, 0.30, ROBOT)
    fill_disc(picture, cell, columns, 0.09, PAPER)


def draw_battery(picture: Picture, cell: int, columns: int) -> None:
    """Put a charging battery into a cell."""
    fill_box(picture, cell, columns, (0.12, 0.42, 0.20, 0.58), DARK)
    fill_box(picture, cell, columns, (0.20, 0.32, 0.86, 0.68), GREEN)


def draw_can(picture: Picture, cell: int, columns: int) -> None:
    """Put an empty can into a cell."""
    fill_box(picture, cell, columns, (0.16, 0.30, 0.86, 0.70), STEEL)
    fill_box(picture, cell, columns, (0.16, 0.30, 0.24, 0.70), DARK)
    fill_box(picture, cell, columns, (0.78, 0.30, 0.86, 0.70), DARK)
