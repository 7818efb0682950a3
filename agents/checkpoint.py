"""A checkpoint: a folder that says what it is and proves that nothing in it was altered.

    agent.json          registered name, configuration, interface, task, training facts, versions, SHA-256 of each file
    model.safetensors   parameters (and other files of the agent's own)

The folder is written under another name and renamed into place, so it exists whole or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.interface import Agent, Interface
from agents.learner import SavableAgent
from agents.registry import entry
from sim_suite.checked_folders import read_described, recover, write_described
from sim_suite.errors import SuiteError
from sim_suite.learning.allocating import keep_memory
from sim_suite.versions import versions

FORMAT = 1
INDEX = "agent.json"


@dataclass(frozen=True)
class Description:
    """What `agent.json` says besides the hashes."""

    agent: str
    """Registered name."""
    env_id: str
    env_kwargs: dict[str, Any]
    interface: Interface
    config: dict[str, Any]
    spaces: tuple[str, str] = ("", "")
    """Observation and action space as text, in the agent's view: where they differ, the agent does not fit."""
    training: dict[str, Any] = field(default_factory=dict)
    """steps, seed, recipe, and whatever else tells how it was made."""


def save(folder: Path, agent: SavableAgent, description: Description) -> None:
    """Write a checkpoint at `folder`, replacing what was there in one step. Raises `SuiteError` when the disk refuses."""
    data = {
        "format": FORMAT,
        "agent": description.agent,
        "environment": {"id": description.env_id, "kwargs": description.env_kwargs},
        "interface": description.interface.to_dict(),
        "spaces": list(description.spaces),
        "config": description.config,
        "training": description.training,
        "versions": versions(),
    }
    write_described(folder, INDEX, data, agent.save)


def describe(folder: Path) -> Description:
    """Read and check `agent.json` and the hashes. Raises `DamagedFileError` naming the file that was altered."""
    data = read_described(folder, INDEX, FORMAT)
    environment = data["environment"]
    return Description(
        agent=data["agent"],
        env_id=environment["id"],
        env_kwargs=environment["kwargs"],
        interface=Interface.from_dict(data["interface"]),
        config=data["config"],
        spaces=(data["spaces"][0], data["spaces"][1]),
        training=data["training"],
    )


def load(folder: Path) -> tuple[Agent, Description]:
    """Load a checkpoint whose hashes hold. No code is run from the folder; from then on the process keeps its memory (`allocating`)."""
    keep_memory()
    recover(folder)
    if not (folder / INDEX).exists():
        raise SuiteError(f"{folder} is not a checkpoint: it has no {INDEX}.")
    description = describe(folder)
    agent: Agent = entry(description.agent).load_agent_class().load(folder)
    return agent, description
