"""A panel as inline SVG: light lines for runs, a strong one for their mean, a band for its interval. Source: ours.

Positions are shares of the drawing's width and pixels of its height, so that letters keep their size on any screen. Labels are told
apart by dashes and by standing where their curve ends, not by colour alone.
"""

from __future__ import annotations

import json
from typing import Any, Final

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from sim_suite.leaderboard.curves.axes import Axis, ends_apart, step_axis, step_marks, value_axis
from sim_suite.leaderboard.curves.means import POINTS, thinned
from sim_suite.leaderboard.curves.panels import Line, Panel
from sim_suite.leaderboard.curves.reading import Curve
from sim_suite.leaderboard.report.charts import COLOURS

HEIGHT_PX: Final = 300
"""Of the plot itself."""
TOP_PX: Final = 8
FOOT_PX: Final = 26
LABEL_PX: Final = 20
"""Least distance of two labels at the right."""
DASHES: Final = ("", "9 4", "2 4", "9 4 2 4", "16 5", "16 4 2 4 2 4")
"""By place, told apart without colour; the seventh label begins anew."""
DRAWN: Final = 2000
"""Records of a run that are drawn, two for each pixel of a wide page; the CSV has all."""


def chart(panel: Panel) -> Markup:
    """The drawing of a panel, without its labels."""
    across, up = step_axis(panel), value_axis(panel)
    parts = [_value_grid(up), _step_grid(across)]
    frame = '<svg x="0" y="{}" width="100%" height="{}" viewBox="0 0 1 1" preserveAspectRatio="none" class="curves">{}</svg>'
    curves = Markup("").join(_line(line, across, up) for line in panel.lines)
    parts.append(Markup(frame).format(TOP_PX, HEIGHT_PX, curves))
    parts += [_lone_point(line, across, up) for line in panel.lines]
    words = f"{panel.metric} by {panel.steps}: {', '.join(line.label for line in panel.lines)}"
    return Markup(
        '<svg class="chart" width="100%" height="{}" role="img" aria-label="{}" data-curves="{}">{}</svg>'
    ).format(TOP_PX + HEIGHT_PX + FOOT_PX, words, json.dumps(_read_out(panel, across)), Markup("").join(parts))


def label_places(panel: Panel) -> list[tuple[Line, float]]:
    """(line, pixels from the top) of each label, where its curve ends but apart from its neighbours."""
    up = value_axis(panel)
    ends = np.array([_last(line) for line in panel.lines])
    wanted = [_y(float(share)) for share in up.at(ends)]
    return list(zip(panel.lines, ends_apart(wanted, LABEL_PX, TOP_PX + HEIGHT_PX), strict=True))


def dash(place: int) -> str:
    """The dashes of a label, by its place."""
    return DASHES[place % len(DASHES)]


def _last(line: Line) -> float:
    return line.mean.intervals[-1].point if line.mean is not None else float(line.runs[0][1].values[-1])


def _line(line: Line, across: Axis, up: Axis) -> Markup:
    single = line.mean is None and len(line.runs) == 1
    parts = []
    if line.mean is not None:
        steps = line.mean.steps.astype(np.float64)
        low, point, high = (
            np.array([getattr(found, end) for found in line.mean.intervals]) for end in ("low", "point", "high")
        )
        band = _points(np.concatenate([steps, steps[::-1]]), np.concatenate([high, low[::-1]]), across, up)
        parts.append(Markup('<polygon class="band" points="{}"/>').format(band))
    for _, curve in line.runs:
        at = thinned(np.arange(len(curve.steps)), DRAWN)
        points = _points(curve.steps[at].astype(np.float64), curve.values[at], across, up)
        kind = "curve" if single else "lone"
        parts.append(Markup('<polyline class="{}" points="{}"{}/>').format(kind, points, _dash(line, single)))
    if line.mean is not None:
        points = _points(steps, point, across, up)
        parts.append(Markup('<polyline class="curve" points="{}"{}/>').format(points, _dash(line, True)))
    return Markup('<g class="c{}">{}</g>').format(line.place % COLOURS, Markup("").join(parts))


def _dash(line: Line, strong: bool) -> Markup:
    pattern = dash(line.place)
    return Markup(' stroke-dasharray="{}"').format(pattern) if strong and pattern else Markup("")


def _lone_point(line: Line, across: Axis, up: Axis) -> Markup:
    """Dots for runs of a single record, which no line shows."""
    dots = []
    for _, curve in line.runs:
        if len(curve.steps) == 1:
            x = 100 * across.at(curve.steps.astype(np.float64))[0]
            y = _y(float(up.at(curve.values)[0]))
            dots.append(Markup('<circle class="point" cx="{:.3f}%" cy="{}" r="4"/>').format(x, y))
    return Markup('<g class="c{}">{}</g>').format(line.place % COLOURS, Markup("").join(dots)) if dots else Markup("")


def _value_grid(up: Axis) -> Markup:
    """Lines across; their labels stand left of the drawing, where the page leaves room for them."""
    parts = [
        Markup('<line class="grid" x1="0" x2="100%" y1="{y}" y2="{y}"/>').format(y=_y(share))
        + Markup('<text class="tick" x="-8" y="{}" text-anchor="end">{}</text>').format(_y(share) + 4, label)
        for share, label in up.marks()
    ]
    return Markup("").join(parts)


def _step_grid(across: Axis) -> Markup:
    parts = []
    for number, (share, label) in enumerate(step_marks(across)):
        anchor = "start" if share < 0.04 else "end" if share > 0.96 else "middle"
        parts.append(
            Markup(
                '<line class="grid" x1="{x}%" x2="{x}%" y1="{top}" y2="{bottom}"/>'
                '<text class="tick{minor}" x="{x}%" y="{text}" text-anchor="{anchor}">{label}</text>'
            ).format(
                x=round(100 * share, 3),
                top=TOP_PX,
                bottom=TOP_PX + HEIGHT_PX,
                minor=" minor" if number % 2 else "",
                text=TOP_PX + HEIGHT_PX + 18,
                anchor=anchor,
                label=label,
            )
        )
    return Markup("").join(parts)


def _y(share: float) -> float:
    return round(TOP_PX + HEIGHT_PX * (1 - share), 2)


def _points(steps: NDArray[np.float64], values: NDArray[np.float64], across: Axis, up: Axis) -> str:
    """Points in a 1 x 1 box, y downward."""
    pairs = zip(across.at(steps).tolist(), (1.0 - up.at(values)).tolist(), strict=True)
    return " ".join(f"{x:.5g},{y:.5g}" for x, y in pairs)


def _read_out(panel: Panel, across: Axis) -> dict[str, Any]:
    """What the page shows under the pointer: the axis, and of each label its steps, values and interval ends."""
    lines = []
    for line in panel.lines:
        if line.mean is not None:
            found = line.mean.intervals
            rows = [[_rounded(one.point), _rounded(one.low), _rounded(one.high)] for one in found]
            lines.append({"steps": line.mean.steps.tolist(), "values": rows})
        elif len(line.runs) == 1:
            curve: Curve = line.runs[0][1]
            at = thinned(np.arange(len(curve.steps)), POINTS)
            rows = [[_rounded(value)] for value in curve.values[at].tolist()]
            lines.append({"steps": curve.steps[at].tolist(), "values": rows})
        else:
            continue
        lines[-1] |= {"label": line.label, "place": line.place % COLOURS}
    return {"low": across.low, "high": across.high, "lines": lines}


def _rounded(value: float) -> float:
    return float(f"{value:.5g}")
