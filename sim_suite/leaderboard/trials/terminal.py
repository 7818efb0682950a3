"""A trial for the terminal: the verdict, the criteria, the worst and the median variation, notes. Source: ours; drawn by rich.

Names are text, never rich markup. Commands stand on lines of their own that are not wrapped, so that they can be copied.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim_suite.driving.world.kinds import TICK_S
from sim_suite.leaderboard.report.figures import MISSING, number, plain
from sim_suite.leaderboard.report.labels import label
from sim_suite.leaderboard.trials.page.commands import replay_command
from sim_suite.leaderboard.trials.page.measured import measured
from sim_suite.leaderboard.trials.page.sentences import (
    avoidable_sentence,
    broken_sentence,
    limits,
    outcome,
    quantity,
    rate,
    verdict_sentence,
    worst_value,
)
from sim_suite.leaderboard.trials.trial import Trial
from sim_suite.leaderboard.trials.verdict import Verdict


def trial_table(trial: Trial) -> RenderableType:
    """What to print of one trial."""
    return Group(*_parts(trial))


def _parts(trial: Trial) -> Iterator[RenderableType]:
    count, passed = len(trial.verdicts), sum(one.passed for one in trial.verdicts)
    yield Text.assemble((trial.scenario.name, "bold"), f"  {trial.agent}{' *' if trial.privileged else ''}")
    yield Text(verdict_sentence(trial), style="green" if trial.passed else "red")
    if count > 1:
        yield Text(f"Pass rate: {rate(passed, count)}.")
    if avoidable_sentence(trial):
        yield Text(avoidable_sentence(trial))
    yield Text("")
    if count == 1:
        yield _criteria_of_one(trial.verdicts[0])
    else:
        yield _criteria_of_many(trial)
        yield Text("")
        yield _measures(trial)
        yield from _variation(trial, "worst", trial.worst)
        yield from _variation(trial, "median", trial.median)
    yield Text("")
    for note in trial.notes:
        yield Text(note, style="dim")
    if trial.privileged:
        yield Text("* privileged: reads the simulator's state", style="dim")


def _criteria_of_one(verdict: Verdict) -> Table:
    table = _table("Criterion", "", "Measured", "Limit", "First broken")
    for one in verdict.criteria:
        table.add_row(
            Text(label(one.name)),
            _held(one.held),
            Text(quantity(one.value, one.unit)),
            Text(quantity(one.limit, one.unit)),
            Text(MISSING if one.held else _when_and_where(one.tick, one.x, one.y)),
        )
    return table


def _when_and_where(tick: int | None, x: float | None, y: float | None) -> str:
    when = MISSING if tick is None else f"{number(tick * TICK_S, 2)} s"
    return when if x is None or y is None else f"{when}, x {number(x, 1)} y {number(y, 1)} m"


def _criteria_of_many(trial: Trial) -> Table:
    table = _table("Criterion", "", "Broken by", "Worst", "Limit")
    for k, criterion in enumerate(trial.scenario.criteria):
        held = [one.criteria[k] for one in trial.verdicts]
        broken = sum(not one.held for one in held)
        table.add_row(
            Text(label(criterion.name)),
            _held(not broken),
            Text(f"{broken} of {len(held)}"),
            Text(quantity(worst_value(held), criterion.unit)),
            Text(limits(held, criterion.unit)),
        )
    return table


def _measures(trial: Trial) -> Table:
    table = _table("Measured", "Best", "Median", "Worst", "In")
    for one in measured(trial):
        table.add_row(
            Text(label(one.name)), plain(one.best), plain(one.median), plain(one.worst), f"{one.count} variations"
        )
    return table


def _variation(trial: Trial, which: str, verdict: Verdict) -> Iterator[RenderableType]:
    yield Text("")
    yield Text.assemble((f"{which.capitalize()}: {verdict.id}  ", "bold"), outcome(verdict))
    for one in verdict.criteria:
        if not one.held and broken_sentence(verdict, one) not in outcome(verdict):
            yield Text(f"  {broken_sentence(verdict, one)}")
    values = ", ".join(f"{name}={plain(round(value, 4))}" for name, value in sorted(verdict.values.items()))
    if values:
        yield Text(f"  {values}", style="dim")
    yield Text(f"  {replay_command(trial, verdict)}", style="cyan", no_wrap=True, overflow="ignore")


def _held(held: bool) -> Text:
    return Text("held", style="green") if held else Text("broken", style="red")


def _table(*headings: str) -> Table:
    table = Table(header_style="dim", box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="left" if place < 2 else "right", overflow="fold")
    return table
