"""A critic of slope 1 between real and made examples. Source: Gulrajani et al. 2017 (arXiv:1704.00028) eq. 3 and algorithm 1."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from perception.generative.gan.losses.regularising import Scoring


@dataclass(frozen=True)
class GradientPenalty:
    """See `Regulariser`. The critic must judge each example by itself: no norm over the batch (section 4)."""

    weight: float
    """Lambda in the paper."""

    def penalty(self, scoring: Scoring, real: Tensor, fake: Tensor) -> Tensor | None:
        """weight * E (|grad f(x)| - 1)^2, at x somewhere between a real and a made example, evenly."""
        share = torch.rand(len(real), *(1 for _ in real.shape[1:]), dtype=real.dtype, device=real.device)
        return self.weight * steepness(scoring, fake + share * (real - fake))

    def moved(self, critic: nn.Module) -> None:
        """Nothing."""


def steepness(scoring: Scoring, places: Tensor) -> Tensor:
    """E (|grad f| - 1)^2 at places [B, ...], in float32 whatever is in force outside: the gradient of a gradient loses half the digits."""
    places = places.detach().requires_grad_()
    with torch.autocast(places.device.type, enabled=False):
        (slopes,) = torch.autograd.grad(scoring(places).sum(), places, create_graph=True)
    lengths: Tensor = slopes.flatten(1).norm(dim=1)
    return (lengths - 1.0).square().mean()
