"""Writes one episode's file, step by step, and ends it with a seal. Source: ours.

The file is its own journal: what was appended stays readable whatever happens to the process, and sealing adds a record and a name.
A disk that refuses leaves the file at its last whole record.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np

from sim_suite.episodes.store import columns, facts, records
from sim_suite.episodes.store.columns import Array
from sim_suite.episodes.store.facts import Actor, End, Head, Seal, StepFlag, by_actor
from sim_suite.errors import SuiteError
from sim_suite.files import sync_folder

FIRST: Final = struct.Struct("<I")
"""Number of a step record's first step, before its columns."""


class EpisodeFile:
    """An open episode. Not to be shared by threads."""

    def __init__(self, path: Path, head: Head) -> None:
        """Create the file; it must not exist. Raises `SuiteError` where the disk refuses, and leaves no file."""
        self.path, self.head = path, head
        self.steps = 0
        self._return = 0.0
        self._by = np.zeros(len(Actor), np.int64)
        self._late = 0
        self._digest = hashlib.sha256()
        self._whole = 0
        self._is_named = False
        first = records.pack("head", facts.to_bytes(head))
        try:
            self._file = path.open("xb", buffering=0)
        except OSError as error:
            raise refused(path, error) from error
        try:
            self._put(first)
        except BaseException:
            self.discard()
            raise

    def append(self, rows: Sequence[Array | Sequence[Array]], *, sync: bool = False) -> None:
        """Add steps. rows: [n, *shape] for each column of the head, in its order; sync: wait until the disk has them."""
        count = len(rows[0])
        if not count:
            return
        for column, values in zip(self.head.columns, rows, strict=True):
            if len(values) != count:
                raise SuiteError(f"the column {column.name!r} has {len(values)} rows where the first has {count}.")
        self.append_encoded(count, columns.encode_all(self.head.columns, rows), rows)
        if sync:
            self.sync()

    def append_encoded(self, count: int, encoded: Sequence[bytes], rows: Sequence[Array | Sequence[Array]]) -> None:
        """Add `count` steps whose columns somebody has encoded already, of several episodes together. rows: as for `append`."""
        self._put(records.pack("step", b"".join((FIRST.pack(self.steps), *encoded))))
        self.steps += count
        for column, values in zip(self.head.columns, rows, strict=True):
            self._count(column.name, values)

    def last(self, rows: Sequence[Array]) -> None:
        """Add what was observed after the last action. rows: [1, *shape] for each observed column, in the head's order."""
        observed = [column for column in self.head.columns if column.observed]
        self._put(records.pack("last", b"".join(columns.encode_all(observed, rows))))

    def seal(
        self,
        end: End,
        *,
        seconds: float | None = None,
        metrics: dict[str, float] | None = None,
        tags: Sequence[str] = (),
        sync: bool = True,
    ) -> Seal:
        """End the file; it keeps its name, `folder` moves it. sync: wait until the disk has all of it."""
        made = Seal(
            self.steps, end, self._return, by_actor(self._by), self._digest.hexdigest(), self._late, seconds,
            metrics or {}, tuple(tags),
        )  # fmt: skip
        self._put(records.pack("seal", facts.to_bytes(made)))
        if sync:
            self._is_named = True  # its name of this moment is not to last
            self.sync()
        self._file.close()
        return made

    def sync(self) -> None:
        """Wait until the disk has all that was appended, and the file's name."""
        try:
            os.fsync(self._file.fileno())
            if not self._is_named:
                sync_folder(self.path.parent)
                self._is_named = True
        except OSError as error:
            raise refused(self.path, error) from error

    def close(self) -> None:
        """Let go of the file as it is: open, to be recovered."""
        self._file.close()

    def discard(self) -> None:
        """Close and remove the file."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    def _count(self, name: str, values: Array | Sequence[Array]) -> None:
        if not isinstance(values, np.ndarray):
            return
        if name == "reward":
            for reward in values.tolist():  # in order, as a reader would: sums in another order are other sums
                self._return += reward
        elif name == "actor":
            self._by += np.bincount(values, minlength=len(Actor))
        elif name == "flags":
            self._late += int(np.count_nonzero(values & StepFlag.LATE))

    def _put(self, record: bytes) -> None:
        """Append a record, or nothing of it."""
        left = memoryview(record)
        try:
            while left:
                left = left[self._file.write(left) or 0 :]
        except OSError as error:
            with suppress(OSError):  # a torn end is told from an altered middle, so it does no harm if it stays
                self._file.truncate(self._whole)
                self._file.seek(self._whole)
            raise refused(self.path, error) from error
        self._digest.update(record)
        self._whole += len(record)


def refused(path: Path, error: OSError) -> SuiteError:
    """What to say of a disk that takes no more."""
    return SuiteError(
        f"could not write {path}: {error.strerror}. What was recorded before is whole. Free some space, or name another folder."
    )
