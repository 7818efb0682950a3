"""Bars as a PNG picture, for use elsewhere; the page draws its own. Source: ours, by matplotlib's Agg."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

INK: Final = "#1f2428"
SOFT: Final = "#5d666d"
RAISES: Final = "#2f7d6b"
LOWERS: Final = "#b0683a"
"""The leaderboard's `ahead` and `behind`."""
ROW_IN: Final = 0.34
WIDTH_IN: Final = 7.2
DPI: Final = 120


@dataclass(frozen=True)
class Bar:
    """One row."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    """Ends of its interval; None where it has none."""


def bars_png(groups: Sequence[tuple[str, Sequence[Bar]]], title: str) -> bytes:
    """Groups of bars side by side, (caption of the axis, rows), with rows of the same names. Equal bars give equal bytes under one
    version of matplotlib."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = len(groups[0][1])
    figure = Figure(figsize=(WIDTH_IN, 1.1 + ROW_IN * rows), dpi=DPI, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, len(groups), sharey=True, squeeze=False)[0]
    figure.suptitle(title, x=0.01, ha="left", fontsize=10, color=INK)
    for axis, (caption, bars) in zip(axes, groups, strict=True):
        axis.barh(
            range(rows), [bar.value for bar in bars], 0.62, color=[RAISES if bar.value >= 0 else LOWERS for bar in bars]
        )
        for row, bar in enumerate(bars):
            if bar.low is not None and bar.high is not None:
                axis.plot([bar.low, bar.high], [row, row], color=INK, linewidth=1.4)
        axis.axvline(0.0, color=SOFT, linewidth=0.8)
        axis.set_yticks(range(rows), [bar.name for bar in groups[0][1]])
        axis.set_ylim(rows - 0.5, -0.5)
        axis.set_xlabel(caption, fontsize=8, color=SOFT)
        axis.tick_params(labelsize=8, colors=INK, length=0)
        axis.spines[["top", "right", "left"]].set_visible(False)
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()
