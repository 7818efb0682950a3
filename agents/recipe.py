"""Recipes: TOML files that say all that a training run depends on.

agent = "q-learning"        registered name of a method
env = "FrozenLake-v1"
seed = 0                    optional
[env_kwargs]                optional keyword arguments of the environment
[config]                    the method's settings; what is missing keeps its default
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import tomli_w

from agents.registry import entry
from sim_suite.envs.catalog import card
from sim_suite.errors import SuiteError
from sim_suite.settings import plain_config
from sim_suite.toml_files import find_toml, refuse_keys, shipped

FOLDER = Path(__file__).parent / "recipes"
_KEYS = {"agent": str, "env": str, "seed": int, "env_kwargs": dict, "config": dict, "summary": str, "name": str}


@dataclass(frozen=True)
class Recipe:
    """What to train, on what, and how."""

    agent: str
    env: str
    seed: int = 0
    env_kwargs: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    summary: str = ""
    name: str = ""
    """The file's own name; empty for one put together on the command line."""

    def to_toml(self, config: Any) -> str:
        """The recipe with its settings spelled out, as `config.toml` of a run keeps it."""
        data = {
            "agent": self.agent,
            "env": self.env,
            "seed": self.seed,
            "name": self.name,
            "env_kwargs": self.env_kwargs,
            "config": plain_config(config),
        }
        return tomli_w.dumps({key: value for key, value in data.items() if value not in ({}, "")})


def names() -> list[str]:
    """The recipes that are shipped."""
    return shipped(FOLDER)


def load(name: str) -> Recipe:
    """A shipped recipe by name, or a `.toml` file. Raises `SuiteError` saying what is wrong with it."""
    path, data = find_toml(name, FOLDER, "recipe", "`sim-suite list recipes` shows all.")
    return parse(data, str(path), path.stem)


def suited(method: str, env_id: str) -> Recipe:
    """How a method is trained on an environment: by the settings that are known to be good there, or by its defaults."""
    name = dict(entry(method).recipes).get(env_id)
    return Recipe(method, env_id) if name is None else replace(load(name), env=env_id)


def parse(data: Mapping[str, Any], where: str, name: str) -> Recipe:
    """Check and build a recipe. `where` names the source in errors."""
    refuse_keys(data, _KEYS, where)
    for key in ("agent", "env"):
        if key not in data:
            raise SuiteError(f"{where}: {key!r} is missing.")
    card(data["env"])
    return Recipe(**{"name": name, **data})
