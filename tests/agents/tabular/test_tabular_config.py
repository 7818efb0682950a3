"""Every range of every configuration is checked when it is built, and the recipes fit."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path
from typing import Any

import pytest

import agents
from agents.tabular.methods import METHODS
from sim_suite.errors import SuiteError

RECIPES = [
    path
    for path in sorted((Path(agents.__file__).parent / "recipes").glob("*.toml"))
    if tomllib.loads(path.read_text())["agent"] in METHODS
]


@pytest.mark.parametrize("name", sorted(METHODS))
def test_defaults_are_valid_and_frozen(name: str) -> None:
    config = METHODS[name].config()
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.gamma = 0.5


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("q-learning", {"gamma": 1.01}),
        ("q-learning", {"gamma": float("nan")}),
        ("q-learning", {"gamma": "0.9"}),
        ("q-learning", {"alpha": 0.0}),
        ("q-learning", {"alpha": True}),
        ("q-learning", {"alpha_visits": 0}),
        ("q-learning", {"alpha_floor": -0.1}),
        ("q-learning", {"initial_value": float("inf")}),
        ("q-learning", {"steps": 0}),
        ("q-learning", {"steps": 1e6}),
        ("sarsa", {"epsilon": 1.1}),
        ("double-q-learning", {"epsilon_end": -0.1}),
        ("mc-first-visit-eps", {"epsilon_decay": 2.0}),
        ("mc-every-visit-es", {"gamma": -0.1}),
        ("td0", {"policy": (0, -1)}),
        ("td0", {"steps": True}),
        ("policy-evaluation", {"policy": (0, 0.5)}),
        ("value-iteration", {"tolerance": 0.0}),
        ("policy-iteration", {"max_sweeps": 0}),
    ],
)
def test_values_outside_their_range_are_named(name: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(SuiteError, match=next(iter(wrong))):
        METHODS[name].config(**wrong)


def test_a_policy_from_a_file_becomes_a_tuple() -> None:
    assert METHODS["td0"].config(policy=[0, 1]).policy == (0, 1)


def test_there_are_recipes() -> None:
    assert {"frozenlake-4x4-q-learning", "frozenlake-8x8-q-learning"} <= {path.stem for path in RECIPES}


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_recipes_build_their_configuration(path: Path) -> None:
    recipe = tomllib.loads(path.read_text())
    assert set(recipe) <= {"summary", "agent", "env", "env_kwargs", "config", "seed"}
    METHODS[recipe["agent"]].config(**recipe.get("config", {}))


def test_the_guides_example_runs() -> None:
    guide = (Path(agents.__file__).parent / "tabular" / "README.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    exec(guide.split("```python\n")[1].split("```")[0], names)
    assert names["metrics"]["exact_return"] > 0.7
    assert all(f"| `{name}` |" in guide for name in METHODS)
