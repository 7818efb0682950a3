"""Cloning: it learns what was done, a stopped run ends with the same bytes, and what cannot be learned from is said in a line."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch

from agents.imitation import learner as learning
from agents.imitation.agent import CloneAgent
from agents.imitation.config import BcConfig
from agents.imitation.loading import StepData
from agents.imitation.memory import batches_of
from agents.imitation.starting import line_after, recipe_for, recipe_from
from agents.naming import build, find, refuse_mismatch
from agents.recipe import Recipe
from agents.training import begin, go, resume
from sim_suite import episodes
from sim_suite.envs.pixels import resize, to_grey
from sim_suite.envs.views import View
from sim_suite.episodes.store.facts import Actor
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.settings import build_config
from tests.agents.imitation.cloning_by_hand import done, shown, write_bars
from tests.agents.imitation.laps_by_hand import write_laps
from tests.agents.stopping import Stopped, files_of

SAMPLES = Path(episodes.__file__).parent / "samples"
CAR = "sim_suite/CarRacing-v0"
SMALL = {"view": {"kind": "pixels", "grey": True, "size": [48, 48]}, "dropout": 0.1, "balance": 1.0}


def recipe(folder, **config):
    return Recipe("bc", CAR, config={"episodes": [str(folder)], **SMALL, **config})


@pytest.fixture(scope="module")
def bars(tmp_path_factory):
    return write_bars(tmp_path_factory.mktemp("bars") / "laps", [60, 60, 60, 60])


@pytest.mark.parametrize(
    ("policy", "head", "grid", "epochs"),
    [
        ("textbook", "classes", "fine", 6),
        pytest.param("pilotnet", "regression", "fine", 10, marks=pytest.mark.slow),
        pytest.param("alvinn", "hill", "fine", 40, marks=pytest.mark.slow),
    ],
)
def test_it_does_what_it_was_shown(bars, tmp_path, policy, head, grid, epochs):
    """Four pictures, four actions: all three policies learn which belongs to which, within the grid's and the hill's fineness."""
    config = {
        "policy": policy,
        "head": head,
        "grid": grid,
        "epochs": epochs,
        "batch_size": 16,
        "learning_rate": 3e-3,
        "dropout": 0.0,
    }
    run = begin(recipe(bars, **config), tmp_path / "run")
    go(run)
    agent = build(find(str(tmp_path / "run")), CAR, {}, 0)
    places = np.arange(4)
    seen = np.stack([resize(to_grey(picture), (48, 48)) for picture in shown(places)])
    acted, state = agent.predict(seen, None, None, True)
    assert state is None
    assert np.abs(acted[:, 0] - done(places)[:, 0]).max() < 0.08
    assert np.abs(acted[:, 1:] - done(places)[:, 1:]).max() < 0.25
    lines = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    assert lines[-1]["validation_error"] < 0.1
    assert lines[-1]["step"] == epochs * 180, "one of the four episodes is kept apart"


@pytest.mark.parametrize("stop_after", [1, 2, 3, 5])
def test_a_stopped_run_goes_on_to_the_same_bytes(bars, tmp_path, stop_after, monkeypatch):
    """Stopped within an epoch and at its end; with dropout, mirror and bfloat16, which all could go another way."""
    monkeypatch.setattr(learning, "REPORT_EVERY", 5)
    config = {"epochs": 2, "batch_size": 16, "mirror": True, "precision": "bfloat16", "dropout": 0.5}
    go(begin(recipe(bars, **config), tmp_path / "whole"))
    count = 0

    def watch(done, total, metrics):
        nonlocal count
        count += 1
        if count == stop_after:
            raise Stopped

    with pytest.raises(Stopped):
        go(begin(recipe(bars, **config), tmp_path / "broken"), watch)
    torch.manual_seed(99)  # what surrounds the run has no part in it
    go(resume(tmp_path / "broken"))
    assert files_of(tmp_path / "broken") == files_of(tmp_path / "whole")


def test_going_on_with_more_episodes_begins_with_the_same_weights_and_leaves_the_old_run(bars, tmp_path):
    go(begin(recipe(bars, epochs=1), tmp_path / "first"))
    before = files_of(tmp_path / "first")
    fixes = write_bars(tmp_path / "fixes", [30], seed=1, actor=Actor.HUMAN)
    plan = recipe_from(tmp_path / "first", (str(bars), str(fixes)))
    run = begin(plan, tmp_path / "second")
    old = find(str(tmp_path / "first"))
    weights = build(old, CAR, {}, 0).network.state_dict()
    assert all(torch.equal(weights[name], value) for name, value in run.learner.agent.network.state_dict().items())
    assert run.learner.total_steps >= 200, "both folders"
    go(run)
    assert files_of(tmp_path / "first") == before
    written = tomllib.loads((tmp_path / "second" / "config.toml").read_text())["config"]
    assert written["start_from"] == str(tmp_path / "first" / "checkpoint")
    assert line_after(CAR, run.config, run.folder) == f"sim-suite leaderboard car-racing --agents bc={run.folder}"
    with pytest.raises(SuiteError, match=r"another policy than this run would have"):
        begin(Recipe("bc", CAR, config={**plan.config, "policy": "alvinn"}), tmp_path / "third")
    go(begin(recipe(bars, epochs=2), tmp_path / "other"))
    moved = {**plan.config, "start_from": str(tmp_path / "other" / "checkpoint")}
    with pytest.raises(SuiteError, match="no longer what this run began with"):
        begin(Recipe("bc", CAR, config=moved), tmp_path / "fourth")


def test_a_run_whose_episodes_have_changed_is_not_gone_on_with(tmp_path):
    folder = write_bars(tmp_path / "laps", [30, 30])
    go(begin(recipe(folder, epochs=1), tmp_path / "run"))
    write_bars(folder, [30], seed=5)
    with pytest.raises(SuiteError, match="the episodes have changed since this run began"):
        resume(tmp_path / "run")


def test_a_state_of_another_network_is_refused(bars, tmp_path):
    go(begin(recipe(bars, epochs=1), tmp_path / "run"))
    go(begin(recipe(bars, epochs=1, policy="alvinn"), tmp_path / "other"))
    with pytest.raises(DamagedFileError, match=r"learner\.safetensors does not fit this run"):
        resume(tmp_path / "run").learner.load_state(tmp_path / "other" / "state")


def test_memory_and_files_give_the_same_batches(bars):
    data = StepData([bars], View("pixels", grey=True, stack=2))
    kept, read = batches_of(data, 16, 3, 0, 1000), batches_of(data, 16, 3, 0, 0)
    for first, second in zip(kept.epoch(1), read.epoch(1), strict=True):
        assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_only_the_steps_of_the_named_actors_are_learned_from(tmp_path):
    folder = write_bars(tmp_path / "laps", [20, 20], actor=Actor.AGENT)
    with pytest.raises(SuiteError, match="no steps by human, expert to learn from"):
        begin(recipe(folder), tmp_path / "run")
    assert begin(recipe(folder, actors=["agent"], epochs=1), tmp_path / "run").learner.total_steps == 20


def test_keys_are_cloned_too(tmp_path):
    """Whole numbers are their own grid; the agent fits the environment with five keys."""
    env = "sim_suite/CarRacingDiscrete-v0"
    write_laps(tmp_path / "laps", [20, 20], env=env, size=(96, 96))
    plan = recipe_for((str(tmp_path / "laps"),))
    assert (plan.env, plan.config) == (env, {"episodes": [str(tmp_path / "laps")]})
    go(begin(Recipe("bc", env, config={**plan.config, "epochs": 1}), tmp_path / "run"))
    found = find(str(tmp_path / "run"))
    agent = build(found, env, {}, 0)
    refuse_mismatch(found, agent, env, {})
    actions, _ = agent.predict(np.zeros((2, 4, 96, 96), np.uint8), None, None, True)
    assert actions.dtype == np.int64
    assert actions.shape == (2,)
    with pytest.raises(SuiteError, match="whole numbers do not have"):
        begin(Recipe("bc", env, config={**plan.config, "mirror": True}), tmp_path / "mirror")


def test_an_agent_keeps_to_its_observations_and_its_dice(bars, tmp_path):
    go(begin(recipe(bars, epochs=1), tmp_path / "run"))
    agent = CloneAgent.load(tmp_path / "run" / "checkpoint")
    with pytest.raises(SuiteError, match=r"shape \(48, 48\), not \(96, 96\)"):
        agent.predict(np.zeros((1, 96, 96), np.uint8))
    seen = np.zeros((50, 48, 48), np.uint8)
    agent.seed(4)
    first = agent.predict(seen)[0]
    agent.seed(4)
    assert np.array_equal(agent.predict(seen)[0], first)
    assert len(np.unique(first[:, 0])) > 1, "drawn at random"
    assert len(np.unique(agent.predict(seen, deterministic=True)[0][:, 0])) == 1


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"policy": "pilotnat"}, "Did you mean 'pilotnet'"),
        ({"head": "class"}, "head must be 'classes' or 'regression' or 'hill'"),
        ({"grid": "textbok"}, "Did you mean 'textbook'"),
        ({"actors": ["humans"]}, "Did you mean 'human'"),
        ({"actors": []}, "actors must name one or more"),
        ({"epochs": 0}, "epochs must be at least 1, not 0"),
        ({"balance": 2.0}, r"balance must lie in 0\.0 to 1\.0, not be 2\.0"),
        ({"learning_rate": 0.0}, "learning_rate must lie in"),
        ({"view": {"kind": "vector"}}, "looks at 'pixels' or a 'raster', not at 'vector'"),
        ({"episode": ["x"]}, "Did you mean 'episodes'"),
    ],
)
def test_settings_that_do_not_hold_are_refused(config, message):
    with pytest.raises(SuiteError, match=message):
        build_config(BcConfig, config, "x")


def test_what_cannot_be_learned_from_is_said(bars, tmp_path):
    with pytest.raises(SuiteError, match="name the folders of episodes to learn from"):
        begin(Recipe("bc", CAR), tmp_path / "a")
    with pytest.raises(SuiteError, match="holds no episodes"):
        begin(recipe(tmp_path / "nowhere"), tmp_path / "b")
    other = write_bars(tmp_path / "v3", [10], env="CarRacing-v3")
    with pytest.raises(SuiteError, match=r"recorded in CarRacing-v3, .* learn from one environment at a time"):
        begin(Recipe("bc", CAR, config={**SMALL, "episodes": [str(bars), str(other)]}), tmp_path / "c")
    with pytest.raises(
        SuiteError, match=r"episodes are of CarRacing-v3, but the run is to be on sim_suite/CarRacing-v0"
    ):
        begin(recipe(other), tmp_path / "d")
    with pytest.raises(SuiteError, match="hidden_rows is 48, but a picture has only 48 rows"):
        begin(recipe(bars, hidden_rows=48), tmp_path / "e")
    with pytest.raises(SuiteError, match="need to know how the picture lies on the road"):
        begin(recipe(bars, shift_m=1.0), tmp_path / "f")
    assert not (tmp_path / "a").exists(), "nothing is begun"


def test_driving_states_are_looked_at_as_rasters(tmp_path):
    """The driving sample without a view that fits is refused with the words to type; `recipe_for` chooses the raster."""
    trips = str(SAMPLES / "driving")
    plan = recipe_for((trips,))
    assert plan.config["view"] == {"kind": "raster", "raster": "small", "grey": False, "stack": 1}
    learner = begin(Recipe("bc", plan.env, env_kwargs=plan.env_kwargs, config=plan.config), tmp_path / "run").learner
    assert learner.agent.spec.picture == (12, 128, 128)
    pixels = {**plan.config, "view": {"kind": "pixels"}}
    with pytest.raises(
        SuiteError, match=r"holds states of sim_suite/Driving-v0, no pictures\. .*--set 'view=\{kind=\"raster\""
    ):
        begin(Recipe("bc", plan.env, env_kwargs=plan.env_kwargs, config=pixels), tmp_path / "other")
