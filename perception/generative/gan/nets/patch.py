"""PatchGAN: a critic that scores overlapping patches. Source: Isola et al. 2017 (arXiv:1611.07004), section 3.2.2 and appendix 6.1.2.

C64-C128-C256-C512 sees patches of 70 x 70. Norms are of each example by itself: the paper's batches are of one.
"""

from __future__ import annotations

from typing import Final

from torch import Tensor, nn

from perception.generative.gan.nets.dcgan import LEAK
from perception.generative.gan.nets.initial import begin

KERNEL: Final = 4
HALVINGS: Final = {16: 1, 34: 2, 70: 3, 142: 4, 286: 5}
"""Side of a patch to the convolutions of stride 2; two of stride 1 follow. 286 is for pictures of 512."""
MOST: Final = 8
"""Maps, in multiples of the first layer's."""


class PatchCritic(nn.Module):
    """Pictures [B, channels, H, W] to scores [B, 1, h, w] float32, one for each patch; sides above patch / 4."""

    def __init__(self, channels: int, width: int, patch: int) -> None:
        """width: maps of the first layer (the paper's 64); patch: of `HALVINGS`."""
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(channels, width, KERNEL, 2, 1), nn.LeakyReLU(LEAK)]
        maps = width
        strides = [2] * (HALVINGS[patch] - 1) + [1]
        for number, stride in enumerate(strides, start=1):
            after = width * min(2**number, MOST)
            layers += [
                nn.Conv2d(maps, after, KERNEL, stride, 1, bias=False),
                nn.InstanceNorm2d(after),
                nn.LeakyReLU(LEAK),
            ]
            maps = after
        self.layers = nn.Sequential(*layers, nn.Conv2d(maps, 1, KERNEL, 1, 1))
        begin(self)

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        scores: Tensor = self.layers(pictures).float()
        return scores
