"""Training runs of PQN: targets of a rollout against single steps looked ahead, exact resume, and that a lake is crossed."""

from __future__ import annotations

from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
import torch

from agents.learning.worlds import Worlds
from agents.naming import task_of
from agents.tabular.exact import expected_return, greedy_policy
from agents.tabular.table import read_table
from agents.value_based.agent import values_of
from agents.value_based.config import PqnConfig
from agents.value_based.methods import METHODS
from agents.value_based.pqn_learner import PqnLearner
from agents.value_based.schedules import EpsilonSchedule
from sim_suite.envs.views import VECTOR, View
from sim_suite.errors import SuiteError
from tests.agents.stopping import everything

TINY = {"hidden": (16,), "envs": 3, "rollout": 8, "report_every": 60, "steps": 200, "minibatches": 3}


def start(env_id: str = "CartPole-v1", seed: int = 3, kwargs: dict | None = None, **changes) -> PqnLearner:
    return METHODS["pqn"].start(task_of(env_id, kwargs or {}), PqnConfig(**TINY | changes), seed, "cpu")


@pytest.mark.parametrize(
    ("env_id", "changes"),
    [
        ("CartPole-v1", {}),
        ("FrozenLake-v1", {"dueling": True, "clip_rewards": True}),
        (
            "sim_suite/BreakoutDeterministic-v0",
            {"view": View("pixels", size=(36, 36), grey=True, stack=2), "life_loss": True, "precision": "bfloat16"},
        ),
    ],
)
def test_a_run_that_was_stopped_goes_on_to_the_same_bytes(env_id: str, changes: dict, tmp_path: Path) -> None:
    straight, metrics = start(env_id, **changes), []
    for row in straight.run():
        metrics.append(row)
        if len(metrics) == 2:
            everything(straight, tmp_path / "stopped")
    assert len(metrics) > 2
    resumed = start(env_id, **changes)
    torch.manual_seed(99)
    resumed.load_state(tmp_path / "stopped")
    assert list(resumed.run()) == metrics[2:]
    assert everything(resumed, tmp_path / "resumed") == everything(straight, tmp_path / "straight")
    assert straight.done_steps == 216  # the rollout that passes 200 is finished
    assert metrics[-1]["updates"] == 216 / 24 * 2 * 3


def test_one_step_ahead_the_targets_are_those_of_the_true_next_observations() -> None:
    """Lambda 0, episodes cut after 11 steps: some fall before, some are truncated."""
    kwargs = {"max_episode_steps": 11}
    run = start(kwargs=kwargs, decay=0.0, rollout=60, discount=0.9)
    run._worlds.begin()
    rollout = run._play()
    again = Worlds(task_of("CartPole-v1", kwargs), VECTOR, 3, 3)
    again.begin()
    seen = [again.step(actions) for actions in rollout.actions]
    terminated = np.stack([outcome.terminated for outcome in seen])
    truncated = np.stack([outcome.truncated for outcome in seen]) & ~terminated
    assert terminated.any()
    assert truncated.any()
    following = np.stack([outcome.next_observations for outcome in seen])
    best = values_of(run._network, run._spec, following.reshape(-1, 4)).max(axis=1).reshape(60, 3)
    expected = 1 + 0.9 * np.where(terminated, 0, best)
    assert rollout.targets.numpy() == pytest.approx(expected, rel=1e-5)
    assert rollout.observations.shape == (60, 3, 4)


def test_a_lake_without_slipping_is_crossed() -> None:
    run = start(
        "FrozenLake-v1",
        0,
        {"is_slippery": False},
        steps=8000,
        hidden=(32,),
        envs=8,
        rollout=16,
        learning_rate=3e-3,
        discount=0.9,
        epsilon=EpsilonSchedule(end=0.2, share=0.5),
        report_every=8000,
    )
    list(run.run())
    table = read_table(gym.make("FrozenLake-v1", is_slippery=False))
    assert expected_return(table, greedy_policy(run.agent.q_values(np.arange(16)))) == 1.0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"minibatches": 25}, "8 steps of 3 environments does not fill 25 minibatches"),
        ({"decay": 1.5}, "decay must lie in 0.0 to 1.0, not be 1.5"),
        ({"rollout": 0}, "rollout must be at least 1, not 0"),
    ],
)
def test_what_does_not_go_together_is_refused(changes: dict, message: str) -> None:
    with pytest.raises(SuiteError, match=message):
        start(**changes)
