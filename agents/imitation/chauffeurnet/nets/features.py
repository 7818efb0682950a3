"""FeatureNet: from the raster to the features F that all other nets share. Source: Bansal et al. 2018, section 4.1; the layers are ours.

Convolutions of stride 2 lead down to a level whose dilated residual blocks see the whole raster; then back up to F's level, adding what was
seen at each level on the way (skip connections).
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from agents.imitation.chauffeurnet.nets.sizes import Sizes
from agents.imitation.chauffeurnet.spec import ChauffeurSpec
from sim_suite.learning.pictures import shares


class Encoder(nn.Module):
    """Down: the raster at every level."""

    def __init__(self, channels: int, sizes: Sizes) -> None:
        """channels: C of the raster."""
        super().__init__()
        widths = (channels, *sizes.maps)
        self.down = nn.ModuleList(_convolution(before, after, stride=2) for before, after in pairwise(widths))
        self.deepest = nn.Sequential(*(Residual(sizes.maps[-1], dilation) for dilation in sizes.dilations))

    def forward(self, raster: Tensor) -> list[Tensor]:
        """uint8 [B, C, H, W] -> level i: [B, maps[i], H / 2^(i + 1), W / 2^(i + 1)]."""
        seen = scaled(raster, self.down[0][0].weight.dtype)  # type: ignore[index]  # of a Sequential
        levels = []
        for layer in self.down:
            seen = layer(seen)
            levels.append(seen)
        return [*levels[:-1], self.deepest(levels[-1])]


class FeatureNet(nn.Module):
    """Down and up again to F."""

    def __init__(self, spec: ChauffeurSpec, sizes: Sizes) -> None:
        """Raises `SuiteError` where the raster, the stride and the sizes do not go together."""
        super().__init__()
        self.level = sizes.feature_level(spec)
        self.encoder = Encoder(len(spec.raster.channels), sizes)
        above = range(self.level, len(sizes.maps) - 1)
        self.narrow = nn.ModuleList(nn.Conv2d(sizes.maps[i + 1], sizes.maps[i], 1) for i in above)
        self.join = nn.ModuleList(Residual(sizes.maps[i], 1) for i in above)

    def forward(self, raster: Tensor) -> Tensor:
        """uint8 [B, C, H, W] -> F [B, maps, h / fold, w / fold]."""
        levels = self.encoder(raster)
        features: Tensor = levels[-1]
        for i in reversed(range(len(self.join))):
            wider = functional.interpolate(self.narrow[i](features), scale_factor=2.0, mode="nearest")
            features = self.join[i](wider + levels[self.level + i])
        return features


class Residual(nn.Module):
    """x + two convolutions of it (He et al. 2016, arXiv:1603.05027), 3 x 3."""

    def __init__(self, maps: int, dilation: int) -> None:
        """dilation: of both."""
        super().__init__()
        self.body = nn.Sequential(
            _convolution(maps, maps, dilation=dilation),
            nn.Conv2d(maps, maps, 3, padding=dilation, dilation=dilation, bias=False),
            nn.BatchNorm2d(maps),
        )

    def forward(self, seen: Tensor) -> Tensor:
        """[B, maps, ..] -> the same shape."""
        return functional.relu(seen + self.body(seen))


def scaled(raster: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """uint8 to 0..1, channels last, which convolutions on processors are fastest at: of this dtype, or what autocast calculates in."""
    kind = raster.device.type
    if torch.amp.is_autocast_available(kind) and torch.is_autocast_enabled(kind):
        dtype = torch.get_autocast_dtype(kind)
    return shares(raster, dtype)


def _convolution(before: int, after: int, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, stride, padding=dilation, dilation=dilation, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(),
    )
