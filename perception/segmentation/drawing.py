"""Labels in colours, and pictures beside what was seen in them. Source: ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Row = tuple[str, Picture, Picture, Picture, Picture]
"""Style, picture [H, W, 3], truth, prediction and threshold [H, W]."""
Colours = Sequence[tuple[int, int, int]]
COLUMNS: Final = ("picture", "labels", "network", "colour threshold")
STYLES_A_ROW: Final = 2
CELL_INCHES: Final = 1.15
DPI: Final = 100


def coloured(labels: Picture, colours: Colours) -> Picture:
    """[..., 3] The colour of each label."""
    painted: Picture = np.array(colours, np.uint8)[labels]
    return painted


def side_by_side(rows: Sequence[Row], classes: Sequence[str], colours: Colours) -> Picture:
    """[H, W, 3] A table: a picture, its labels, what the network says and what the colour threshold says, with the classes' colours."""
    per_row = STYLES_A_ROW * len(COLUMNS)
    lines = -(-len(rows) // STYLES_A_ROW)
    height, width = rows[0][1].shape[:2]
    cell = CELL_INCHES * height / width
    figure = Figure(figsize=(per_row * CELL_INCHES + 0.3, lines * (cell + 0.22) + 0.75), dpi=DPI, layout="constrained")
    grid = figure.subplots(lines, per_row, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for number, (style, picture, *labels) in enumerate(rows):
        line, place = divmod(number, STYLES_A_ROW)
        shown = [picture, *(coloured(one, colours) for one in labels)]
        for column, one in enumerate(shown):
            axes = grid[line, place * len(COLUMNS) + column]
            axes.imshow(one, interpolation="nearest")
            title = f"{style}: {COLUMNS[0]}" if column == 0 else COLUMNS[column]
            axes.set_title(title, fontsize=6.5, pad=2)
    handles = [
        Patch(color=(colour[0] / 255, colour[1] / 255, colour[2] / 255), label=name.replace("_", " "))
        for name, colour in zip(classes, colours, strict=True)
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(classes), fontsize=8, frameon=False)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]  # Matplotlib leaves it untyped
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()  # type: ignore[no-untyped-call]  # as above
