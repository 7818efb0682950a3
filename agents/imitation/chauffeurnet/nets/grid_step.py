"""One step of a recurrent net on the grid: features and a few planes of cells to hidden features, and back to planes. Source: ours.

The first layer is linear, so its part of F is computed once and serves every step.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class GridStep(nn.Module):
    """Used N times over; a block of fold x fold cells is one cell of F."""

    def __init__(self, maps: int, planes_in: int, planes_out: int, fold: int, hidden: int) -> None:
        """maps: channels of F; planes_in, planes_out: of the grid."""
        super().__init__()
        self.fold = fold
        self.of_features = nn.Conv2d(maps, hidden, 3, padding=1)
        self.of_planes = nn.Conv2d(planes_in * fold**2, hidden, 3, padding=1, bias=False)
        self.mix = nn.Conv2d(hidden, hidden, 3, padding=1)
        self.out = nn.Conv2d(hidden, planes_out * fold**2, 1)

    def prepare(self, features: Tensor) -> Tensor:
        """F [B, maps, h / fold, w / fold] -> what every step needs of it, [B, hidden, h / fold, w / fold]."""
        prepared: Tensor = self.of_features(features)
        return prepared

    def forward(self, prepared: Tensor, planes: Tensor) -> tuple[Tensor, Tensor]:
        """prepared, and planes [B, planes_in, h, w] -> (hidden like prepared, planes float32 [B, planes_out, h, w], no squashing)."""
        dtype = self.mix.weight.dtype
        first = functional.relu(prepared + self.of_planes(functional.pixel_unshuffle(planes.to(dtype), self.fold)))
        hidden = functional.relu(first + self.mix(first.to(dtype)))
        said = functional.pixel_shuffle(self.out(hidden.to(dtype)), self.fold)
        return hidden, said.to(torch.float32, memory_format=torch.contiguous_format)
