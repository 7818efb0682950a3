"""PerceptionRNN: where all other road users will be. Co-trained, not needed to drive. Source: Bansal et al. 2018, section 4.3.

Obj_k = PerceptionRNN(F, Obj_{k-1}); Obj_0 is what is there now, later ones are its own predictions.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from agents.imitation.chauffeurnet.nets.grid_step import GridStep
from agents.imitation.chauffeurnet.nets.sizes import Sizes
from agents.imitation.chauffeurnet.spec import ChauffeurSpec


class PerceptionRNN(nn.Module):
    """A step on the grid, N times; gradients flow through what it predicted."""

    def __init__(self, spec: ChauffeurSpec, sizes: Sizes) -> None:
        super().__init__()
        self.waypoints = spec.waypoints
        self.step = GridStep(sizes.maps[sizes.feature_level(spec)], 1, 1, sizes.fold, sizes.co_hidden)

    def forward(self, features: Tensor, others: Tensor) -> Tensor:
        """F and Obj_0 [B, h, w] -> logits of Obj_1..Obj_N, float32 [B, N, h, w]."""
        prepared = self.step.prepare(features)
        logits = []
        for _ in range(self.waypoints):
            _, planes = self.step(prepared, others[:, None])
            logits.append(planes[:, 0])
            others = planes[:, 0].sigmoid()
        return torch.stack(logits, dim=1)
