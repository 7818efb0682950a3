"""REINFORCE, actor-critic, A2C, PPO and TRPO as training runs: play with the policy as it is, learn from what was played, and again.

Sources: Williams 1992; Sutton and Barto 2018, chapter 13; Mnih et al. 2016 (arXiv:1602.01783); Schulman et al. 2017 (arXiv:1707.06347).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import torch
from gymnasium import spaces
from torch import Tensor, nn

from agents.interface import Task
from agents.learner import Metrics
from agents.learning.step_run import StepRun
from agents.learning.worlds import Worlds
from agents.policy_gradient.acting import Actor
from agents.policy_gradient.agent import PolicyAgent
from agents.policy_gradient.ascent import Ascent, Told, Update, means
from agents.policy_gradient.config import CriticConfig, PolicyConfig, RolloutConfig
from agents.policy_gradient.features import StateEncoder
from agents.policy_gradient.networks import PolicyNetwork
from agents.policy_gradient.reward_scale import RewardScale
from agents.policy_gradient.rollout import Player
from agents.policy_gradient.spec import PolicySpec, spec_for
from sim_suite.errors import SuiteError
from sim_suite.learning.learner_state import generator_state, read_state, restored_generator, write_state
from sim_suite.learning.torch_blocks import device_of, seeded, threads

_WEIGHTS: Final = 0
_ACTING: Final = 1
_MIXING: Final = 2
_ENCODING: Final = 3
"""Random streams of a run."""


class PolicyLearner(StepRun):
    """One training run."""

    def __init__(self, name: str, update: Update, task: Task, config: PolicyConfig, seed: int, device: str) -> None:
        """name: of the method, for its state; update: how it learns from a rollout.

        Raises `SuiteError` where task and configuration do not go together.
        """
        self._name, self._update, self._config, self._seed = name, update, config, seed
        self._spec = self._spec_for(task, config)
        if self._spec.choices and config.hold > 1:
            raise SuiteError(
                f"hold is for the noise of continuous actions; {task.env_id} has numbered ones: leave it out."
            )
        with seeded(seed, _WEIGHTS):
            network = self._spec.module()
        self._ascent = Ascent(self._spec, network.to(device_of(device)), config)
        super().__init__(Worlds(task, config.view, config.envs, seed), config)
        self._states = _states_between(task) if isinstance(network.features, StateEncoder) else None
        self._actor = self._actor_of(network, config)
        self._player = Player(self._spec, self._actor, self._worlds, config.envs)
        self._reward_scale = RewardScale(config.envs, config.discount)
        self._acting, self._mixing = (
            np.random.Generator(np.random.PCG64([seed, stream])) for stream in (_ACTING, _MIXING)
        )

    @property
    def agent(self) -> PolicyAgent:
        """The policy as it is now; its network is the one in training."""
        return PolicyAgent(self._spec, self._ascent.network)

    def run(self) -> Iterator[Metrics]:
        """Train to the end, yielding metrics after the first update in each `report_every` steps, and after the last."""
        with threads(self._config.threads):
            if self._begin():
                self._learn_features()
        while self._done < self.total_steps:
            goal = self._next_report()
            told: list[Told] = []
            with threads(self._config.threads):
                while self._done < goal:
                    told.append(self._learn())
            learned = {name: float(value) for name, value in means(told).items()}
            yield self._worlds.metrics() | learned | {"updates": float(self._ascent.updates)}

    def save_state(self, folder: Path) -> None:
        """Write all that is needed to go on into an existing, empty folder."""
        facts = {
            "done": self._done,
            "updates": self._ascent.updates,
            "precision": self._ascent.precision,
            "acting": generator_state(self._acting),
            "mixing": generator_state(self._mixing),
        }
        arrays = self._worlds.arrays() | self._actor.arrays() | self._reward_scale.arrays()
        write_state(
            folder, self._name, self._networks, self._ascent.optimizer, arrays | {"begun": self._player.begun}, facts
        )

    def load_state(self, folder: Path) -> None:
        """Go on where `save_state` wrote. Raises `SuiteError` where that was another run's.

        Environments that do not repeat themselves begin anew, as after a truncation.
        """
        arrays, facts = read_state(folder, self._name, self._networks, self._ascent.optimizer)
        self._done, self._ascent.updates = int(facts["done"]), int(facts["updates"])
        self._ascent.precision = str(facts.get("precision", self._ascent.precision))  # older states were float32's
        self._acting, self._mixing = restored_generator(facts["acting"]), restored_generator(facts["mixing"])
        self._actor.restore(arrays)
        self._reward_scale.restore(arrays)
        same = self._worlds.take_up(arrays)
        self._player.begun = arrays["begun"] if same else np.ones_like(arrays["begun"])
        self._begun = True

    def _spec_for(self, task: Task, config: PolicyConfig) -> PolicySpec:
        return spec_for(task, config.view, config.network, isinstance(config, CriticConfig))

    def _actor_of(self, network: PolicyNetwork, config: PolicyConfig) -> Actor:
        return Actor(self._spec, network, config.envs, config.hold)

    @property
    def _networks(self) -> dict[str, nn.Module]:
        """What the optimiser moves, and the network of which that is a part."""
        return {"learned": self._ascent.flat, "network": self._ascent.network}

    def _learn_features(self) -> None:
        """Train the features where an autoencoder makes them."""
        features = self._ascent.network.features
        if isinstance(features, StateEncoder) and self._states is not None:
            self._fit(features, *self._states)

    def _fit(self, features: StateEncoder, low: Tensor, high: Tensor) -> None:
        device, rng = self._ascent.device, np.random.Generator(np.random.PCG64([self._seed, _ENCODING]))
        with seeded(self._seed, _ENCODING):
            features.fit(self._ascent.network.scale, low.to(device), high.to(device), rng)

    def _learn(self) -> Told:
        """Play once, learn once."""
        config = self._config
        if isinstance(config, RolloutConfig):
            rollout = self._player.steps(config.rollout, self._acting)
        else:
            rollout = self._player.episodes(self._acting)
        rewards = rollout.rewards
        if config.scale_rewards:
            rewards = self._reward_scale(rewards, rollout.ended)
        material = self._ascent.material(rollout, rewards)
        told = self._update(self._ascent, material, self._progress, self._mixing)
        self._ascent.take_in(rollout)
        self._done += rollout.learned.size
        return told


def _states_between(task: Task) -> tuple[Tensor, Tensor]:
    """The least and the largest state, [N] float32 each. Raises `SuiteError` where there is no such thing."""
    space = task.observation_space
    if not isinstance(space, spaces.Box) or not space.is_bounded():
        raise SuiteError(
            f"an autoencoder learns from states between bounds, and {space} has none. Take fourier features."
        )
    low, high = (torch.from_numpy(bound.astype(np.float32).ravel()) for bound in (space.low, space.high))
    return low, high
