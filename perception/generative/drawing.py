"""Rows of pictures with their names, for people. Source: ours."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
DPI: Final = 100
CELL_PX: Final = 64
"""Side of a shown picture: as they are, or twice as large as signs."""
GAP_PX: Final = 3
NAME_PX: Final = 128
"""On the left, for the rows' names."""
TITLE_PX: Final = 28
"""Above, for the columns' names where there are any, on two lines."""
TITLE_LETTERS: Final = 13
"""On a line."""


def sheet(rows: Sequence[tuple[str, Picture]], columns: Sequence[str] = ()) -> Picture:
    """[H, W, 3] A row of pictures [N, h, w, 3] for each name."""
    count = max(len(pictures) for _, pictures in rows)
    top = TITLE_PX if columns else 0
    width, height = NAME_PX + count * (CELL_PX + GAP_PX), top + len(rows) * (CELL_PX + GAP_PX) + GAP_PX
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI)
    for line, (name, pictures) in enumerate(rows):
        above = top + GAP_PX + line * (CELL_PX + GAP_PX)
        y = 1 - (above + CELL_PX / 2) / height
        figure.text((NAME_PX - 8) / width, y, name, ha="right", va="center", fontsize=9)
        for number, picture in enumerate(pictures):
            left = NAME_PX + number * (CELL_PX + GAP_PX)
            place = (left / width, 1 - (above + CELL_PX) / height, CELL_PX / width, CELL_PX / height)
            axes = figure.add_axes(place)
            axes.imshow(picture, interpolation="nearest")
            axes.set_axis_off()
    for number, name in enumerate(columns):
        x = (NAME_PX + number * (CELL_PX + GAP_PX) + CELL_PX / 2) / width
        figure.text(x, 1 - top / 2 / height, fill(name, TITLE_LETTERS), ha="center", va="center", fontsize=7)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]  # Matplotlib leaves it untyped
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()  # type: ignore[no-untyped-call]  # as above
