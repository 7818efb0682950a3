"""Training runs of DQN and double DQN: a run that was stopped goes on to the same bytes, what is learned is learned, and refusals."""

from __future__ import annotations

import json
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
import torch

from agents import recipe as recipes
from agents.learner import Metrics
from agents.naming import build, find, task_of
from agents.recipe import Recipe
from agents.registry import entry
from agents.tabular.exact import expected_return, greedy_policy
from agents.tabular.table import read_table
from agents.training import begin, go, resume
from agents.value_based.agent import QAgent
from agents.value_based.config import DqnConfig
from agents.value_based.learner import DqnLearner
from agents.value_based.methods import METHODS
from agents.value_based.replay import ReplayOptions
from agents.value_based.schedules import EpsilonSchedule
from sim_suite.envs.views import STATE, View
from sim_suite.errors import DamagedFileError, SuiteError, UnknownNameError
from sim_suite.settings import build_config
from tests.agents.stopping import check_that_it_goes_on, everything, files_of

SMALL = View("pixels", size=(36, 36), grey=True, stack=2)
BREAKOUT = "sim_suite/BreakoutDeterministic-v0"
TINY = {"hidden": (16,), "batch_size": 8, "learning_starts": 40, "report_every": 60, "target_every": 7}
RUNS: dict[str, tuple[str, str, dict]] = {
    # The memory is smaller than the run: it goes round.
    "cart pole": ("ddqn", "CartPole-v1", TINY | {"steps": 300, "replay": ReplayOptions(120, n_step=3)}),
    "by priority": ("dqn", "CartPole-v1", TINY | {"steps": 300, "replay": ReplayOptions(120, n_step=2, alpha=0.6)}),
    "lake": ("dqn", "FrozenLake-v1", TINY | {"steps": 300, "replay": ReplayOptions(120), "dueling": True}),
    "no target": ("ddqn", "FrozenLake-v1", TINY | {"steps": 300, "target_every": 0, "replay": ReplayOptions(120)}),
    "breakout": (
        "ddqn",
        BREAKOUT,
        TINY
        | {
            "steps": 420,
            "report_every": 150,
            "envs": 2,
            "view": SMALL,
            "life_loss": True,
            "clip_rewards": True,
            "precision": "bfloat16",
            "train_every": 12,
            "replay": ReplayOptions(200, n_step=3, alpha=0.5),
        },
    ),
}


def start(name: str, seed: int = 3, **changes) -> DqnLearner:
    method, env_id, settings = RUNS[name]
    return METHODS[method].start(task_of(env_id, {}), DqnConfig(**settings | changes), seed, "cpu")


@pytest.mark.parametrize("name", RUNS)
def test_a_run_that_was_stopped_goes_on_to_the_same_bytes(name: str, tmp_path: Path) -> None:
    files = check_that_it_goes_on(lambda: start(name), 2, tmp_path)
    assert {Path(file).suffix for file in files} == {".json", ".safetensors", ".npy"}


def test_a_run_folder_that_was_stopped_and_resumed_holds_the_same_bytes(tmp_path: Path) -> None:
    settings = {"hidden": [16], "batch_size": 8, "learning_starts": 40, "report_every": 60, "replay": {"capacity": 120}}
    recipe = Recipe("ddqn", "CartPole-v1", seed=1, config={"steps": 300, **settings})

    go(begin(recipe, tmp_path / "whole"))
    lines: list[Metrics] = []
    go(begin(recipe, tmp_path / "broken"), enough=lambda metrics: lines.append(metrics) or len(lines) == 2)
    go(resume(tmp_path / "broken"))
    assert files_of(tmp_path / "broken") == files_of(tmp_path / "whole")
    agent = build(find(str(tmp_path / "whole")), "CartPole-v1", {}, 0)
    assert isinstance(agent, QAgent)


@pytest.mark.parametrize("method", METHODS)
def test_methods_take_the_settings_that_are_known_to_be_good(method: str) -> None:
    for env_id, name in entry(method).recipes:
        recipe = recipes.suited(method, env_id)
        assert (recipe.agent, recipe.env, recipe.name) == (method, env_id, name)


def test_the_same_seed_gives_the_same_run_and_overlapping_changes_nothing(tmp_path: Path) -> None:
    plain, overlapped, other = start("cart pole"), start("cart pole", overlap=True), start("cart pole", seed=4)
    surroundings = torch.get_rng_state(), torch.get_num_threads()
    assert list(plain.run()) == list(overlapped.run()) != list(other.run())
    assert everything(plain, tmp_path / "a") == everything(overlapped, tmp_path / "b")
    assert everything(plain, tmp_path / "c") != everything(other, tmp_path / "d")
    assert torch.equal(surroundings[0], torch.get_rng_state())
    assert surroundings[1] == torch.get_num_threads()


def test_updates_come_as_often_as_asked() -> None:
    """40 steps of random actions, then 260 more, a round of 3 updates every 10; four environments step together."""
    run = start("cart pole", train_every=10, updates=3)
    rows = list(run.run())
    assert run.done_steps == run.total_steps == 300
    # The first round is due at step 40; one that became due with the last step is done beside the next, or at the end of the run.
    assert [row["updates"] for row in rows] == [3 * 2, 3 * 8, 3 * 14, 3 * 20, 3 * 27]
    fewer = start("cart pole", train_every=2, updates=1)
    rows = list(fewer.run())
    assert rows[-1]["updates"] == (300 - 40) / 2 + 2


def test_the_target_network_moves_when_it_is_due() -> None:
    run = start("lake", target_every=10, target_share=0.5, updates=1)
    descent = run._descent
    first = [parameter.detach().clone() for parameter in descent.network.parameters()]
    run._worlds.begin()
    while descent.updates < 9:
        run._step(None, [])
    online = [parameter.detach().clone() for parameter in descent.network.parameters()]
    assert all(torch.equal(a, b) for a, b in zip(descent.target.parameters(), first, strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(online, first, strict=True))
    while descent.updates < 10:
        run._step(None, [])
    halfway = [(a + b) / 2 for a, b in zip(descent.network.parameters(), first, strict=True)]
    assert all(torch.allclose(a, b) for a, b in zip(descent.target.parameters(), halfway, strict=True))
    alone = start("no target")._descent
    assert alone.target is alone.network


def test_metrics_tell_true_returns_though_learning_sees_clipped_ones() -> None:
    run = start("breakout", steps=600, epsilon=EpsilonSchedule("constant", 1.0))
    rows = list(run.run())
    assert run._worlds.latest
    assert rows[-1]["episode_return"] == np.mean([earned for earned, _ in run._worlds.latest])
    batch = run._replay.at(run._replay.rows)
    assert batch.returns.max() <= 1 + 0.99 + 0.99**2
    assert (batch.discounts == 0).sum() >= 1  # a lost life terminates


class Chain(gym.Env):
    """Five states in a row, from the first; 1 goes right and earns 1 at the end, 0 goes back to the first and earns 0.1."""

    observation_space = gym.spaces.Discrete(5)
    action_space = gym.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.place = 0
        return 0, {}

    def step(self, action):
        self.place = self.place + 1 if action == 1 else 0
        ended = self.place == 4
        return self.place, 1.0 if ended else 0.1 * (action == 0), ended, False, {}


def optimal_values(discount: float) -> np.ndarray:
    """[4, 2] by value iteration on the chain."""
    values = np.zeros((5, 2))
    for _ in range(2000):
        best = values.max(axis=1)
        best[4] = 0
        values[:4, 0] = 0.1 + discount * best[0]
        values[:4, 1] = np.array([0, 0, 0, 1]) + discount * best[1:]
    return values[:4]


@pytest.mark.parametrize(("method", "n_step"), [("dqn", 1), ("ddqn", 1), ("ddqn", 2)])
def test_the_values_of_a_chain_are_learned(method: str, n_step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.learning.observing.make", lambda *_, **__: Chain())
    monkeypatch.setattr("agents.learning.batched.make", lambda *_, **__: gym.wrappers.TimeLimit(Chain(), 20))
    config = DqnConfig(
        steps=2500,
        hidden=(32,),
        learning_rate=5e-3,
        batch_size=32,
        learning_starts=200,
        updates=1,
        target_every=25,
        # Exploring actions would be part of the returns of two steps; of one they are not.
        epsilon=EpsilonSchedule("constant", 0.5) if n_step == 1 else EpsilonSchedule(end=0.0, share=0.3),
        replay=ReplayOptions(1000 if n_step == 1 else 300, n_step=n_step, discount=0.8),
    )
    run = METHODS[method].start(task_of("FrozenLake-v1", {}), config, 0, "cpu")
    list(run.run())
    values = run.agent.q_values(np.arange(4))
    expected = optimal_values(0.8)
    assert values.argmax(axis=1).tolist() == expected.argmax(axis=1).tolist() == [1, 1, 1, 1]
    if n_step == 1:
        assert values == pytest.approx(expected, abs=0.05)


def test_a_lake_without_slipping_is_crossed() -> None:
    task = task_of("FrozenLake-v1", {"is_slippery": False})
    config = DqnConfig(
        steps=4000,
        hidden=(32,),
        learning_rate=3e-3,
        batch_size=32,
        updates=1,
        target_every=50,
        epsilon=EpsilonSchedule(end=0.2, share=0.5),
        replay=ReplayOptions(3000, n_step=3, discount=0.9),
    )
    run = METHODS["ddqn"].start(task, config, 0, "cpu")
    list(run.run())
    table = read_table(gym.make("FrozenLake-v1", is_slippery=False))
    assert expected_return(table, greedy_policy(run.agent.q_values(np.arange(16)))) == 1.0


def test_settings_of_a_recipe_reach_the_run() -> None:
    plain = {
        "replay": {"capacity": 500, "n_step": 4, "alpha": 0.6},
        "epsilon": {"kind": "exponential", "end": 0.02},
        "view": {"kind": "pixels", "size": [84, 84], "grey": True, "stack": 4},
        "hidden": [512],
    }
    config = build_config(DqnConfig, plain, "x")
    assert config.replay == ReplayOptions(500, n_step=4, alpha=0.6)
    assert config.epsilon == EpsilonSchedule("exponential", end=0.02)
    assert config.view == View("pixels", (84, 84), True, 4)
    assert config.hidden == (512,)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"steps": 0}, SuiteError, "steps must be at least 1, not 0"),
        ({"hidden": (0,)}, SuiteError, r"positive widths, not \[0\]"),
        ({"hidden": (), "dueling": True}, SuiteError, "dueling needs a hidden layer"),
        ({"view": STATE}, SuiteError, "'vector' or 'pixels', not at 'state'"),
        ({"loss": "hubert"}, UnknownNameError, "Did you mean 'huber'"),
        ({"precision": "float16"}, UnknownNameError, "precision"),
        ({"learning_rate": 0.0}, SuiteError, "learning_rate must lie in 0.0 to 1.0"),
        ({"target_share": 0.0}, SuiteError, "target_share must lie in"),
        ({"replay": ReplayOptions(8, n_step=3)}, SuiteError, "set capacity to"),
    ],
)
def test_what_does_not_go_together_is_refused(changes: dict, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        start("cart pole", **changes)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_missing_cuda_device_is_not_passed_over() -> None:
    with pytest.raises(SuiteError, match="torch sees no CUDA device"):
        METHODS["dqn"].start(task_of("CartPole-v1", {}), DqnConfig(), 0, "cuda")


def test_a_state_of_another_run_is_refused(tmp_path: Path) -> None:
    run = start("cart pole")
    next(run.run())
    everything(run, tmp_path / "state")
    with pytest.raises(SuiteError, match="not a state of dqn"):
        start("lake").load_state(tmp_path / "state")
    with pytest.raises(DamagedFileError, match="does not fit this run"):
        start("cart pole", hidden=(9,)).load_state(tmp_path / "state")
    with pytest.raises(SuiteError, match="holds another replay memory"):
        start("cart pole", replay=ReplayOptions(160, n_step=3)).load_state(tmp_path / "state")


def test_environments_that_changed_since_begin_anew_as_after_a_truncation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start("cart pole")
    next(run.run())
    everything(run, tmp_path / "state")
    before = len(run._replay)
    monkeypatch.setattr("agents.learning.episode_seeds.FIRST_TRAINING_SEED", 2_000_000)
    resumed = start("cart pole")
    resumed.load_state(tmp_path / "state")
    assert len(resumed._replay) > before  # the windows that were open are closed where they are
    assert json.loads((tmp_path / "state" / "learner.json").read_text())["done"] == resumed.done_steps == 60
    assert len(list(resumed.run())) == 4
