"""A network that follows another one: the average of its numbers over the updates. Source: Polyak and Juditsky 1992; for GANs Yazici et al.
2019 (arXiv:1806.04498)."""

from __future__ import annotations

import copy
from typing import Final

import torch
from torch import nn

HASTE: Final = 9
"""Of the first updates, as in TensorFlow's `ExponentialMovingAverage`, (1 + n) / (10 + n): an average soon forgets where it began."""


class Average:
    """Parameters are averaged; what is counted or measured (statistics of norms) is taken as it is."""

    def __init__(self, followed: nn.Module, decay: float) -> None:
        """decay: share of the average that an update leaves, 0 to below 1."""
        self._decay = decay
        self.network = copy.deepcopy(followed).requires_grad_(False)

    @torch.no_grad()
    def follow(self, followed: nn.Module, update: int) -> None:
        """After update number `update`, from 0 on; the first one takes all over."""
        kept = min(self._decay, update / (update + HASTE))
        for mine, theirs in zip(self.network.parameters(), followed.parameters(), strict=True):
            mine.lerp_(theirs, 1.0 - kept)
        for kept_here, counted in zip(self.network.buffers(), followed.buffers(), strict=True):
            kept_here.copy_(counted)
