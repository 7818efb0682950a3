"""U-Net: down by pooling, up again beside what each level saw. Source: Ronneberger, Fischer and Brox 2015 (arXiv:1505.04597), figure 1.

Ours: batch norm, sizes by choice, and convolutions that keep the picture's size, so that nothing is cropped.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from perception.segmentation.nets.blocks import convolutions


class UNet(nn.Module):
    """Pictures [B, 3, H, W] float32 to scores [B, classes, H, W]; H and W are multiples of 2 ** (levels - 1)."""

    def __init__(self, classes: int, width: int = 16, levels: int = 4) -> None:
        """width: maps of the first level, doubled at each further one (the paper's 64); levels: the paper's 5."""
        super().__init__()
        maps = [width * 2**level for level in range(levels)]
        self.down = nn.ModuleList(
            convolutions(before, after, 2) for before, after in zip([3, *maps], maps, strict=False)
        )
        self.pool = nn.MaxPool2d(2)
        pairs = list(zip(maps[::-1], maps[-2::-1], strict=False))
        self.rise = nn.ModuleList(nn.ConvTranspose2d(coarse, fine, 2, stride=2) for coarse, fine in pairs)
        self.up = nn.ModuleList(convolutions(coarse, fine, 2) for coarse, fine in pairs)
        self.score = nn.Conv2d(width, classes, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        levels: list[Tensor] = []
        seen = pictures
        for number, block in enumerate(self.down):
            seen = block(self.pool(seen) if number else seen)
            levels.append(seen)
        for rise, block, beside in zip(self.rise, self.up, levels[-2::-1], strict=True):
            seen = block(torch.cat([beside, rise(seen)], dim=1))
        scores: Tensor = self.score(seen)
        return scores
