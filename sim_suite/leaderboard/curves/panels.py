"""Which curves are drawn together: for each metric, the runs of each label and their mean. Source: ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sim_suite.errors import UnknownNameError
from sim_suite.leaderboard.curves.groups import Group
from sim_suite.leaderboard.curves.means import MeanCurve, mean_curve, smoothed
from sim_suite.leaderboard.curves.reading import Curve, TrainingRun
from sim_suite.leaderboard.curves.telling import spans_decades, telling

ENV_STEPS: Final = "environment steps"
EXAMPLES: Final = "examples learned from"
MOST_PANELS: Final = 6
"""Metrics that are shown where none is named."""


@dataclass(frozen=True)
class Line:
    """One label in one panel."""

    label: str
    place: int
    """Of its group among all, which gives colour and dashes."""
    runs: tuple[tuple[TrainingRun, Curve], ...]
    """One or more."""
    mean: MeanCurve | None
    """None for a single run, and where runs do not overlap."""


@dataclass(frozen=True)
class Panel:
    """One metric."""

    metric: str
    lines: tuple[Line, ...]
    logarithmic: bool
    """Drawn over a logarithmic axis."""
    notes: tuple[str, ...] = ()
    steps: str = ENV_STEPS
    """What is counted from left to right."""


def make_panels(groups: Sequence[Group], metrics: Sequence[str] = (), smooth: int = 1) -> list[Panel]:
    """A panel for each of `metrics`, or for those that tell most. smooth: records that a value is averaged over, 1 for none."""
    runs = [run for group in groups for run in group.runs]
    known = dict.fromkeys(name for run in runs for name in run.curves)
    for name in metrics:
        if name not in known:
            raise UnknownNameError("metric", name, known)
    if not metrics:
        courses = [name for name in known if any(len(run.curves[name].steps) > 1 for run in runs if name in run.curves)]
        metrics = telling(courses or known)[:MOST_PANELS]
    return [_panel(groups, name, smooth) for name in dict.fromkeys(metrics)]


def _panel(groups: Sequence[Group], metric: str, smooth: int) -> Panel:
    lines, notes, without = [], [], []
    for place, group in enumerate(groups):
        runs = tuple((run, smoothed(run.curves[metric], smooth)) for run in group.runs if metric in run.curves)
        if not runs:
            without.append(group.label)
            continue
        if len(runs) < len(group.runs):
            notes.append(
                f"{len(group.runs) - len(runs)} of the {len(group.runs)} runs of {group.label} do not have it."
            )
        left_out = sum(curve.left_out for _, curve in runs)
        if left_out:
            notes.append(f"{left_out} values of {group.label} are not finite and are left out.")
        mean = mean_curve([curve for _, curve in runs])
        if mean is None and len(runs) > 1:
            notes.append(f"The runs of {group.label} share no stretch of steps, so they have no mean.")
        lines.append(Line(group.label, place, runs, mean))
    if without:
        notes.append(f"Without it: {', '.join(without)}.")
    values = [curve.values for line in lines for _, curve in line.runs]
    logarithmic = spans_decades(metric, min(float(v.min()) for v in values), max(float(v.max()) for v in values))
    return Panel(metric, tuple(lines), logarithmic, tuple(notes), _counted(lines))


def _counted(lines: Sequence[Line]) -> str:
    """What the steps of these lines are."""
    kinds = {run.counts_examples for line in lines for run, _ in line.runs}
    return "steps" if len(kinds) > 1 else EXAMPLES if True in kinds else ENV_STEPS
