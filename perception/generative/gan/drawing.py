"""Pictures in rows, with a name beside each row. Source: ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
DPI: Final = 100
GAP_PX: Final = 3
LETTER_PX: Final = 5.4
"""Width of a letter of a name, about."""
NAME_SIZE: Final = 8


def sheet(pictures: Picture, columns: int, names: Sequence[str] = (), zoom: int = 1) -> Picture:
    """[rows, columns, 3] on white. pictures: [R * columns, H, W, 3], row by row; names: of the rows, or none."""
    paper = grid(pictures, columns, zoom)
    if not names:
        return paper
    shown = [name.replace("_", " ") for name in names]
    left = round(LETTER_PX * max(map(len, shown))) + 2 * GAP_PX
    height, width = paper.shape[0], paper.shape[1] + left
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI)
    axes = figure.add_axes((left / width, 0.0, paper.shape[1] / width, 1.0))
    axes.imshow(paper, interpolation="nearest")
    axes.set_axis_off()
    step = (height - GAP_PX) / len(shown)
    for row, name in enumerate(shown):
        middle = 1.0 - (GAP_PX / 2 + (row + 0.5) * step) / height
        figure.text((left - GAP_PX) / width, middle, name, ha="right", va="center", fontsize=NAME_SIZE)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]  # Matplotlib leaves it untyped
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()  # type: ignore[no-untyped-call]  # as above


def grid(pictures: Picture, columns: int, zoom: int = 1) -> Picture:
    """The pictures beside each other, pixels `zoom` times as large, with gaps between and around."""
    large = pictures.repeat(zoom, axis=1).repeat(zoom, axis=2)
    _, rows_px, columns_px, _ = large.shape
    rows = -(-len(large) // columns)
    paper: Picture = np.full(
        (rows * (rows_px + GAP_PX) + GAP_PX, columns * (columns_px + GAP_PX) + GAP_PX, 3), 255, np.uint8
    )
    for number, picture in enumerate(large):
        row, column = divmod(number, columns)
        top, left = row * (rows_px + GAP_PX) + GAP_PX, column * (columns_px + GAP_PX) + GAP_PX
        paper[top : top + rows_px, left : left + columns_px] = picture
    return paper
