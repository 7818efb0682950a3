"""Checks an arena's record: every game by the rules, and drawn ones by playing them again. Source: ours.

Moves are stored, so each result follows from them; and a game that agents play again must go move by move as it went.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim_suite.errors import SuiteError
from sim_suite.leaderboard.arena.jobs import MatchJob
from sim_suite.leaderboard.arena.openings import openings
from sim_suite.leaderboard.arena.playing import result_of
from sim_suite.leaderboard.arena.records import ArenaRecords, GameRow, read
from sim_suite.leaderboard.verify import refuse_other_agents, version_changes
from sim_suite.leaderboard.workers import play_all


@dataclass(frozen=True)
class Mismatch:
    """A game that is not as the journal claims."""

    row: GameRow
    field: str
    recorded: object
    found: object

    def __str__(self) -> str:
        place = f"{self.row.pairing.wording()}, game {self.row.number}"
        return f"{place}: {self.field} is {self.recorded} in the journal and {self.found} when checked"


@dataclass(frozen=True)
class Verdict:
    """What verifying found."""

    ruled: int
    """Games whose result was worked out anew from their moves."""
    checked: int
    """Games that were played again."""
    mismatches: list[Mismatch]
    version_changes: dict[str, tuple[str, str]]
    """Packages whose version differs from the recorded one: (recorded, now)."""


def verify(
    folder: Path, games: int, *, seed: int, workers: int, trust: bool, advanced: Callable[[], None] = lambda: None
) -> Verdict:
    """Work out every result, and play `games` of them again, drawn by `seed`. Raises `SuiteError` where an agent is gone or was altered."""
    records = read(folder)
    rows = [row for row in records.sorted_games() if row.outcome != "worker_died"]
    if not rows:
        raise SuiteError(f"{folder} records no game that could be checked.")
    refuse_other_agents(records.entries.values(), trust)
    ruled = [row for row in rows if row.outcome == "ok"]
    mismatches = [found for row in ruled for found in by_rules(records, row)]
    chosen = np.random.default_rng(seed).choice(len(rows), size=min(games, len(rows)), replace=False)
    sample = [rows[at] for at in sorted(chosen)]
    expected = {(row.pairing, row.number): row for row in sample}
    for played in play_all([_job(records, row, trust) for row in sample], workers):
        again = played.result
        assert isinstance(again, GameRow)
        mismatches += differences(expected[again.pairing, again.number], again)
        advanced()
    mismatches.sort(key=lambda one: (one.row.game, one.row.one, one.row.other, one.row.number, one.field))
    return Verdict(len(ruled), len(sample), mismatches, version_changes(records.header))


def by_rules(records: ArenaRecords, row: GameRow) -> list[Mismatch]:
    """What of a recorded game the rules and the suite contradict."""
    spec = records.suite.spec(row.game)
    opening = openings(spec)[row.opening]
    found = []
    if row.moves[: row.opening_plies] != opening:
        found.append(Mismatch(row, "opening", row.moves[: row.opening_plies], opening))
    try:
        result: object = result_of(spec.game, row.moves)
    except SuiteError as error:
        result = str(error)
    if result != row.result:
        found.append(Mismatch(row, "result", row.result, result))
    return found


def differences(row: GameRow, again: GameRow) -> list[Mismatch]:
    """What went otherwise."""
    fields = ("outcome", "result", "moves", "faulty")
    return [
        Mismatch(row, name, getattr(row, name), getattr(again, name))
        for name in fields
        if getattr(row, name) != getattr(again, name)
    ]


def _job(records: ArenaRecords, row: GameRow, trust: bool) -> MatchJob:
    one, other = (records.entries[label].runs[0].agent for label in (row.one, row.other))
    spec = records.suite.spec(row.game)
    return MatchJob(spec, row.pairing, (one, other), trust, (row.number,), (row.moves[: row.opening_plies],))
