"""DenseNet: each layer is given the maps of all before it. Source: Huang et al. 2017 (arXiv:1608.06993), section 3 and table 1.

With bottlenecks and compression it is the paper's DenseNet-BC.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from perception.classification.nets.classifier_network import ClassifierNetwork, Pictures
from perception.classification.nets.layers import GlobalAverage, he_normal, stem
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_less, refuse_outside

NARROW: Final = 4
"""A bottleneck's maps over the growth rate."""
IMAGENET: Final = {121: (6, 12, 24, 16), 169: (6, 12, 32, 32), 201: (6, 12, 48, 32), 161: (6, 12, 36, 24)}
"""Layers of each dense block, table 1; 161 is the authors' later one, with a growth rate of 48."""
SMALL_BLOCKS: Final = 3
PLAIN_STEM: Final = 16
"""Maps of the first layer without bottlenecks (section 3, implementation details)."""


@dataclass(frozen=True)
class DenseNetSizes:
    """Defaults: DenseNet-BC with 40 layers and a growth rate of 12."""

    depth: int = 40
    """Layers with weights: 6 n + 4 for small pictures, 3 n + 4 without bottlenecks; 121, 161, 169 or 201 of ImageNet's form."""
    growth: int = 12
    """Maps that each layer adds; the paper's k."""
    bottleneck: bool = True
    """1 x 1 before each 3 x 3."""
    compression: float = 0.5
    """Share of maps that a transition leaves, above 0 to 1; the paper's theta."""
    imagenet: bool = False
    """The form for large pictures, with bottlenecks."""

    def __post_init__(self) -> None:
        refuse_less(self, {"growth": 1})
        refuse_outside(self, "compression", 0.0, 1.0, open_below=True)
        if self.imagenet and not (self.depth in IMAGENET and self.bottleneck):
            raise SuiteError(
                f"ImageNet's form has a depth of {', '.join(map(str, IMAGENET))} and bottlenecks, not {self.depth} and {self.bottleneck}."
            )
        step = 2 * SMALL_BLOCKS if self.bottleneck else SMALL_BLOCKS
        if not self.imagenet and (self.depth < step + 4 or (self.depth - 4) % step):
            raise SuiteError(f"depth must be {step} n + 4 (such as 40 and 100), not {self.depth}.")

    @property
    def layers(self) -> tuple[int, ...]:
        """Of each dense block."""
        if self.imagenet:
            return IMAGENET[self.depth]
        return ((self.depth - 4) // (SMALL_BLOCKS * (2 if self.bottleneck else 1)),) * SMALL_BLOCKS


class DenseBlock(nn.Module):
    """[B, maps_in, H, W] -> [B, maps_in + layers * growth, H, W], eq. 2."""

    def __init__(self, maps_in: int, layers: int, growth: int, bottleneck: bool) -> None:
        super().__init__()
        grown = [maps_in + number * growth for number in range(layers)]
        self.layers = nn.ModuleList(_layer(maps, growth, bottleneck) for maps in grown)

    def forward(self, seen: Tensor) -> Tensor:
        """See the class."""
        for layer in self.layers:
            seen = torch.cat([seen, layer(seen)], dim=1)
        return seen


def densenet(pictures: Pictures, sizes: DenseNetSizes) -> ClassifierNetwork:
    """A block for the first layers, one for each dense block and each transition, and one for the last norm and the average."""
    maps = 2 * sizes.growth if sizes.bottleneck else PLAIN_STEM
    first = stem(pictures.channels, maps, True) if sizes.imagenet else _first(pictures.channels, maps)
    blocks: list[nn.Module] = [first]
    for number, layers in enumerate(sizes.layers):
        if number > 0:
            fewer = int(maps * sizes.compression)
            blocks.append(nn.Sequential(*_active(maps, fewer, 1), nn.AvgPool2d(2)))
            maps = fewer
        blocks.append(DenseBlock(maps, layers, sizes.growth, sizes.bottleneck))
        maps += layers * sizes.growth
    blocks.append(nn.Sequential(nn.BatchNorm2d(maps), nn.ReLU(inplace=True), GlobalAverage()))
    network = ClassifierNetwork(blocks, maps, pictures.classes)
    he_normal(network)
    return network


def _first(channels: int, maps: int) -> nn.Module:
    return nn.Conv2d(channels, maps, 3, padding=1, bias=False)


def _active(maps_in: int, maps: int, kernel: int) -> list[nn.Module]:
    """Norm, ReLU, convolution."""
    convolution = nn.Conv2d(maps_in, maps, kernel, padding=kernel // 2, bias=False)
    return [nn.BatchNorm2d(maps_in), nn.ReLU(inplace=True), convolution]


def _layer(maps_in: int, growth: int, bottleneck: bool) -> nn.Sequential:
    if not bottleneck:
        return nn.Sequential(*_active(maps_in, growth, 3))
    return nn.Sequential(*_active(maps_in, NARROW * growth, 1), *_active(NARROW * growth, growth, 3))
