"""A checkpoint: a folder that says what it is and proves that nothing in it was altered.

    agent.json          registered name, configuration, interface, task, training facts, versions, SHA-256 of each file
    model.safetensors   parameters (and other files of the agent's own)

The folder is written under another name and renamed into place, so it exists whole or not at all.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.interface import Agent, Interface
from agents.learner import SavableAgent
from agents.registry import entry
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import canonical_json, read_json, sha256, write_json
from sim_suite.versions import versions

FORMAT = 1


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


def hardware() -> str:
    """The processor's architecture and count, for the record."""
    return f"{platform.machine()}, {os.cpu_count()} CPUs"


def save(folder: Path, agent: SavableAgent, description: Description) -> None:
    """Write a checkpoint at `folder`, replacing what was there in one step. Raises `SuiteError` when the disk refuses."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir()
        agent.save(fresh)
        hashes = hash_files(fresh)
        data = {
            "format": FORMAT,
            "agent": description.agent,
            "environment": {"id": description.env_id, "kwargs": description.env_kwargs},
            "interface": description.interface.to_dict(),
            "spaces": list(description.spaces),
            "config": description.config,
            "training": description.training,
            "versions": versions(),
            "files": hashes,
        }
        write_json(fresh / "agent.json", {**data, "sha256": _digest(data)})
        swap_folder(fresh, folder)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise SuiteError(
            f"could not write the checkpoint {folder}: {error}. Free some space; the older one is whole."
        ) from error


def _digest(data: dict[str, Any]) -> str:
    """SHA-256 of what `agent.json` says, besides this digest."""
    return hashlib.sha256(canonical_json(data).encode()).hexdigest()


def swap_folder(fresh: Path, folder: Path) -> None:
    """Put `fresh` in the place of `folder`. A kill between the two renames leaves the old one as `.NAME.old`; see `recover`."""
    for path in fresh.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def recover(folder: Path) -> None:
    """Bring back the old folder if a kill fell between the two renames of `swap_folder`."""
    old = folder.with_name(f".{folder.name}.old")
    if not folder.exists() and old.exists():
        old.rename(folder)


def hash_files(folder: Path) -> dict[str, str]:
    """SHA-256 of each file in a folder, by name."""
    return {path.name: sha256(path) for path in sorted(folder.iterdir())}


def check_files(folder: Path, hashes: dict[str, str]) -> None:
    """Raise `DamagedFileError` naming the first file that is missing or was altered."""
    for name, expected in hashes.items():
        path = folder / name
        if not path.exists():
            raise DamagedFileError(f"{path} is missing. Restore it from a copy or train anew.")
        if sha256(path) != expected:
            raise DamagedFileError(f"{path} does not match its recorded SHA-256. Restore it from a copy or train anew.")


def describe(folder: Path) -> Description:
    """Read and check `agent.json` and the hashes. Raises `DamagedFileError` naming the file that was altered."""
    data = read_json(folder / "agent.json")
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        seen = data.get("format") if isinstance(data, dict) else type(data).__name__
        raise SuiteError(
            f"{folder}/agent.json has format {seen!r}; this version reads format {FORMAT}. Save the agent anew."
        )
    if data.pop("sha256", None) != _digest(data):
        raise DamagedFileError(f"{folder}/agent.json was altered. Restore it from a copy or train the agent anew.")
    check_files(folder, data["files"])
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
    """Load a checkpoint whose hashes hold. No code is run from the folder."""
    recover(folder)
    if not (folder / "agent.json").exists():
        raise SuiteError(f"{folder} is not a checkpoint: it has no agent.json.")
    description = describe(folder)
    agent: Agent = entry(description.agent).load_agent_class().load(folder)
    return agent, description
