"""MobileNet v2: narrow maps are widened, filtered place by place, and made narrow again, without a ReLU at the narrow end.

Source: Sandler et al. 2018 (arXiv:1801.04381), tables 1 and 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from torch import Tensor, nn

from perception.classification.nets.classifier_network import ClassifierNetwork, Pictures
from perception.classification.nets.layers import GlobalAverage, he_normal, normed
from perception.classification.nets.mobilenet import FROM_LARGE, kept
from sim_suite.refusals import refuse_outside

STEM: Final = 32
STAGES: Final = (
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
)  # fmt: skip
"""Table 2: expansion t, maps c, repeats n, stride s of the first."""
LAST: Final = 1280
DIVISOR: Final = 8
"""Maps are a multiple of it, in the authors' code."""


@dataclass(frozen=True)
class MobileNetV2Sizes:
    """Defaults: 0.35 of the paper's maps, for crops of 32 pixels."""

    multiplier: float = 0.35
    """Factor on all maps, above 0 to 2; the last layer grows with it, but does not shrink."""
    last: int = LAST
    """Maps of the last convolution, 8 to 4096."""
    imagenet: bool = False
    """Rows and columns are halved five times, as the paper has it; else three times."""

    def __post_init__(self) -> None:
        refuse_outside(self, "multiplier", 0.0, 2.0, open_below=True)
        refuse_outside(self, "last", 8, 4096)


class InvertedResidual(nn.Module):
    """Table 1: 1 x 1 to t times as many maps, 3 x 3 in each by itself, 1 x 1; added to what it was given where shapes agree."""

    def __init__(self, maps_in: int, maps: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = maps_in * expansion
        widen = normed(maps_in, wide, 1, act=nn.ReLU6(inplace=True)) if expansion > 1 else []
        filtered = normed(wide, wide, 3, stride, groups=wide, act=nn.ReLU6(inplace=True))
        self.change = nn.Sequential(*widen, *filtered, *normed(wide, maps, 1))
        self.is_added = stride == 1 and maps_in == maps

    def forward(self, seen: Tensor) -> Tensor:
        """[B, maps_in, H, W] -> [B, maps, H / stride, W / stride]."""
        changed: Tensor = self.change(seen)
        return seen + changed if self.is_added else changed


def mobilenet_v2(pictures: Pictures, sizes: MobileNetV2Sizes) -> ClassifierNetwork:
    """A block for the first layer, one for each inverted residual, and one for the last convolution."""
    plan = [(t, c, s if number == 0 else 1) for t, c, n, s in STAGES for number in range(n)]
    strides = kept([2, *(stride for *_, stride in plan)], 0 if sizes.imagenet else FROM_LARGE)
    before = divisible(STEM * sizes.multiplier)
    blocks: list[nn.Module] = [
        nn.Sequential(*normed(pictures.channels, before, stride=strides[0], act=nn.ReLU6(inplace=True)))
    ]
    for (expansion, wide, _), stride in zip(plan, strides[1:], strict=True):
        maps = divisible(wide * sizes.multiplier)
        blocks.append(InvertedResidual(before, maps, stride, expansion))
        before = maps
    last = divisible(sizes.last * max(1.0, sizes.multiplier))
    blocks.append(nn.Sequential(*normed(before, last, 1, act=nn.ReLU6(inplace=True)), GlobalAverage()))
    network = ClassifierNetwork(blocks, last, pictures.classes)
    he_normal(network)
    return network


def divisible(maps: float) -> int:
    """The nearest multiple of `DIVISOR`, one more where that would take more than a tenth away (the authors' `make_divisible`)."""
    nearest = max(DIVISOR, int(maps + DIVISOR / 2) // DIVISOR * DIVISOR)
    return nearest + DIVISOR if nearest < 0.9 * maps else nearest
