"""The perception tasks that have a name. Listing them loads nothing.

Third parties add entries through the entry-point group `sim_suite.perception` (a function that returns an iterable of `TaskEntry`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from perception.shipped import SHIPPED
from perception.task_entry import TaskEntry
from sim_suite.errors import UnknownNameError
from sim_suite.plugins import collect


@cache
def entries() -> Mapping[str, TaskEntry]:
    """All tasks by name, plug-ins included. Raises `SuiteError` when a plug-in reuses a name."""
    return collect("sim_suite.perception", SHIPPED, lambda entry: entry.name)


def entry(name: str) -> TaskEntry:
    """The entry of one task. Raises `UnknownNameError` with the nearest names."""
    try:
        return entries()[name]
    except KeyError:
        raise UnknownNameError("perception task", name, entries(), "`sim-suite perception list` shows all.") from None
