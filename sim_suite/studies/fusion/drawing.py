"""One drive as a picture: raw fixes, what was believed with its ellipses, the truth; and errors over time. Source: ours; a 95 % ellipse is
where chi-square with two degrees of freedom stays below 5.99.
"""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.graph.kinds import DRIVABLE
from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.studies.fusion.drives import Drives
from sim_suite.studies.fusion.fusing import Fused, errors

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
_PERCENTILE: Final = 5.991
"""Chi-square of two numbers, 95 %."""
_RAW, _FUSED, _TRUTH, _ROAD, _EDGE = "#c2583a", "#2f6690", "#20262b", "#d9dad6", "#f7f6f2"
"""Raw, fused and ink as on the leaderboard's page; the road's grey lies between paper and lines."""
_DPI: Final = 160
_SIZE_IN: Final = (11.0, 7.2)
_MARGIN_M: Final = 14.0
_NEAR_M: Final = 18.0
"""Half of the side of the detail."""
_ELLIPSES_S: Final = 4.0
"""Between two ellipses of the whole drive; in the detail there is one a second."""
_LEAST_ASPECT: Final = 0.55
"""Of the whole drive's height to its width: a straight one is given ground aside."""


def drawn(drives: Drives, fused: Fused, graph: LaneGraph, run: int, title: str) -> bytes:
    """A PNG of one run. Equal drives give equal bytes under one version of matplotlib."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE_IN, dpi=_DPI, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    places = figure.add_gridspec(2, 2, height_ratios=(2.5, 1.0), width_ratios=(1.5, 1.0))
    whole, detail, time = (
        figure.add_subplot(places[0, 0]),
        figure.add_subplot(places[0, 1]),
        figure.add_subplot(places[1, :]),
    )
    true = drives.truth[:, run, :2]
    low, high = true.min(axis=0) - _MARGIN_M, true.max(axis=0) + _MARGIN_M
    side = np.maximum(high - low, (high - low).max() * _LEAST_ASPECT)
    _place(whole, drives, fused, graph, run, ((low + high) / 2, side / 2), _ELLIPSES_S)
    at = true[_sharpest(drives, run)]
    _place(detail, drives, fused, graph, run, (at, np.full(2, _NEAR_M)), 1.0)
    whole.set_title(title, loc="left", fontsize=11)
    detail.set_title("a turn in detail", loc="left", fontsize=11)
    whole.plot(*(at[axis] + _NEAR_M * np.array(corners) for axis, corners in enumerate(((-1, 1, 1, -1, -1), (-1, -1, 1, 1, -1)))),
               color="#68727a", linewidth=0.9, linestyle=(0, (3, 2)))  # fmt: skip
    whole.legend(frameon=True, framealpha=0.9, edgecolor="none", fontsize=9, loc="best")
    _over_time(time, drives, fused, run)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def ellipse(mean: Floats, covariance: Floats, points: int = 49) -> Floats:
    """[points, 2] The outline within which 95 % of a normal distribution [2], [2, 2] lies; closed."""
    values, axes = np.linalg.eigh(covariance)
    turn = np.linspace(0.0, 2.0 * math.pi, points)
    circle = np.stack([np.cos(turn), np.sin(turn)])
    found: Floats = mean + (axes @ (np.sqrt(_PERCENTILE * values)[:, None] * circle)).T
    return found


def _place(
    axes: Axes, drives: Drives, fused: Fused, graph: LaneGraph, run: int, window: tuple[Floats, Floats], every_s: float
) -> None:
    centre, half = window
    _roads(axes, graph, centre, half)
    raw = drives.fix[fused.fixed, run]
    axes.plot(*raw.T, "o", color=_RAW, markersize=3.4, alpha=0.8, markeredgewidth=0, label="GNSS fixes", zorder=3)
    axes.plot(*drives.centre[:, run].T, color=_TRUTH, linewidth=2.6, label="truth", zorder=4)
    # Fixes and the truth are of the box's centre: so is what is drawn of the belief.
    yaw = fused.mean[:, run, 2]
    believed = fused.mean[:, run, :2] + drives.rear_m[run] * np.stack([np.cos(yaw), np.sin(yaw)], axis=1)
    axes.plot(*believed.T, color=_FUSED, linewidth=1.5, label="fused", zorder=5)
    for number, tick in enumerate(range(0, len(believed), round(every_s / TICK_S))):
        outline = ellipse(believed[tick], fused.covariance[tick, run, :2, :2])
        axes.fill(*outline.T, facecolor=_FUSED, alpha=0.13, zorder=2)
        axes.plot(*outline.T, color=_FUSED, linewidth=0.8, zorder=2, label="95 % ellipse" if number == 0 else None)
    axes.set_xlim(centre[0] - half[0], centre[0] + half[0])
    axes.set_ylim(centre[1] - half[1], centre[1] + half[1])
    axes.set_aspect("equal")
    axes.set_facecolor(_EDGE)
    axes.tick_params(labelsize=8, colors="#5a646b")
    axes.set_xlabel("east, m", fontsize=9)
    axes.set_ylabel("north, m", fontsize=9)
    axes.spines[:].set_color("#d5d3ca")


def _roads(axes: Axes, graph: LaneGraph, centre: Floats, half: Floats) -> None:
    from matplotlib.collections import PolyCollection

    points, outlines = graph.points, []
    for lane in np.flatnonzero(((DRIVABLE >> graph.lanes.kind.astype(np.int64)) & 1) == 1):
        own = slice(int(graph.lanes.first_point[lane]), int(graph.lanes.first_point[lane + 1]))
        left = np.stack([points.left_x[own], points.left_y[own]], axis=1)
        right = np.stack([points.right_x[own], points.right_y[own]], axis=1)
        outline = np.concatenate([left, right[::-1]])
        if (np.abs(outline - centre) < half + 50.0).all(axis=1).any():
            outlines.append(outline)
    axes.add_collection(PolyCollection(outlines, facecolor=_ROAD, edgecolor=_ROAD, linewidth=0.6, zorder=1))


def _over_time(axes: Axes, drives: Drives, fused: Fused, run: int) -> None:
    seconds = TICK_S * np.arange(len(drives.truth))
    off = np.hypot(*errors(drives, fused)[:, run, :2].T)
    raw = np.hypot(*(drives.fix - drives.centre)[fused.fixed, run].T)
    variances = np.linalg.eigvalsh(fused.covariance[:, run, :2, :2])
    axes.fill_between(
        seconds,
        0.0,
        np.sqrt(_PERCENTILE * variances[:, 1]),
        color=_FUSED,
        alpha=0.15,
        linewidth=0,
        label="95 % of the belief",
    )
    axes.plot(seconds[fused.fixed], raw, "o", color=_RAW, markersize=3.4, markeredgewidth=0, label="GNSS fixes")
    axes.plot(seconds, off, color=_FUSED, linewidth=1.6, label="fused")
    axes.set_xlim(0.0, seconds[-1])
    axes.set_ylim(0.0, None)
    axes.set_xlabel("time, s", fontsize=9)
    axes.set_ylabel("off by, m", fontsize=9)
    axes.grid(color="#e4e4de", linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8, colors="#5a646b")
    axes.legend(frameon=False, fontsize=9, ncols=3, loc="upper right")


def _sharpest(drives: Drives, run: int) -> int:
    """The tick in the middle of the second in which the heading changed the most."""
    window = round(1.0 / TICK_S)
    yaw = np.unwrap(drives.truth[:, run, 2])
    return int(np.abs(yaw[window:] - yaw[:-window]).argmax()) + window // 2
