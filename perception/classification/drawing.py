"""Pictures of each class and style with what was said of them, what was taken for what, and the surest mistakes. Source: ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, FigureBase
from numpy.typing import NDArray

from perception.segmentation.confusion import Counts, confusion

Picture = NDArray[np.uint8]
COLUMNS: Final = 8
"""Pictures of each class."""
GAP: Final = 3
"""Pixels between pictures, and of the frame about one that was named wrongly."""
WRONG: Final = (214, 40, 40)
DPI: Final = 100
ZOOM: Final = 1.1
"""Of pictures: with names beside them they keep about their own pixels."""
MISTAKE_IN: Final = 1.05
"""Inches of a row that a mistake takes: its names are wider than its picture."""


class Seen(NamedTuple):
    """Held-out pictures of one style, and what was said of them."""

    style: str
    pictures: Picture
    """[N, H, W, 3]."""
    labels: NDArray[np.uint8]
    """[N]."""
    said: NDArray[np.uint8]
    """[N]."""
    confidences: NDArray[np.float32]
    """[N] Of what was said."""


class Mistake(NamedTuple):
    """A picture that was named wrongly."""

    picture: Picture
    label: int
    said: int
    confidence: float


def sheet(seen: Sequence[Seen], classes: Sequence[str]) -> Picture:
    """[rows, columns, 3] A row for each class: a picture of each style, or the first ones of a single style; below them the mistakes that
    were surest."""
    names = [name.replace("_", " ") for name in classes]
    chosen = columns(seen, len(classes))
    pictures = grid(chosen, len(classes))
    height = ZOOM * pictures.shape[0] / DPI + 1.5
    width = ZOOM * pictures.shape[1] / DPI + 1.7 + 0.42 * len(classes)
    places = max(int(width / MISTAKE_IN), 1)
    mistakes = surest_mistakes(seen, places)
    foot = MISTAKE_IN + 0.6 if mistakes else 0.0
    figure = Figure(figsize=(width, height + foot), dpi=DPI, layout="constrained")
    above: FigureBase = figure
    if mistakes:
        (above,), (below,) = figure.subfigures(2, 1, squeeze=False, height_ratios=(height, foot))
        _show_mistakes(below, mistakes, names, places)
    shown, table = above.subplots(1, 2, width_ratios=(ZOOM * pictures.shape[1] / DPI, 0.42 * len(classes)))
    shown.imshow(pictures, interpolation="nearest")
    side = seen[0].pictures.shape[1] + GAP
    _name(shown, [title for title, _ in chosen], names, side)
    _tabulate(table, np.sum([confusion(one.labels, one.said, len(classes)) for one in seen], axis=0), names)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]  # Matplotlib leaves it untyped
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()  # type: ignore[no-untyped-call]  # as above


def surest_mistakes(seen: Sequence[Seen], most: int) -> list[Mistake]:
    """Of all styles, the surest first; equally sure ones in their order."""
    found = [
        Mistake(one.pictures[index], int(one.labels[index]), int(one.said[index]), float(one.confidences[index]))
        for one in seen
        for index in np.flatnonzero(one.labels != one.said).tolist()
    ]
    return sorted(found, key=lambda mistake: -mistake.confidence)[:most]


def columns(seen: Sequence[Seen], classes: int) -> list[tuple[str, list[tuple[Picture, bool] | None]]]:
    """For each column its title, and for each class a picture and whether it was named rightly; None where there is none."""
    if len(seen) > 1:
        places = [(one.style, one, 0) for one in seen[:COLUMNS]]
    else:
        places = [("" if number else seen[0].style, seen[0], number) for number in range(COLUMNS)]
    found: list[tuple[str, list[tuple[Picture, bool] | None]]] = []
    for title, one, number in places:
        column: list[tuple[Picture, bool] | None] = []
        for label in range(classes):
            of_class = np.flatnonzero(one.labels == label)
            index = int(of_class[number]) if number < len(of_class) else None
            column.append(None if index is None else (one.pictures[index], bool(one.said[index] == label)))
        found.append((title, column))
    return found


def grid(chosen: Sequence[tuple[str, Sequence[tuple[Picture, bool] | None]]], classes: int) -> Picture:
    """The pictures beside each other, on white."""
    side = next(one[0].shape[0] for _, column in chosen for one in column if one is not None) + GAP
    paper: Picture = np.full((classes * side + GAP, len(chosen) * side + GAP, 3), 255, np.uint8)
    for number, (_, column) in enumerate(chosen):
        for row, one in enumerate(column):
            if one is None:
                continue
            picture, is_right = one
            top, left = row * side, number * side
            if not is_right:
                paper[top : top + side + GAP, left : left + side + GAP] = WRONG
            paper[top + GAP : top + side, left + GAP : left + side] = picture
    return paper


def _name(axes: Axes, titles: Sequence[str], names: Sequence[str], side: int) -> None:
    axes.set_xticks(
        [(number + 0.5) * side for number in range(len(titles))], titles, fontsize=7, rotation=30, ha="left"
    )
    axes.set_yticks([(number + 0.5) * side for number in range(len(names))], names, fontsize=8)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_frame_on(False)


def _show_mistakes(figure: FigureBase, mistakes: Sequence[Mistake], names: Sequence[str], places: int) -> None:
    """In a row from the left, each with what it shows and what it was taken for."""
    figure.suptitle("surest mistakes: what is shown, what it was taken for, how sure the network was", fontsize=8)
    for axes in (row := figure.subplots(1, places, squeeze=False)[0]):
        axes.set_axis_off()
    for axes, mistake in zip(row, mistakes, strict=False):
        axes.imshow(mistake.picture, interpolation="nearest")
        axes.set_title(
            f"{names[mistake.label]}\n{names[mistake.said]}\n{mistake.confidence:.0%}", fontsize=6.5, linespacing=1.3
        )


def _tabulate(axes: Axes, counts: Counts, names: Sequence[str]) -> None:
    """Rows: what is shown; columns: what it is taken for."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(np.sqrt(shares), cmap="Blues", vmin=0.0, vmax=1.0, aspect="auto")  # the root shows the rare ones
    axes.set_xticks(range(len(names)), names, fontsize=7, rotation=60, ha="right", rotation_mode="anchor")
    axes.set_yticks([])
    axes.set_title(f"rows: shown, columns: named; right: {np.trace(counts) / counts.sum():.2%}", fontsize=8)
    for row, column in np.argwhere(counts > 0):
        colour = "white" if shares[row, column] > 0.4 else "black"
        axes.text(column, row, str(counts[row, column]), ha="center", va="center", fontsize=6.5, color=colour)
