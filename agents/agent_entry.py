"""What is known of an agent that has a name. Targets are strings: an entry loads nothing by itself. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agents.learner import Method
from sim_suite.envs.making import load_object
from sim_suite.errors import SuiteError


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
    recipes: tuple[tuple[str, str], ...] = ()
    """(environment, shipped recipe) whose settings are known to be good there; elsewhere the method's defaults are taken."""

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
