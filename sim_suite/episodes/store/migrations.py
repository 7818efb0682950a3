"""Reads what older versions wrote: a step from each format to the next. Source: ours.

Format 2 has the codec `changes` for driving worlds. Whoever raises `FORMAT` adds a function to each table, and to the tests a file of
the format before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from sim_suite.errors import DamagedFileError, SuiteError

FORMAT: Final = 2
Step = Callable[[dict[str, Any]], dict[str, Any]]


def _as_it_was(data: dict[str, Any]) -> dict[str, Any]:
    return data


HEADS: Mapping[int, Step] = MappingProxyType({1: _as_it_was})
"""From the format of the key to the next one."""
SEALS: Mapping[int, Step] = MappingProxyType({1: _as_it_was})


def migrate_head(data: dict[str, Any], where: str) -> dict[str, Any]:
    """A head's plain data in today's format, without the format's number."""
    return _migrate(data, where, HEADS, FORMAT)


def migrate_seal(data: dict[str, Any], where: str) -> dict[str, Any]:
    """A seal's, likewise."""
    return _migrate(data, where, SEALS, FORMAT)


def _migrate(data: dict[str, Any], where: str, steps: Mapping[int, Step], target: int) -> dict[str, Any]:
    found = dict(data)
    number = found.pop("format", None)
    if not isinstance(number, int) or number < 1:
        raise DamagedFileError(f"{where} does not say its format. Restore it from a copy.")
    if number > target:
        raise SuiteError(f"{where} has format {number}; this version reads up to {target}. Install a newer sim-suite.")
    while number < target:
        found, number = steps[number](found), number + 1
    return found
