"""Heat maps over two parameters as inline SVG: cells by what came of their variations, and the variations as points. Source: ours.

Drawn as the leaderboard's charts are: percent across, pixels down, so that letters keep their size on any screen. Points are parts of
one path of strokes without length and with round ends, a dozen bytes each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from markupsafe import Markup

from sim_suite.leaderboard.report import figures
from sim_suite.leaderboard.trials.page.pairs import Axis, Floats, Pair, cells_of
from sim_suite.leaderboard.trials.trial import Trial

HEIGHT_PX: Final = 320
MOST_POINTS: Final = 400
"""The first so many variations, each drawn alike, are points; more would cover the cells."""
TINT: Final = 62
"""Per cent of colour in a full cell, so that points are seen on it."""


@dataclass(frozen=True)
class Shade:
    """What the cells show."""

    words: str
    """For the caption."""
    values: Floats
    """[W], NaN where a variation has none."""
    take: str
    """How a cell's value is made of its variations': mean, min or max."""
    unit: str


def shade_of(trial: Trial) -> Shade:
    """The share of failures where some failed and some passed; else the worst gap or impact, where it was measured."""
    failed = np.array([not one.passed for one in trial.verdicts], np.float64)
    low = ("least_gap_m", "min", "m", "the smallest gap to anybody, m")
    high = ("impact_speed_mps", "max", "m/s", "the fastest impact, m/s")
    if np.ptp(failed) == 0:
        name, take, unit, words = high if failed.all() else low
        values = np.array([one.measures.get(name, np.nan) for one in trial.verdicts])
        if np.isfinite(values).any():
            return Shade(words, values, take, unit)
    return Shade("the share of variations that failed, per cent", 100.0 * failed, "mean", "%")


def heat_map(trial: Trial, pair: Pair, shade: Shade, title: str) -> Markup:
    """The drawing, without the parameters' names, which stand beside it."""
    columns, rows = len(pair.x.bounds), len(pair.y.bounds)
    parts = [Markup('<rect class="ground" width="100%" height="{}"/>').format(HEIGHT_PX)]
    cells = _cells(trial, pair, shade, columns, rows)
    parts += [*(tile for tile, _ in cells), _points(trial, pair), *(number for _, number in cells)]
    parts += [_tick(place, text) for place, text in pair.x.ticks]
    return Markup('<svg class="chart heatmap" width="100%" height="{}" role="img" aria-label="{}">{}</svg>').format(
        HEIGHT_PX + 22, title, Markup("").join(parts)
    )


def left_ticks(axis: Axis) -> Markup:
    """The vertical axis, for the narrow column left of the map."""
    texts = [
        Markup('<text class="tick" x="100%" y="{}" text-anchor="end">{}</text>').format(
            round(min(max((1.0 - place) * HEIGHT_PX + 4, 10), HEIGHT_PX), 1), text
        )
        for place, text in axis.ticks
    ]
    return Markup('<svg class="chart" width="100%" height="{}" aria-hidden="true">{}</svg>').format(
        HEIGHT_PX, Markup("").join(texts)
    )


def _cells(trial: Trial, pair: Pair, shade: Shade, columns: int, rows: int) -> list[tuple[Markup, Markup]]:
    """A tile and a number for each cell that holds a value; numbers are drawn above the points."""
    cells, found = cells_of(pair.x, pair.y), []
    failed = np.array([not one.passed for one in trial.verdicts])
    known = shade.values[np.isfinite(shade.values)]
    for cell in range(columns * rows):
        inside = np.flatnonzero(cells == cell)
        values = shade.values[inside]
        values = values[np.isfinite(values)]
        if not len(values):
            continue
        value = float({"mean": values.mean, "min": values.min, "max": values.max}[shade.take]())
        row, column = divmod(cell, columns)
        text = figures.number(value, 0 if shade.take == "mean" or abs(value) >= 10 else 1)
        words = f"{failed[inside].sum()} of {len(inside)} failed; {pair.x.bounds[column]}, {pair.y.bounds[row]}"
        x, y = round(100 * column / columns, 3), round(HEIGHT_PX * (rows - 1 - row) / rows, 2)
        tile = Markup(
            '<rect class="cell" style="--tone: {}%" x="{}%" y="{}" width="{}%" height="{}"><title>{}</title></rect>'
        ).format(
            round(TINT * _tone(value, shade, known)), x, y, round(100 / columns, 3), round(HEIGHT_PX / rows, 2), words
        )
        found.append((tile, Markup('<text class="share" x="{}%" dx="4" y="{}">{}</text>').format(x, y + 13, text)))
    return found


def _tone(value: float, shade: Shade, known: Floats) -> float:
    """0 to 1, the worse the more."""
    if shade.take == "mean":
        return value / 100.0
    low, high = float(known.min()), float(known.max())
    along = (value - low) / (high - low) if high > low else 1.0
    return along if shade.take == "max" else 1.0 - along


def _points(trial: Trial, pair: Pair) -> Markup:
    groups: dict[tuple[bool, bool], list[str]] = {}
    for w, one in enumerate(trial.verdicts[:MOST_POINTS]):
        place = f"M{100 * pair.x.place[w]:.4g} {100 * (1 - pair.y.place[w]):.4g}h.01"
        groups.setdefault((one.passed, one.avoidable is False), []).append(place)
    drawn = Markup("").join(_dots(groups[key], *key) for key in sorted(groups, reverse=True))
    return Markup(
        '<svg width="100%" height="{}" viewBox="0 0 100 100" preserveAspectRatio="none" overflow="visible">{}</svg>'
    ).format(HEIGHT_PX, drawn)


def _dots(places: Sequence[str], passed: bool, unavoidable: bool) -> Markup:
    path, kind = "".join(places), "passed" if passed else "failed"
    dots = Markup('<path class="dots {}" d="{}"/>').format(kind, path)
    return dots + Markup('<path class="dots {} hole" d="{}"/>').format(kind, path) if unavoidable else dots


def _tick(place: float, text: str) -> Markup:
    anchor = "start" if place < 0.03 else "end" if place > 0.97 else "middle"
    return Markup('<text class="tick" x="{}%" y="{}" text-anchor="{}">{}</text>').format(
        round(100 * place, 2), HEIGHT_PX + 16, anchor, text
    )
