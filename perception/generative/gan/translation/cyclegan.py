"""CycleGAN: two looks into each other, learned without pairs. Source: Zhu et al. 2017 (arXiv:1703.10593) eq. 1 to 3, with least squares in
place of logarithms (section 4) and identity (section 5.2)."""

from __future__ import annotations

from typing import Final, NamedTuple

import torch
from torch import Tensor, nn

from perception.generative.gan.losses.adversarial import AdversarialLoss
from perception.generative.gan.translation.pool import Pool
from perception.training.task import Loss

TO_FIRST: Final = "to_first"
TO_SECOND: Final = "to_second"


class Weights(NamedTuple):
    """Of the generators' terms beside the adversarial one."""

    cycle: float
    identity: float
    """0 leaves it out."""


class CycleGan(nn.Module):
    """Of each direction a generator, pictures [B, 3, H, W] to pictures; a critic of what it makes; a pool of what it made."""

    def __init__(self, generators: dict[str, nn.Module], critics: dict[str, nn.Module], pools: dict[str, Pool]) -> None:
        """By TO_FIRST and TO_SECOND."""
        super().__init__()
        self.generators, self.critics = nn.ModuleDict(generators), nn.ModuleDict(critics)
        self.pools = nn.ModuleDict(pools)


def generators_loss(
    network: CycleGan, adversarial: AdversarialLoss, weights: Weights, first: Tensor, second: Tensor
) -> Loss:
    """Of pictures [B, 3, H, W] in each look: eq. 3, both generators' part, with the identity term."""
    loss = torch.zeros((), device=first.device)
    terms: dict[str, Tensor] = {}
    for there, back, start, goal in ((TO_SECOND, TO_FIRST, first, second), (TO_FIRST, TO_SECOND, second, first)):
        # What is in the look already goes with the rest: norms are of each picture by itself.
        given = torch.cat([start, goal]) if weights.identity else start
        made, *kept = network.generators[there](given).split(len(start))
        fooled = adversarial.generator(network.critics[there](made))
        cycle = (network.generators[back](made).float() - start).abs().mean()
        loss = loss + fooled + weights.cycle * cycle
        told = {"adversarial": fooled, "cycle": cycle}
        if kept:
            identity = (kept[0].float() - goal).abs().mean()
            loss = loss + weights.cycle * weights.identity * identity
            told["identity"] = identity
        terms |= {f"{there}_{name}": value.detach() for name, value in told.items()}
    return loss, terms


def critics_loss(network: CycleGan, adversarial: AdversarialLoss, first: Tensor, second: Tensor) -> Loss:
    """Of pictures [B, 3, H, W] in each look, and of made ones, half of them from the pools."""
    loss = torch.zeros((), device=first.device)
    terms: dict[str, Tensor] = {}
    for there, start, goal in ((TO_SECOND, first, second), (TO_FIRST, second, first)):
        pool = network.pools[there]
        assert isinstance(pool, Pool)
        with torch.no_grad():
            made = pool.exchange(network.generators[there](start).float())
        of_real, of_made = network.critics[there](goal), network.critics[there](made)
        loss = loss + adversarial.critic(of_real, of_made)
        terms[f"{there}_gap"] = (of_real.mean() - of_made.mean()).detach()
    return loss, terms
