"""The survey's plots as inline SVG: bars of classes, histograms, maps with where was driven. Source: ours.

Across, places are percentages of the drawing's width; down, they are pixels: letters keep their size on any screen. Colours are CSS.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from markupsafe import Markup

from sim_suite.episodes.survey.counting import Deeds, Histogram
from sim_suite.episodes.survey.coverage import Coverage

ROW_PX: Final = 26
HISTOGRAM_PX: Final = 150
_BAR: Final = 72
"""Per cent of a drawing that the longest bar takes; the numbers stand behind."""
_LABELS: Final = 5
"""Under a histogram: at its ends and between."""
_MAP_PX: Final = 460
_PAGE_PX: Final = 900
_SHADES: Final = 5


def class_bars(deeds: Deeds) -> Markup:
    """A row a class that occurs, the most frequent first; the full part of a bar is what is selected."""
    order = [int(k) for k in np.argsort(-deeds.classes, kind="stable") if deeds.classes[k]]
    most, total = max(int(deeds.classes.max(initial=1)), 1), max(int(deeds.classes.sum()), 1)
    parts = []
    for row, k in enumerate(order):
        count, kept = int(deeds.classes[k]), int(deeds.selected[k])
        said = f"{kept:,} of {count:,}" if deeds.thinned else f"{count:,}"
        parts.append(
            Markup(
                '<rect class="all" x="0" y="{y}" width="{all}%" height="16"/><rect class="kept" x="0" y="{y}" width="{kept}%" height="16"/>'
                '<text class="value" x="100%" y="{text}" text-anchor="end">{said}<tspan class="minor"> · {share} %</tspan></text>'
            ).format(
                y=row * ROW_PX + 5, all=round(_BAR * count / most, 3), kept=round(_BAR * kept / most, 3),
                text=row * ROW_PX + 17, said=said, share=f"{100 * count / total:.1f}",
            )
        )  # fmt: skip
    return _svg(parts, ROW_PX * len(order), f"Steps by class of action in {deeds.env}")


def class_names(deeds: Deeds) -> list[str]:
    """Of the rows of `class_bars`, in their order."""
    return [deeds.about.classes[int(k)] for k in np.argsort(-deeds.classes, kind="stable") if deeds.classes[k]]


def histogram(one: Histogram, title: str) -> Markup:
    """Upright bars over a number line, the largest share written above."""
    most, total, bins = max(int(one.counts.max(initial=0)), 1), max(int(one.counts.sum()), 1), len(one.counts)
    top, bottom, width = 18, HISTOGRAM_PX, 100 / bins
    parts = [Markup('<line class="axis" x1="0" x2="100%" y1="{y}" y2="{y}"/>').format(y=bottom)]
    for k, count in enumerate(one.counts.tolist()):
        if count:
            height = max((bottom - top) * count / most, 1.0)
            words = f"{number(one.edges[k])} to {number(one.edges[k + 1])}: {count:,} ({100 * count / total:.1f} %)"
            parts.append(
                Markup(
                    '<rect class="kept" x="{}%" y="{}" width="{}%" height="{}"><title>{}</title></rect>'
                ).format(
                    round(k * width + 0.08 * width, 3), round(bottom - height, 2), round(0.84 * width, 3),
                    round(height, 2), words,
                )
            )  # fmt: skip
    k = int(one.counts.argmax())
    anchor = "start" if k < bins * 0.15 else "end" if k > bins * 0.85 else "middle"
    at = {"start": k * width, "end": (k + 1) * width, "middle": (k + 0.5) * width}[anchor]
    share = Markup('<text class="value" x="{}%" y="12" text-anchor="{}">{} %</text>')
    parts.append(share.format(round(at, 3), anchor, f"{100 * one.counts[k] / total:.1f}"))
    parts += _numbers(one, bottom)
    return _svg(parts, HISTOGRAM_PX + 22, title)


def map_plot(one: Coverage) -> Markup:
    """Lanes in grey, driven stretches in five shades by how many steps were spent on them."""
    ends = np.concatenate(one.lines)
    low, high = ends.min(axis=0) - 8.0, ends.max(axis=0) + 8.0
    wide, tall = (high - low).tolist()
    height = min(_MAP_PX, max(160, round(_PAGE_PX * tall / wide)))
    metre_px = min(_PAGE_PX / wide, height / tall)
    roads = [_stroke("road", [line], low, tall, max(3.2, 1.5 / metre_px)) for line in one.lines]
    shades = shade_of(one.visits)
    driven = [
        _stroke(
            f"driven s{shade}", one.stretches[shades == shade].reshape(-1, 2, 2), low, tall, max(2.6, 3.0 / metre_px)
        )
        for shade in range(1, _SHADES + 1)
        if (shades == shade).any()
    ]
    return Markup(
        '<svg class="chart map" width="100%" height="{}" viewBox="0 0 {:.1f} {:.1f}" role="img" aria-label="{}">{}</svg>'
    ).format(height, wide, tall, f"Where was driven on {one.map}", Markup("").join([*roads, *driven]))


def shade_of(visits: Sequence[int] | np.ndarray) -> np.ndarray:
    """[s] 0 where nobody was, else 1 to 5: by the logarithm of the visits, up to the most."""
    counts = np.asarray(visits, np.float64)
    most = max(counts.max(initial=0.0), 1.0)
    share = np.log1p(counts) / math.log1p(most)
    found: np.ndarray = np.where(counts > 0, np.clip(np.ceil(share * _SHADES), 1, _SHADES), 0).astype(np.int64)
    return found


def number(value: float) -> str:
    """Up to three digits, with a true minus."""
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return text.replace("-", "−") if float(text.replace(",", "")) else "0"


def _numbers(one: Histogram, bottom: int) -> list[Markup]:
    parts = []
    for k in range(_LABELS):
        share = k / (_LABELS - 1)
        anchor = "start" if k == 0 else "end" if k == _LABELS - 1 else "middle"
        value = one.edges[0] + share * (one.edges[-1] - one.edges[0])
        text = Markup('<text class="tick" x="{}%" y="{}" text-anchor="{}">{}</text>')
        parts.append(text.format(round(100 * share, 2), bottom + 16, anchor, number(float(value))))
    return parts


def _stroke(kind: str, lines: Any, low: np.ndarray, tall: float, width_m: float) -> Markup:
    """One path of many lines, at least so wide that it is seen on maps of kilometres."""
    return Markup('<path class="{}" stroke-width="{:.1f}" d="{}"/>').format(kind, width_m, _path(lines, low, tall))


def _path(lines: Sequence[np.ndarray], low: np.ndarray, tall: float) -> str:
    """World metres as a path, y down."""
    words = []
    for line in lines:
        places = [f"{x:.1f} {tall - y:.1f}" for x, y in (line - low).tolist()]
        words.append("M" + "L".join(places))
    return "".join(words)


def _svg(parts: Sequence[Markup], height: int, title: str) -> Markup:
    return Markup('<svg class="chart" width="100%" height="{}" role="img" aria-label="{}">{}</svg>').format(
        height, title, Markup("").join(parts)
    )
