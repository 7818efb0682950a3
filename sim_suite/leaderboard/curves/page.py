"""Learning curves as one HTML file that opens anywhere, offline: drawings, figures and where they come from. Source: ours.

Looks are the leaderboard's (`sim_suite.leaderboard.report`), and so is the content security policy. Equal runs give equal text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from sim_suite.leaderboard.curves.chart import DRAWN, chart, dash, label_places
from sim_suite.leaderboard.curves.groups import Group
from sim_suite.leaderboard.curves.means import POINTS
from sim_suite.leaderboard.curves.panels import Line, Panel
from sim_suite.leaderboard.report import figures
from sim_suite.leaderboard.report.charts import COLOURS
from sim_suite.leaderboard.report.labels import label
from sim_suite.pages import asset, template, with_script

_REPORT: Final = "sim_suite.leaderboard.report"
_OWN: Final = "sim_suite.leaderboard.curves"


@dataclass(frozen=True)
class Figures:
    """A line of a panel in numbers, as text."""

    line: Line
    runs: int
    last_step: int
    last: str
    last_bounds: str
    highest: str
    highest_step: int
    lowest: str
    lowest_step: int


def render(groups: Sequence[Group], panels: Sequence[Panel], smooth: int = 1) -> str:
    """The page. smooth: records that each value is a mean of, 1 for none; the page says so."""
    script = asset(_OWN, "page.js")
    envs = list(dict.fromkeys(group.env for group in groups))
    page = template(_OWN, count=figures.count, label=label, middle=figures.middle)
    return page.render(
        groups=groups,
        panels=panels,
        smooth=smooth,
        title=f"Learning curves on {envs[0]}" if len(envs) == 1 else "Learning curves",
        several=any(line.mean is not None for panel in panels for line in panel.lines),
        notes=[note for group in groups for note in group.notes],
        chart=chart,
        dash=dash,
        label_places=label_places,
        figures_of=figures_of,
        colours=COLOURS,
        points=POINTS,
        drawn=DRAWN,
        style=Markup(asset(_REPORT, "page.css") + asset(_OWN, "page.css")),
        **with_script(script),
    )


def figures_of(panel: Panel) -> list[Figures]:
    """Last, highest and lowest value of each label: of its mean, or of the only run. Runs without a mean have no row."""
    rows = []
    for line in panel.lines:
        if line.mean is not None:
            steps, values = line.mean.steps.tolist(), [found.point for found in line.mean.intervals]
            end = line.mean.intervals[-1]
            last, bounds = figures.point(end), figures.bounds(end)
        elif len(line.runs) == 1:
            steps, values = line.runs[0][1].steps.tolist(), line.runs[0][1].values.tolist()
            last, bounds = _text(values[-1]), ""
        else:
            continue
        high, low = max(range(len(values)), key=values.__getitem__), min(range(len(values)), key=values.__getitem__)
        ends = (_text(values[high]), steps[high], _text(values[low]), steps[low])
        rows.append(Figures(line, len(line.runs), steps[-1], last, bounds, *ends))
    return rows


def _text(value: float) -> str:
    """Four digits: more would say more of one seed than there is to say."""
    return f"{value:.4g}".replace("-", "−")
