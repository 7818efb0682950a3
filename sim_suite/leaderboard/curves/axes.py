"""Axes of a panel: where a step and a value lie, in shares of the drawing, and which of them are marked. Source: ours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim_suite.leaderboard.curves.panels import Panel
from sim_suite.leaderboard.report import figures

_MARGIN = 0.04
"""Of the values' span, left free above and below."""

_NEAR_ZERO = 0.2
"""Of the last step: runs that begin before this are shown from 0."""


@dataclass(frozen=True)
class Axis:
    """A linear axis, or a logarithmic one (then `low` and `high` are decimal logarithms)."""

    low: float
    high: float
    logarithmic: bool = False

    def at(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Shares [N] of the axis, 0 at its low end, cut off at both; values: [N]."""
        scaled = np.log10(np.maximum(values, 10.0**self.low)) if self.logarithmic else values
        return np.clip((scaled - self.low) / (self.high - self.low), 0.0, 1.0)

    def marks(self) -> list[tuple[float, str]]:
        """(share, label) of each round value."""
        if not self.logarithmic:
            positions, step = figures.ticks(self.low, self.high)
            return [(float(self.at(np.array([p]))[0]), figures.tick(p, step)) for p in positions]
        powers = range(math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9) + 1)
        return [((power - self.low) / (self.high - self.low), figures.plain(10.0**power)) for power in powers]


def step_axis(panel: Panel) -> Axis:
    """From 0, or from the first step where all runs begin late, to the last; a single step lies in the middle."""
    ends = [float(end) for line in panel.lines for _, curve in line.runs for end in (curve.steps[0], curve.steps[-1])]
    low, high = min(ends), max(ends)
    if 0 < low < _NEAR_ZERO * high:
        low = 0.0
    return Axis(low, high) if high > low else Axis(low - 1.0, high + 1.0)


def value_axis(panel: Panel) -> Axis:
    """Holds all runs and means. Intervals of few runs reach far: they may leave it, and are cut off there."""
    drawn = [curve.values for line in panel.lines for _, curve in line.runs]
    low, high = min(float(v.min()) for v in drawn), max(float(v.max()) for v in drawn)
    if panel.logarithmic:
        low, high = math.log10(low), math.log10(high)
    margin = _MARGIN * (high - low) or max(0.5, abs(low) * _MARGIN)
    return Axis(low - margin, high + margin, panel.logarithmic)


def step_marks(axis: Axis) -> list[tuple[float, str]]:
    """(share, label) of round steps: whole numbers in short, 50 k or 1.5 M."""
    positions, step = figures.ticks(axis.low, axis.high)
    if step < 1:
        positions = [p for p in positions if float(p).is_integer()]
    return [(float(axis.at(np.array([p]))[0]), _short(p)) for p in positions]


def _short(step: float) -> str:
    return figures.count(round(step)) if step >= 0 else figures.plain(step)


def ends_apart(heights: Sequence[float], gap: float, bottom: float) -> list[float]:
    """Places for labels that want to stand at `heights`, all in pixels from the top: in the same order, at least `gap` apart and, as far
    as they fit, above `bottom`."""
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    places = [0.0] * len(heights)
    below = -math.inf
    for i in order:
        places[i] = below = max(heights[i], below + gap)
    above = bottom
    for i in reversed(order):
        places[i] = above = min(places[i], above)
        above -= gap
    return places
