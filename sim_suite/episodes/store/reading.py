"""Reads an episode's file: whole columns or a few rows of one, each byte against its checksum before it is used. Source: ours."""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType

from sim_suite.episodes.store import columns, facts, records
from sim_suite.episodes.store.columns import Array, Column
from sim_suite.episodes.store.facts import Head, Seal
from sim_suite.episodes.store.file import FIRST
from sim_suite.episodes.store.records import Place
from sim_suite.errors import DamagedFileError, SuiteError


class Episode:
    """One sealed episode, mapped into memory. Rows are decoded when they are asked for."""

    def __init__(self, path: Path) -> None:
        """Open the file and read its head and seal. Raises `DamagedFileError` where it has none or was altered."""
        self.path = path
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except FileNotFoundError as error:
            raise SuiteError(f"{path} does not exist.") from error
        except ValueError as error:  # an empty file cannot be mapped
            raise DamagedFileError(f"{path} is empty. Restore it from a copy.") from error
        self._data = memoryview(self._map)
        self._bodies: dict[int, memoryview] = {}
        self._changes: tuple[int, dict[str, Array]] = (-1, {})
        """Where a record lies, and its columns of the codec `changes`, which are decoded together."""
        places = list(records.scan(self._data, str(path)))
        if not places or places[0].kind != "head":
            raise DamagedFileError(f"{path} does not begin with the head of an episode. Restore it from a copy.")
        if places[-1].kind != "seal" or places[-1].end != len(self._data):
            raise DamagedFileError(
                f"{path} does not end with a seal: it was cut short or added to. Restore it from a copy."
            )
        self.head = Head.from_json(facts.from_bytes(self._body(places[0]), str(path)), str(path))
        self.seal = Seal.from_json(facts.from_bytes(self._body(places[-1]), str(path)), str(path))
        self._places = places
        self._steps = [place for place in places if place.kind == "step"]
        self._last = next((place for place in places if place.kind == "last"), None)

    def __len__(self) -> int:
        """Steps."""
        return self.seal.steps

    @property
    def has_last(self) -> bool:
        """Whether what was observed after the last action is known; a recovered episode may lack it."""
        return self._last is not None

    def rows_of(self, name: str) -> int:
        """How many rows a column has: the steps, and one more of what is observed."""
        return len(self) + (self.head.column(name).observed and self.has_last)

    @property
    def blocks(self) -> list[int]:
        """Numbers of the steps that begin a record: written in such blocks again, equal rows give equal bytes."""
        return list(self._firsts)

    def read(self, name: str, start: int = 0, stop: int | None = None) -> Array:
        """Rows [start, stop) of a column, [n, *shape]; to its end without `stop`. Raises `SuiteError` outside the column."""
        return self.read_many([name], start, stop)[name]

    def read_many(self, names: Sequence[str], start: int = 0, stop: int | None = None) -> dict[str, Array]:
        """As `read`, several columns by name: those of a driving world are decoded together, in the time of one."""
        ends = {name: self.rows_of(name) if stop is None else stop for name in names}
        for name, end in ends.items():
            if not 0 <= start <= end <= self.rows_of(name):
                raise SuiteError(f"{self.path} has rows 0 to {self.rows_of(name)} of {name!r}, not {start} to {end}.")
        columns = {name: self.head.column(name) for name in names}
        found = {name: column.empty(ends[name] - start) for name, column in columns.items()}
        for place, first, count in self._spans(start, max(ends.values(), default=start)):
            for name, column in columns.items():
                low, high = max(start, first), min(ends[name], first + count)
                if low < high:
                    found[name][low - start : high - start] = self._decode(place, column, low - first, high - first)
        return found

    def check(self) -> None:
        """Compare every byte with its checksums. Raises `DamagedFileError` naming the first that was altered."""
        digest = hashlib.sha256()
        for place in self._places:
            records.body(self._data, place, str(self.path))
            if place.kind != "seal":
                digest.update(self._data[place.start - records.FRONT_BYTES : place.end])
        if digest.hexdigest() != self.seal.digest or sum(self._counts) != self.seal.steps:
            raise DamagedFileError(
                f"{self.path} is not what its seal says: records were exchanged. Restore it from a copy."
            )

    def close(self) -> None:
        """Let go of the file."""
        self._bodies.clear()
        with suppress(BufferError):  # an error on its way out still holds bytes; the map goes when they do
            self._data.release()
            self._map.close()

    def __enter__(self) -> Episode:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @cached_property
    def _firsts(self) -> list[int]:
        return [int(FIRST.unpack_from(self._data, place.start)[0]) for place in self._steps]

    @cached_property
    def _counts(self) -> list[int]:
        ends = [*self._firsts[1:], self.seal.steps]
        counts = [end - first for first, end in zip(self._firsts, ends, strict=True)]
        if any(count < 1 for count in counts) or (self._firsts[0] if self._firsts else 0):
            raise DamagedFileError(f"{self.path} has steps out of order. Restore it from a copy.")
        return counts

    def _spans(self, start: int, stop: int) -> list[tuple[Place, int, int]]:
        """Records that hold rows [start, stop), with the number of their first row and how many they have."""
        spans = [
            span
            for span in zip(self._steps, self._firsts, self._counts, strict=True)
            if span[1] < stop and span[1] + span[2] > start
        ]
        if self._last is not None and stop > len(self):
            spans.append((self._last, len(self), 1))
        return spans

    def _decode(self, place: Place, column: Column, start: int, stop: int) -> Array:
        if column.codec != "changes":
            return columns.decode(column, self._encoded(place, column), start, stop)
        if self._changes[0] != place.start:  # whoever reads one of these columns reads the others
            together = [other for other in self._columns_of(place) if other.codec == "changes"]
            found = columns.decode_changes(together, self._encoded(place, together[0]))
            self._changes = place.start, {each.name: rows for each, rows in zip(together, found, strict=True)}
        return self._changes[1][column.name][start:stop]

    def _encoded(self, place: Place, column: Column) -> memoryview:
        data, at = self._body(place), FIRST.size if place.kind == "step" else 0
        for other in self._columns_of(place):
            if other.name == column.name:
                break
            at += columns.size_of(data[at:])
        return data[at : at + columns.size_of(data[at:])]

    def _columns_of(self, place: Place) -> tuple[Column, ...]:
        return self.head.columns if place.kind == "step" else self._observed

    @cached_property
    def _observed(self) -> tuple[Column, ...]:
        return tuple(column for column in self.head.columns if column.observed)

    def _body(self, place: Place) -> memoryview:
        """A record's body, checked once."""
        if place.start not in self._bodies:
            self._bodies[place.start] = records.body(self._data, place, str(self.path))
        return self._bodies[place.start]


def equal(first: Array, second: Array) -> bool:
    """Whether two arrays hold the same bits, NaN included."""
    return first.dtype == second.dtype and first.shape == second.shape and first.tobytes() == second.tobytes()
