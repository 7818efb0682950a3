"""TRPO's round: one step of the policy within a divergence, then the critic by the optimiser.

Source: Schulman et al. 2015 (arXiv:1502.05477), section 6; the critic's updates as in sb3-contrib.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from agents.policy_gradient.ascent import Ascent, Material, Told, advantages_of, facts, means
from agents.policy_gradient.config import TrpoConfig
from agents.policy_gradient.distributions import Distribution
from agents.policy_gradient.losses import value_loss
from agents.policy_gradient.returns import standardised
from agents.policy_gradient.trust_region import (
    conjugate_gradient,
    fisher_product,
    flat_gradient,
    line_search,
    longest_step,
)


def trust_region_round(ascent: Ascent, material: Material, progress: float, mixing: np.random.Generator) -> Told:
    """A step of the policy that gains and stays within `kl_limit`, or none; then `epochs` of the critic."""
    config, network, device = ascent.config, ascent.network, ascent.device
    assert isinstance(config, TrpoConfig)
    count = len(material.actions)
    with torch.no_grad():
        values = network.value(material.seen)
    advantages, targets = advantages_of(material, values.cpu().numpy(), config)
    weights = torch.from_numpy(standardised(advantages) if config.standardise else advantages).to(device)
    told = _step_policy(ascent, config, material, weights)
    goals = torch.from_numpy(targets).to(device)
    errors: list[Told] = []
    for _ in range(config.epochs):
        for chosen in np.array_split(mixing.permutation(count), config.minibatches):
            rows = torch.from_numpy(chosen).to(device)
            error = value_loss(network.value(material.seen[rows]), goals[rows])
            ascent.descend(error, progress)
            errors.append({"value_loss": error.detach()})
    return told | means(errors)


def _step_policy(ascent: Ascent, config: TrpoConfig, material: Material, weights: Tensor) -> Told:
    features, parameters = material.seen[: len(weights)], ascent.network.policy_parameters()
    said = ascent.network.distribution(features)
    old, old_log_probs = said.detach(), said.log_prob(material.actions).detach()

    def surrogate(now: Distribution) -> Tensor:
        """Eq. 14 of the paper, with the entropy's part."""
        ratio = (now.log_prob(material.actions) - old_log_probs).exp()
        return (ratio * weights).mean() + config.entropy_weight * now.entropy().mean()

    before = surrogate(said)
    product = fisher_product(old.kl(said).mean(), parameters, config.damping)
    direction = conjugate_gradient(product, flat_gradient(before, parameters), config.conjugate_steps)
    step = longest_step(direction, product, config.kl_limit)
    begin = [parameter.detach().clone() for parameter in parameters]

    @torch.no_grad()
    def tried(share: float) -> tuple[float, float]:
        at = 0
        for parameter, old_numbers in zip(parameters, begin, strict=True):
            part = step[at : at + parameter.numel()].view_as(parameter)
            parameter.copy_(old_numbers + share * part)
            at += parameter.numel()
        now = ascent.network.distribution(features)
        return float(surrogate(now) - before), float(old.kl(now).mean())

    share = line_search(tried, config.kl_limit, config.shrink, config.tries)
    _, moved = tried(share)
    return facts(-before, said.entropy().mean(), said) | {"kl": torch.tensor(moved), "step": torch.tensor(share)}
