"""Collects what is known by name: our own entries and those that other packages plug in through an entry-point group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import TypeVar

from sim_suite.errors import SuiteError

Entry = TypeVar("Entry")


def collect(group: str, own: Iterable[Entry], name_of: Callable[[Entry], str]) -> Mapping[str, Entry]:
    """All entries by name. A plug-in is a function that returns an iterable of entries.

    Raises `SuiteError` when a plug-in cannot be loaded or reuses a name.
    """
    known = {name_of(entry): entry for entry in own}
    for plugin in entry_points(group=group):
        try:
            added = list(plugin.load()())
        except Exception as error:  # whatever a stranger's package raises, the person must hear whose it was
            raise SuiteError(
                f"the plug-in {plugin.value} ({group}) could not be loaded: {type(error).__name__}: {error}. "
                f"Mend or uninstall the package that brings it."
            ) from error
        for entry in added:
            if name_of(entry) in known:
                raise SuiteError(
                    f"the plug-in {plugin.value} registers {name_of(entry)!r}, which exists already. Give it another name."
                )
            known[name_of(entry)] = entry
    return MappingProxyType(known)
