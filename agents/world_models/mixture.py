"""A mixture of Gaussians for each latent: its likelihood, and draws from it at a temperature.

Sources: Bishop 1994 (Mixture Density Networks, NCRG/94/004) for the density; Ha and Schmidhuber 2018 (arXiv:1803.10122) for the
temperature: as in their published code it divides logits, and its root multiplies deviations.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import torch
from torch import Tensor

PARTS: Final = 3
"""Numbers of a Gaussian in a mixture: its weight's logit, mean, logarithm of its deviation."""


class Mixture(NamedTuple):
    """K Gaussians for each of N latents, [..., N, K] each."""

    log_weights: Tensor
    """Their exponentials sum to 1 over K."""
    means: Tensor
    log_deviations: Tensor


def mixture_of(said: Tensor, latents: int) -> Mixture:
    """What a linear layer says, [..., N * K * 3], as a mixture for each of N latents."""
    logits, means, log_deviations = said.reshape(*said.shape[:-1], latents, -1, PARTS).unbind(-1)
    return Mixture(logits.log_softmax(-1), means, log_deviations)


def log_likelihood(mixture: Mixture, latents: Tensor) -> Tensor:
    """ln p of latents [..., N] in nats, [..., N]: the latents are independent of each other, given the memory."""
    distance = (latents[..., None] - mixture.means) * (-mixture.log_deviations).exp()
    each = -0.5 * distance.square() - mixture.log_deviations - 0.5 * math.log(2 * math.pi)
    return torch.logsumexp(mixture.log_weights + each, dim=-1)


def tempered(mixture: Mixture, temperature: float) -> Mixture:
    """The mixture at a temperature above 0: below 1 surer of itself, above 1 less."""
    return Mixture(
        (mixture.log_weights / temperature).log_softmax(-1),
        mixture.means,
        mixture.log_deviations + 0.5 * math.log(temperature),
    )


def drawn(mixture: Mixture, generator: torch.Generator) -> Tensor:
    """Latents [..., N], each from one of its Gaussians. generator: of the CPU."""
    chances = mixture.log_weights.exp().cpu()
    picked = torch.multinomial(chances.flatten(0, -2), 1, generator=generator).reshape(*chances.shape[:-1], 1)
    picked = picked.to(mixture.means.device)
    means, log_deviations = (part.gather(-1, picked)[..., 0] for part in (mixture.means, mixture.log_deviations))
    noise = torch.randn(means.shape, generator=generator).to(means.device)
    return means + log_deviations.exp() * noise
