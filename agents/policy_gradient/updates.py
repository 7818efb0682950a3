"""What a rollout changes: one step of the optimiser for REINFORCE, actor-critic and A2C, some epochs of them for PPO.

Sources: losses.py, returns.py; the order of PPO's updates is that of Schulman et al. 2017 (arXiv:1707.06347), algorithm 1.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from agents.descent import annealed
from agents.policy_gradient.config import CriticConfig, PolicyConfig, PpoConfig
from agents.policy_gradient.distributions import Distribution, Gaussian
from agents.policy_gradient.flat import FlatParameters
from agents.policy_gradient.losses import clipped_policy_loss, clipped_value_loss, policy_gradient_loss, value_loss
from agents.policy_gradient.networks import PolicyNetwork
from agents.policy_gradient.returns import generalised_advantages, next_values_of, returns_to_go, standardised
from agents.policy_gradient.rollout import Rollout
from agents.policy_gradient.scaling import RunningScale
from agents.policy_gradient.spec import PolicySpec

_RMSPROP_DECAY: Final = 0.99
"""Mnih et al. 2016."""
_EPSILON: Final = 1e-5
"""Of both optimisers, as OpenAI Baselines has it."""
Floats = NDArray[np.float32]
Told = dict[str, Tensor]


class Material(NamedTuple):
    """A rollout on the device."""

    features: Tensor
    """[N + E + K, M] float32: of the N = T * E steps, of what followed the last, of what was cut."""
    actions: Tensor
    """[N] int64 or [N, A] float32"""


class Ascent:
    """A policy network and its optimiser."""

    def __init__(self, spec: PolicySpec, network: PolicyNetwork, config: PolicyConfig) -> None:
        """network: one of the spec's, on its device."""
        self._spec, self._config = spec, config
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

    def learn(self, rollout: Rollout, rewards: Floats, progress: float, mixing: np.random.Generator) -> Told:
        """Change the network by what was played with it; afterwards, take in what was seen for a running scale.

        rewards: [T, E] float32, the scaled ones where they are scaled; progress: share of the run that is done; mixing: of minibatches.
        """
        config, shown = self._config, self._shown(rollout)
        rate = annealed(config.learning_rate, progress) if config.anneal else config.learning_rate
        actions = torch.from_numpy(rollout.actions.reshape(-1, *rollout.actions.shape[2:])).to(self.device)
        material = Material(self.network.encode(shown), actions)
        if isinstance(config, PpoConfig):
            told = self._epochs(config, rollout, material, rewards, rate, mixing)
        else:
            told = self._step(rollout, material, rewards, rate)
        if isinstance(self.network.scale, RunningScale):
            self.network.scale.take_in(shown[: len(actions)])
        return told

    def _shown(self, rollout: Rollout) -> Tensor:
        """[N + E + K, ...] as the network is shown them."""
        steps = rollout.observations.reshape(-1, *rollout.observations.shape[2:])
        seen = np.concatenate([steps, rollout.after, rollout.cut_observations])
        return self._spec.prepare(torch.from_numpy(seen).to(self.device))

    def _step(self, rollout: Rollout, material: Material, rewards: Floats, rate: float) -> Told:
        """One step on all that is learned from: the loss of the policy, and of the critic where there is one."""
        config, network = self._config, self.network
        values = None
        if isinstance(config, CriticConfig):
            values = network.value(material.features)
            advantages, targets = advantages_of(rollout, rewards, values.detach().cpu().numpy(), config)
        else:
            advantages, targets = returns_to_go(rewards, rollout.ended, config.discount), None
        rows = self._learned_rows(rollout)
        chosen = advantages.reshape(-1)[rollout.learned.reshape(-1)]
        weights = torch.from_numpy(standardised(chosen) if config.standardise else chosen).to(self.device)
        said = network.distribution(material.features[rows])
        policy_loss = policy_gradient_loss(said.log_prob(material.actions[rows]), weights)
        entropy = self._entropy(said)
        loss = policy_loss - config.entropy_weight * entropy if config.entropy_weight else policy_loss
        told = _facts(policy_loss, entropy, said)
        if isinstance(config, CriticConfig) and values is not None and targets is not None:
            error = value_loss(values[rows], torch.from_numpy(targets.reshape(-1)).to(self.device)[rows])
            loss = loss + config.value_weight * error
            told["value_loss"] = error.detach()
        self._descend(loss, rate)
        return told

    def _epochs(
        self, config: PpoConfig, rollout: Rollout, material: Material, rewards: Floats, rate: float, mixing: Any
    ) -> Told:
        """PPO: each epoch goes through all steps in minibatches, in an order of its own."""
        network, count = self.network, len(material.actions)
        with torch.no_grad():
            old_values = network.value(material.features)
            old = network.distribution(material.features[:count]).detach()
            old_log_probs = old.log_prob(material.actions)
        advantages, targets = advantages_of(rollout, rewards, old_values.cpu().numpy(), config)
        flat, goals = advantages.reshape(-1), torch.from_numpy(targets.reshape(-1)).to(self.device)
        told: list[Told] = []
        for _ in range(config.epochs):
            for chosen in np.array_split(mixing.permutation(count), config.minibatches):
                rows = torch.from_numpy(chosen).to(self.device)
                weights = torch.from_numpy(standardised(flat[chosen]) if config.standardise else flat[chosen])
                features = material.features[rows]
                said, values = network.distribution(features), network.value(features)
                log_probs = said.log_prob(material.actions[rows])
                policy_loss = clipped_policy_loss(log_probs, old_log_probs[rows], weights.to(self.device), config.clip)
                error = (
                    clipped_value_loss(values, old_values[rows], goals[rows], config.value_clip)
                    if config.value_clip
                    else value_loss(values, goals[rows])
                )
                entropy = self._entropy(said)
                loss = policy_loss + config.value_weight * error
                self._descend(loss - config.entropy_weight * entropy if config.entropy_weight else loss, rate)
                told.append(_facts(policy_loss, entropy, said) | {"value_loss": error.detach()})
            with torch.no_grad():
                moved = old.kl(network.distribution(material.features[:count])).mean()
            if 0 < config.kl_limit < float(moved):
                break
        return {name: torch.stack([one[name] for one in told]).mean() for name in told[0]} | {"kl": moved}

    def _entropy(self, said: Distribution) -> Tensor:
        """Mean, with a gradient where it is pushed up."""
        return (said if self._config.entropy_weight else said.detach()).entropy().mean()

    def _learned_rows(self, rollout: Rollout) -> Tensor | slice:
        """Which of the N steps are learned from; a slice where all are, as the gradient of picked rows costs more than all the rest."""
        if rollout.learned.all():
            return slice(rollout.learned.size)
        return torch.from_numpy(np.flatnonzero(rollout.learned)).to(self.device)

    def _descend(self, loss: Tensor, rate: float) -> None:
        self.flat.descend(self.optimizer, loss, rate, self._config.max_gradient)
        self.updates += 1


def advantages_of(rollout: Rollout, rewards: Floats, values: Floats, config: CriticConfig) -> tuple[Floats, Floats]:
    """Advantages [T, E] and what the critic should have said of the steps [T, E], both float32.

    values: [N + E + K] float32, the critic's of the steps, of what followed the last, and of what was cut.
    """
    times, count = rewards.shape
    steps = values[: times * count].reshape(times, count)
    after, cut_values = values[times * count : (times + 1) * count], values[(times + 1) * count :]
    cut = rollout.ended & ~rollout.terminated
    following = next_values_of(steps, after, cut, cut_values)
    found = generalised_advantages(
        rewards, steps, following, rollout.terminated, rollout.ended, config.discount, config.look_ahead
    )
    return found, found + steps


def _facts(policy_loss: Tensor, entropy: Tensor, said: Distribution) -> Told:
    told = {"policy_loss": policy_loss.detach(), "entropy": entropy.detach()}
    if isinstance(said, Gaussian):
        told["deviation"] = said.deviation.detach().mean()
    return told
