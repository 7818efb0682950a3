"""The zoo: what is shipped is what its recipe makes, and plays as its score says."""

from __future__ import annotations

import tomllib

import pytest

from agents import checkpoint, recipe
from agents.naming import ZOO
from agents.registry import entry
from sim_suite.files import read_json, sha256
from sim_suite.settings import build_config, plain_config
from sim_suite.studies import zoo

NAMES = sorted(path.parent.name for path in ZOO.glob("*/agent.json"))


def test_every_entry_is_made_by_the_study():
    assert sorted(zoo.ENTRIES) == NAMES
    assert sum(path.stat().st_size for path in ZOO.rglob("*") if path.is_file()) < 80_000_000


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_holds_recipe_log_and_score_that_agree(name):
    description = checkpoint.describe(ZOO / name)
    said = recipe.parse(tomllib.loads((ZOO / name / "recipe.toml").read_text()), name, "")
    shipped = recipe.load(zoo.ENTRIES[name].recipe)
    method = entry(description.agent).load_method()
    # Settings that there were not yet when it was made are at their defaults.
    made, noted, today = (
        plain_config(build_config(method.config, config, name))
        for config in (description.config, said.config, shipped.config)
    )
    assert made == noted
    assert noted == today, "the recipe has changed: make it anew"
    assert (said.agent, said.env, said.seed) == (shipped.agent, shipped.env, shipped.seed)
    log = (ZOO / name / "metrics.jsonl").read_text().splitlines()
    assert f'"step": {description.training["steps"]}' in log[-1]


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_plays_no_better_and_no_worse_than_its_score(name):
    said = read_json(ZOO / name / "score.json")
    assert list(zoo.ENTRIES[name].judge.differences(ZOO / name, said)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in NAMES if "q-learning" in name])
def test_training_a_table_again_gives_the_same_bytes(name, tmp_path, monkeypatch):
    monkeypatch.setattr(zoo, "ZOO", tmp_path)
    zoo.make_entry(name, workers=0)
    for file in ("model.safetensors", "metrics.jsonl", "recipe.toml", "score.json"):
        assert sha256(tmp_path / name / file) == sha256(ZOO / name / file), file
