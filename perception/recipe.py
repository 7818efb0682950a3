"""Recipes of perception: TOML files that say all that a training run depends on.

task = "segmentation"       registered name of a task
seed = 0                    optional
[config]                    the task's settings; what is missing keeps its default
[config.training]           those of the loop (perception/training/options.py)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import tomli_w

from perception.registry import entry
from sim_suite.errors import SuiteError
from sim_suite.settings import plain_config
from sim_suite.toml_files import find_toml, refuse_keys, shipped

FOLDER: Final = Path(__file__).parent / "recipes"
_KEYS: Final = {"task": str, "seed": int, "config": dict, "summary": str, "name": str}


@dataclass(frozen=True)
class Recipe:
    """What to train, and how."""

    task: str
    seed: int = 0
    config: dict[str, Any] = field(default_factory=dict)
    summary: str = ""
    name: str = ""
    """The file's own name; empty for one put together on the command line."""

    def to_toml(self, config: Any) -> str:
        """The recipe with its settings spelled out, as `config.toml` of a run keeps it."""
        data = {"task": self.task, "seed": self.seed, "name": self.name, "config": plain_config(config)}
        return tomli_w.dumps({key: value for key, value in data.items() if value not in ({}, "")})


def names() -> list[str]:
    """The recipes that are shipped."""
    return shipped(FOLDER)


def load(name: str) -> Recipe:
    """A shipped recipe by name, or a `.toml` file. Raises `SuiteError` saying what is wrong with it."""
    path, data = find_toml(name, FOLDER, "perception recipe", "`sim-suite perception list` shows all.")
    return parse(data, str(path), path.stem)


def parse(data: Mapping[str, Any], where: str, name: str) -> Recipe:
    """Check and build a recipe. `where` names the source in errors."""
    refuse_keys(data, _KEYS, where)
    if "task" not in data:
        raise SuiteError(f"{where}: 'task' is missing.")
    entry(data["task"])
    return Recipe(**{"name": name, **data})
