"""Training runs on disk: what a recipe may say, and that a run which was stopped goes on as if it had not been."""

from __future__ import annotations

import json
import tomllib

import pytest

from agents import recipe as recipes
from agents.naming import find
from agents.recipe import Recipe
from agents.registry import entry
from agents.tabular.config import QLearningConfig
from agents.training import begin, go, resume
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.settings import build_config, parse_settings, plain_config, with_settings
from tests.agents.stopping import Stopped, files_of

LAKE = Recipe("q-learning", "FrozenLake-v1", seed=4, config={"steps": 60_000})


def test_a_run_leaves_recipe_metrics_state_and_checkpoint(tmp_path):
    run = begin(LAKE, tmp_path / "run")
    seen = []
    checkpoint = go(run, lambda done, total, metrics: seen.append((done, total)))
    assert seen
    assert all(total == 60_000 for _, total in seen)
    assert find(str(checkpoint)).training["steps"] >= 60_000
    written = tomllib.loads((tmp_path / "run" / "config.toml").read_text())
    assert (written["agent"], written["env"], written["seed"], written["config"]["steps"]) == (
        "q-learning",
        "FrozenLake-v1",
        4,
        60_000,
    )
    lines = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [done for done, _ in seen]


@pytest.mark.parametrize("stop_after", [1, 2, 3])
def test_a_run_that_was_stopped_goes_on_to_the_same_bytes(tmp_path, stop_after):
    go(begin(LAKE, tmp_path / "whole"))
    count = 0

    def watch(done, total, metrics):
        nonlocal count
        count += 1
        if count == stop_after:
            raise Stopped

    with pytest.raises(Stopped):
        go(begin(LAKE, tmp_path / "broken"), watch)
    go(resume(tmp_path / "broken"))
    assert files_of(tmp_path / "broken") == files_of(tmp_path / "whole")


def test_a_resumed_run_still_says_by_which_recipe_it_was_made(tmp_path):
    recipe = recipes.load("six-states-q-learning")
    go(begin(recipe, tmp_path / "run"))
    go(resume(tmp_path / "run"))
    assert find(str(tmp_path / "run")).training["recipe"] == "six-states-q-learning"


def test_resuming_a_finished_run_changes_nothing(tmp_path):
    go(begin(LAKE, tmp_path / "run"))
    before = files_of(tmp_path / "run")
    go(resume(tmp_path / "run"))
    assert files_of(tmp_path / "run") == before


def test_a_damaged_state_is_named(tmp_path):
    go(begin(LAKE, tmp_path / "run"))
    path = tmp_path / "run" / "state" / "learner.safetensors"
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(DamagedFileError, match=r"learner\.safetensors does not match its recorded SHA-256"):
        resume(tmp_path / "run")


def test_a_taken_folder_and_a_folder_without_a_run_are_refused(tmp_path):
    begin(LAKE, tmp_path / "run")
    with pytest.raises(SuiteError, match="holds a run already"):
        begin(LAKE, tmp_path / "run")
    with pytest.raises(SuiteError, match=r"holds no run: there is no config\.toml"):
        resume(tmp_path)


@pytest.mark.parametrize("name", recipes.names())
def test_every_shipped_recipe_holds_together(name):
    recipe = recipes.load(name)
    method = entry(recipe.agent).load_method()
    config = build_config(method.config, recipe.config, name)
    again = recipes.parse(tomllib.loads(recipe.to_toml(config)), name, "")
    assert build_config(method.config, again.config, name) == config
    assert recipe.summary, "a recipe says in a line what it is for"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('agent = "q-learning"', "'env' is missing"),
        ('agent = "q-learning"\nenv = "FrozenLak-v1"', "Did you mean 'FrozenLake-v1'"),
        ('agent = "q-learning"\nenv = "FrozenLake-v1"\nsead = 1', "Did you mean 'seed'"),
        ('agent = "q-learning"\nenv = "FrozenLake-v1"\nseed = "x"', "seed must be a int, not 'x'"),
        ("agent = ", "is not valid TOML"),
    ],
)
def test_malformed_recipes(tmp_path, text, message):
    path = tmp_path / "r.toml"
    path.write_text(text)
    with pytest.raises(SuiteError) as info:
        recipes.load(str(path))
    assert message in str(info.value)


def test_settings_are_typed_and_unknown_ones_refused():
    assert parse_settings(["a=0.5", "b=[1, 2]", "c=fast", "d=true"]) == {"a": 0.5, "b": [1, 2], "c": "fast", "d": True}
    with pytest.raises(SuiteError, match="'a' is not KEY=VALUE"):
        parse_settings(["a"])
    assert build_config(QLearningConfig, {"gamma": 1}, "x").gamma == 1.0
    with pytest.raises(SuiteError, match=r"Did you mean 'alpha'"):
        build_config(QLearningConfig, {"alfa": 1}, "x")
    with pytest.raises(SuiteError, match=r"x: gamma must be float, not 'high'"):
        build_config(QLearningConfig, {"gamma": "high"}, "x")
    with pytest.raises(SuiteError, match=r"x: steps must be int, not True"):
        build_config(QLearningConfig, {"steps": True}, "x")
    config = QLearningConfig()
    assert build_config(QLearningConfig, plain_config(config), "x") == config


def test_settings_within_tables():
    assert with_settings({"a": 1, "t": {"b": 2, "c": 3}}, {"t.b": 5, "u.v.w": 6, "a": 7}) == {
        "a": 7,
        "t": {"b": 5, "c": 3},
        "u": {"v": {"w": 6}},
    }
    with pytest.raises(SuiteError, match=r"a\.b: a is no table but 1"):
        with_settings({"a": 1}, {"a.b": 2})


def test_an_environment_without_the_agents_view_is_refused_before_the_first_step(tmp_path):
    recipe = Recipe("chauffeurnet-fast", "CartPole-v1")
    with pytest.raises(SuiteError, match="CartPole-v1 offers the views vector, but the agent looks at 'both'"):
        begin(recipe, tmp_path / "run")
    assert not (tmp_path / "run").exists()
