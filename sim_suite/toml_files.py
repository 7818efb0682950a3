"""Finds and reads the TOML files that people name: a shipped one by its name, their own by its path."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim_suite.errors import SuiteError, UnknownNameError


def shipped(folder: Path) -> list[str]:
    """Names of the files that a folder ships."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def find_toml(name: str, folder: Path, what: str, hint: str) -> tuple[Path, dict[str, Any]]:
    """The file `name` stands for and what it says. Raises `SuiteError` where there is none or it is not TOML.

    what: the noun in messages ("suite"); hint: how to see all of them.
    """
    path = Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
    if not path.is_file():
        if name.endswith(".toml"):
            raise SuiteError(f"{path} does not exist.")
        raise UnknownNameError(what, name, shipped(folder), hint)
    return path, read_toml(path)


def read_toml(path: Path) -> dict[str, Any]:
    """What a TOML file says. Raises `SuiteError` with the place where it is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SuiteError(f"{path} is not valid TOML: {error}.") from error


def refuse_keys(data: Mapping[str, Any], known: Mapping[str, type], where: str) -> None:
    """Raise `SuiteError` for the first key that is not known, or whose value is not of its type. where: the file's name in messages."""
    for key, value in data.items():
        if key not in known:
            raise UnknownNameError(f"key in {where}", key, known)
        if not isinstance(value, known[key]) or isinstance(value, bool):
            raise SuiteError(f"{where}: {key} must be a {known[key].__name__}, not {value!r}.")
