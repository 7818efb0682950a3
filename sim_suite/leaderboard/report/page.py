"""The leaderboard as one HTML file that opens anywhere, offline: style, script, plots and clips are all inside it.

Source: ours. A content security policy in the file forbids every network request and any script but the page's own, so
a hostile agent name could do nothing even if it were not escaped, which it is.
"""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from sim_suite.leaderboard.report import charts, figures
from sim_suite.leaderboard.report.assemble import DUEL_RESAMPLES
from sim_suite.leaderboard.report.labels import label
from sim_suite.leaderboard.report.model import Board, Comparison, Section, TaskInfo
from sim_suite.leaderboard.report.sentences import few_any, few_sentence, left_out_sentence, stalled_sentence
from sim_suite.leaderboard.statistics import FEW_RUNS, Interval
from sim_suite.pages import asset, data_uri, template, with_script

OWN: Final = "sim_suite.leaderboard.report"


def render(board: Board) -> str:
    """The page. Equal boards give equal text."""
    page = template(
        OWN,
        "template.html.j2",
        plain=figures.plain,
        point=figures.point,
        bounds=figures.bounds,
        count=figures.count,
        label=label,
        middle=figures.middle,
        percent=figures.percent,
        data_uri=data_uri,
    )
    return page.render(
        board=board,
        notes=notes(board),
        style=Markup(asset(OWN, "page.css")),
        **with_script(asset(OWN, "page.js")),
        few_runs=FEW_RUNS,
        colours=charts.COLOURS,
        aggregate_plot=aggregate_plot,
        task_plot=task_plot,
        profile_plot=charts.profile_plot,
        few_sentence=few_sentence,
        few_any=few_any,
        left_out_sentence=left_out_sentence,
        stalled_sentence=stalled_sentence,
        ranks=ranks,
        overall=overall,
        duel_resamples=DUEL_RESAMPLES,
        heat=heat,
        any_person=any(entry.is_person for section in board.sections for entry in section.entries),
        measured=any(section.metrics(at) for section in board.sections for at in range(len(section.tasks))),
    )


def aggregate_plot(section: Section) -> Markup:
    """What ranked entries are ranked by; the points of few runs are left to the tasks' plots."""
    bars = [charts.Bar(section.entries[place].aggregate, place) for place in section.ranked]
    lines = [charts.Line(0.0, "random", "random"), charts.Line(1.0, "reference", "reference")]
    return charts.interval_plot(bars, lines, f"{section.figure} of each agent on {section.name}")


def task_plot(section: Section, index: int) -> Markup:
    """Mean score on one task of each entry that played it."""
    task: TaskInfo = section.tasks[index]
    results = {place: section.entries[place].results[index] for place in section.entered(index)}
    bars = [charts.Bar(result.mean, place, result.scores) for place, result in results.items()]
    lines = [charts.Line(task.random, "random", "random"), charts.Line(task.reference, "reference", "reference")]
    return charts.interval_plot(bars, lines, f"Mean {label(task.metric)} of each agent on {task.name}")


def notes(board: Board) -> list[str]:
    """The board's notes, without those that a section's description says as well."""
    said = {section.description for section in board.sections}
    return [note for note in board.notes if note not in said]


def ranks(section: Section) -> list[int | None]:
    """Each entry's rank by aggregate, equal ones alike; None where it has none."""
    points = [None if entry.aggregate is None else entry.aggregate.point for entry in section.entries]
    scored = [p for p in points if p is not None]
    return [None if p is None else 1 + sum(other > p for other in scored) for p in points]


def overall(section: Section) -> Comparison | None:
    """Who beats whom over all tasks, among the ranked agents; None where fewer than two are, or nothing was compared."""
    places = section.compared
    if len(places) < 2 or not section.improvement:
        return None
    cells = tuple(tuple(section.improvement[i][j] for j in places) for i in places)
    return Comparison(places, cells, section.unit)


def heat(interval: Interval | None) -> str:
    """CSS class and strength of a comparison cell: above one half in one colour, below in the other."""
    if interval is None:
        return ""
    strength = round(100 * abs(interval.point - 0.5))
    return f"--heat: {strength}%; --side: var(--{'ahead' if interval.point >= 0.5 else 'behind'})"
