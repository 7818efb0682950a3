"""Whole runs: what each method learns, that a run resumes bit for bit, and that both ways of playing agree."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from small_worlds import solved_values

import sim_suite.envs  # noqa: F401  registers the worlds
from agents.interface import Agent, Task
from agents.learner import Learner
from agents.tabular.agent import TabularAgent
from agents.tabular.exact import action_values, greedy_policy
from agents.tabular.methods import METHODS
from agents.tabular.random_streams import WORLD, draw_index, next_uniform
from agents.tabular.sampling_learners import SamplingLearner
from sim_suite.errors import DamagedFileError, SuiteError

SAMPLED = sorted(set(METHODS) - {"policy-evaluation", "policy-iteration", "value-iteration"})
STEPPABLE = [name for name in SAMPLED if not name.endswith("-es")]


def task(env_id: str, **kwargs: Any) -> Task:
    env = gym.make(env_id, **kwargs)
    return Task(env_id, env.observation_space, env.action_space, kwargs)


def start(name: str, env: Task, seed: int = 0, **config: Any) -> Any:  # the family differs with the name
    method = METHODS[name]
    return method.start(env, method.config(**config), seed, "cpu")


def finish(learner: Learner) -> dict[str, float]:
    return list(learner.run())[-1]


def test_all_methods_are_there() -> None:
    dynamic = {"value-iteration", "policy-iteration", "policy-evaluation"}
    monte_carlo = {"mc-first-visit-es", "mc-every-visit-es", "mc-first-visit-eps", "mc-every-visit-eps"}
    assert set(METHODS) == dynamic | monte_carlo | {"td0", "sarsa", "q-learning", "double-q-learning"}


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(("env_id", "bar"), [("FrozenLake-v1", 0.7401), ("FrozenLake8x8-v1", 0.86)])
def test_q_learning_masters_the_frozen_lake(env_id: str, bar: float, seed: int) -> None:
    learner = start("q-learning", task(env_id), seed)
    assert finish(learner)["exact_return"] >= bar


@pytest.mark.parametrize(
    ("name", "bar"),
    [
        ("value-iteration", 0.74016),
        ("policy-iteration", 0.74016),
        ("policy-evaluation", 0.7297),
        ("mc-first-visit-es", 0.74),
        ("mc-every-visit-es", 0.74),
        ("mc-first-visit-eps", 0.7297),
        ("mc-every-visit-eps", 0.71),
        ("td0", 0.7297),
        ("sarsa", 0.74),
        ("double-q-learning", 0.74),
    ],
)
def test_every_method_learns_the_small_lake(name: str, bar: float) -> None:
    # Measured with the defaults at seeds 0 to 2; the two that judge the random policy act on its values alone.
    assert finish(start(name, task("FrozenLake-v1")))["exact_return"] >= bar


@pytest.mark.parametrize("name", ["value-iteration", "policy-iteration"])
def test_planning_finds_the_best_policy_of_the_large_lake(name: str) -> None:
    learner = start(name, task("FrozenLake8x8-v1"))
    metrics = finish(learner)
    assert metrics["exact_return"] == pytest.approx(0.89357, abs=5e-6)
    assert metrics["converged"] == 1.0
    assert learner.done_steps == learner.total_steps
    best = greedy_policy(learner.agent.values)
    np.testing.assert_allclose(learner.state()["values"], solved_values(learner.table, best, 0.995), atol=1e-8)


@pytest.mark.parametrize("name", sorted(METHODS))
def test_every_method_solves_the_six_states(name: str) -> None:
    learner = start(name, task("sim_suite/SixStates-v0"), gamma=0.5, **({"steps": 20_000} if name in SAMPLED else {}))
    finish(learner)
    best = [0, 1, 1, 1]
    if name in ("policy-evaluation", "td0"):
        # Of the uniform policy: v1 = (1 + v2 / 2) / 2 and so on to v4; by one look ahead place 2 goes right as well.
        values = solved_values(learner.table, np.full((6, 2), 0.5), 0.5)
        best = action_values(learner.table, values, 0.5)[1:5].argmax(axis=1).tolist()
    assert learner.agent.predict(np.arange(1, 5))[0].tolist() == best


def test_q_learning_finds_the_books_values() -> None:
    learner = start("q-learning", task("sim_suite/SixStates-v0"), gamma=0.5, steps=20_000)
    finish(learner)
    by_hand = [[1, 0.625], [0.5, 1.25], [0.625, 2.5], [1.25, 5]]
    np.testing.assert_allclose(learner.agent.values[1:5], by_hand, atol=1e-6)


def test_td0_tells_its_true_error() -> None:
    learner = start("td0", task("FrozenLake-v1"), steps=200_000)
    told = finish(learner)["rms_error"]
    true = solved_values(learner.table, np.full((16, 4), 0.25), 0.995)
    learned, visited = learner.memory.values[0, :, 0], learner.memory.visits[0, :, 0] > 0
    assert told == pytest.approx(math.sqrt(np.mean((learned - true)[visited] ** 2)), abs=1e-8)
    assert told < 0.05


@pytest.mark.parametrize("name", ["policy-evaluation", "td0"])
def test_a_given_policy_is_the_one_that_is_judged(name: str) -> None:
    steps = {"steps": 5_000} if name == "td0" else {}
    learner = start(name, task("sim_suite/SixStates-v0"), gamma=0.5, policy=[0, 0, 0, 0, 0, 0], **steps)
    finish(learner)
    values = learner.state()["values"].ravel()
    np.testing.assert_allclose(values[1:5], [1.0, 0.5, 0.25, 0.125], atol=1e-3)
    with pytest.raises(SuiteError, match="must list 6 actions below 2"):
        finish(start(name, task("sim_suite/SixStates-v0"), policy=(0, 1, 2, 0, 0, 0)))


@pytest.mark.parametrize("name", sorted(METHODS))
def test_a_run_resumes_bit_for_bit(name: str, tmp_path: Path) -> None:
    config: dict[str, Any] = {"steps": 60_000} if name in SAMPLED else {}
    whole = start(name, task("FrozenLake8x8-v1"), 5, **config)
    metrics = list(whole.run())
    stopped = start(name, task("FrozenLake8x8-v1"), 5, **config)
    middle = len(metrics) // 2
    run = stopped.run()
    first = [next(run) for _ in range(middle)]
    stopped.save_state(tmp_path)
    resumed = start(name, task("FrozenLake8x8-v1"), 99, **config)
    resumed.load_state(tmp_path)
    assert resumed.done_steps == stopped.done_steps
    assert first + list(resumed.run()) == metrics
    for key, array in whole.state().items():
        np.testing.assert_array_equal(resumed.state()[key], array)
    assert resumed.done_steps == resumed.total_steps
    assert list(resumed.run()) == []


@pytest.mark.parametrize("name", ["q-learning", "mc-first-visit-eps"])
def test_seeds_matter_and_repeat(name: str) -> None:
    runs = [start(name, task("FrozenLake-v1"), seed, steps=20_000) for seed in (1, 1, 2)]
    for run in runs:
        finish(run)
    one, same, other = (run.state()["values"] for run in runs)
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


class PlayedFromStream(gym.Wrapper[Any, Any, Any, Any]):
    """FrozenLake that draws what happens from a learner's own WORLD stream, so that stepping it equals the compiled loop."""

    def __init__(self, env: gym.Env[Any, Any], learner: SamplingLearner[Any]) -> None:
        super().__init__(env)
        assert learner.table is not None
        self.known, self.streams = learner.table, learner.memory.streams

    def reset(self, **kwargs: Any) -> tuple[Any, dict[str, Any]]:
        self.time = 0
        self.at = draw_index(self.known.start_cumulative, next_uniform(self.streams, WORLD))
        return self.at, {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        k = draw_index(self.known.cumulative[self.at, action], next_uniform(self.streams, WORLD))
        where = (self.at, action, k)
        self.at, self.time = int(self.known.next_state[where]), self.time + 1
        ended = bool(self.known.terminated[where])
        return self.at, float(self.known.reward[where]), ended, not ended and self.time >= self.known.limit, {}


@pytest.mark.parametrize("name", STEPPABLE)
def test_stepping_equals_the_compiled_loop(name: str) -> None:
    lake = task("FrozenLake-v1", max_episode_steps=9)  # short, so that many episodes are cut off
    compiled, stepped = start(name, lake, 7, steps=3000), start(name, lake, 7, steps=3000)
    stepped.env = PlayedFromStream(stepped.env, stepped)
    stepped.table = None
    told, also = list(compiled.run()), list(stepped.run())
    for key, array in compiled.state().items():
        np.testing.assert_array_equal(stepped.state()[key], array)
    assert [each["td_error"] for each in told] == [each["td_error"] for each in also]
    assert "exact_return" not in also[-1]


@pytest.mark.parametrize("name", STEPPABLE)
def test_a_world_without_a_table_is_learned_by_stepping(name: str) -> None:
    robot = task("sim_suite/SixStates-v0")
    learner = start(name, robot, 100, steps=10_000, gamma=0.5)
    table, learner.table = learner.table, None
    first = next(learner.run())
    state = learner.state()
    finish(learner)
    if name == "td0":
        assert learner.agent.predict(np.array([4]))[0].tolist() == [0], "without a table it plays what it judged"
        true = solved_values(table, np.full((6, 2), 0.5), 0.5)
        np.testing.assert_allclose(learner.memory.values[0, 1:5, 0], true[1:5], atol=0.1)
    else:
        assert learner.agent.predict(np.arange(1, 5))[0].tolist() == [0, 1, 1, 1]
    again = start(name, robot, 100, steps=10_000, gamma=0.5)
    again.table = None
    again.restore(state)
    finish(again)
    np.testing.assert_array_equal(again.state()["values"], learner.state()["values"])
    assert first["step"] < 10_000


@pytest.mark.parametrize("name", ["value-iteration", "mc-first-visit-es"])
def test_methods_that_need_a_table_say_so(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.tabular.learner.read_table", lambda env: None)
    with pytest.raises(SuiteError, match="publishes none"):
        start(name, task("FrozenLake-v1"))


@pytest.mark.parametrize("name", sorted(METHODS))
def test_the_agent_is_an_agent_before_and_after(name: str, tmp_path: Path) -> None:
    learner = start(name, task("FrozenLake-v1"), **({"steps": 1000} if name in SAMPLED else {}))
    before: object = learner.agent
    assert isinstance(before, Agent)
    finish(learner)
    agent: TabularAgent = learner.agent
    agent.save(tmp_path)
    states = np.arange(16)
    np.testing.assert_array_equal(type(agent).load(tmp_path).predict(states)[0], agent.predict(states)[0])


def test_a_foreign_or_broken_state_is_refused(tmp_path: Path) -> None:
    small = start("q-learning", task("FrozenLake-v1"), steps=100)
    small.save_state(tmp_path)
    with pytest.raises(SuiteError, match="not saved by this method on FrozenLake8x8-v1"):
        start("q-learning", task("FrozenLake8x8-v1"), steps=100).load_state(tmp_path)
    with pytest.raises(SuiteError, match="not saved by this method"):
        start("double-q-learning", task("FrozenLake-v1"), steps=100).load_state(tmp_path)
    (tmp_path / "learner.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(DamagedFileError, match=r"learner\.safetensors cannot be read"):
        small.load_state(tmp_path)
