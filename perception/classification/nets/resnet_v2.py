"""Residual networks, second version: norm and ReLU come before each convolution. Source: He et al. 2016b (arXiv:1603.05027), figure 1b.

9 n + 2 layers of bottlenecks for small pictures (section 5). A block whose shape changes projects what its first norm and ReLU give.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from torch import Tensor, nn

from perception.classification.nets.classifier_network import ClassifierNetwork, Pictures
from perception.classification.nets.layers import GlobalAverage, he_normal
from perception.classification.nets.resnet import EXPANSION
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_less

STAGES: Final = 3


@dataclass(frozen=True)
class ResNetV2Sizes:
    """Defaults: 20 layers."""

    depth: int = 20
    """9 n + 2; the paper's are 164 and 1001."""
    width: int = 16
    """Maps of the narrow part of the first stage's bottlenecks, doubled at each further stage."""

    def __post_init__(self) -> None:
        refuse_less(self, {"width": 1})
        if self.depth < 11 or (self.depth - 2) % 9:
            raise SuiteError(f"depth must be 9 n + 2 (11, 20, 29, 56, 110, 164, 1001), not {self.depth}.")


class PreActivated(nn.Module):
    """seen + change(relu(norm(seen))); the path that is added to is never rectified."""

    def __init__(self, maps_in: int, narrow: int, stride: int) -> None:
        super().__init__()
        maps = narrow * EXPANSION
        self.first = nn.Sequential(nn.BatchNorm2d(maps_in), nn.ReLU(inplace=True))
        self.change = nn.Sequential(
            nn.Conv2d(maps_in, narrow, 1, bias=False),
            nn.BatchNorm2d(narrow),
            nn.ReLU(inplace=True),
            nn.Conv2d(narrow, narrow, 3, stride, 1, bias=False),
            nn.BatchNorm2d(narrow),
            nn.ReLU(inplace=True),
            nn.Conv2d(narrow, maps, 1, bias=False),
        )
        self.projection = None if maps_in == maps and stride == 1 else nn.Conv2d(maps_in, maps, 1, stride, bias=False)

    def forward(self, seen: Tensor) -> Tensor:
        """[B, maps_in, H, W] -> [B, 4 narrow, H / stride, W / stride]."""
        active = self.first(seen)
        changed: Tensor = self.change(active)
        return changed + (seen if self.projection is None else self.projection(active))


def resnet_v2(pictures: Pictures, sizes: ResNetV2Sizes) -> ClassifierNetwork:
    """A block for the first layer, one for each residual block, and one for the last norm and the average."""
    blocks: list[nn.Module] = [nn.Conv2d(pictures.channels, sizes.width, 3, padding=1, bias=False)]
    before = sizes.width
    for stage in range(STAGES):
        narrow = sizes.width * 2**stage
        for number in range((sizes.depth - 2) // 9):
            blocks.append(PreActivated(before, narrow, 2 if stage > 0 and number == 0 else 1))
            before = narrow * EXPANSION
    blocks.append(nn.Sequential(nn.BatchNorm2d(before), nn.ReLU(inplace=True), GlobalAverage()))
    network = ClassifierNetwork(blocks, before, pictures.classes)
    he_normal(network)
    return network
