"""DCGAN's generator and critic. Source: Radford et al. 2016 (arXiv:1511.06434), section 3 and figure 1.

Convolutions of 4 x 4 and stride 2 in place of the paper's 5 x 5: a stride that divides the kernel leaves no checkerboard of its own (Odena
et al. 2016, doi:10.23915/distill.00003). Sides are powers of 2, 8 or more; maps double at each coarser stage.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final, NamedTuple

import torch
from torch import Tensor, nn

from perception.generative.gan.members.member import NormName
from perception.generative.gan.nets.initial import begin
from sim_suite.errors import SuiteError

COARSEST: Final = 4
"""Rows and columns at the noise's end."""
LEAK: Final = 0.2
"""Slope below 0 of the critic's rectifiers."""
_KERNEL: Final = (4, 2, 1)
"""Kernel, stride, padding: halves or doubles rows and columns."""


class Said(NamedTuple):
    """What a critic says of B examples."""

    score: Tensor
    """[B] float32: higher for real ones."""
    extra: Tensor
    """[B, outputs] float32: see `Condition`."""


class Generator(nn.Module):
    """Noise and code [B, noise + inputs] to pictures [B, 3, side, side] in -1..1."""

    def __init__(self, noise: int, inputs: int, side: int, width: int) -> None:
        """width: maps at half the side. Raises `SuiteError` for a side that is no power of 2."""
        super().__init__()
        self.noise = noise
        stages = _stages(side)
        maps = [width * 2**stage for stage in reversed(range(stages))]
        layers = _normed(nn.ConvTranspose2d(noise + inputs, maps[0], COARSEST, bias=False), maps[0])
        for before, after in pairwise(maps):
            layers += _normed(nn.ConvTranspose2d(before, after, *_KERNEL, bias=False), after)
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(width, 3, *_KERNEL), nn.Tanh())
        begin(self)

    def forward(self, inputs: Tensor) -> Tensor:
        """See the class."""
        made: Tensor = self.layers(inputs[:, :, None, None])
        return made


class Critic(nn.Module):
    """Pictures [B, 3, side, side] in -1..1, and what is shown beside them [B, shown], to what is `Said`."""

    def __init__(self, shown: int, outputs: int, side: int, width: int, norm: NormName) -> None:
        """width: maps at half the side; outputs: see `Condition`."""
        super().__init__()
        maps = [width * 2**stage for stage in range(_stages(side))]
        layers: list[nn.Module] = [nn.Conv2d(3 + shown, width, *_KERNEL), nn.LeakyReLU(LEAK)]
        for before, after in pairwise(maps):
            layers.append(nn.Conv2d(before, after, *_KERNEL, bias=norm == "none"))
            layers += [nn.LeakyReLU(LEAK)] if norm == "none" else [nn.BatchNorm2d(after), nn.LeakyReLU(LEAK)]
        self.body = nn.Sequential(*layers, nn.Flatten())
        self.head = nn.Linear(maps[-1] * COARSEST**2, 1 + outputs)
        begin(self)

    def forward(self, pictures: Tensor, shown: Tensor) -> Said:
        """What is shown is laid over the picture as constant planes."""
        planes = shown[:, :, None, None].expand(-1, -1, *pictures.shape[2:])
        said = self.head(self.body(torch.cat([pictures, planes], dim=1))).float()
        return Said(said[:, 0], said[:, 1:])


def _stages(side: int) -> int:
    """Halvings from the side to the coarsest one."""
    stages = side.bit_length() - COARSEST.bit_length()
    if stages < 1 or side != COARSEST << stages:
        raise SuiteError(f"pictures of a GAN are squares with a side of 8, 16, 32, 64 or so, not {side}.")
    return stages


def _normed(convolution: nn.Module, maps: int) -> list[nn.Module]:
    return [convolution, nn.BatchNorm2d(maps), nn.ReLU(inplace=True)]
