"""A leaderboard folder while it is written: one process holds it, and each row is on the disk before the next is played."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

from filelock import FileLock, Timeout

from sim_suite.errors import SuiteError
from sim_suite.files import Journal, read_journal
from sim_suite.leaderboard.episode import Row
from sim_suite.leaderboard.records import FORMAT, JOURNAL, LOCK, TIMING, EntryRecord, read
from sim_suite.leaderboard.suite import Suite


def header_of(suite: Suite, versions: dict[str, str], hardware: str) -> dict[str, Any]:
    """The first record of a journal: everything needed to read the rest without the suite's file."""
    return {
        "kind": "header", "format": FORMAT, "suite": suite.to_dict(), "suite_sha256": suite.sha256,
        "versions": versions, "hardware": hardware,
    }  # fmt: skip


class OpenFolder:
    """A leaderboard folder held by this process: others are refused until it is closed."""

    def __init__(self, folder: Path, header: dict[str, Any], *, resume: bool) -> None:
        """Begin a folder with `header`, or go on with what is there if `resume`."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        path = folder / JOURNAL
        begun = path.is_file() and path.stat().st_size > 0
        if begun and not resume:
            raise SuiteError(
                f"{folder} holds a leaderboard already. Add --resume to go on with it, or choose another --out."
            )
        self._lock = FileLock(folder / LOCK)
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise SuiteError(
                f"another process is writing to {folder}. Wait for it, or choose another --out."
            ) from error
        self._journal = Journal(path)
        self._timing = Journal(folder / TIMING)
        if not read_journal(path):
            self._journal.append(header)
        self.records = read(folder)
        if self.records.header["suite_sha256"] != header["suite_sha256"]:
            self.close()
            raise SuiteError(
                f"{folder} was begun with another version of the suite {self.records.suite.name!r}: its tasks, seeds or "
                f"references differ. Choose another --out."
            )

    def add_entry(self, entry: EntryRecord) -> None:
        """Record who enters. Raises `SuiteError` when the label stands for another agent already."""
        known = self.records.entries.get(entry.label)
        if known == entry:
            return
        taken = any(row.entry == entry.label for row in self.records.rows.values())
        if known is not None and taken and not entry.goes_on_from(known):
            raise SuiteError(
                f"{entry.label!r} in {self.folder} has rows of another agent (its files, runs or tasks differ). "
                f"Give the new one another label: `{entry.label}-2={entry.runs[0].agent}`."
            )
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

    def close(self) -> None:
        """Let go of the folder."""
        self._journal.close()
        self._timing.close()
        self._lock.release()

    def __enter__(self) -> OpenFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
