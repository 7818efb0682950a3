"""One step of the optimiser for each rollout: REINFORCE with and without a baseline, the one-step actor-critic and A2C.

They differ in what is played and in the advantages alone. Sources: losses.py, returns.py.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from agents.policy_gradient.ascent import Ascent, Floats, Material, Told, advantages_of, facts
from agents.policy_gradient.config import CriticConfig
from agents.policy_gradient.losses import policy_gradient_loss, value_loss
from agents.policy_gradient.returns import returns_to_go, standardised
from agents.policy_gradient.rollout import Rollout


def single_step(ascent: Ascent, material: Material, progress: float, mixing: np.random.Generator) -> Told:
    """Learn from all steps at once; nothing is mixed."""
    config, network, rollout = ascent.config, ascent.network, material.rollout
    features = ascent.features(material, slice(None))
    if not isinstance(config, CriticConfig):
        loss, told = _policy_loss(
            ascent, material, features, returns_to_go(material.rewards, rollout.ended, config.discount)
        )
        ascent.descend(loss, progress)
        return told
    values = network.value(features)
    advantages, targets = advantages_of(material, values.detach().cpu().numpy(), config)
    loss, told = _policy_loss(ascent, material, features, advantages)
    rows = _learned_rows(rollout)
    error = value_loss(values[rows], torch.from_numpy(targets).to(ascent.device)[rows])
    ascent.descend(loss + config.value_weight * error, progress)
    return told | {"value_loss": error.detach()}


def _policy_loss(ascent: Ascent, material: Material, features: Tensor, advantages: Floats) -> tuple[Tensor, Told]:
    """The policy's loss less the weighed entropy, and metrics. features: [N + E + K, M] float32; advantages: [N] or [T, E] float32."""
    config, learned = ascent.config, material.rollout.learned.reshape(-1)
    chosen = advantages.reshape(-1)[learned]
    weights = torch.from_numpy(standardised(chosen) if config.standardise else chosen).to(ascent.device)
    rows = _learned_rows(material.rollout)
    count = learned.size
    said = ascent.network.distribution(features[:count][rows])
    loss = policy_gradient_loss(said.log_prob(material.actions[rows]), weights)
    entropy = ascent.entropy(said)
    told = facts(loss, entropy, said)
    return (loss - config.entropy_weight * entropy if config.entropy_weight else loss), told


def _learned_rows(rollout: Rollout) -> Tensor | slice:
    """Which of the N steps are learned from; a slice where all are, as the gradient of picked rows costs more than all the rest."""
    if rollout.learned.all():
        return slice(rollout.learned.size)
    return torch.from_numpy(np.flatnonzero(rollout.learned))
