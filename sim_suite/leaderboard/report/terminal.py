"""A section of the leaderboard for the terminal: one table where it fits, else a small table for each task.

Source: ours; drawn by rich. An interval stands under its point, so that columns stay narrow and bounds are never broken.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from sim_suite.leaderboard.report import figures
from sim_suite.leaderboard.report.labels import label
from sim_suite.leaderboard.report.model import EntryRow, Outcomes, Section, TaskInfo
from sim_suite.leaderboard.report.sentences import left_out_sentence, stalled_sentence
from sim_suite.leaderboard.statistics import FEW_RUNS, Interval

HEADING_CHARACTERS = 14
"""Headings longer than an interval such as "[−93.77, −93.01]" are wrapped, at hyphens and spaces."""
NAME_CHARACTERS = 8
"""Names are not folded narrower than this, so that they stay readable."""
BESIDE_SHOWN = 3
"""Metrics beside a task's score that the terminal shows; the page has all."""
UNBOUNDED_CHARACTERS = 100_000
"""A width that no table reaches, to ask for the one that it would like."""


def section_table(section: Section) -> SectionTable:
    """What to print of a section; it takes the width that the console has."""
    return SectionTable(section)


@dataclass(frozen=True)
class SectionTable:
    """A rich renderable: the scores with the sentences that belong under them. Names are text, never rich markup."""

    section: Section

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The overview where it fits in the width, else task by task; tasks that are passed or not need a line each."""
        overview = _overview(self.section)
        yield Text(self.section.name, style="bold")
        unbounded = options.update(max_width=UNBOUNDED_CHARACTERS)
        if Measurement.get(console, unbounded, overview).maximum <= options.max_width:
            yield overview
        elif self.section.by_rate:
            yield from _by_rate(self.section)
        else:
            yield from _by_task(self.section)
        for line in footnotes(self.section):
            yield Text(line, style="dim")


def footnotes(section: Section) -> list[str]:
    """What a reader must know before comparing the rows."""
    notes = []
    if any(entry.privileged for entry in section.entries):
        notes.append("* privileged: reads the simulator's state")
    for entry in section.entries:
        notes += [f"† {entry.label} on {task}: {words}; unpaired with agents" for task, words in entry.driven.items()]
    if section.ranked and left_out_sentence(section):
        notes.append(left_out_sentence(section))
    for at, task in enumerate(section.tasks):
        if stalled_sentence(section, at):
            notes.append(f"{task.name}: {stalled_sentence(section, at)}")
        if task.published:
            scores = "; ".join(f"{one.name} {figures.plain(one.score)}" for one in task.published)
            notes.append(f"{task.name}, published under protocols that differ (the page says how): {scores}.")
    found = [entry.aggregate for entry in section.entries if entry.aggregate is not None]
    found += [result.mean for entry in section.entries for result in entry.results if result.mean is not None]
    if any(1 < i.runs < FEW_RUNS for i in found):
        notes.append(f"Fewer than {FEW_RUNS} training seeds: intervals are wide; look at the single runs on the page.")
    if any(entry.training_seeds == 1 for entry in section.entries):
        notes.append("n = 1 training seed: the interval covers episodes, not another training run.")
    return notes


def _overview(section: Section) -> Table:
    ranking = [section.figure] if section.ranked else []
    # With several tasks each column says to which it belongs.
    of = [f"{task.name}: " if len(section.tasks) > 1 else "" for task in section.tasks]
    columns = [
        heading
        for task, prefix in zip(section.tasks, of, strict=True)
        for heading in (_score_heading(task), *(prefix + label(name) for name in _beside_score(task)))
    ]
    table = _table(["Agent", *ranking, *columns, "Steps", "Seeds", "Errors"])
    for entry in section.entries:
        found = [entry.aggregate] if section.ranked else []
        for task, result in zip(section.tasks, entry.results, strict=True):
            found += [result.mean, *(result.metrics.get(name) for name in _beside_score(task))]
        cells = [_stacked(interval) for interval in found]
        table.add_row(_name(entry), *cells, *_training(entry), _errors(entry.outcomes))
    return table


def _by_rate(section: Section) -> Iterable[Text | Table]:
    table = _table(["Task", *(_name(entry).plain for entry in section.entries)])
    if section.ranked:
        table.add_row(Text("all", style="bold"), *(_side_by_side(entry.aggregate) for entry in section.entries))
    for at, task in enumerate(section.tasks):
        table.add_row(Text(task.name), *(_side_by_side(entry.results[at].mean) for entry in section.entries))
    yield _heading(f"{section.figure} with 95 % interval")
    yield table


def _side_by_side(interval: Interval | None) -> Text:
    return Text.assemble((figures.point(interval), "bold"), (f" {figures.bounds(interval)}".rstrip(), "dim"))


def _by_task(section: Section) -> Iterable[Text | Table]:
    if section.ranked:
        yield _heading(f"{section.figure} over all tasks")
        overall = _table(["Agent", section.figure, "95 % interval", "Steps", "Seeds", "Errors"])
        for place in section.ranked:
            entry = section.entries[place]
            overall.add_row(_name(entry), *_beside(entry.aggregate), *_training(entry), _errors(entry.outcomes))
        yield overall
    for at, task in enumerate(section.tasks):
        yield _heading(f"{task.name}: mean {label(task.metric)}")
        table = _table(["Agent", "Mean", "95 % interval", "Steps", "Seeds", "Errors"])
        for place in section.entered(at):
            entry = section.entries[place]
            result = entry.results[at]
            table.add_row(_name(entry), *_beside(result.mean), *_training(entry), _errors(result.outcomes))
        yield table
        if task.beside:
            yield Text("")
            yield _beside_table(section, at)


def _beside_table(section: Section, at: int) -> Table:
    names = _beside_score(section.tasks[at])
    table = _table(["Agent", *map(label, names)])
    for place in section.entered(at):
        entry = section.entries[place]
        table.add_row(_name(entry), *(_stacked(entry.results[at].metrics.get(name)) for name in names))
    return table


def _score_heading(task: TaskInfo) -> str:
    """A task whose score is not the return says what it is."""
    return task.name if task.metric == "return" else f"{task.name}: {label(task.metric)}"


def _beside_score(task: TaskInfo) -> tuple[str, ...]:
    return task.beside[:BESIDE_SHOWN]


def _table(headings: Sequence[str]) -> Table:
    """Where it does not fit, names are folded over lines before a figure is touched: rich narrows columns that wrap first."""
    table = Table(header_style="dim", box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for number, heading in enumerate(headings):
        text = Text("\n".join(textwrap.wrap(heading, HEADING_CHARACTERS)))
        if number == 0:
            table.add_column(text, overflow="fold", min_width=NAME_CHARACTERS)
        else:
            table.add_column(text, justify="right", no_wrap=heading != "Errors")
    return table


def _heading(words: str) -> Text:
    return Text(f"\n{words}", style="italic")


def _name(entry: EntryRow) -> Text:
    return Text(entry.label + (" *" if entry.privileged else "") + (" †" if entry.is_person else ""))


def _stacked(interval: Interval | None) -> Text:
    return Text.assemble((figures.point(interval), "bold"), (f"\n{figures.bounds(interval)}".rstrip(), "dim"))


def _beside(interval: Interval | None) -> tuple[Text, Text]:
    return Text(figures.point(interval), style="bold"), Text(figures.bounds(interval), style="dim")


def _training(entry: EntryRow) -> tuple[Text, Text]:
    return Text(figures.count(entry.training_steps)), Text(figures.count(entry.training_seeds))


def _errors(outcomes: Outcomes) -> Text:
    parts = [(outcomes.agent_error, "agent"), (outcomes.env_error, "env")]
    words = ", ".join(f"{n} {who}" for n, who in parts if n)
    return Text(words or "0", style="red" if words else "dim")
