"""Folders that exist whole or not at all, with the SHA-256 of each file: checkpoints, and what a run needs to go on. Source: ours.

A folder is written under another name and renamed into place. One of its files, the index, says what it is and proves that nothing
was altered.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import canonical_json, read_json, sha256, write_json


def write_described(folder: Path, index: str, data: Mapping[str, Any], fill: Callable[[Path], None]) -> None:
    """Write a folder of what `fill` writes and `index`, in the place of what was there. Raises `SuiteError` when the disk refuses.

    data: what the index says besides the hashes of the files and its own.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir()
        fill(fresh)
        said = {**data, "files": hash_files(fresh)}
        write_json(fresh / index, {**said, "sha256": _digest(said)})
        swap_folder(fresh, folder)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise SuiteError(
            f"could not write the checkpoint {folder}: {error}. Free some space; the older one is whole."
        ) from error


def read_described(folder: Path, index: str, format: int) -> dict[str, Any]:
    """What the index says, once it and the hashes hold. Raises `DamagedFileError` naming the file that was altered."""
    data = read_json(folder / index)
    if not isinstance(data, dict) or data.get("format") != format:
        seen = data.get("format") if isinstance(data, dict) else type(data).__name__
        raise SuiteError(f"{folder}/{index} has format {seen!r}; this version reads format {format}. Save it anew.")
    if data.pop("sha256", None) != _digest(data):
        raise DamagedFileError(f"{folder}/{index} was altered. Restore it from a copy or train anew.")
    check_files(folder, data["files"])
    return data


def swap_folder(fresh: Path, folder: Path) -> None:
    """Put `fresh` in the place of `folder`. A kill between the two renames leaves the old one as `.NAME.old`; see `recover`."""
    for path in fresh.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def recover(folder: Path) -> None:
    """Bring back the old folder if a kill fell between the two renames of `swap_folder`."""
    old = folder.with_name(f".{folder.name}.old")
    if not folder.exists() and old.exists():
        old.rename(folder)


def hash_files(folder: Path) -> dict[str, str]:
    """SHA-256 of each file in a folder, by name."""
    return {path.name: sha256(path) for path in sorted(folder.iterdir())}


def check_files(folder: Path, hashes: Mapping[str, str]) -> None:
    """Raise `DamagedFileError` naming the first file that is missing or was altered."""
    for name, expected in hashes.items():
        path = folder / name
        if not path.exists():
            raise DamagedFileError(f"{path} is missing. Restore it from a copy or train anew.")
        if sha256(path) != expected:
            raise DamagedFileError(f"{path} does not match its recorded SHA-256. Restore it from a copy or train anew.")


def _digest(data: Mapping[str, Any]) -> str:
    """SHA-256 of what an index says, besides this digest."""
    return hashlib.sha256(canonical_json(data).encode()).hexdigest()
