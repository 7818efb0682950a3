"""The agents and training methods that have a name. Targets are strings: listing them loads nothing.

Third parties add entries through the entry-point group `sim_suite.agents` (a function that returns an iterable of
`AgentEntry`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any

from agents.learner import Method
from sim_suite.envs.making import load_object
from sim_suite.errors import SuiteError, UnknownNameError


@dataclass(frozen=True)
class AgentEntry:
    """One name. `agent` is the class that acts (and loads checkpoints), `method` how it is trained, if it is."""

    name: str
    summary: str
    agent: str
    """`module:Class`."""
    method: str | None = None
    """`module:TABLE`, a mapping from agent names to `Method`; None for agents that need no training."""
    envs: tuple[str, ...] = ()
    """The environments it was made for; empty where it suits any with its interface."""
    privileged: bool = False
    """Reads the privileged state."""

    def load_agent_class(self) -> Any:
        """The class, imported now."""
        return load_object(self.agent)

    def load_method(self) -> Method:
        """The training method. Raises `SuiteError` for agents that are not trained."""
        if self.method is None:
            raise SuiteError(
                f"the agent {self.name!r} is not trained: it acts as it is. `sim-suite list agents` shows which are."
            )
        method: Method = load_object(self.method)[self.name]
        return method


_CAR_RACING = ("CarRacing-v3", "sim_suite/CarRacing-v0")

_ENTRIES: tuple[AgentEntry, ...] = (
    AgentEntry("random", "uniformly random actions", "agents.simple:RandomAgent"),
    AgentEntry("do-nothing", "the action that does nothing", "agents.simple:DoNothingAgent"),
)


@cache
def entries() -> Mapping[str, AgentEntry]:
    """All agents by name, plug-ins included. Raises `SuiteError` when a plug-in reuses a name."""
    known = {entry.name: entry for entry in _ENTRIES}
    for plugin in entry_points(group="sim_suite.agents"):
        for entry in plugin.load()():
            if entry.name in known:
                raise SuiteError(
                    f"the plug-in {plugin.value} registers {entry.name!r}, which exists already. Give it another name."
                )
            known[entry.name] = entry
    return MappingProxyType(known)


def entry(name: str) -> AgentEntry:
    """The entry of one agent. Raises `UnknownNameError` with the nearest names."""
    try:
        return entries()[name]
    except KeyError:
        raise UnknownNameError("agent", name, entries(), "`sim-suite list agents` shows all.") from None
