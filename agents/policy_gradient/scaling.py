"""Scales observations before a network sees them, by numbers that are saved with it. Source: Welford 1962; Chan et al. 1983, eq. 2.1."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

LARGEST: Final = 10.0
"""Scaled components are cut to this, as by Stable-Baselines3's VecNormalize."""
_SMALLEST: Final = 1e-8
"""Beside the variance; VecNormalize's default."""


class ObservationScale(nn.Module):
    """(observation - centre) / spread, cut to -10..10."""

    centre: Tensor
    spread: Tensor

    def __init__(self, centre: tuple[float, ...], spread: tuple[float, ...]) -> None:
        """One number a component each."""
        super().__init__()
        self.register_buffer("centre", torch.tensor(centre))
        self.register_buffer("spread", torch.tensor(spread))

    def forward(self, observations: Tensor) -> Tensor:
        """[B, N] float32 -> [B, N] float32."""
        return ((observations - self.centre) / self.spread).clamp(-LARGEST, LARGEST)


class RunningScale(ObservationScale):
    """Centre and spread are the mean and the deviation of all that `take_in` was shown; 0 and 1 before."""

    count: Tensor
    mean: Tensor
    variance: Tensor

    def __init__(self, width: int) -> None:
        """width: N, components."""
        super().__init__((0.0,) * width, (1.0,) * width)
        self.register_buffer("count", torch.zeros((), dtype=torch.float64))
        self.register_buffer("mean", torch.zeros(width, dtype=torch.float64))
        self.register_buffer("variance", torch.zeros(width, dtype=torch.float64))

    @torch.no_grad()
    def take_in(self, observations: Tensor) -> None:
        """Count these in. observations: [B, N] float32."""
        shown = observations.double()
        count, mean, variance = len(shown), shown.mean(0), shown.var(0, correction=0)
        total, apart = self.count + count, mean - self.mean
        squares = self.variance * self.count + variance * count + apart.square() * self.count * count / total
        self.mean += apart * count / total
        self.variance.copy_(squares / total)
        self.count.copy_(total)
        self.centre.copy_(self.mean)
        self.spread.copy_((self.variance + _SMALLEST).sqrt())
