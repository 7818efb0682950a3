"""A trained perception network: a folder that says what it is and proves that nothing in it was altered. No pickle. Source: ours.

    perception.json     task, configuration, classes, training facts, versions, SHA-256 of each file
    model.safetensors   the network's numbers, of one with players those of its product

Named by its folder, by a run folder that holds one, or as zoo:NAME.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from torch import nn

from perception.registry import entry
from perception.training.task import Task, product_of
from sim_suite.checked_folders import read_described, recover, write_described
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.learning.run_folder import CHECKPOINT_NAME
from sim_suite.learning.torch_blocks import seeded
from sim_suite.learning.weights import load_weights, save_weights
from sim_suite.settings import build_config, with_settings
from sim_suite.versions import versions

FORMAT: Final = 1
INDEX: Final = "perception.json"
MODEL: Final = "model.safetensors"
ZOO: Final = Path(__file__).parents[1] / "zoo"


@dataclass(frozen=True)
class Description:
    """What `perception.json` says besides the hashes."""

    task: str
    """Registered name."""
    config: dict[str, Any]
    classes: tuple[str, ...]
    training: dict[str, Any] = field(default_factory=dict)
    """steps, seed, recipe, hardware."""


class Trained(NamedTuple):
    """A network with all that is needed to use it."""

    network: nn.Module
    """In its evaluating mode."""
    task: Task
    description: Description


def save(folder: Path, network: nn.Module, description: Description) -> None:
    """Write a checkpoint at `folder`, replacing what was there in one step. Raises `SuiteError` when the disk refuses."""
    data = {
        "format": FORMAT,
        "task": description.task,
        "config": description.config,
        "classes": list(description.classes),
        "training": description.training,
        "versions": versions(),
    }
    write_described(folder, INDEX, data, lambda fresh: save_weights(network, fresh / MODEL))


def describe(folder: Path) -> Description:
    """Read and check `perception.json` and the hashes. Raises `DamagedFileError` naming the file that was altered."""
    data = read_described(folder, INDEX, FORMAT)
    return Description(data["task"], data["config"], tuple(data["classes"]), data["training"])


def find(name: str) -> Path:
    """The checkpoint's folder that a name stands for. Raises `SuiteError` where there is none."""
    if name.startswith("zoo:"):
        known = zoo_names()
        if name.removeprefix("zoo:") not in known:
            raise UnknownNameError(
                "zoo network", name.removeprefix("zoo:"), known, "`sim-suite perception list` shows all."
            )
        return ZOO / name.removeprefix("zoo:")
    folder = Path(name)
    recover(folder / CHECKPOINT_NAME)
    inside = folder / CHECKPOINT_NAME if (folder / CHECKPOINT_NAME).is_dir() else folder
    recover(inside)
    if not (inside / INDEX).is_file():
        raise SuiteError(
            f"{name} is no perception checkpoint: it has no {INDEX}. Name the folder that `sim-suite perception train` printed, or "
            f"zoo:NAME."
        )
    return inside


def load(name: str, settings: Mapping[str, Any] | None = None) -> Trained:
    """The network that a name stands for, once its hashes hold. No code is run from the folder.

    settings: of the task, changed for this use alone, such as how much is judged.
    """
    folder = find(name)
    description = describe(folder)
    kind = entry(description.task).load()
    config = build_config(kind.Config, with_settings(description.config, settings or {}), f"{folder / INDEX}")
    task = kind(config, int(description.training.get("seed", 0)))
    with seeded(0):
        network = product_of(task, task.network())
    load_weights(network, folder / MODEL)
    return Trained(network.eval(), task, description)


def zoo_names() -> list[str]:
    """The networks that are shipped."""
    return sorted(path.parent.name for path in ZOO.glob(f"*/{INDEX}"))
