"""Gradients of an output by the input. Source: Simonyan, Vedaldi & Zisserman 2014 (arXiv:1312.6034), section 3; averaged over noisy
copies, Smilkov et al. 2017, "SmoothGrad" (arXiv:1706.03825), equation 2.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

Forward = Callable[[Tensor], Tensor]


def gradient(forward: Forward, shown: Tensor, columns: Tensor) -> Tensor:
    """d output / d input, the shape of `shown` [B, ...]. columns: [B] int64, the output that is asked about in each row."""
    leaf = shown.detach().clone().requires_grad_(True)
    total = (
        forward(leaf).gather(1, columns[:, None]).sum()
    )  # rows are independent: the sum's gradient is each row's own
    return torch.autograd.grad(total, leaf)[0]


def smooth_gradient(
    forward: Forward, shown: Tensor, columns: Tensor, spread: Tensor, samples: int, seed: int
) -> Tensor:
    """Mean of `gradient` over so many copies of each row with normal noise; the plain one for no samples.

    spread: standard deviation of the noise, broadcast against `shown` [B, ...]. A row's noise depends on the seed and its number.
    """
    if samples == 0:
        return gradient(forward, shown, columns)
    spreads = spread.expand_as(shown)
    rows = []
    for number, row in enumerate(shown):
        dice = torch.Generator().manual_seed(int(np.random.SeedSequence([seed, number]).generate_state(1)[0]))
        noise = torch.randn((samples, *row.shape), generator=dice).to(row.device) * spreads[number]
        rows.append(gradient(forward, row + noise, columns[number].expand(samples)).mean(dim=0))
    return torch.stack(rows)


def saliency_map(gradients: Tensor) -> Tensor:
    """Of pictures [B, C, H, W]: the largest magnitude over the channels, [B, H, W] (Simonyan et al. 2014, section 3.1)."""
    return gradients.abs().amax(dim=1)


def shares_by_frame(gradients: Tensor, colours: int) -> Tensor:
    """How much of the gradient's magnitude falls on each frame of a stack, [B, frames], the newest last; of no gradient all 0."""
    sums = gradients.abs().reshape(len(gradients), -1, colours, *gradients.shape[2:]).sum(dim=(2, 3, 4))
    total = sums.sum(dim=1, keepdim=True)
    return torch.where(total > 0, sums / total.clamp(min=torch.finfo(sums.dtype).tiny), sums)
