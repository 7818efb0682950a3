"""The study as one HTML file that opens anywhere, offline. Source: ours; looks and drawings are those of learning curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from sim_suite.leaderboard.curves.chart import chart, dash, label_places
from sim_suite.leaderboard.report import figures
from sim_suite.leaderboard.report.charts import COLOURS
from sim_suite.leaderboard.report.labels import label
from sim_suite.leaderboard.statistics import Interval
from sim_suite.pages import asset, template, with_script
from sim_suite.studies.overestimation.courses import Course
from sim_suite.studies.overestimation.drawing import (
    by_method,
    difference_of,
    estimate_of,
    last,
    over_training,
    panels_of,
    return_of,
)
from sim_suite.studies.overestimation.measuring import TOLERANCE, Sampling

REPORT: Final = "sim_suite.leaderboard.report"
CURVES: Final = "sim_suite.leaderboard.curves"
OWN: Final = "sim_suite.studies.overestimation"


@dataclass(frozen=True)
class Figures:
    """A method in numbers."""

    method: str
    runs: int
    estimate: Interval
    true_return: Interval
    overestimation: Interval
    """These three at the last point of each run."""
    over_training: Interval
    """Mean overestimation over all points."""


def figures_of(courses: Sequence[Course]) -> list[Figures]:
    """A row for each method."""
    return [
        Figures(
            method, len(runs), last(runs, estimate_of), last(runs, return_of), last(runs, difference_of), over_training(runs)
        )
        for method, runs in by_method(courses).items()
    ]  # fmt: skip


def render_page(courses: Sequence[Course], sampling: Sampling, command: str) -> str:
    """The page. Equal courses give equal text."""
    page = template(
        OWN, point=figures.point, bounds=figures.bounds, count=figures.count, label=label, plain=figures.plain
    )
    return page.render(
        courses=courses,
        rows=figures_of(courses),
        panels=panels_of(courses),
        sampling=sampling,
        command=command,
        tolerance=TOLERANCE,
        several=any(len(runs) > 1 for runs in by_method(courses).values()),
        chart=chart,
        dash=dash,
        label_places=label_places,
        colours=COLOURS,
        style=Markup(asset(REPORT, "page.css") + asset(CURVES, "page.css")),
        **with_script(asset(CURVES, "page.js")),
    )
