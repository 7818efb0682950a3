"""What the segmentation networks are made of: convolutions with batch norm. Source: Ioffe and Szegedy 2015 (arXiv:1502.03167)."""

from __future__ import annotations

from torch import nn


def convolution(maps_in: int, maps: int, kernel: int = 3) -> list[nn.Module]:
    """A convolution that keeps rows and columns, batch norm, ReLU: [B, maps_in, H, W] -> [B, maps, H, W]. kernel: odd.

    Without a bias of its own: the norm would take it away again.
    """
    return [
        nn.Conv2d(maps_in, maps, kernel, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(maps),
        nn.ReLU(inplace=True),
    ]


def convolutions(maps_in: int, maps: int, count: int) -> nn.Sequential:
    """So many in a row."""
    layers: list[nn.Module] = []
    for number in range(count):
        layers += convolution(maps_in if number == 0 else maps, maps)
    return nn.Sequential(*layers)
