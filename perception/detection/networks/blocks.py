"""Parts that networks of YOLO are made of. Source: Redmon & Farhadi 2018 (arXiv:1804.02767), section 2.4."""

from __future__ import annotations

from typing import Final

from torch import Tensor, nn

LEAK: Final = 0.1
"""Slope below 0 of Darknet's leaky activation."""


def convolution(before: int, after: int, size: int = 3, stride: int = 1) -> nn.Sequential:
    """[B, before, H, W] -> [B, after, H / stride, W / stride]: convolution, batch norm, leaky."""
    return nn.Sequential(
        nn.Conv2d(before, after, size, stride, padding=size // 2, bias=False),
        nn.BatchNorm2d(after),
        nn.LeakyReLU(LEAK),
    )


class Residual(nn.Module):
    """Darknet-53's block: x + a 3 x 3 convolution of a 1 x 1 convolution to half the channels."""

    def __init__(self, channels: int) -> None:
        """channels: even."""
        super().__init__()
        self.body = nn.Sequential(convolution(channels, channels // 2, 1), convolution(channels // 2, channels))

    def forward(self, seen: Tensor) -> Tensor:
        """[B, channels, H, W] -> the same shape."""
        found: Tensor = seen + self.body(seen)
        return found
