"""A plain convolutional network: 3 x 3 convolutions, halved by stride, an average. Source: He et al. 2016a (arXiv:1512.03385), section 3.3.

The defaults are smaller than the paper's 16, 32, 64 maps of 7, 6 and 6 layers (plain-20, section 4.2).
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from perception.classification.nets.classifier_network import ClassifierNetwork, Pictures
from perception.classification.nets.layers import GlobalAverage, he_normal, normed
from sim_suite.errors import SuiteError


@dataclass(frozen=True)
class PlainSizes:
    """Of each stage; every stage but the first halves rows and columns."""

    maps: tuple[int, ...] = (24, 48, 96)
    layers: tuple[int, ...] = (2, 2, 2)
    """Convolutions."""

    def __post_init__(self) -> None:
        if len(self.maps) != len(self.layers) or min((*self.maps, *self.layers), default=0) < 1:
            raise SuiteError(
                f"maps and layers must be as many numbers of 1 or more, not {list(self.maps)} and {list(self.layers)}."
            )


def plain(pictures: Pictures, sizes: PlainSizes) -> ClassifierNetwork:
    """A block for each stage."""
    blocks: list[nn.Module] = []
    before = pictures.channels
    for stage, (maps, count) in enumerate(zip(sizes.maps, sizes.layers, strict=True)):
        layers: list[nn.Module] = []
        for number in range(count):
            stride = 2 if stage > 0 and number == 0 else 1
            layers += normed(before, maps, stride=stride, act=nn.ReLU(inplace=True))
            before = maps
        blocks.append(nn.Sequential(*layers))
    network = ClassifierNetwork([*blocks, GlobalAverage()], before, pictures.classes)
    he_normal(network)
    return network
