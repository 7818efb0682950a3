"""The three networks: the textbook's, PilotNet and ALVINN. Each takes pictures [B, C, H, W] float32 in 0..1 and returns [B, outputs].

textbook: three convolutions with batch norm, ELU and dropout, two dense layers. The filters' sizes are ours.
pilotnet: Bojarski et al. 2016 (arXiv:1604.07316), figure 4: 252,219 parameters for 3 x 66 x 200 and one output.
alvinn: Pomerleau 1989 (NIPS 1): a retina of 30 x 32, 29 hidden units, 45 directions. Its range finder and the feedback of the
road's brightness are left out: there is no such sensor here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import torch
from torch import Tensor, nn
from torch.nn import functional

from sim_suite.errors import SuiteError

ALVINN_RETINA = (30, 32)
ALVINN_HIDDEN = 29
PILOTNET_SIZE = (66, 200)


class TextbookCnn(nn.Module):
    """Convolutions 32 x 7 x 7 / 4, 64 x 5 x 5 / 2, 64 x 3 x 3 / 2, each with batch norm, ELU and dropout of whole maps; 256 dense units.

    Chosen for a processor: 2,750 stacks of 84 x 96 a second on one core in bfloat16, where the filters of Mnih et al. 2015 make 1,940.
    """

    def __init__(self, channels: int, size: tuple[int, int], outputs: int, dropout: float) -> None:
        """dropout: of dense units; maps are dropped with a fifth of it. Raises `SuiteError` for pictures below 43 x 43."""
        super().__init__()
        if min(size) < 43:
            raise SuiteError(f"the textbook network needs pictures of 43 x 43 or more, not {size[0]} x {size[1]}.")
        self.maps = nn.Sequential(
            *_block(channels, 32, 7, 4, dropout / 5), *_block(32, 64, 5, 2, dropout / 5), *_block(64, 64, 3, 2, dropout / 5),
            nn.Flatten(),
        )  # fmt: skip
        with torch.no_grad():
            width = self.maps.eval()(torch.zeros(1, channels, *size)).shape[1]
        self.maps.train()
        self.dense = nn.Sequential(nn.Linear(width, 256), nn.ELU(), nn.Dropout(dropout), nn.Linear(256, outputs))

    def forward(self, pictures: Tensor) -> Tensor:
        """[B, C, H, W] -> [B, outputs]"""
        scores: Tensor = self.dense(self.maps(pictures - 0.5))
        return scores


class PilotNet(nn.Module):
    """Five convolutions and four dense layers. Pictures are resized to 66 x 200, colours turned into YUV, as in the paper."""

    def __init__(self, channels: int, size: tuple[int, int], outputs: int, dropout: float) -> None:
        """dropout: before the dense layers; the paper names none."""
        super().__init__()
        self.maps = nn.Sequential(
            nn.Conv2d(channels, 24, 5, 2), nn.ELU(), nn.Conv2d(24, 36, 5, 2), nn.ELU(), nn.Conv2d(36, 48, 5, 2), nn.ELU(),
            nn.Conv2d(48, 64, 3), nn.ELU(), nn.Conv2d(64, 64, 3), nn.ELU(), nn.Flatten(),
        )  # fmt: skip
        self.dense = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(1152, 100), nn.ELU(), nn.Linear(100, 50), nn.ELU(), nn.Linear(50, 10), nn.ELU(),
            nn.Linear(10, outputs),
        )  # fmt: skip
        self._in_colour = channels % 3 == 0
        self.register_buffer("_yuv", YUV.clone(), persistent=False)
        self._yuv: Tensor

    def forward(self, pictures: Tensor) -> Tensor:
        """[B, C, H, W] -> [B, outputs]; C is a multiple of 3 (RGB, a stack of them) or that many grey pictures."""
        seen = functional.interpolate(pictures, PILOTNET_SIZE, mode="bilinear", align_corners=False)
        if self._in_colour:
            planes = seen.reshape(len(seen), -1, 3, *PILOTNET_SIZE)
            seen = torch.einsum("yc,bschw->bsyhw", self._yuv, planes).reshape(seen.shape)
        actions: Tensor = self.dense(self.maps(2 * seen - 1))
        return actions


class Alvinn(nn.Module):
    """One hidden layer on a small grey retina."""

    def __init__(self, channels: int, size: tuple[int, int], outputs: int, dropout: float) -> None:
        """dropout: of hidden units; the paper has none."""
        super().__init__()
        height, width = ALVINN_RETINA
        self.layers = nn.Sequential(
            nn.Flatten(), nn.Linear(channels * height * width, ALVINN_HIDDEN), nn.Tanh(), nn.Dropout(dropout),
            nn.Linear(ALVINN_HIDDEN, outputs),
        )  # fmt: skip

    def forward(self, pictures: Tensor) -> Tensor:
        """[B, C, H, W] -> [B, outputs]"""
        activations: Tensor = self.layers(functional.interpolate(pictures, ALVINN_RETINA, mode="area") - 0.5)
        return activations


YUV = torch.tensor([[0.299, 0.587, 0.114], [-0.14713, -0.28886, 0.436], [0.615, -0.51499, -0.10001]])
"""Rows Y, U, V of RGB in 0..1, ITU-R BT.601."""

NETWORKS: Mapping[str, type[nn.Module]] = MappingProxyType(
    {"textbook": TextbookCnn, "pilotnet": PilotNet, "alvinn": Alvinn}
)


def _block(channels: int, maps: int, kernel: int, stride: int, dropout: float) -> tuple[nn.Module, ...]:
    return nn.Conv2d(channels, maps, kernel, stride), nn.BatchNorm2d(maps), nn.ELU(), nn.Dropout2d(dropout)
