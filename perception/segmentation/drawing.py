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
COLUMNS: Final = ("picture", "truth", "network", "colour threshold")
STYLES_A_LINE: Final = 2
DPI: Final = 100
CELL_PX: Final = 112
"""Greatest side of a shown picture."""
GAP_PX: Final = 4
HEADING_PX: Final = 22
"""Above, for the columns' names."""
NAME_PX: Final = 18
"""On the left of each block, for the style's name."""
LEGEND_PX: Final = 30
"""Below, for the classes."""


def coloured(labels: Picture, colours: Colours) -> Picture:
    """[..., 3] The colour of each label."""
    painted: Picture = np.array(colours, np.uint8)[labels]
    return painted


def side_by_side(rows: Sequence[Row], classes: Sequence[str], colours: Colours) -> Picture:
    """[H, W, 3] A table: a picture, its labels, what the network says and what the colour threshold says, with the classes' colours."""
    rows_px, columns_px = rows[0][1].shape[:2]
    scale = CELL_PX / max(rows_px, columns_px)
    height, width = round(rows_px * scale), round(columns_px * scale)
    block = NAME_PX + len(COLUMNS) * (width + GAP_PX)
    total_w = STYLES_A_LINE * block + GAP_PX
    total_h = HEADING_PX + -(-len(rows) // STYLES_A_LINE) * (height + GAP_PX) + LEGEND_PX
    figure = Figure(figsize=(total_w / DPI, total_h / DPI), dpi=DPI)
    for number, (style, picture, *labels) in enumerate(rows):
        line, place = divmod(number, STYLES_A_LINE)
        left, top = place * block + NAME_PX, HEADING_PX + line * (height + GAP_PX)
        _write(figure, (left - NAME_PX / 2, top + height / 2), style, (total_w, total_h), rotation="vertical")
        for column, shown in enumerate([picture, *(coloured(one, colours) for one in labels)]):
            x = left + column * (width + GAP_PX)
            axes = figure.add_axes((x / total_w, 1 - (top + height) / total_h, width / total_w, height / total_h))
            axes.imshow(shown, interpolation="nearest")
            axes.set_axis_off()
            if line == 0:
                _write(figure, (x + width / 2, HEADING_PX / 2), COLUMNS[column], (total_w, total_h))
    handles = [
        Patch(color=(colour[0] / 255, colour[1] / 255, colour[2] / 255), label=name.replace("_", " "))
        for name, colour in zip(classes, colours, strict=True)
    ]
    figure.legend(handles=handles, loc="lower center", ncols=len(classes), fontsize=8, frameon=False, borderpad=0.2)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]  # Matplotlib leaves it untyped
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()  # type: ignore[no-untyped-call]  # as above


def _write(
    figure: Figure, middle_px: tuple[float, float], text: str, size_px: tuple[int, int], rotation: str = "horizontal"
) -> None:
    """middle_px: from the top left."""
    x, y = middle_px[0] / size_px[0], 1 - middle_px[1] / size_px[1]
    figure.text(x, y, text, ha="center", va="center", fontsize=8, rotation=rotation)
