"""A section of the leaderboard as a table for the terminal. Source: ours; drawn by rich."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text

from sim_suite.leaderboard.report import figures
from sim_suite.leaderboard.report.model import EntryRow, Outcomes, Section
from sim_suite.leaderboard.statistics import FEW_RUNS, Interval


def section_table(section: Section) -> Group:
    """The overview table with the sentences that belong under it. Names are text, never rich markup."""
    table = Table(title=Text(section.name), title_justify="left", title_style="bold", header_style="dim", box=None)
    table.add_column("Agent")
    headings = ["Normalised IQM", *(task.name for task in section.tasks), "Steps", "Seeds", "Errors"]
    for heading in headings:
        table.add_column(Text(heading), justify="right")
    for entry in section.entries:
        table.add_row(*_cells(entry))
    return Group(table, *(Text(line, style="dim") for line in footnotes(section)))


def footnotes(section: Section) -> list[str]:
    """What a reader must know before comparing the rows."""
    notes = []
    if any(entry.privileged for entry in section.entries):
        notes.append("* privileged: reads the simulator's state")
    found = [entry.aggregate for entry in section.entries if entry.aggregate is not None]
    if any(1 < i.runs < FEW_RUNS for i in found):
        notes.append(f"Fewer than {FEW_RUNS} training seeds: intervals are wide; look at the single runs on the page.")
    if any(i.runs == 1 for i in found):
        notes.append("n = 1 training seed: the interval covers episodes, not another training run.")
    return notes


def _cells(entry: EntryRow) -> list[Text]:
    name = Text(entry.label + (" *" if entry.privileged else ""))
    scores = [_estimate(i) for i in (entry.aggregate, *(r.mean for r in entry.results))]
    return [
        name,
        *scores,
        Text(figures.count(entry.training_steps)),
        Text(figures.count(entry.training_seeds)),
        _errors(entry.outcomes),
    ]


def _estimate(interval: Interval | None) -> Text:
    return Text.assemble((figures.point(interval), "bold"), (f" {figures.bounds(interval)}".rstrip(), "dim"))


def _errors(outcomes: Outcomes) -> Text:
    parts = [(outcomes.agent_error, "agent"), (outcomes.env_error, "env")]
    words = ", ".join(f"{n} {who}" for n, who in parts if n)
    return Text(words or "0", style="red" if words else "dim")
