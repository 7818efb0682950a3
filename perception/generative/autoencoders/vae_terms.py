"""The terms of a variational autoencoder's bound, in nats. Sources: Kingma and Welling 2014 (arXiv:1312.6114), equation 10 and
appendices B and C; Kingma et al. 2016 (arXiv:1606.04934), appendix C.8 for free bits."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional


def gaussian_nats(pictures: Tensor, means: Tensor, deviation: float) -> Tensor:
    """[B] -log N(pictures; means, deviation^2), summed over what a picture has. Both [B, 3, H, W] in 0..1: a density of that scale, and
    so negative where it is sharp."""
    numbers = pictures[0].numel()
    squares = (pictures - means).square().flatten(1).sum(dim=1)
    return 0.5 * squares / deviation**2 + numbers * (math.log(deviation) + 0.5 * math.log(2 * math.pi))


def bernoulli_nats(pictures: Tensor, logits: Tensor) -> Tensor:
    """[B] Cross-entropy of pictures [B, 3, H, W] in 0..1 and a Bernoulli distribution with these logits, summed."""
    return functional.binary_cross_entropy_with_logits(logits, pictures, reduction="none").flatten(1).sum(dim=1)


def kl_nats(mean: Tensor, log_variance: Tensor) -> Tensor:
    """[B, Z] KL(N(mean, exp(log_variance)) || N(0, 1)) of each latent, appendix B."""
    return 0.5 * (mean.square() + log_variance.exp() - 1.0 - log_variance)


def sampled(mean: Tensor, log_variance: Tensor) -> Tensor:
    """[B, Z] drawn from N(mean, exp(log_variance)) with a gradient to both: equation 4's reparameterisation."""
    return mean + (0.5 * log_variance).exp() * torch.randn_like(mean)


def with_free_bits(kl: Tensor, free: float) -> Tensor:
    """Scalar: the mean over a batch of each latent's KL [B, Z], but at least `free` nats each, summed; below that nothing pulls."""
    return kl.mean(dim=0).clamp(min=free).sum()


def warmed_up(update: int, updates: int) -> float:
    """Weight of the KL in update 0, 1, ..: rising to 1 (Sonderby et al. 2016, arXiv:1602.02282); 1 where `updates` is 0."""
    return min((update + 1) / updates, 1.0) if updates else 1.0
