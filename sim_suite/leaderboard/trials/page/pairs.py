"""Which two parameters explain failures best, and how variations lie over two of them. Source: ours.

The range of each parameter is cut into even bins. A pair explains what the variance within its cells leaves: the adjusted
coefficient of determination, 1 - (within / (n - cells)) / (total / (n - 1)), of failure (0 or 1) where some failed and some passed,
else of severity. The adjustment takes from a pair what more cells would explain of mere noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.leaderboard.report import figures
from sim_suite.leaderboard.report.labels import label
from sim_suite.leaderboard.trials.trial import Trial, numeric

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
A_CELL: Final = 6
"""Variations that a cell should hold on average ..."""
MOST_BINS: Final = 8
"""... with so many bins a side at most: more would leave no room for a number in a cell on a phone."""
MOST_PAIRS: Final = 15
"""All pairs of six parameters."""
LEAST_VARIATIONS: Final = 16
"""Fewer fill no map."""


@dataclass(frozen=True)
class Axis:
    """One parameter of a map."""

    name: str
    index: Ints
    """[W] The bin of each variation."""
    place: Floats
    """[W] Where it is drawn: 0 to 1 along the axis."""
    bounds: tuple[str, ...]
    """What each bin holds, in words."""
    ticks: tuple[tuple[float, str], ...]
    """Place and words."""


@dataclass(frozen=True)
class Pair:
    """Two parameters."""

    x: Axis
    y: Axis
    explained: float
    """At most 1; 0 and less: nothing."""


def pairs(trial: Trial, most: int = MOST_PAIRS) -> list[Pair]:
    """The pairs that explain most, the best first; none where too few variations or parameters differ."""
    count = len(trial.verdicts)
    if count < LEAST_VARIATIONS:
        return []
    bins = min(max(round((count / A_CELL) ** 0.5), 2), MOST_BINS)
    axes = [_axis(trial.scenario, name, values, bins) for name, values in numeric(trial).items()]
    aim = outcome_of(trial)
    found = [Pair(one, other, explained(aim, cells_of(one, other))) for one, other in combinations(axes, 2)]
    return sorted(found, key=lambda pair: -pair.explained)[:most]


def outcome_of(trial: Trial) -> Floats:
    """[W] What is to be explained."""
    failed = np.array([not one.passed for one in trial.verdicts], np.float64)
    return failed if np.ptp(failed) > 0 else np.array([one.severity for one in trial.verdicts])


def cells_of(x: Axis, y: Axis) -> Ints:
    """[W] The cell of each variation."""
    return np.asarray(y.index * len(x.bounds) + x.index)


def explained(aim: Floats, cells: NDArray[Any]) -> float:
    """The adjusted coefficient of determination of the cells' means; 0 where nothing differs, or every cell holds one."""
    _, group = np.unique(cells, return_inverse=True)
    count, groups, total = len(aim), int(group.max()) + 1, float(((aim - aim.mean()) ** 2).sum())
    if total == 0.0 or groups >= count:
        return 0.0
    means = np.bincount(group, aim) / np.bincount(group)
    within = float(((aim - means[group]) ** 2).sum())
    return 1.0 - (within / (count - groups)) / (total / (count - 1))


def _axis(scenario: Scenario, name: str, values: Floats, bins: int) -> Axis:
    unit = scenario.parameter(name).unit
    known = np.unique(values)
    if len(known) <= MOST_BINS:
        index = np.searchsorted(known, values)
        # Points of equal value are spread over their column by the golden ratio, so that they do not hide each other.
        beside = (np.arange(len(values)) * 0.618034) % 1.0
        words = tuple(figures.plain(float(value)) for value in known)
        ticks = tuple(((k + 0.5) / len(known), text) for k, text in enumerate(words))
        bounds = tuple(f"{text} {unit}".rstrip() for text in words)
        return Axis(name, index, (index + 0.15 + 0.7 * beside) / len(known), bounds, ticks)
    low, high = float(known[0]), float(known[-1])
    place = (values - low) / (high - low)
    edges = [figures.plain(float(f"{edge:.3g}")) for edge in np.linspace(low, high, bins + 1)]
    positions, step = figures.ticks(low, high)
    ticks = tuple(((at - low) / (high - low), figures.tick(at, step)) for at in positions)
    bounds = tuple(f"{one} to {other} {unit}".rstrip() for one, other in pairwise(edges))
    return Axis(name, np.minimum((place * bins).astype(np.int64), bins - 1), place, bounds, ticks)


def axis_label(scenario: Scenario, name: str) -> str:
    """A parameter with its unit."""
    unit = scenario.parameter(name).unit
    if name.endswith("_kmh"):
        name, unit = name.removesuffix("_kmh"), "km/h"
    text = label(name)
    return text if text.endswith("]") or not unit else f"{text} [{unit}]"
