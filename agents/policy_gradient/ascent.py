"""A policy network, its optimiser, and what both are shown of a rollout. How the methods use them: single_step.py, ppo.py, trpo.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from agents.policy_gradient.config import CriticConfig, PolicyConfig, PpoConfig
from agents.policy_gradient.distributions import Distribution, Gaussian
from agents.policy_gradient.flat import FlatParameters
from agents.policy_gradient.networks import PolicyNetwork
from agents.policy_gradient.returns import generalised_advantages, next_values_of
from agents.policy_gradient.rollout import Rollout
from agents.policy_gradient.scaling import RunningScale
from agents.policy_gradient.spec import PolicySpec
from sim_suite.learning.descent import annealed
from sim_suite.learning.probing import faster_precision

_RMSPROP_DECAY: Final = 0.99
"""Mnih et al. 2016."""
_EPSILON: Final = 1e-5
"""Of both optimisers, as OpenAI Baselines has it."""
Floats = NDArray[np.float32]
Told = dict[str, Tensor]


class Material(NamedTuple):
    """A rollout as it is learned from."""

    rollout: Rollout
    rewards: Floats
    """[T, E] float32, the scaled ones where they are scaled."""
    seen: Tensor
    """[N + E + K, ...] on the device: of the N = T * E steps, of what followed the last, of what was cut. Features [M] float32 where those
    are not learned, else pictures [C, H, W] as the view shows them."""
    actions: Tensor
    """[N] int64 or [N, A] float32 on the device."""


class Ascent:
    """What a run learns, and by what steps."""

    def __init__(self, spec: PolicySpec, network: PolicyNetwork, config: PolicyConfig) -> None:
        """network: one of the spec's, on its device."""
        self._spec, self.config = spec, config
        self.network = network
        self.device = next(network.parameters()).device
        self.flat = FlatParameters(network)
        self.optimizer: torch.optim.Optimizer
        if config.optimizer == "adam":
            self.optimizer = torch.optim.Adam([self.flat.vector], config.learning_rate, eps=_EPSILON, fused=True)
        else:
            self.optimizer = torch.optim.RMSprop([self.flat.vector], config.learning_rate, _RMSPROP_DECAY, _EPSILON)
        self.updates = 0
        """Steps of the optimiser so far."""
        self.precision: str = config.precision if isinstance(config, PpoConfig) else "float32"
        """Of the dense layers' sums while learning; auto until it has been measured."""

    @torch.enable_grad()
    def chosen_precision(self, features: Tensor) -> str:
        """float32 or bfloat16; where it is to be measured, on a minibatch's features [B, M]."""
        if self.precision == "auto":
            shown = features.detach()

            def said(tried: nn.Module) -> Tensor:
                assert isinstance(tried, PolicyNetwork)
                assert tried.critic is not None, "a network without a critic has no values"
                return torch.cat([tried.policy(shown), tried.critic(shown)], dim=1).float().sum()

            self.precision = faster_precision(self.network, said, self.device)
        return self.precision

    def material(self, rollout: Rollout, rewards: Floats) -> Material:
        """A rollout on the device. rewards: [T, E] float32."""
        actions = rollout.actions.reshape(-1, *rollout.actions.shape[2:])
        seen = np.concatenate([_flat(rollout.observations), rollout.after, rollout.cut_observations])
        raw = torch.from_numpy(seen).to(self.device)
        kept = raw if self.network.learns_features else self.network.encode(self._spec.prepare(raw))
        return Material(rollout, rewards, kept, torch.from_numpy(actions).to(self.device))

    def features(self, material: Material, rows: Tensor | slice) -> Tensor:
        """[B, M] float32 of some of the material's rows, as the dense layers are shown them."""
        kept = material.seen[rows]
        return self.network.encode(self._spec.prepare(kept)) if self.network.learns_features else kept

    def take_in(self, rollout: Rollout) -> None:
        """Count what was seen in, where the scale is a running one: after the rollout has been learned from, which is seen by one scale."""
        if isinstance(self.network.scale, RunningScale):
            self.network.scale.take_in(self._shown(_flat(rollout.observations)))

    def descend(self, loss: Tensor, progress: float) -> None:
        """One step of the optimiser, of the size that it has after this share of the run."""
        rate = self.config.learning_rate
        rate = annealed(rate, progress) if self.config.anneal else rate
        self.flat.descend(self.optimizer, loss, rate, self.config.max_gradient)
        self.updates += 1

    def entropy(self, said: Distribution) -> Tensor:
        """Mean, with a gradient where it is pushed up."""
        return (said if self.config.entropy_weight else said.detach()).entropy().mean()

    def _shown(self, observations: NDArray[np.generic]) -> Tensor:
        return self._spec.prepare(torch.from_numpy(observations).to(self.device))


Update = Callable[[Ascent, Material, float, np.random.Generator], Told]
"""Changes the network by a rollout that was played with it, after this share of the run; the generator mixes minibatches."""


def advantages_of(material: Material, values: Floats, config: CriticConfig) -> tuple[Floats, Floats]:
    """Advantages [N] and what the critic should have said of the steps [N], both float32.

    values: [N + E + K] float32, the critic's of all features.
    """
    rollout, (times, count) = material.rollout, material.rewards.shape
    steps = values[: times * count].reshape(times, count)
    after, cut_values = values[times * count : (times + 1) * count], values[(times + 1) * count :]
    cut = rollout.ended & ~rollout.terminated
    following = next_values_of(steps, after, cut, cut_values)
    found = generalised_advantages(
        material.rewards, steps, following, rollout.terminated, rollout.ended, config.discount, config.look_ahead
    )
    return found.reshape(-1), (found + steps).reshape(-1)


def facts(policy_loss: Tensor, entropy: Tensor, said: Distribution) -> Told:
    """What metrics tell of an update."""
    told = {"policy_loss": policy_loss.detach(), "entropy": entropy.detach()}
    if isinstance(said, Gaussian):
        told["deviation"] = said.deviation.detach().mean()
    return told


def means(told: list[Told]) -> Told:
    """Of several updates."""
    return {name: torch.stack([one[name] for one in told]).mean() for name in told[0]}


def _flat(observations: NDArray[np.generic]) -> NDArray[np.generic]:
    """[T, E, ...] -> [N, ...]."""
    return observations.reshape(-1, *observations.shape[2:])
