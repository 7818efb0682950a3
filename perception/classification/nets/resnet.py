"""Residual networks, first version: what a block adds to what it was given. Source: He et al. 2016a (arXiv:1512.03385).

Small pictures: 6 n + 2 layers, shortcuts without parameters (section 4.2, option A). ImageNet: table 1, projections (option B).
A bottleneck halves by its 3 x 3 convolution, as the authors' later code and others' trained weights have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from torch import Tensor, nn
from torch.nn import functional

from perception.classification.nets.classifier_network import ClassifierNetwork, Pictures
from perception.classification.nets.layers import GlobalAverage, he_normal, normed, stem
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_less

EXPANSION: Final = 4
"""A bottleneck's maps over those of its narrow part."""


class Layout(NamedTuple):
    """Of one of table 1's columns."""

    blocks: tuple[int, ...]
    bottleneck: bool


IMAGENET: Final = {
    18: Layout((2, 2, 2, 2), False),
    34: Layout((3, 4, 6, 3), False),
    50: Layout((3, 4, 6, 3), True),
    101: Layout((3, 4, 23, 3), True),
    152: Layout((3, 8, 36, 3), True),
}


@dataclass(frozen=True)
class ResNetSizes:
    """Defaults: ResNet-20 for small pictures."""

    depth: int = 20
    """Layers with weights: 6 n + 2 for small pictures; 18, 34, 50, 101 or 152 of ImageNet's form."""
    width: int = 16
    """Maps of the first stage, doubled at each further one: the paper's 16 for small pictures, 64 for ImageNet's form."""
    imagenet: bool = False
    """The form for large pictures."""

    def __post_init__(self) -> None:
        refuse_less(self, {"width": 1})
        if self.imagenet and self.depth not in IMAGENET:
            raise SuiteError(
                f"depth must be one of {', '.join(map(str, IMAGENET))} for ImageNet's form, not {self.depth}."
            )
        if not self.imagenet and (self.depth < 8 or (self.depth - 2) % 6):
            raise SuiteError(f"depth must be 6 n + 2 (8, 14, 20, 32, 44, 56, 110), not {self.depth}.")


class Residual(nn.Module):
    """relu(seen + change(seen)), eq. 1; where shapes differ, seen goes by a shortcut, eq. 2."""

    def __init__(self, change: nn.Sequential, shortcut: nn.Module) -> None:
        super().__init__()
        self.change, self.shortcut = change, shortcut

    def forward(self, seen: Tensor) -> Tensor:
        """[B, maps_in, H, W] -> [B, maps, H / stride, W / stride]."""
        return functional.relu(self.change(seen) + self.shortcut(seen))


class Padded(nn.Module):
    """Option A: every second row and column, with maps of zeros behind the maps there are. No parameters."""

    def __init__(self, more: int) -> None:
        super().__init__()
        self.more = more

    def forward(self, seen: Tensor) -> Tensor:
        """[B, C, H, W] -> [B, C + more, H / 2, W / 2], rounded up."""
        return functional.pad(seen[:, :, ::2, ::2], (0, 0, 0, 0, 0, self.more))


def resnet(pictures: Pictures, sizes: ResNetSizes) -> ClassifierNetwork:
    """A block for the first layers and one for each residual block."""
    layout = IMAGENET[sizes.depth] if sizes.imagenet else Layout(((sizes.depth - 2) // 6,) * 3, False)
    blocks: list[nn.Module] = [stem(pictures.channels, sizes.width, sizes.imagenet)]
    before = sizes.width
    for stage, count in enumerate(layout.blocks):
        narrow = sizes.width * 2**stage
        for number in range(count):
            stride = 2 if stage > 0 and number == 0 else 1
            after = narrow * EXPANSION if layout.bottleneck else narrow
            change = _bottleneck(before, narrow, stride) if layout.bottleneck else _basic(before, narrow, stride)
            blocks.append(Residual(change, _shortcut(before, after, stride, sizes.imagenet)))
            before = after
    network = ClassifierNetwork([*blocks, GlobalAverage()], before, pictures.classes)
    he_normal(network)
    return network


def _basic(maps_in: int, maps: int, stride: int) -> nn.Sequential:
    """Figure 5, left."""
    return nn.Sequential(*normed(maps_in, maps, 3, stride, act=nn.ReLU(inplace=True)), *normed(maps, maps))


def _bottleneck(maps_in: int, narrow: int, stride: int) -> nn.Sequential:
    """Figure 5, right."""
    return nn.Sequential(
        *normed(maps_in, narrow, 1, act=nn.ReLU(inplace=True)),
        *normed(narrow, narrow, 3, stride, act=nn.ReLU(inplace=True)),
        *normed(narrow, narrow * EXPANSION, 1),
    )


def _shortcut(maps_in: int, maps: int, stride: int, projected: bool) -> nn.Module:
    if maps_in == maps and stride == 1:
        return nn.Identity()
    return nn.Sequential(*normed(maps_in, maps, 1, stride)) if projected else Padded(maps - maps_in)
