"""pix2pix's generator: a U-Net of strides. Source: Isola et al. 2017 (arXiv:1611.07004), section 3.2.1 and appendix 6.1.1.

Ours: sizes by choice, and no noise once it is trained: the paper's comes from dropout, and it says itself that little comes of it.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

from perception.generative.gan.nets.dcgan import LEAK
from perception.generative.gan.nets.initial import begin
from sim_suite.errors import SuiteError

MOST: Final = 8
"""Maps, in multiples of the first layer's."""
DROPOUT: Final = 0.5
DROPPED: Final = 2
"""Levels above the deepest one that have dropout; the paper's eight levels have 3."""
_KERNEL: Final = (4, 2, 1)


class StridedUNet(nn.Module):
    """[B, channels, H, W] to pictures [B, 3, H, W] in -1..1; H and W are multiples of 2 ** levels."""

    def __init__(self, channels: int, width: int, levels: int) -> None:
        """width: maps of the first level (the paper's 64); levels: halvings, 2 or more."""
        super().__init__()
        self.levels = levels
        maps = [width * min(2**level, MOST) for level in range(levels)]
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        for level, (before, after) in enumerate(zip([channels, *maps], maps, strict=False)):
            # The first level has no norm (appendix 6.1); nor the deepest, whose few pixels it might take away altogether.
            norm = [nn.InstanceNorm2d(after)] if 0 < level < levels - 1 else []
            leak = [nn.LeakyReLU(LEAK)] if level else []
            self.down.append(nn.Sequential(*leak, nn.Conv2d(before, after, *_KERNEL), *norm))
        for level in reversed(range(levels)):
            before = maps[level] * (1 if level == levels - 1 else 2)
            rise = nn.ConvTranspose2d(before, maps[level - 1] if level else 3, *_KERNEL)
            end = nn.InstanceNorm2d(maps[level - 1]) if level else nn.Tanh()
            dropout = [nn.Dropout2d(DROPOUT)] if level > 0 and levels - 1 - level < DROPPED else []
            self.up.append(nn.Sequential(nn.ReLU(), rise, end, *dropout))
        begin(self)

    def forward(self, shown: Tensor) -> Tensor:
        """Raises `SuiteError` for sides that cannot be halved so often."""
        if any(side % 2**self.levels for side in shown.shape[2:]):
            raise SuiteError(
                f"this U-Net takes rows and columns in multiples of {2**self.levels}, not {list(shown.shape[2:])}. Set fewer levels."
            )
        seen: list[Tensor] = []
        for down in self.down:
            seen.append(down(seen[-1] if seen else shown))
        made = self.up[0](seen[-1])
        for up, beside in zip(list(self.up)[1:], seen[-2::-1], strict=True):
            made = up(torch.cat([made, beside], dim=1))
        return torch.as_tensor(made)
