"""The study of overestimation: returns by hand, networks whose overestimate is known exactly, courses that a stop does not change."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from agents import checkpoint
from agents.checkpoint import Description
from agents.naming import task_of
from agents.recipe import Recipe
from agents.training import begin, go
from agents.value_based.agent import QAgent
from agents.value_based.config import DqnConfig, PqnConfig
from agents.value_based.replay import ReplayOptions
from agents.value_based.spec import spec_for
from sim_suite.envs.views import VECTOR, View
from sim_suite.errors import SuiteError
from sim_suite.settings import build_config, plain_config
from sim_suite.studies.overestimation import __main__ as study
from sim_suite.studies.overestimation import courses
from sim_suite.studies.overestimation.measuring import Sampling, discount_of, discounted_returns, measure, tail_steps

SIX, GRID, BREAKOUT = "sim_suite/SixStates-v0", "sim_suite/GridWorld-v0", "sim_suite/BreakoutDeterministic-v0"
BEST = np.array([[0, 0], [1, 0.625], [0.5, 1.25], [0.625, 2.5], [1.25, 5], [0, 0]])
"""Optimal values of the six states at a discount of 0.5: by hand, from 5 beside the can and 1 beside the charger, halved for each step."""
HALF = DqnConfig(hidden=(), replay=ReplayOptions(capacity=100, discount=0.5))
FEW = Sampling(envs=2, steps=20)
RECIPE = f"""
agent = "ddqn"
env = "{SIX}"
[config]
steps = 200
envs = 2
hidden = [4]
batch_size = 8
learning_starts = 20
[config.replay]
capacity = 100
discount = 0.5
"""


def agent_of(env_id, table, **kwargs):
    """A Q-network of one layer on a one-hot state: its weights are the table [S, A]."""
    task = task_of(env_id, kwargs)
    spec = spec_for(task, VECTOR, (), False, False)
    network = spec.network()
    with torch.no_grad():
        network.values.weight.copy_(torch.tensor(table.T))
        network.values.bias.zero_()
    return QAgent(spec, network), task


def test_returns_by_hand():
    """It terminates after the second step and is cut off after the third; after the fourth the play breaks off."""
    column = [[1.0], [2.0], [3.0], [4.0]]
    discounts, cut = [[0.5], [0.0], [0.5], [0.5]], [[0], [0], [1], [0]]
    returns, unknown = discounted_returns(*(np.array(table, float) for table in (column, discounts, cut)))
    assert returns[:, 0].tolist() == [2.0, 2.0, 3.0, 4.0]
    assert unknown[:, 0].tolist() == [0.0, 0.0, 0.5, 0.5]


@given(
    st.lists(st.tuples(st.floats(-9, 9), st.sampled_from(["on", "on", "on", "ended", "cut"])), min_size=1, max_size=12),
    st.floats(0, 0.99),
)
def test_returns_are_sums_over_what_followed(steps, gamma):
    rewards = np.array([[reward] for reward, _ in steps])
    discounts = np.array([[0.0 if how == "ended" else gamma] for _, how in steps])
    cut = np.array([[how == "cut"] for _, how in steps])
    returns, unknown = discounted_returns(rewards, discounts, cut)
    for start in range(len(steps)):
        total, weight = 0.0, 1.0
        for reward, how in steps[start:]:
            total += weight * reward
            weight *= 0.0 if how == "ended" else gamma
            if how != "on":
                break
        assert returns[start, 0] == pytest.approx(total)
        assert unknown[start, 0] == pytest.approx(weight)


@pytest.mark.parametrize("excess", [0.0, 0.25, -0.5])
def test_a_known_excess_is_found_exactly(excess):
    """The optimal values plus a constant: the policy is the optimal one, so what comes is the optimal value."""
    found = measure(*agent_of(SIX, BEST + excess), HALF, 7, FEW)
    assert (found.step, found.states) == (7, 40)
    assert found.overestimation == pytest.approx(excess, abs=1e-6)


def test_values_are_those_of_the_states_that_are_visited():
    agent, task = agent_of(SIX, BEST + 0.25, start=4)
    found = measure(agent, task, HALF, 0, FEW)
    assert (found.estimate, found.true_return) == (5.25, 5.0)
    clipped = measure(agent, task, replace(HALF, clip_rewards=True), 0, FEW)
    assert (clipped.estimate, clipped.true_return) == (5.25, 1.0), "what it learns from is cut to 1"


def test_random_actions_cost_return_and_not_what_is_promised():
    agent, task = agent_of(SIX, BEST, start=4)
    found = measure(agent, task, HALF, 0, replace(FEW, epsilon=0.5))
    assert found.true_return < 5.0
    assert 1.0 <= found.estimate <= 5.0


def test_time_limits_are_put_out_of_the_way():
    """Up against the wall for ever: -1 a step, which the registered 100 steps would cut short. A hundredth is not waited for."""
    up = np.zeros((16, 4))
    up[:, 3] = 1.0
    config = replace(HALF, replay=ReplayOptions(capacity=100, discount=0.9))
    sampling = Sampling(envs=3, steps=150)
    agent, task = agent_of(GRID, up)
    found = measure(agent, task, config, 0, sampling)
    assert found.states == 450
    assert -10.0 <= found.true_return < -9.0, "all but the few steps in the left column, which leads up into a corner"
    assert found.estimate == 1.0


def test_a_lost_life_is_an_end_where_the_network_learned_so():
    view = View("pixels", size=(36, 36), grey=True, stack=2)
    task = task_of(BREAKOUT, {})
    spec = spec_for(task, view, (8,), False, False)
    torch.manual_seed(0)
    config = replace(HALF, view=view, hidden=(8,), life_loss=True, clip_rewards=True)
    assert measure(QAgent(spec, spec.network()), task, config, 0, FEW).states == 40
    with pytest.raises(SuiteError, match="tells of no lives"):
        measure(*agent_of(SIX, BEST), replace(HALF, life_loss=True), 0, FEW)


def test_discounts_and_tails():
    assert discount_of(PqnConfig(discount=0.9)) == 0.9
    assert (tail_steps(0.99), tail_steps(0.5), tail_steps(0.0)) == (459, 7, 1)
    with pytest.raises(SuiteError, match="set the discount below 1"):
        discount_of(PqnConfig(discount=1.0))


@pytest.fixture
def recipe(tmp_path):
    path = tmp_path / "six.toml"
    path.write_text(RECIPE, encoding="utf-8")
    return str(path)


def words(recipe, out, *more):
    return [
        "--recipe",
        recipe,
        "--out",
        str(out),
        "--seeds",
        "0",
        "1",
        "--points",
        "4",
        "--envs",
        "2",
        "--steps",
        "10",
        *more,
    ]


def test_courses_of_two_methods(tmp_path, recipe, capsys):
    out = tmp_path / "study"
    assert study.main(words(recipe, out)) == 0
    rows = list(csv.DictReader(io.StringIO((out / study.CSV).read_text())))
    assert [(row["method"], row["seed"]) for row in rows[::4]] == [
        ("dqn", "0"),
        ("ddqn", "0"),
        ("dqn", "1"),
        ("ddqn", "1"),
    ]
    assert [int(row["step"]) for row in rows[:4]] == [50, 100, 150, 200]
    assert all(float(r["overestimation"]) == float(r["estimate"]) - float(r["true_return"]) for r in rows)
    told = json.loads((out / study.JSON).read_text())
    last = [float(row["overestimation"]) for row in rows if row["method"] == "dqn" and row["step"] == "200"]
    assert told["methods"]["dqn"]["overestimation"]["point"] == pytest.approx(np.mean(last))
    assert told["methods"]["dqn"]["overestimation"]["runs"] == 2
    page = (out / study.PAGE).read_text()
    assert "dqn, promised" in page
    assert "van Hasselt et al. 2016" in page
    assert (out / study.PICTURE).read_bytes().startswith(b"\x89PNG")
    before = {path.name: path.read_bytes() for path in out.glob("*.*")}
    assert study.main(words(recipe, out)) == 0, "what is finished is kept"
    assert {path.name: path.read_bytes() for path in out.glob("*.*")} == before
    capsys.readouterr()
    assert study.main(words(recipe, out, "--epsilon", "0.1")) == 2
    assert "holds a study with other settings" in capsys.readouterr().err


def test_measuring_changes_nothing_of_the_training(tmp_path, recipe):
    assert study.main([*words(recipe, tmp_path / "study"), "--methods", "ddqn"]) == 0
    run = tmp_path / "study" / "runs" / "ddqn-1"
    values = {"steps": 200, "envs": 2, "hidden": [4], "batch_size": 8, "learning_starts": 20, "report_every": 50}
    plain = Recipe("ddqn", SIX, 1, config={**values, "replay": {"capacity": 100, "discount": 0.5}})
    alone = go(begin(plain, tmp_path / "alone", "cpu"))
    assert (alone / "model.safetensors").read_bytes() == (run / "checkpoint" / "model.safetensors").read_bytes()


@pytest.mark.parametrize("calls", [1, 2, 3, 6])
def test_stopped_at_any_measurement_it_goes_on_to_the_same_files(tmp_path, recipe, calls, monkeypatch):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert study.main(words(recipe, whole, "--methods", "dqn")) == 0

    def stops(*arguments, left=[calls]):  # noqa: B006 - counts its calls
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return measure(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(courses, "measure", stops)
        with pytest.raises(KeyboardInterrupt):
            study.main(words(recipe, broken, "--methods", "dqn"))
    assert study.main(words(recipe, broken, "--methods", "dqn")) == 0
    assert (broken / study.CSV).read_bytes() == (whole / study.CSV).read_bytes()


def saved(folder, excess, step, env_id=SIX, seed=3):
    agent, task = agent_of(env_id, BEST + excess, start=4)
    facts = {"steps": step, "seed": seed}
    checkpoint.save(
        folder, agent, Description("dqn", env_id, task.kwargs, agent.interface, plain_config(HALF), training=facts)
    )
    return str(folder)


def test_checkpoints_of_one_run_are_points_of_one_course(tmp_path, capsys):
    names = [saved(tmp_path / str(step), excess, step) for step, excess in ((200, 0.5), (100, 2.0))]
    (course,) = courses.kept(names, FEW, lambda line: None)
    assert (course.method, course.seed, course.env) == ("dqn", 3, SIX)
    assert [(point.step, point.overestimation) for point in course.points] == [(100, 2.0), (200, 0.5)]
    out = tmp_path / "study"
    assert study.main(["--checkpoints", *names, "--out", str(out), "--steps", "5"]) == 0
    assert not (out / "study.json").exists()
    capsys.readouterr()
    again = saved(tmp_path / "copy", 0.0, 200)
    assert study.main(["--checkpoints", *names, again, "--out", str(out)]) == 2
    assert "are both dqn, seed 3, at step 200. Leave one out." in capsys.readouterr().err


def test_mistakes_are_one_line(tmp_path, recipe, capsys):
    wrong = {
        (
            "--checkpoints",
            "zoo:frozen-lake-4x4-q-learning",
        ): "is a q-learning: overestimation is measured of dqn, ddqn, pqn",
        ("--checkpoints", "random"): "random is no checkpoint",
        ("--recipe", "cartpole-sb3-ppo"): "whose settings do not suit 'dqn'",
        ("--recipe", recipe, "--points", "0"): "--points must be 1 or more",
        ("--recipe", recipe, "--steps", "0"): "steps must be at least 1",
        ("--recipe", recipe, "--set", "replay.discount=1.0"): "set the discount below 1",
    }
    for number, (given_words, message) in enumerate(wrong.items()):
        assert study.main([*given_words, "--out", str(tmp_path / str(number))]) == 2
        assert message in capsys.readouterr().err


def test_one_environment_at_a_time(tmp_path):
    points = (measure(*agent_of(SIX, BEST), HALF, 1, FEW),)
    several = [courses.Course("dqn", 0, env, "x", points) for env in (SIX, GRID)]
    with pytest.raises(SuiteError, match="measure one environment at a time"):
        study.write(several, FEW, "", tmp_path)


def test_settings_of_a_checkpoint_are_those_of_its_run():
    plain = plain_config(replace(HALF, clip_rewards=True))
    assert build_config(DqnConfig, plain, "here") == replace(HALF, clip_rewards=True)
