"""A folder with a journal that one process holds while it writes: of episodes or of games. Source: ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Protocol, Self, TypeVar

from filelock import FileLock, Timeout

from sim_suite.errors import SuiteError
from sim_suite.files import Journal, read_journal
from sim_suite.leaderboard.records import JOURNAL, LOCK, TIMING, EntryRecord


class _Headed(Protocol):
    header: dict[str, Any]


Headed = TypeVar("Headed", bound=_Headed)


class HeldFolder:
    """Others are refused until it is closed."""

    def __init__(self, folder: Path, header: dict[str, Any], *, resume: bool) -> None:
        """Begin a folder with `header`, or go on with what is there if `resume`."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self._header = folder, header
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

    def _checked(self, read: Callable[[Path], Headed]) -> Headed:
        """What the folder holds. Raises `SuiteError` where it is another suite's."""
        try:
            records = read(self.folder)
            if records.header["suite_sha256"] != self._header["suite_sha256"]:
                raise SuiteError(
                    f"{self.folder} was begun with another version of the suite: its tasks, seeds or references differ. "
                    f"Choose another --out."
                )
        except BaseException:
            self.close()
            raise
        return records

    def close(self) -> None:
        """Let go of the folder."""
        self._journal.close()
        self._timing.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def refuse_other_entry(entry: EntryRecord, folder: Path) -> NoReturn:
    """Raise `SuiteError`: the label stands for another agent already."""
    raise SuiteError(
        f"{entry.label!r} in {folder} has rows of another agent (its files, runs or tasks differ). "
        f"Give the new one another label: `{entry.label}-2={entry.runs[0].agent}`."
    )
