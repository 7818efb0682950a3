"""Which episodes of a folder are meant: FOLDER for all, FOLDER#3 by number, FOLDER#000003 by file. Source: ours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from sim_suite.episodes.store.dataset import SUFFIX, Dataset
from sim_suite.episodes.store.index import Entry
from sim_suite.errors import SuiteError, UnknownNameError

_FILE: Final = re.compile(r"\d{6,}")
_NUMBER: Final = re.compile(r"-?\d{1,5}")


def split_name(text: str) -> tuple[Path, str | None]:
    """The folder, and what stands behind the last # if that is not part of the folder's own name."""
    folder, mark, name = text.rpartition("#")
    return (Path(folder), name) if mark and not Path(text).exists() else (Path(text), None)


def chosen(dataset: Dataset, name: str | None) -> list[Entry]:
    """All episodes, or the one that is named: by its place in the list (-1 the last), or by its file with or without the ending.

    Raises `SuiteError` where there is none of that name, and where the folder holds no episodes at all.
    """
    entries = dataset.entries
    if not entries and dataset.damaged:
        raise SuiteError(f"{dataset.folder} holds no whole episode: {next(iter(dataset.damaged.values()))}")
    if not entries:
        raise SuiteError(
            f"{dataset.folder} holds no episodes. Record some: `sim-suite drive ENV --out {dataset.folder}`."
        )
    if name is None:
        return entries
    stem = name.removesuffix(SUFFIX)
    if _NUMBER.fullmatch(name):
        number = int(name)
        if not -len(entries) <= number < len(entries):
            raise SuiteError(f"{dataset.folder} has the episodes 0 to {len(entries) - 1}, not {name}.")
        return [entries[number]]
    if stem + SUFFIX in dataset.damaged:
        raise SuiteError(dataset.damaged[stem + SUFFIX])
    found = [entry for entry in entries if entry.file == stem + SUFFIX]
    if not found and _FILE.fullmatch(stem):
        ends = f"{entries[0].file} to {entries[-1].file}"
        raise SuiteError(f"{dataset.folder} has the files {ends}, but not {stem}{SUFFIX}.")
    if not found:
        hint = f"`sim-suite episodes list {dataset.folder}` lists them."
        raise UnknownNameError("episode", name, [entry.file for entry in entries], hint)
    return found
