"""A folder of episodes as it is read: found, listed, checked. `folder.py` writes it, and says what lies where. Source: ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from sim_suite.episodes.store.index import Entry, read_entry, read_index
from sim_suite.episodes.store.reading import Episode
from sim_suite.episodes.store.samples import locate
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import read_json

DATASET: Final = "dataset.json"
SUFFIX: Final = ".episode"
FORMAT: Final = 1
"""Of the folder; the episodes' own is `migrations.FORMAT`."""
SEALED: Final = "episodes"
Progress = Callable[[int, int], None]
"""Called with (done, in all)."""


def silent(done: int, total: int) -> None:
    """No progress."""


class Dataset:
    """A folder of episodes, for reading. Episodes that are being recorded are not seen before they are sealed."""

    def __init__(self, folder: Path, progress: Progress = silent, *, from_files: bool = False) -> None:
        """List the folder, or sample:NAME. from_files: without a look at its index. Raises `SuiteError` where it is none."""
        named, folder = folder, locate(folder)
        if not (folder / DATASET).is_file():
            raise SuiteError(
                f"{folder} holds no episodes: there is no {DATASET}. Record some: `sim-suite drive ENV --out {folder}`."
            )
        data = read_json(folder / DATASET)
        if not isinstance(data, dict) or data.get("kind") != "episodes":
            raise DamagedFileError(
                f"{folder / DATASET} does not describe a folder of episodes. Restore it from a copy."
            )
        if data.get("format") != FORMAT:
            raise SuiteError(
                f"{folder} has format {data.get('format')}; this version reads {FORMAT}. Install a newer sim-suite."
            )
        self.folder = named
        """As it was named: a sample's files lie elsewhere."""
        self._home = folder
        self.damaged: dict[str, str] = {}
        """Files that are no whole episodes, with the reason. They are in no list."""
        self.entries: list[Entry] = self._list({} if from_files else read_index(folder), progress)
        """In the order of recording."""

    def __len__(self) -> int:
        """Episodes."""
        return len(self.entries)

    def path(self, entry: Entry) -> Path:
        """Of an episode's file."""
        return self._home / SEALED / entry.file

    def open(self, entry: Entry) -> Episode:
        """One episode, to be closed after reading."""
        return Episode(self.path(entry))

    def episodes(self) -> Iterator[Episode]:
        """Each in its turn, closed after its turn."""
        for entry in self.entries:
            with self.open(entry) as episode:
                yield episode

    def check(self, progress: Progress = silent, entries: Sequence[Entry] | None = None) -> dict[str, str]:
        """Compare every byte of episodes (all, or `entries`) with its checksums; the files that were altered, with the reason."""
        found, chosen = dict(self.damaged), self.entries if entries is None else entries
        for number, entry in enumerate(chosen):
            try:
                with self.open(entry) as episode:
                    episode.check()
            except SuiteError as error:
                found[entry.file] = str(error)
            progress(number + 1, len(chosen))
        return found

    def _list(self, known: dict[str, Entry], progress: Progress) -> list[Entry]:
        """Entries of the index that hold, and what it lacks from the files."""
        found = []
        paths = sorted((self._home / SEALED).glob(f"*{SUFFIX}"), key=lambda path: (len(path.name), path.name))
        for number, path in enumerate(paths):
            entry = known.get(path.name)
            try:
                if entry is None or entry.size != path.stat().st_size:
                    entry = read_entry(path)
                found.append(entry)
            except SuiteError as error:
                self.damaged[path.name] = str(error)
            progress(number + 1, len(paths))
        return found


def is_dataset(folder: Path) -> bool:
    """Whether a folder is one of episodes."""
    return (folder / DATASET).is_file()
