"""MobileNet: a convolution in two parts, over places of one map, then over maps. Source: Howard et al. 2017 (arXiv:1704.04861), table 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from torch import nn

from perception.classification.nets.classifier_network import ClassifierNetwork, Pictures
from perception.classification.nets.layers import GlobalAverage, he_normal, normed
from sim_suite.refusals import refuse_outside

STEM: Final = 32
LAYERS: Final = (
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2),
    (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1),
)  # fmt: skip
"""Maps and stride of each separable convolution."""
FROM_LARGE: Final = 2
"""Strides of 2 that small pictures go without: the first ones."""


@dataclass(frozen=True)
class MobileNetSizes:
    """Defaults: a quarter of the paper's maps, for crops of 32 pixels."""

    multiplier: float = 0.25
    """The paper's alpha: factor on all maps, above 0 to 2."""
    imagenet: bool = False
    """Rows and columns are halved five times, as the paper has it; else three times."""

    def __post_init__(self) -> None:
        refuse_outside(self, "multiplier", 0.0, 2.0, open_below=True)


def mobilenet(pictures: Pictures, sizes: MobileNetSizes) -> ClassifierNetwork:
    """A block for the first layer and one for each separable convolution."""
    strides = kept([2, *(stride for _, stride in LAYERS)], 0 if sizes.imagenet else FROM_LARGE)
    before = max(1, int(STEM * sizes.multiplier))
    blocks: list[nn.Module] = [
        nn.Sequential(*normed(pictures.channels, before, stride=strides[0], act=nn.ReLU(inplace=True)))
    ]
    for (wide, _), stride in zip(LAYERS, strides[1:], strict=True):
        maps = max(1, int(wide * sizes.multiplier))
        depthwise = normed(before, before, stride=stride, groups=before, act=nn.ReLU(inplace=True))
        blocks.append(nn.Sequential(*depthwise, *normed(before, maps, 1, act=nn.ReLU(inplace=True))))
        before = maps
    network = ClassifierNetwork([*blocks, GlobalAverage()], before, pictures.classes)
    he_normal(network)
    return network


def kept(strides: list[int], fewer: int) -> list[int]:
    """Strides with the first so many of 2 made 1."""
    found: list[int] = []
    for stride in strides:
        found.append(1 if stride == 2 and fewer > 0 else stride)
        fewer -= stride == 2
    return found
