"""A line for each episode of a folder, so that ten thousand can be listed without opening them. Source: ours.

The index is made from the seals and can be made again from them at any time; it is never the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim_suite.episodes.store.facts import Head, Seal, finite_or_none, nan_for_none
from sim_suite.episodes.store.reading import Episode
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import Journal, journal_line, read_journal, write_atomic

INDEX = "index.jsonl"


@dataclass(frozen=True)
class Entry:
    """One episode, in a line."""

    file: str
    """Name within the folder `episodes`."""
    size: int
    """Bytes."""
    digest: str
    env: str
    seed: int | None
    steps: int
    end: str
    episode_return: float
    by: tuple[int, int, int]
    """Steps by human, agent, expert."""
    driver: str | None
    """The pseudonym."""
    consent: str | None
    seconds: float | None
    late: int
    tags: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        total = finite_or_none(self.episode_return)
        return {**vars(self), "by": list(self.by), "tags": list(self.tags), "episode_return": total}


def entry_of(file: str, size: int, head: Head, seal: Seal) -> Entry:
    """The line of one episode."""
    return Entry(
        file, size, seal.digest, head.env.id, head.seed, seal.steps, seal.end, seal.episode_return, seal.by,
        None if head.driver is None else head.driver.pseudonym, None if head.driver is None else head.driver.consent,
        seal.seconds, seal.late, seal.tags,
    )  # fmt: skip


def read_entry(path: Path) -> Entry:
    """The line of an episode's file, from its head and seal."""
    with Episode(path) as episode:
        return entry_of(path.name, path.stat().st_size, episode.head, episode.seal)


class Index:
    """The index of a folder, open for appending."""

    def __init__(self, folder: Path) -> None:
        self._journal = Journal(folder / INDEX)

    def add(self, entry: Entry) -> None:
        """Add a line. It is not waited for: what is missing is read from the files. Raises `SuiteError` when the disk refuses."""
        try:
            self._journal.append(entry.to_json(), sync=False)
        except SuiteError as error:
            raise SuiteError(
                f"could not add {entry.file} to the index of its folder: {error.__cause__}. The episode is whole, and the index is "
                f"mended when the folder is next recorded into. Free some space."
            ) from error

    def close(self) -> None:
        """Let go of the file."""
        self._journal.close()


def read_index(folder: Path) -> dict[str, Entry]:
    """Lines by file, the newest of each; none where the index is missing or damaged, since it can be made again."""
    try:
        lines = read_journal(folder / INDEX)
        return {line["file"]: _entry(line) for line in lines}
    except (FileNotFoundError, DamagedFileError, KeyError, TypeError):
        return {}


def write_index(folder: Path, entries: list[Entry]) -> None:
    """Write the index anew, in one step."""
    write_atomic(folder / INDEX, b"".join(journal_line(entry.to_json()) for entry in entries))


def _entry(line: dict[str, Any]) -> Entry:
    total = nan_for_none(line["episode_return"])
    return Entry(**{**line, "by": tuple(line["by"]), "tags": tuple(line["tags"]), "episode_return": total})
