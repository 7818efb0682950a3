"""Takes up episodes whose process died: what was written whole is sealed, what cannot be read is put aside and told of. Source: ours.

It works in place: a torn end is cut off and a seal appended. That needs hardly any room on the disk, and whoever is killed at it
leaves an open episode again.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim_suite.episodes.store import columns, facts, records
from sim_suite.episodes.store.columns import Array
from sim_suite.episodes.store.facts import Actor, Head, Seal, StepFlag, by_actor
from sim_suite.episodes.store.file import FIRST, refused
from sim_suite.episodes.store.records import Place
from sim_suite.errors import DamagedFileError


@dataclass(frozen=True)
class Recovered:
    """What became of an open episode."""

    name: str
    """Of its file."""
    steps: int
    """That were saved."""
    lost_bytes: int
    """Behind the last whole record."""
    sealed: bool
    """Whether it is an episode of the folder now."""

    def __str__(self) -> str:
        lost = f"; {self.lost_bytes} bytes at its end were torn and are lost" if self.lost_bytes else ""
        if self.sealed:
            return f"{self.name}: recovered {self.steps} steps of an episode whose recording was cut short{lost}"
        aside = "; the file lies in the folder aside" if self.lost_bytes else ""
        return f"{self.name}: an episode was begun, but none of its steps was written whole{aside}"


def seal_open(path: Path) -> Recovered:
    """Seal what is whole of an open episode's file, in place. Raises `SuiteError` when the disk refuses."""
    data = path.read_bytes()
    places = _whole(data, str(path))
    steps = [place for place in places if place.kind == "step"]
    if places and places[-1].kind == "seal":  # killed between the seal and the new name
        seal, end = _seal(data, places[-1], str(path)), b""
    elif steps:
        head = Head.from_json(facts.from_bytes(records.body(data, places[0], str(path)), str(path)), str(path))
        seal = _count(head, data, steps, hashlib.sha256(data[: places[-1].end]).hexdigest(), str(path))
        end = records.pack("seal", facts.to_bytes(seal))
    else:
        return Recovered(path.name, 0, len(data) - (places[-1].end if places else 0), False)
    _end(path, places[-1].end, end)
    return Recovered(path.name, seal.steps, len(data) - places[-1].end, True)


def _end(path: Path, whole: int, end: bytes) -> None:
    """Cut a file off behind `whole` bytes, append `end`, and wait for the disk."""
    try:
        with path.open("r+b") as file:
            file.truncate(whole)
            file.seek(whole)
            file.write(end)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise refused(path, error) from error


def _whole(data: bytes, where: str) -> list[Place]:
    """The records before the first that is torn or altered, none behind a seal."""
    found: list[Place] = []
    try:
        for place in records.scan(data, where):
            records.body(data, place, where)
            found.append(place)
            if place.kind == "seal":
                break
    except DamagedFileError:
        pass  # a page that the disk never got: what stands before it is whole
    return found if found and found[0].kind == "head" else []


def _seal(data: bytes, place: Place, where: str) -> Seal:
    return Seal.from_json(facts.from_bytes(records.body(data, place, where), where), where)


def _count(head: Head, data: bytes, steps: list[Place], digest: str, where: str) -> Seal:
    """A seal from the step records alone."""
    total, late, count = 0.0, 0, 0
    by = np.zeros(len(Actor), np.int64)
    seconds: float | None = None
    for place in steps:
        found = _columns(head, records.body(data, place, where))
        for reward in found.get("reward", np.zeros(0)).tolist():
            total += reward
        if "actor" in found:
            by += np.bincount(found["actor"], minlength=len(Actor))
        if "flags" in found:
            late += int(np.count_nonzero(found["flags"] & StepFlag.LATE))
        if "time_s" in found:
            seconds = float(found["time_s"][-1])
        count += found["rows"].size
    return Seal(count, "recovered", total, by_actor(by), digest, late, seconds)


def _columns(head: Head, body: memoryview) -> dict[str, Array]:
    """The small columns that a seal counts, and `rows`: an empty row for each step."""
    at, found = FIRST.size, {}
    for column in head.columns:
        data = body[at : at + columns.size_of(body[at:])]
        if column.name in ("reward", "actor", "flags", "time_s"):
            found[column.name] = columns.decode(column, data, 0, columns.count_of(data))
        found["rows"] = np.zeros(columns.count_of(data), np.int8)
        at += len(data)
    return found
