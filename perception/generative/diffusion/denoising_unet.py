"""The network that tells the noise in a picture: a small U-Net with the step, and the condition, in each block. Sources: Ho et al. 2020
(arXiv:2006.11239), appendix B; squares of pixels as channels, Hoogeboom et al. 2023 (arXiv:2301.11093), section 3.3, for speed."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

GROUPS: Final = 8
"""Of a group norm."""
SLOWEST: Final = 10_000.0
"""Period of the slowest wave of a step's embedding, in 2 pi steps: Vaswani et al. 2017 (arXiv:1706.03762), section 3.5."""


class DenoisingUNet(nn.Module):
    """Noisy pictures [B, 3, H, W], their steps [B] and conditions [B] to the noise [B, 3, H, W]; H and W are multiples of
    patch * 2 ** (levels - 1)."""

    def __init__(self, width: int, levels: int, patch: int, conditions: int = 0) -> None:
        """width: maps of the first level, a multiple of 8, doubled at each further one; patch: side of the squares that become channels;
        conditions: K, and number K stands for none; 0 for a network that is told none."""
        super().__init__()
        self.patch = patch
        self.waves = width
        told = 4 * width
        self.step = nn.Sequential(nn.Linear(width, told), nn.SiLU(), nn.Linear(told, told))
        self.condition = nn.Embedding(conditions + 1, told) if conditions else None
        maps = [width * 2**level for level in range(levels)]
        self.first = nn.Conv2d(3 * patch**2, width, 3, padding=1)
        self.down = nn.ModuleList(Block(one, one, told) for one in maps)
        self.shrink = nn.ModuleList(nn.Conv2d(fine, coarse, 3, stride=2, padding=1) for fine, coarse in pairwise(maps))
        self.middle = nn.ModuleList([Block(maps[-1], maps[-1], told), Block(maps[-1], maps[-1], told)])
        self.attention = Attention(maps[-1])
        self.up = nn.ModuleList(Block(2 * one, one, told) for one in maps[::-1])
        self.grow = nn.ModuleList(
            nn.ConvTranspose2d(coarse, fine, 4, stride=2, padding=1) for fine, coarse in reversed(list(pairwise(maps)))
        )
        self.last = nn.Sequential(
            nn.GroupNorm(GROUPS, width), nn.SiLU(), _silent(nn.Conv2d(width, 3 * patch**2, 3, padding=1))
        )

    def forward(self, noisy: Tensor, steps: Tensor, conditions: Tensor | None = None) -> Tensor:
        """See the class."""
        told = self.step(waves(steps, self.waves))
        if self.condition is not None:
            assert conditions is not None, "this network was made with conditions"
            told = told + self.condition(conditions.long())
        seen = self.first(functional.pixel_unshuffle(noisy, self.patch))
        levels: list[Tensor] = []
        for number, block in enumerate(self.down):
            seen = block(self.shrink[number - 1](seen) if number else seen, told)
            levels.append(seen)
        seen = self.middle[1](self.attention(self.middle[0](seen, told)), told)
        for number, block in enumerate(self.up):
            seen = block(torch.cat([self.grow[number - 1](seen) if number else seen, levels.pop()], dim=1), told)
        return functional.pixel_shuffle(self.last(seen), self.patch).float()


class Block(nn.Module):
    """Two convolutions about a shortcut, shifted by the step: [B, maps_in, H, W] and [B, told] -> [B, maps, H, W]."""

    def __init__(self, maps_in: int, maps: int, told: int) -> None:
        super().__init__()
        self.before = nn.Sequential(nn.GroupNorm(GROUPS, maps_in), nn.SiLU(), nn.Conv2d(maps_in, maps, 3, padding=1))
        self.shift = nn.Linear(told, maps)
        self.behind = nn.Sequential(nn.GroupNorm(GROUPS, maps), nn.SiLU(), _silent(nn.Conv2d(maps, maps, 3, padding=1)))
        self.shortcut = nn.Conv2d(maps_in, maps, 1) if maps_in != maps else nn.Identity()

    def forward(self, seen: Tensor, told: Tensor) -> Tensor:
        """See the class."""
        changed = self.before(seen) + self.shift(functional.silu(told))[:, :, None, None]
        shown: Tensor = self.shortcut(seen) + self.behind(changed)
        return shown


class Attention(nn.Module):
    """Every place looks at every other, with one head, about a shortcut: [B, maps, H, W] -> the same."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(GROUPS, maps)
        self.asked = nn.Conv2d(maps, 3 * maps, 1)
        self.said = _silent(nn.Conv2d(maps, maps, 1))

    def forward(self, seen: Tensor) -> Tensor:
        """See the class."""
        query, key, value = (part.flatten(2).mT for part in self.asked(self.norm(seen)).chunk(3, dim=1))
        found = functional.scaled_dot_product_attention(query, key, value)
        shown: Tensor = seen + self.said(found.mT.reshape(seen.shape))
        return shown


def waves(steps: Tensor, width: int) -> Tensor:
    """[B, width] float32: sines and cosines of steps [B], width / 2 each, of periods that rise from 2 pi to 2 pi * SLOWEST."""
    half = width // 2
    rates = (-math.log(SLOWEST) * torch.arange(half, device=steps.device) / (half - 1)).exp()
    angles = steps[:, None].float() * rates
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def _silent(layer: nn.Conv2d) -> nn.Conv2d:
    """One that says nothing at first, so that a fresh block passes on what it is shown: Ho et al. 2020's code."""
    nn.init.zeros_(layer.weight)
    assert layer.bias is not None
    nn.init.zeros_(layer.bias)
    return layer
