"""An arena's game for the terminal: ratings, scores of pairs, judgements. Source: ours; drawn by rich."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from sim_suite.leaderboard.arena.standings import GameTable, Score, Standing
from sim_suite.leaderboard.report import figures
from sim_suite.leaderboard.statistics import Interval


def game_tables(table: GameTable) -> Iterator[Text | Table]:
    """What to print of a game, piece by piece. Names are text, never rich markup."""
    yield Text(f"\n{table.title}, {2 * table.spec.openings} games a pair", style="bold")
    yield _ratings(table)
    yield Text("\nscore of the row's agent against the column's", style="italic")
    yield _crosses(table)
    if table.judge:
        yield Text(f"\nmoves that keep the value, in {table.judge}", style="italic")
        yield _judgements(table)
    for one in table.standings:
        if one.judge_fault:
            yield Text(f"{one.label} could not be judged: {one.judge_fault}", style="dim")


def _ratings(table: GameTable) -> Table:
    shown = _table(
        ["Agent", f"Elo above {table.zero or 'the mean'}", "Lead", "Score", "Won", "Drawn", "Lost", "Faults"]
    )
    for one in table.standings:
        shown.add_row(Text(one.label), _estimate(one.elo), _estimate(one.lead), _share(one.score.share), *_counts(one))
    return shown


def _crosses(table: GameTable) -> Table:
    shown = _table(["", *(one.label for one in table.standings)])
    for one, cells in zip(table.standings, table.cells, strict=True):
        shown.add_row(Text(one.label), *(_cell(cell) for cell in cells))
    return shown


def _judgements(table: GameTable) -> Table:
    shown = _table(["Agent", *table.judge_columns])
    for one in table.standings:
        shown.add_row(Text(one.label), *(_share(one.judged[name]) for name in table.judge_columns))
    shown.add_row(
        Text("random moves", style="dim"),
        *(Text(f"{100 * table.judge_random[name]:.1f} %", style="dim") for name in table.judge_columns),
    )
    return shown


def _table(headings: list[str]) -> Table:
    table = Table(header_style="dim", box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for number, heading in enumerate(headings):
        table.add_column(Text(heading), justify="left" if number == 0 else "right", overflow="fold")
    return table


def _counts(one: Standing) -> list[Text]:
    counts = [one.score.wins, one.score.draws, one.score.losses]
    faults = one.faults + one.lost_processes
    shown = [Text(str(count) if one.score.games else figures.MISSING) for count in counts]
    return [*shown, Text(str(faults), style="red" if faults else "dim")]


def _estimate(found: Interval | None) -> Text:
    return Text.assemble((figures.point(found), "bold"), (f" {figures.bounds(found)}".rstrip(), "dim"))


def _share(found: Interval | None) -> Text:
    if found is None:
        return Text(figures.MISSING)
    return Text.assemble(
        f"{100 * found.point:.1f} %", (f" {figures.percent(found.low)}–{figures.percent(found.high)}", "dim")
    )


def _cell(score: Score | None) -> Text:
    return Text(figures.MISSING, style="dim") if score is None else _share(score.share)
