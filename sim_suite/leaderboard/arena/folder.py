"""An arena's folder while it is written: one process holds it, and each game is on the disk before the next is played. Source: ours."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from sim_suite.leaderboard.arena.records import ARENA, FORMAT, GameRow, Judgement, Pairing, plain, read
from sim_suite.leaderboard.arena.suite import ArenaSuite
from sim_suite.leaderboard.held_folder import HeldFolder, refuse_other_entry
from sim_suite.leaderboard.records import EntryRecord


def header_of(suite: ArenaSuite, versions: dict[str, str], hardware: str) -> dict[str, Any]:
    """The first record of a journal: everything needed to read the rest without the suite's file."""
    return {
        "kind": "header", "format": FORMAT, ARENA: suite.to_dict(), "suite_sha256": suite.sha256,
        "versions": versions, "hardware": hardware,
    }  # fmt: skip


class ArenaFolder(HeldFolder):
    """An arena's folder held by this process."""

    def __init__(self, folder: Path, header: dict[str, Any], *, resume: bool) -> None:
        """Begin a folder with `header`, or go on with what is there if `resume`."""
        super().__init__(folder, header, resume=resume)
        self.records = self._checked(read)

    def add_entry(self, entry: EntryRecord) -> None:
        """Record who enters. Raises `SuiteError` when the label stands for another agent already."""
        known = self.records.entries.get(entry.label)
        if known == entry:
            return
        if known is not None and self.records.taken(entry.label):
            refuse_other_entry(entry, self.folder)
        self._append({"kind": "entry", **entry.to_dict()})

    def add(self, record: GameRow | Judgement, seconds: float) -> None:
        """Record a game or a judgement, and how long it took."""
        self._append(plain(record))
        if isinstance(record, GameRow):
            place = {**asdict(Pairing(record.game, record.one, record.other)), "number": record.number}
            self._timing.append({**place, "seconds": seconds, "plies": len(record.moves)}, sync=False)
        else:
            self._timing.append({"game": record.game, "judged": record.label, "seconds": seconds}, sync=False)

    def _append(self, record: dict[str, Any]) -> None:
        self._journal.append(record)
        self.records.add(record)
