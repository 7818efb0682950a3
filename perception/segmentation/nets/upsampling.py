"""Upsampling by a transposed convolution that begins as bilinear interpolation. Source: Long et al. 2015 (arXiv:1411.4038), section 3.3."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def bilinear_kernel(factor: int) -> Tensor:
    """[2 * factor, 2 * factor] float32: the weights by which one coarse pixel enters the fine ones. factor: even, 2 or more.

    A fine pixel's middle lies (i + 1/2) / factor - 1/2 coarse pixels from the first coarse one's, so weights fall in a line to 0 at
    a distance of one coarse pixel.
    """
    places = (torch.arange(2 * factor) + 0.5) / factor - 1.0
    weights = 1.0 - places.abs()
    return weights[:, None] * weights[None, :]


class Upsampling(nn.ConvTranspose2d):
    """[B, K, H, W] -> [B, K, factor * H, factor * W], class by class at the start; bilinear but for half a coarse pixel at the border,
    where it fades to 0 (nothing lies beyond)."""

    def __init__(self, classes: int, factor: int, learned: bool = True) -> None:
        """factor: even; learned: whether training may change it. The paper fixes the last one and learns those before."""
        super().__init__(classes, classes, 2 * factor, stride=factor, padding=factor // 2, bias=False)
        with torch.no_grad():
            self.weight.zero_()
            self.weight[range(classes), range(classes)] = bilinear_kernel(factor)
        self.weight.requires_grad_(learned)
