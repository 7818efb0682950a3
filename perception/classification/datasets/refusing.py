"""How the files of data sets are opened and refused, in one voice. Source: ours."""

from __future__ import annotations

from pathlib import Path

from sim_suite.errors import DamagedFileError, SuiteError


def first_of(folder: Path, names: tuple[str, ...], what: str) -> Path:
    """The first of these files that is there. Raises `SuiteError` naming the one that is looked for."""
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise SuiteError(f"{folder} has no {names[0]}. Name the folder that holds {what}; nothing is downloaded.")


def damaged(path: Path, seen: str) -> DamagedFileError:
    """An error for a file that is not what its name says."""
    return DamagedFileError(f"{path}: {seen}. Take the file anew from where it is published.")
