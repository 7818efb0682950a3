"""PPO's round of updates.

Source: Schulman et al. 2017 (arXiv:1707.06347), algorithm 1; minibatches and the early end as OpenAI's code has them.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from agents.policy_gradient.ascent import Ascent, Material, Told, advantages_of, facts, means
from agents.policy_gradient.config import PpoConfig
from agents.policy_gradient.distributions import Distribution
from agents.policy_gradient.losses import clipped_policy_loss, clipped_value_loss, value_loss
from agents.policy_gradient.returns import standardised
from sim_suite.learning.descent import annealed


class Reading(Protocol):
    """How a round goes through N = T * E steps, numbered row by row of the rollout."""

    def before(self) -> tuple[Distribution, Tensor]:
        """Before the round: what the policy says of all steps, [N], and values [N + E + K] as `advantages_of` takes them."""

    def minibatches(self, mixing: np.random.Generator) -> list[NDArray[np.int64]]:
        """The numbers of an epoch's steps, all once, in an order of its own."""

    def said(self, steps: NDArray[np.int64]) -> tuple[Distribution, Tensor]:
        """What policy and critic say now of a minibatch's steps, [B], with a gradient."""

    def policy(self) -> Distribution:
        """What the policy says now of all steps, [N]."""


class ShuffledSteps:
    """Each step by itself, as policies without memory learn."""

    def __init__(self, ascent: Ascent, material: Material, minibatches: int) -> None:
        self._ascent, self._material, self._minibatches = ascent, material, minibatches
        self._count = len(material.actions)
        self._precision = "float32"
        """Of sums, since `before`."""

    def before(self) -> tuple[Distribution, Tensor]:
        """See `Reading`."""
        features, network = self._ascent.features(self._material, slice(None)), self._ascent.network
        self._precision = self._ascent.chosen_precision(features[: -(-self._count // self._minibatches)])
        return network.distribution(features[: self._count], self._precision), network.value(features, self._precision)

    def minibatches(self, mixing: np.random.Generator) -> list[NDArray[np.int64]]:
        """See `Reading`."""
        return np.array_split(mixing.permutation(self._count), self._minibatches)

    def said(self, steps: NDArray[np.int64]) -> tuple[Distribution, Tensor]:
        """See `Reading`."""
        features, network = (
            self._ascent.features(self._material, torch.from_numpy(steps).to(self._ascent.device)),
            self._ascent.network,
        )
        return network.distribution(features, self._precision), network.value(features, self._precision)

    def policy(self) -> Distribution:
        """See `Reading`."""
        features = self._ascent.features(self._material, slice(self._count))
        return self._ascent.network.distribution(features, self._precision)


def clipped_epochs(ascent: Ascent, material: Material, progress: float, mixing: np.random.Generator) -> Told:
    """A round of PPO in which each step is learned from by itself."""
    assert isinstance(ascent.config, PpoConfig)
    return clipped_round(ascent, material, ShuffledSteps(ascent, material, ascent.config.minibatches), progress, mixing)


def clipped_round(
    ascent: Ascent, material: Material, reading: Reading, progress: float, mixing: np.random.Generator
) -> Told:
    """Each epoch goes through all steps in minibatches, in an order of its own; one that moves the policy beyond `kl_limit` is the last."""
    config, device = ascent.config, ascent.device
    assert isinstance(config, PpoConfig)
    clip = annealed(config.clip, progress) if config.anneal_clip else config.clip
    with torch.no_grad():
        old, old_values = reading.before()
        old_log_probs = old.log_prob(material.actions)
    advantages, targets = advantages_of(material, old_values.cpu().numpy(), config)
    goals = torch.from_numpy(targets).to(device)
    told: list[Told] = []
    moved = torch.zeros(())
    for epoch in range(config.epochs):
        for chosen in reading.minibatches(mixing):
            rows = torch.from_numpy(chosen).to(device)
            weights = torch.from_numpy(standardised(advantages[chosen]) if config.standardise else advantages[chosen])
            said, values = reading.said(chosen)
            log_probs = said.log_prob(material.actions[rows])
            policy_loss = clipped_policy_loss(log_probs, old_log_probs[rows], weights.to(device), clip)
            error = (
                clipped_value_loss(values, old_values[rows], goals[rows], config.value_clip)
                if config.value_clip
                else value_loss(values, goals[rows])
            )
            entropy = ascent.entropy(said)
            loss = policy_loss + config.value_weight * error
            ascent.descend(loss - config.entropy_weight * entropy if config.entropy_weight else loss, progress)
            told.append(facts(policy_loss, entropy, said) | {"value_loss": error.detach()})
        if not config.kl_limit and epoch + 1 < config.epochs:
            continue
        with torch.no_grad():
            moved = old.kl(reading.policy()).mean()
        if 0 < config.kl_limit < float(moved):
            break
    return means(told) | {"kl": moved}
