"""A picture as PNG, drawn by matplotlib's Agg with one unit a pixel. Source: ours."""

from __future__ import annotations

import io
from itertools import groupby
from typing import TYPE_CHECKING, Final

import numpy as np

from sim_suite.driving.roads.drawing.picture import Group, Ink, Picture, Word
from sim_suite.driving.roads.drawing.styles import PALETTES, style_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Rectangle

_DPI: Final = 72
"""Points are then pixels."""
_HALO: Final = 0.26


def to_png(picture: Picture) -> bytes:
    """The file's bytes. Equal pictures give equal bytes under one version of matplotlib."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    figure = Figure(figsize=(picture.width / _DPI, picture.height / _DPI), dpi=_DPI)
    FigureCanvasAgg(figure)
    figure.set_facecolor(PALETTES[picture.theme]["paper"])
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, picture.width)
    axes.set_ylim(picture.height, 0)
    order = 0
    for group in picture.groups:
        clip = None
        if group.window is not None:
            x, y, width, height = group.window
            clip = Rectangle((x, y), width, height, transform=axes.transData)
        order = _draw(axes, picture, group, clip, order)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
    return buffer.getvalue()


def _draw(axes: Axes, picture: Picture, group: Group, clip: Rectangle | None, order: int) -> int:
    """Draw a group above what has the z-orders up to `order`; returns the highest one used."""
    for (style, closed), run in groupby(
        group.items, lambda item: (getattr(item, "style", ""), getattr(item, "closed", False))
    ):
        order += 1
        items = list(run)
        inks = [item for item in items if isinstance(item, Ink)]
        if inks:
            _inks(axes, picture, inks, style, closed, clip, order)
        for item in items:
            if isinstance(item, Word):
                _word(axes, picture, item, clip, order)
    return order


def _inks(
    axes: Axes, picture: Picture, inks: list[Ink], name: str, closed: bool, clip: Rectangle | None, order: int
) -> None:
    from matplotlib.collections import LineCollection, PolyCollection

    style, pen, colours = style_of(name), picture.pen(name), PALETTES[picture.theme]
    points = [np.asarray(ink.points) for ink in inks]
    dashes = (0, pen.dash) if pen.dash else "solid"
    edge = colours[style.stroke] if style.stroke else "none"
    if closed:
        face = colours[style.fill] if style.fill else "none"
        drawn: PolyCollection | LineCollection = PolyCollection(
            points, facecolors=face, edgecolors=edge, linewidths=pen.width, linestyles=dashes, alpha=pen.opacity, zorder=order,
        )  # fmt: skip
    else:
        drawn = LineCollection(
            points, colors=edge, linewidths=pen.width, linestyles=dashes, alpha=pen.opacity, zorder=order,
            capstyle="butt", joinstyle="round",
        )  # fmt: skip
    if pen.dash:  # matplotlib multiplies dashes by the line's width
        drawn.set_linestyle([(0, tuple(part / pen.width for part in pen.dash))])
    drawn.set_antialiased(True)
    axes.add_collection(drawn, autolim=False)
    if clip is not None:  # after adding, which sets the axes' own
        drawn.set_clip_path(clip)


def _word(axes: Axes, picture: Picture, item: Word, clip: Rectangle | None, order: int) -> None:
    from matplotlib.patheffects import withStroke

    colours = PALETTES[picture.theme]
    side = {"start": "left", "middle": "center", "end": "right"}[item.anchor]
    text = axes.text(
        item.x, item.y + 0.36 * item.size, item.text, fontsize=item.size, color=colours[item.colour], ha=side, va="baseline",
        family="DejaVu Sans", weight="bold" if item.bold else "normal", zorder=order, parse_math=False,
    )  # fmt: skip
    if item.halo:
        text.set_path_effects([withStroke(linewidth=_HALO * item.size, foreground=colours[item.halo])])
    if clip is not None:
        text.set_clip_on(True)
        text.set_clip_path(clip)
