"""Learning curves as a picture for a paper or a slide, drawn by matplotlib's Agg: one panel a metric, one below the other. Source: ours."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.leaderboard.curves.chart import DASHES
from sim_suite.leaderboard.curves.means import MeanCurve
from sim_suite.leaderboard.curves.panels import Line, Panel
from sim_suite.leaderboard.report.labels import label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH_IN: Final = 7.5
_PANEL_IN: Final = 3.2
_DPI: Final = 160
_COLOURS: Final = (
    "#2f6690", "#c2583a", "#4c8a57", "#85629f", "#b1832a", "#3f929c",
    "#a65276", "#68727a", "#74432b", "#7f9a24", "#5b7fd6", "#283a4a",
)  # fmt: skip
"""The light colours of the leaderboard's page (`report/page.css`), by place."""


def to_png(panels: Sequence[Panel], smooth: int) -> bytes:
    """The file's bytes. Equal curves give equal bytes under one version of matplotlib. smooth: records of a mean, 1 for none."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import EngFormatter

    figure = Figure(figsize=(_WIDTH_IN, _PANEL_IN * len(panels)), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    for axes, panel in zip(np.ravel(figure.subplots(len(panels), 1, squeeze=False)), panels, strict=True):
        for line in panel.lines:
            _draw(axes, line)
        values = [curve.values for line in panel.lines for _, curve in line.runs]
        if panel.logarithmic:
            axes.set_yscale("log")
        else:
            _hold(axes, min(float(v.min()) for v in values), max(float(v.max()) for v in values))
        axes.set_title(
            label(panel.metric) + (f" (mean of {smooth} records)" if smooth > 1 else ""), loc="left", fontsize=11
        )
        axes.set_xlabel(panel.steps)
        axes.xaxis.set_major_formatter(EngFormatter(sep=" "))
        axes.grid(color="#e4e4de", linewidth=0.8)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize=9, handlelength=4)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _draw(axes: Axes, line: Line) -> None:
    style: dict[str, Any] = {"color": _COLOURS[line.place % len(_COLOURS)]}
    strong = style | {"linewidth": 1.8, "linestyle": _linestyle(line.place)}
    if line.mean is None and len(line.runs) == 1:
        curve = line.runs[0][1]
        axes.plot(curve.steps, curve.values, label=line.label, marker=_marker(curve.steps), **strong)
        return
    for _, curve in line.runs:
        axes.plot(curve.steps, curve.values, linewidth=0.7, alpha=0.4, marker=_marker(curve.steps), **style)
    if line.mean is not None:
        _draw_mean(axes, line, line.mean, strong)


def _draw_mean(axes: Axes, line: Line, mean: MeanCurve, strong: dict[str, Any]) -> None:
    ends = [[getattr(found, end) for found in mean.intervals] for end in ("low", "high", "point")]
    axes.fill_between(mean.steps, ends[0], ends[1], color=strong["color"], alpha=0.13, linewidth=0)
    if len(mean.steps) == 1:  # a band has no width there
        axes.vlines(mean.steps, ends[0], ends[1], color=strong["color"], linewidth=1.8)
    axes.plot(mean.steps, ends[2], label=f"{line.label} (n = {len(line.runs)})", marker=_marker(mean.steps), **strong)


def _marker(steps: NDArray[np.int64]) -> str:
    """A dot for a single record, which no line shows."""
    return "o" if len(steps) == 1 else ""


def _hold(axes: Axes, low: float, high: float) -> None:
    """An axis for the runs: intervals of few of them reach far, and are cut off."""
    margin = 0.04 * (high - low) or max(0.5, abs(low) * 0.04)
    axes.set_ylim(low - margin, high + margin)


def _linestyle(place: int) -> Any:  # matplotlib's: a name, or (offset, lengths in line widths)
    pattern = DASHES[place % len(DASHES)]
    return (0, tuple(float(length) / 2 for length in pattern.split())) if pattern else "solid"
