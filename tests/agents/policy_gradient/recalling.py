"""A task that cannot be solved without a memory: what is seen first says what to do last."""

from __future__ import annotations

import gymnasium as gym
import pytest

from agents.naming import task_of
from agents.policy_gradient.learner import PolicyLearner
from agents.policy_gradient.methods import METHODS
from sim_suite.settings import build_config

CORRIDOR, JUNCTION = 2, 3


class Recall(gym.Env):
    """A sign, 0 or 1, then 1 to `longest` steps of corridor, 2, then a junction, 3, alike for both; 1 for going there as the sign said.

    The T-maze of Bakker 2002 ("Reinforcement learning with long short-term memory", NIPS 14) without turning back. A policy that sees
    the junction alone earns a half on average, whatever it does there: signs are as often 0 as 1.
    """

    observation_space = gym.spaces.Discrete(4)
    action_space = gym.spaces.Discrete(2)

    def __init__(self, longest: int) -> None:
        self.longest = longest

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.sign = int(self.np_random.integers(2))
        ahead = [CORRIDOR] * int(self.np_random.integers(1, self.longest + 1))
        self.ahead = [*ahead, JUNCTION]
        return self.sign, {}

    def step(self, action):
        if self.ahead:
            return self.ahead.pop(0), 0.0, False, False, {}
        return JUNCTION, float(action == self.sign), True, False, {}


def start(
    monkeypatch: pytest.MonkeyPatch, method: str, longest: int, limit: int, seed: int = 0, **settings
) -> PolicyLearner:
    """A run on `Recall`, cut after `limit` steps."""
    for module in ("observing", "batched"):
        monkeypatch.setattr(
            f"agents.learning.{module}.make", lambda *_, **__: gym.wrappers.TimeLimit(Recall(longest), limit)
        )
    config = build_config(METHODS[method].config, settings, method)
    return METHODS[method].start(task_of("FrozenLake-v1", {}), config, seed, "cpu")
