"""The leaderboard as one HTML file that opens anywhere, offline: style, script, plots and clips are all inside it.

Source: ours. A content security policy in the file forbids every network request and any script but the page's own, so
a hostile agent name could do nothing even if it were not escaped, which it is.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sim_suite.leaderboard.report import charts, figures
from sim_suite.leaderboard.report.model import Board, Section, TaskInfo
from sim_suite.leaderboard.statistics import FEW_RUNS, Interval


def render(board: Board) -> str:
    """The page. Equal boards give equal text."""
    environment = Environment(
        loader=PackageLoader("sim_suite.leaderboard", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        plain=figures.plain, point=figures.point, bounds=figures.bounds, count=figures.count, data_uri=_data_uri
    )
    template = environment.get_template("template.html.j2")
    script = _asset("page.js")
    return template.render(
        board=board,
        style=Markup(_asset("page.css")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        few_runs=FEW_RUNS,
        colours=charts.COLOURS,
        aggregate_plot=aggregate_plot,
        task_plot=task_plot,
        profile_plot=charts.profile_plot,
        few_sentence=few_sentence,
        few_any=few_any,
        heat=heat,
    )


def aggregate_plot(section: Section) -> Markup:
    """Normalised IQM of each entry; its points are the normalised run scores, so they are left to the tasks' plots."""
    bars = [charts.Bar(entry.aggregate, missing="not scored on every task") for entry in section.entries]
    lines = [charts.Line(0.0, "random", "random"), charts.Line(1.0, "reference", "reference")]
    return charts.interval_plot(bars, lines, f"Normalised interquartile mean of each agent on {section.name}")


def task_plot(section: Section, index: int) -> Markup:
    """Mean score of each entry on one task."""
    task: TaskInfo = section.tasks[index]
    results = [entry.results[index] for entry in section.entries]
    bars = [charts.Bar(result.mean, result.scores) for result in results]
    lines = [charts.Line(task.random, "random", "random"), charts.Line(task.reference, "reference", "reference")]
    return charts.interval_plot(bars, lines, f"Mean {task.metric} of each agent on {task.name}")


def few_any(section: Section) -> bool:
    """True where some agent's aggregate rests on too few training runs."""
    return any(entry.aggregate is not None and entry.aggregate.few for entry in section.entries)


def few_sentence(section: Section, index: int) -> str:
    """What the points of one task's plot are, where any are shown."""
    found = [entry.results[index].mean for entry in section.entries]
    some = any(i is not None and 1 < i.runs < FEW_RUNS for i in found)
    single = any(i is not None and i.runs == 1 for i in found)
    sentences = []
    if some:
        sentences.append(
            f"Fewer than {FEW_RUNS} training seeds: small dots show the score of each training run; "
            "judge by them, since an interval from so few runs is wide and rests on assumptions."
        )
    if single:
        sentences.append(
            "n = 1 training seed: fine ticks show its episodes; the interval covers its episodes alone and says "
            "nothing of another training run."
        )
    return " ".join(sentences)


def heat(interval: Interval | None) -> str:
    """CSS class and strength of a comparison cell: above one half in one colour, below in the other."""
    if interval is None:
        return ""
    strength = round(100 * abs(interval.point - 0.5))
    return f"--heat: {strength}%; --side: var(--{'ahead' if interval.point >= 0.5 else 'behind'})"


def _data_uri(clip: bytes) -> str:
    return "data:video/webm;base64," + base64.b64encode(clip).decode()


def _asset(name: str) -> str:
    return files("sim_suite.leaderboard.report").joinpath(name).read_text(encoding="utf-8")
