"""A leaderboard folder while it is written: one process holds it, and each row is on the disk before the next is played."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim_suite.leaderboard.episode import Row
from sim_suite.leaderboard.held_folder import HeldFolder, refuse_other_entry
from sim_suite.leaderboard.records import FORMAT, EntryRecord, read
from sim_suite.leaderboard.suite import Suite


def header_of(suite: Suite, versions: dict[str, str], hardware: str) -> dict[str, Any]:
    """The first record of a journal: everything needed to read the rest without the suite's file."""
    return {
        "kind": "header", "format": FORMAT, "suite": suite.to_dict(), "suite_sha256": suite.sha256,
        "versions": versions, "hardware": hardware,
    }  # fmt: skip


class OpenFolder(HeldFolder):
    """A leaderboard folder held by this process: others are refused until it is closed."""

    def __init__(self, folder: Path, header: dict[str, Any], *, resume: bool) -> None:
        """Begin a folder with `header`, or go on with what is there if `resume`."""
        super().__init__(folder, header, resume=resume)
        self.records = self._checked(read)

    def add_entry(self, entry: EntryRecord) -> None:
        """Record who enters. Raises `SuiteError` when the label stands for another agent already."""
        known = self.records.entries.get(entry.label)
        if known == entry:
            return
        taken = any(row.entry == entry.label for row in self.records.rows.values())
        if known is not None and taken and not entry.goes_on_from(known):
            refuse_other_entry(entry, self.folder)
        self._append({"kind": "entry", **entry.to_dict()})

    def add_row(self, row: Row, seconds: float | None) -> None:
        """Record one episode and how long it took, if that is known."""
        self._append({"kind": "row", **row.to_dict()})
        if seconds is None:
            return
        place = {"task": row.task, "entry": row.entry, "run": row.run, "episode": row.episode}
        self._timing.append({**place, "seconds": seconds, "steps": row.length}, sync=False)

    def _append(self, record: dict[str, Any]) -> None:
        self._journal.append(record)
        self.records.add(record)
