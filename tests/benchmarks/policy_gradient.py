"""How fast A2C and PPO learn, in environment steps a second, beside Stable-Baselines3 with the same settings. Source: ours.

Both sides have two layers of 64 with tanh for the policy and for the critic, the same optimiser, discounts, rollouts, epochs and
minibatches, and one thread of torch. Ours steps CartPole and MountainCarContinuous many at once; Stable-Baselines3 steps them in its
DummyVecEnv, as `sb3-a2c` and `sb3-ppo` do. Both take turns, round by round, since a shared machine drifts.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from agents.learner import Learner
from agents.naming import task_of
from agents.policy_gradient.methods import METHODS
from agents.sb3.algorithms import ALGORITHMS
from agents.sb3.config import Sb3Config
from agents.sb3.learner import Sb3Learner
from sim_suite.benchmarking import Measurement, Row, compared
from sim_suite.settings import build_config

SUMMARY = "A2C and PPO: environment steps a second beside Stable-Baselines3 with the same settings"

PEER: Final = "Stable-Baselines3"
ENVS: Final = 8


@dataclass(frozen=True)
class Duel:
    """One method on one environment with one rollout."""

    method: str
    env_id: str
    rollout: int
    """Steps of each environment between two updates."""
    bar: float
    """Times the peer's rate."""
    epochs: int = 1
    minibatches: int = 1

    def settings(self) -> dict[str, Any]:
        """In our words."""
        common = {"envs": ENVS, "rollout": self.rollout, "learning_rate": 7e-4, "anneal": False, "discount": 0.99}
        if self.method == "a2c":
            return common | {"optimizer": "rmsprop"}
        return common | {"decay": 0.95, "epochs": self.epochs, "minibatches": self.minibatches}

    def hyperparameters(self) -> dict[str, Any]:
        """In Stable-Baselines3's."""
        common: dict[str, Any] = {"n_steps": self.rollout, "learning_rate": 7e-4, "gamma": 0.99}
        if self.method == "a2c":
            return common
        batch = ENVS * self.rollout // self.minibatches
        return common | {"gae_lambda": 0.95, "n_epochs": self.epochs, "batch_size": batch}


DUELS: Final = (
    Duel("a2c", "CartPole-v1", 5, 3.0),
    Duel("a2c", "MountainCarContinuous-v0", 5, 3.0),
    Duel("a2c", "MountainCarContinuous-v0", 100, 3.0),
    Duel("ppo", "CartPole-v1", 32, 1.8, epochs=20),
    Duel("ppo", "CartPole-v1", 256, 1.8, epochs=10, minibatches=32),
)
"""Rollouts of 5 are Stable-Baselines3's own for A2C, minibatches of 64 its own for PPO; 100 and 32 are those of RL Baselines3 Zoo."""


def rows(steps: int = 8192, rounds: int = 5) -> Iterator[Row]:
    """One for each duel. steps: environment steps of a loop in each round."""
    for duel in DUELS:
        name = f"{duel.method}, {duel.env_id}, {ENVS} x {duel.rollout} steps"
        yield compared(
            name, "steps/s", loop(ours(duel, steps)), PEER, loop(theirs(duel, steps)), duel.bar, rounds=rounds
        )


def ours(duel: Duel, steps: int) -> Learner:
    """At its beginning; each line of metrics comes after so many steps or a few more."""
    method = METHODS[duel.method]
    plain = duel.settings() | {"steps": 10**9, "report_every": steps}
    return method.start(task_of(duel.env_id, {}), build_config(method.config, plain, duel.method), 0, "cpu")


def theirs(duel: Duel, steps: int) -> Learner:
    """The same by Stable-Baselines3."""
    config = Sb3Config(steps=10**9, envs=ENVS, hyperparameters=duel.hyperparameters(), metrics_every=steps, threads=1)
    return Sb3Learner(ALGORITHMS[f"sb3-{duel.method}"], task_of(duel.env_id, {}), config, 0, "cpu")


def loop(learner: Learner) -> Measurement:
    """Environment steps a second of a training run, from one line of metrics to the next."""
    run = learner.run()
    next(run)

    def measure() -> float:
        before, started = learner.done_steps, time.perf_counter()
        next(run)
        return (learner.done_steps - before) / (time.perf_counter() - started)

    return measure
