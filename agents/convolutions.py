"""The convolutions that networks of pictures begin with: Mnih et al. 2015 (Nature 518), methods."""

from __future__ import annotations

from typing import Final

from torch import nn

from sim_suite.errors import SuiteError

CONVOLUTIONS: Final = ((32, 8, 4), (64, 4, 2), (64, 3, 1))
"""Maps, kernel and stride of each."""
SMALLEST: Final = 36
"""Rows and columns that the convolutions need to leave one place."""


def convolutions(shape: tuple[int, ...], layer_norm: bool = False) -> tuple[list[nn.Module], int]:
    """The layers from pictures [B, C, H, W] to features [B, M], and M. layer_norm: over channels and places, before each nonlinearity.

    shape: [C, H, W]. Raises `SuiteError` for pictures below 36 x 36.
    """
    channels, height, width = shape
    if min(height, width) < SMALLEST:
        raise SuiteError(
            f"the convolutions need pictures of {SMALLEST} x {SMALLEST} or more, not {height} x {width}. Set view.size to [84, 84]."
        )
    layers: list[nn.Module] = []
    for maps, kernel, stride in CONVOLUTIONS:
        layers.append(nn.Conv2d(channels, maps, kernel, stride))
        channels, height, width = maps, (height - kernel) // stride + 1, (width - kernel) // stride + 1
        layers += [*([nn.LayerNorm([maps, height, width])] if layer_norm else []), nn.ReLU()]
    return [*layers, nn.Flatten()], channels * height * width
