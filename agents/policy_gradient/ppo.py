"""PPO's round of updates.

Source: Schulman et al. 2017 (arXiv:1707.06347), algorithm 1; minibatches and the early end as OpenAI's code has them.
"""

from __future__ import annotations

import numpy as np
import torch

from agents.learning.descent import annealed
from agents.policy_gradient.ascent import Ascent, Material, Told, advantages_of, facts, means
from agents.policy_gradient.config import PpoConfig
from agents.policy_gradient.losses import clipped_policy_loss, clipped_value_loss, value_loss
from agents.policy_gradient.returns import standardised


def clipped_epochs(ascent: Ascent, material: Material, progress: float, mixing: np.random.Generator) -> Told:
    """Each epoch goes through all steps in minibatches, in an order of its own; one that moves the policy beyond `kl_limit` is the last."""
    config, network, device = ascent.config, ascent.network, ascent.device
    assert isinstance(config, PpoConfig)
    count = len(material.actions)
    clip = annealed(config.clip, progress) if config.anneal_clip else config.clip
    with torch.no_grad():
        features = ascent.features(material, slice(None))
        precision = ascent.chosen_precision(features[: -(-count // config.minibatches)])
        old_values = network.value(features, precision)
        old = network.distribution(features[:count], precision)
        old_log_probs = old.log_prob(material.actions)
    advantages, targets = advantages_of(material, old_values.cpu().numpy(), config)
    goals = torch.from_numpy(targets).to(device)
    told: list[Told] = []
    moved = torch.zeros(())
    for epoch in range(config.epochs):
        for chosen in np.array_split(mixing.permutation(count), config.minibatches):
            rows = torch.from_numpy(chosen).to(device)
            weights = torch.from_numpy(standardised(advantages[chosen]) if config.standardise else advantages[chosen])
            features = ascent.features(material, rows)
            said = network.distribution(features, precision)
            values = network.value(features, precision)
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
            moved = old.kl(network.distribution(ascent.features(material, slice(count)), precision)).mean()
        if 0 < config.kl_limit < float(moved):
            break
    return means(told) | {"kl": moved}
