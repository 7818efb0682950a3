"""What a Q-network says of the states that its own policy visits, beside what then comes of them.

Source: van Hasselt et al. 2016 (arXiv:1509.06461), figure 3: the mean of max Q over visited states, and the mean discounted return of the
learned policy from them. Rewards, discount and ends are those that the network learned from: clipped rewards where it clipped them, an
end where it took a lost life for one. A time limit is none, since learning looks past it; so it is put out of the way, and each state that
counts is followed until what comes after weighs no more than `TOLERANCE`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.interface import Task
from agents.learning.worlds import Worlds
from agents.value_based.agent import QAgent
from agents.value_based.config import DqnConfig, PqnConfig, QConfig
from agents.value_based.exploring import epsilon_greedy
from sim_suite.errors import SuiteError
from sim_suite.learning.torch_blocks import threads
from sim_suite.refusals import refuse_less, refuse_outside

TOLERANCE: Final = 0.01
"""Weight of the rewards that are not waited for: a hundredth of a value is below what intervals over a few training seeds tell."""
WORLDS_SEED: Final = 30_000
"""Of the episodes, in the place of a training run's seed: no run of a recipe has it. All measurements begin with the same episodes."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sampling:
    """How many states are looked at."""

    envs: int = 8
    """Environments that are played together."""
    steps: int = 250
    """Steps of each whose states count; those that follow are played to know their returns."""
    epsilon: float = 0.0
    """Chance of a random action. Above 0 returns are those of a policy that errs now and then, as in van Hasselt et al. 2016 (0.05)."""

    def __post_init__(self) -> None:
        refuse_less(self, {"envs": 1, "steps": 1})
        refuse_outside(self, "epsilon", 0.0, 1.0)


@dataclass(frozen=True)
class Measured:
    """One network, at one step of its training."""

    step: int
    estimate: float
    """Mean of max Q over the states."""
    true_return: float
    """Mean discounted return from them."""
    states: int
    """How many states count; fewer than asked for where an environment cut episodes all the same."""

    @property
    def overestimation(self) -> float:
        """Above 0 where the network promises too much."""
        return self.estimate - self.true_return


def discount_of(config: QConfig) -> float:
    """Gamma of a value-based run. Raises `SuiteError` for 1, with which returns of unending episodes have no bound."""
    assert isinstance(config, DqnConfig | PqnConfig)
    gamma = config.replay.discount if isinstance(config, DqnConfig) else config.discount
    if gamma == 1.0:
        raise SuiteError(
            "returns without a discount may never end, so they cannot be measured: set the discount below 1."
        )
    return gamma


def tail_steps(discount: float) -> int:
    """Steps after which what follows weighs no more than `TOLERANCE`; discount: 0 to below 1."""
    return 1 if discount == 0.0 else math.ceil(math.log(TOLERANCE) / math.log(discount))


def measure(agent: QAgent, task: Task, config: QConfig, step: int, sampling: Sampling) -> Measured:
    """Play the agent and compare. step: of training, for the record. The same arguments give the same numbers on one thread."""
    discount = discount_of(config)
    length = sampling.steps + tail_steps(discount)
    unlimited = Task(
        task.env_id, task.observation_space, task.action_space, {**task.kwargs, "max_episode_steps": length + 1}
    )
    worlds = Worlds(unlimited, config.view, sampling.envs, WORLDS_SEED, config.life_loss)
    dice = np.random.default_rng(WORLDS_SEED)
    best, rewards, discounts, cut = (np.zeros((length, sampling.envs)) for _ in range(4))
    with threads(1):
        worlds.begin()
        for time in range(length):
            values = agent.q_values(worlds.observations)
            outcome = worlds.step(epsilon_greedy(values, sampling.epsilon, dice))
            best[time] = values.max(axis=1)
            rewards[time] = np.clip(outcome.rewards, -1, 1) if config.clip_rewards else outcome.rewards
            discounts[time] = np.where(outcome.terminated, 0.0, discount)
            cut[time] = outcome.truncated & ~outcome.terminated
    returns, unknown = discounted_returns(rewards, discounts, cut)
    counted = unknown[: sampling.steps] <= TOLERANCE
    if not counted.any():
        raise SuiteError(
            f"{task.env_id} cuts its episodes within {tail_steps(discount)} steps of every state, so that no return is known to the end. "
            f"Lower the discount, {discount}."
        )
    kept = (table[: sampling.steps][counted] for table in (best, returns))
    estimate, true_return = (float(table.mean()) for table in kept)
    return Measured(step, estimate, true_return, int(counted.sum()))


def discounted_returns(rewards: Floats, discounts: Floats, cut: NDArray[Any]) -> tuple[Floats, Floats]:
    """Returns from each of T steps of E environments, as far as they were seen, and the weight of what was not.

    rewards: [T, E]; discounts: [T, E], gamma or 0 where the step terminated; cut: [T, E], true where the episode was cut off after the
    step -> returns [T, E]; unknown [T, E], gamma to the power of the steps until the play broke off, 0 where the episode terminated.
    """
    returns, unknown = np.zeros_like(rewards), np.zeros_like(rewards)
    carried, weight = np.zeros(rewards.shape[1]), np.ones(rewards.shape[1])
    for time in range(len(rewards) - 1, -1, -1):
        off = cut[time].astype(bool)
        carried = rewards[time] + discounts[time] * np.where(off, 0.0, carried)
        weight = discounts[time] * np.where(off, 1.0, weight)
        returns[time], unknown[time] = carried, weight
    return returns, unknown
