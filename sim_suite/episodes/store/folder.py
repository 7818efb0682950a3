"""A folder of episodes, written by one process at a time; `dataset.py` reads it. Source: ours.

dataset.json     what the folder is
episodes/        000000.episode and on, sealed; never changed again
open/            the episode that is being recorded
aside/           what could not be recovered
index.jsonl      a line for each episode, made from the files
.lock            held by the process that writes
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final

from filelock import FileLock, Timeout

from sim_suite.episodes.store.dataset import DATASET, FORMAT, SEALED, SUFFIX, Dataset, Progress, is_dataset, silent
from sim_suite.episodes.store.facts import End, Head, Seal
from sim_suite.episodes.store.file import EpisodeFile, refused
from sim_suite.episodes.store.index import Entry, Index, entry_of, write_index
from sim_suite.episodes.store.reading import Episode
from sim_suite.episodes.store.recovery import Recovered, seal_open
from sim_suite.episodes.store.samples import is_sample
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import sync_folder, write_json

_OPEN, _ASIDE, _LOCK = "open", "aside", ".lock"
_COPY: Final = ".copy"
_NAME: Final = re.compile(r"(\d{6,})\.episode")


class Recording:
    """A folder of episodes that this process alone writes to, until it is closed."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, or make it. Raises `SuiteError` where another process writes to it, or it holds something else."""
        _refuse_sample(folder)
        _refuse_other(folder)
        self.folder = folder
        self._lock = _lock(folder)
        try:
            if not is_dataset(folder):
                write_json(folder / DATASET, {"kind": "episodes", "format": FORMAT})
            for path in (folder / _OPEN).glob(f"*{_COPY}"):
                path.unlink()
            self.recovered: list[Recovered] = [
                self._recover(path) for path in sorted((folder / _OPEN).glob(f"*{SUFFIX}"))
            ]
            """What a process that died here had left open."""
            self.dataset = Dataset(folder)
            write_index(folder, self.dataset.entries)
            self._index = Index(folder)
        except BaseException:
            self._lock.release()
            raise
        self._next = self._first_free()
        self._unsettled: list[Path] = []
        """Sealed, with their last name, but perhaps not on the disk."""

    def begin(self, head: Head, *, is_copy: bool = False) -> EpisodeFile:
        """Open a new episode. is_copy: of what is kept elsewhere, so that nothing of it stays where the process dies."""
        path = self.folder / _OPEN / f"{self._next:06d}{_COPY if is_copy else SUFFIX}"
        self._next += 1
        return EpisodeFile(path, head)

    def seal(
        self, file: EpisodeFile, end: End, *, seconds: float | None = None, metrics: dict[str, float] | None = None,
        tags: Sequence[str] = (), sync: bool = True,
    ) -> Entry:  # fmt: skip
        """End an episode: it is one of the folder's when this returns, whatever becomes of the process.

        sync: wait for the disk, so that not even a power cut costs it; otherwise `settle` does so for many together.
        """
        seal = file.seal(end, seconds=seconds, metrics=metrics, tags=tags, sync=sync)
        return self._admit(file.path, file.head, seal, sync=sync)

    def settle(self) -> None:
        """Wait until the disk has every episode and its name. Raises `SuiteError` where it refuses."""
        while self._unsettled:
            path = self._unsettled[-1]
            try:
                _sync_file(path)
                if len(self._unsettled) == 1:
                    sync_folder(path.parent)
            except OSError as error:
                raise refused(path, error) from error
            self._unsettled.pop()

    def add(self, source: Path) -> Entry:
        """Copy a whole episode of another folder. Raises `DamagedFileError` where it does not hold its checksums."""
        copy = self.folder / _OPEN / f"{self._next:06d}{_COPY}"
        try:
            shutil.copyfile(source, copy)
            with Episode(copy) as episode:
                episode.check()
                head, seal = episode.head, episode.seal
            _sync_file(copy)
            self._next += 1
            return self._admit(copy, head, seal)
        except DamagedFileError as error:
            raise DamagedFileError(str(error).replace(str(copy), str(source))) from error
        except FileNotFoundError as error:
            raise SuiteError(f"{source} does not exist.") from error
        except OSError as error:
            raise refused(copy, error) from error
        finally:
            copy.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the folder, with all that was sealed on the disk."""
        try:
            self.settle()
        finally:
            self._index.close()
            self._lock.release()

    def __enter__(self) -> Recording:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _admit(self, path: Path, head: Head, seal: Seal, *, sync: bool = True) -> Entry:
        target = self.folder / SEALED / path.with_suffix(SUFFIX).name
        entry = entry_of(target.name, path.stat().st_size, head, seal)
        self._move(path, target, sync=sync)
        if not sync:
            self._unsettled.append(target)
        self.dataset.entries.append(entry)
        self._index.add(entry)
        return entry

    def _recover(self, path: Path) -> Recovered:
        try:
            found = seal_open(path)
        except DamagedFileError:
            found = Recovered(path.name, 0, path.stat().st_size, False)
        target = self.folder / SEALED / path.name
        if found.sealed and not target.exists():
            self._move(path, target)
        elif found.sealed or found.lost_bytes:
            (self.folder / _ASIDE).mkdir(exist_ok=True)
            self._move(path, self.folder / _ASIDE / path.name)
        else:
            path.unlink()
        return found

    def _move(self, path: Path, target: Path, *, sync: bool = True) -> None:
        """Give a file its new name; sync: for good."""
        try:
            path.replace(target)
            if sync:
                sync_folder(target.parent)
        except OSError as error:
            raise refused(target, error) from error

    def _first_free(self) -> int:
        taken = [
            int(match[1])
            for part in (SEALED, _OPEN, _ASIDE)
            for path in (self.folder / part).glob(f"*{SUFFIX}")
            if (match := _NAME.fullmatch(path.name))
        ]
        return max(taken, default=-1) + 1


def rebuild_index(folder: Path, progress: Progress = silent) -> Dataset:
    """Make the index anew from the episodes' files alone. Raises `SuiteError` while somebody records into the folder."""
    _refuse_sample(folder)
    if not is_dataset(folder):
        return Dataset(folder)  # which says what is missing
    lock = _lock(folder)
    try:
        dataset = Dataset(folder, progress, from_files=True)
        write_index(folder, dataset.entries)
        return dataset
    finally:
        lock.release()


def _refuse_sample(folder: Path) -> None:
    if is_sample(folder):
        raise SuiteError(f"{folder} is a sample, which stays as it is. Name a folder of your own.")


def _refuse_other(folder: Path) -> None:
    """Raise `SuiteError` for a folder that holds what is not ours. One that was begun and not finished is taken."""
    if folder.is_dir() and (is_dataset(folder) or all(_is_begun(path.name) for path in folder.iterdir())):
        return
    if folder.exists():
        raise SuiteError(f"{folder} holds something else than episodes. Name an empty or new folder.")


def _is_begun(name: str) -> bool:
    """Whether a folder may hold this before it has its `dataset.json`: when its making was cut short."""
    return name in (SEALED, _OPEN, _LOCK) or name.startswith(f".{DATASET}.")


def _lock(folder: Path) -> FileLock:
    """Held by this process alone from now on. Makes what folders are missing."""
    lock = FileLock(folder / _LOCK)
    try:
        for name in (SEALED, _OPEN):
            (folder / name).mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise SuiteError(f"another process is recording into {folder}. Wait for it, or name another folder.") from error
    except OSError as error:
        raise SuiteError(f"cannot write to {folder}: {error.strerror}. Name a folder of your own.") from error
    return lock


def _sync_file(path: Path) -> None:
    """Wait until the disk has what was written to a file."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
