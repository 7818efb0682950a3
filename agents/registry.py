"""The agents and training methods that have a name. Listing them loads nothing.

Third parties add entries through the entry-point group `sim_suite.agents` (a function that returns an iterable of
`AgentEntry`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from agents.agent_entry import AgentEntry
from agents.shipped import SHIPPED
from sim_suite.errors import UnknownNameError
from sim_suite.plugins import collect


@cache
def entries() -> Mapping[str, AgentEntry]:
    """All agents by name, plug-ins included. Raises `SuiteError` when a plug-in reuses a name."""
    return collect("sim_suite.agents", SHIPPED, lambda entry: entry.name)


def entry(name: str) -> AgentEntry:
    """The entry of one agent. Raises `UnknownNameError` with the nearest names."""
    try:
        return entries()[name]
    except KeyError:
        raise UnknownNameError("agent", name, entries(), "`sim-suite list agents` shows all.") from None
