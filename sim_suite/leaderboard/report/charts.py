"""The page's plots as inline SVG: intervals and performance profiles, drawn in percent so that text keeps its size.

Source: ours, after Agarwal et al. 2021 (arXiv:2108.13264). Horizontal positions are percentages of the
drawing's width and vertical ones pixels, so a plot fits any screen without scaling its letters. Colours are CSS classes
c0 to c11 by the entry's place in its section; agent names stand in HTML beside the drawing, never inside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape

from sim_suite.leaderboard.report import figures
from sim_suite.leaderboard.report.model import Floats, Section
from sim_suite.leaderboard.statistics import Interval

ROW_PX = 34
HEAD_PX = 30
FOOT_PX = 26
PROFILE_PX = 240
COLOURS = 12
RUG_LIMIT = 200
"""Episode marks drawn for a single training run; more would be one grey bar."""


@dataclass(frozen=True)
class Line:
    """A vertical line of an interval plot."""

    at: float
    label: str
    kind: str
    """CSS class: "random" or "reference"."""


@dataclass(frozen=True)
class Bar:
    """One row of an interval plot; an interval that is None says "no scored episode"."""

    interval: Interval | None
    place: int
    """The entry's place in its section, which gives its colour."""
    runs: tuple[Floats, ...] = ()
    """Episode scores by training run, for the points of few runs."""


def interval_plot(bars: Sequence[Bar], lines: Sequence[Line], title: str) -> Markup:
    """One row per agent: point, interval, and the runs (or a single run's episodes) where there are few."""
    axis = _Axis.around(_shown(bars, lines))
    height = HEAD_PX + ROW_PX * len(bars) + FOOT_PX
    parts = [_grid(axis, HEAD_PX, height - FOOT_PX)]
    parts += [_reference_line(axis, line, number, height) for number, line in enumerate(lines)]
    parts += [_bar(axis, bar, row) for row, bar in enumerate(bars)]
    return _svg(parts, height, title)


def profile_plot(section: Section, title: str) -> Markup:
    """Share of scores above each threshold with bands; curves are stretched, their strokes are not."""
    drawn = [(index, p) for index, p in enumerate(section.profiles) if p is not None]
    if not drawn:
        return Markup("")
    taus = drawn[0][1].taus
    axis = _Axis(float(taus[0]), float(taus[-1]))
    curves = []
    for index, p in drawn:
        x = [axis.at(t) for t in taus]
        band = [*zip(x, p.high, strict=True), *reversed([*zip(x, p.low, strict=True)])]
        curves.append(Markup('<g class="c{}">').format(index % COLOURS))
        curves.append(Markup('<polygon class="band" points="{}"/>').format(_points(band)))
        curves.append(Markup('<polyline class="curve" points="{}"/></g>').format(_points(zip(x, p.share, strict=True))))
    top, bottom = 16, 16 + PROFILE_PX
    parts = [_grid(axis, top, bottom)]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = bottom - share * PROFILE_PX
        parts.append(Markup('<line class="grid" x1="0" x2="100%" y1="{y}" y2="{y}"/>').format(y=y))
        parts.append(Markup('<text class="tick" x="2" y="{}">{} %</text>').format(y - 3, round(100 * share)))
    parts.append(
        Markup('<svg x="0" y="{}" width="100%" height="{}" viewBox="0 0 100 1" preserveAspectRatio="none">').format(
            top, PROFILE_PX
        )
    )
    parts += [*curves, Markup("</svg>")]
    return _svg(parts, bottom + FOOT_PX, title)


@dataclass(frozen=True)
class _Axis:
    low: float
    high: float

    @staticmethod
    def around(values: Sequence[float]) -> _Axis:
        """An axis with a margin of 5 % that holds all values; a single value sits in the middle of a unit."""
        low, high = min(values), max(values)
        margin = 0.05 * (high - low) or max(0.5, abs(low) * 0.05)
        return _Axis(low - margin, high + margin)

    def at(self, value: float) -> float:
        """Position in per cent, cut off at the edges."""
        return round(min(100.0, max(0.0, 100 * (value - self.low) / (self.high - self.low))), 3)


def _shown(bars: Sequence[Bar], lines: Sequence[Line]) -> list[float]:
    """The values that an axis must hold. Intervals of few runs may reach far: beyond a margin they run off the plot."""
    marks = [line.at for line in lines]
    for bar in bars:
        if bar.interval is not None:
            marks += [bar.interval.point, *(_run_marks(bar)[1] if bar.interval.few else [])]
    if not marks:
        return [0.0, 1.0]
    reach = 0.5 * (max(marks) - min(marks)) or 1.0
    ends = [e for bar in bars if bar.interval for e in (bar.interval.low, bar.interval.high) if np.isfinite(e)]
    return marks + [min(max(e, min(marks) - reach), max(marks) + reach) for e in ends]


def _grid(axis: _Axis, top: float, bottom: float) -> Markup:
    """Vertical lines and their labels; a narrow screen hides every second label by its class."""
    positions, step = figures.ticks(axis.low, axis.high)
    parts = []
    for value in positions:
        x = axis.at(value)
        anchor = "start" if x < 4 else "end" if x > 96 else "middle"
        minor = " minor" if round(value / step) % 2 else ""
        parts.append(
            Markup(
                '<line class="grid" x1="{x}%" x2="{x}%" y1="{top}" y2="{bottom}"/>'
                '<text class="tick{minor}" x="{x}%" y="{y}" text-anchor="{anchor}">{label}</text>'
            ).format(
                x=x,
                top=top,
                bottom=bottom,
                minor=minor,
                y=bottom + 17,
                anchor=anchor,
                label=figures.tick(value, step),
            )
        )
    return Markup("").join(parts)


def _reference_line(axis: _Axis, line: Line, number: int, height: int) -> Markup:
    """Labels take turns in two lines of the head, so that close lines do not overprint each other."""
    x = axis.at(line.at)
    anchor = "start" if x < 15 else "end" if x > 85 else "middle"
    return Markup(
        '<line class="{kind}" x1="{x}%" x2="{x}%" y1="{top}" y2="{bottom}"/>'
        '<text class="linelabel" x="{x}%" y="{y}" text-anchor="{anchor}">{label}</text>'
    ).format(
        kind=line.kind,
        x=x,
        top=15 + 13 * (number % 2),
        bottom=height - FOOT_PX,
        y=11 + 13 * (number % 2),
        anchor=anchor,
        label=line.label,
    )


def _bar(axis: _Axis, bar: Bar, row: int) -> Markup:
    y = HEAD_PX + ROW_PX * row + ROW_PX / 2
    found = bar.interval
    if found is None:
        return Markup('<text class="tick" x="50%" y="{}" text-anchor="middle">no scored episode</text>').format(y + 4)
    parts = [Markup('<g class="c{}">').format(bar.place % COLOURS)]
    if found.few:
        kind, values = _run_marks(bar)
        parts += [_mark(kind, axis.at(v), y) for v in values]
    if found.method != "none":
        parts.append(
            Markup('<line class="interval" x1="{}%" x2="{}%" y1="{y}" y2="{y}"/>').format(
                axis.at(found.low), axis.at(found.high), y=y
            )
        )
        if found.low < axis.low:
            parts.append(Markup('<text class="cut" x="-2" y="{}" text-anchor="end">‹</text>').format(y + 5))
        if found.high > axis.high:
            parts.append(Markup('<text class="cut" x="100%" dx="2" y="{}">›</text>').format(y + 5))
    words = escape(f"{figures.point(found)} {figures.bounds(found)}, {found.over}")
    parts.append(
        Markup('<circle class="point" cx="{}%" cy="{}" r="5"><title>{}</title></circle></g>').format(
            axis.at(found.point), y, words
        )
    )
    return Markup("").join(parts)


def _run_marks(bar: Bar) -> tuple[str, list[float]]:
    """Dots at run scores, or ticks at the episodes of a single run."""
    if len(bar.runs) == 1:
        return "episode", [float(v) for v in bar.runs[0][:RUG_LIMIT]]
    return "run", [float(run.mean()) for run in bar.runs]


def _mark(kind: str, x: float, y: float) -> Markup:
    if kind == "run":
        return Markup('<circle class="run" cx="{}%" cy="{}" r="3.5"/>').format(x, y + 9)
    return Markup('<line class="episode" x1="{x}%" x2="{x}%" y1="{a}" y2="{b}"/>').format(x=x, a=y + 5, b=y + 12)


def _points(pairs: Iterable[tuple[float, float]]) -> str:
    """Polygon points in a 100 x 1 box, y upward."""
    return " ".join(f"{x:g},{1 - float(y):.4g}" for x, y in pairs)


def _svg(parts: Sequence[Markup], height: int, title: str) -> Markup:
    return Markup('<svg class="chart" width="100%" height="{}" role="img" aria-label="{}">{}</svg>').format(
        height, title, Markup("").join(parts)
    )
