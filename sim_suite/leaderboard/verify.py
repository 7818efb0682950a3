"""Plays recorded episodes again, from seed and checkpoint, and says which went otherwise than the journal claims."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from agents.naming import find
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.episode import Row
from sim_suite.leaderboard.jobs import Job
from sim_suite.leaderboard.people.entering import refuse_missing
from sim_suite.leaderboard.records import EntryRecord, read
from sim_suite.leaderboard.workers import play_all
from sim_suite.versions import versions

_COMPARED = ("seed", "outcome", "episode_return", "length", "terminated", "actions_sha256")


@dataclass(frozen=True)
class Mismatch:
    """An episode that went otherwise."""

    row: Row
    field: str
    recorded: object
    played: object

    def __str__(self) -> str:
        place = f"{self.row.entry} on {self.row.task}, run {self.row.run}, episode {self.row.episode}"
        return f"{place}: {self.field} is {self.recorded} in the journal and {self.played} when played again"


@dataclass(frozen=True)
class Verdict:
    """What verifying found."""

    checked: int
    mismatches: list[Mismatch]
    version_changes: dict[str, tuple[str, str]]
    """Packages whose version differs from the recorded one: (recorded, now)."""


def verify(
    folder: Path, episodes: int, *, seed: int, workers: int, trust: bool, advanced: Callable[[], None] = lambda: None
) -> Verdict:
    """Play `episodes` recorded rows again, drawn by `seed`. Raises `SuiteError` where an agent is gone or was altered."""
    records = read(folder)
    rows = [row for row in records.sorted_rows() if row.outcome != "worker_died"]
    if not rows:
        raise SuiteError(f"{folder} records no episode that could be played again.")
    refuse_other_agents(records.entries.values(), trust)
    chosen = np.random.default_rng(seed).choice(len(rows), size=min(episodes, len(rows)), replace=False)
    sample = {(rows[i].task, rows[i].entry, rows[i].run, rows[i].episode): rows[i] for i in sorted(chosen)}
    jobs = [
        Job(
            records.suite.task(row.task),
            row.entry,
            row.run,
            records.entries[row.entry].runs[row.run].agent,
            trust,
            (row.episode,),
            records.entries[row.entry].runs[row.run].given(records.suite.task(row.task)),
        )
        for row in sample.values()
    ]
    mismatches: list[Mismatch] = []
    for played in play_all(jobs, workers):
        again = played.result
        assert isinstance(again, Row)
        row = sample[again.task, again.entry, again.run, again.episode]
        mismatches += differences(row, again)
        advanced()
    order = sorted(mismatches, key=lambda one: (one.row.task, one.row.entry, one.row.run, one.row.episode, one.field))
    return Verdict(len(sample), order, version_changes(records.header))


def differences(row: Row, again: Row) -> list[Mismatch]:
    """What went otherwise. A row from before its environment had metrics is compared without them."""
    found = [(name, getattr(row, name), getattr(again, name)) for name in _COMPARED]
    if row.metrics:
        names = sorted({*row.metrics, *again.metrics})
        found += [(f"metrics.{name}", row.metrics.get(name), again.metrics.get(name)) for name in names]
    return [Mismatch(row, name, recorded, played) for name, recorded, played in found if recorded != played]


def version_changes(header: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Packages whose version differs from that in a journal's header: (recorded, now)."""
    now = versions()
    return {name: (was, now.get(name, "absent")) for name, was in header["versions"].items() if now.get(name) != was}


def refuse_other_agents(entries: Iterable[EntryRecord], trust: bool) -> None:
    """Raise `SuiteError` where an agent is gone, or no longer the one that was recorded."""
    for entry in entries:
        for run in entry.runs:
            found = find(run.agent, trust=trust)
            if run.person is not None:
                refuse_missing(found.target, run.person)
            elif found.fingerprint != run.fingerprint:
                raise SuiteError(
                    f"{run.agent} ({entry.label}) is not the agent that was recorded: its files have changed since."
                )
