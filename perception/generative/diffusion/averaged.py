"""A network beside the running average of its parameters, which samples better than the last of them. Source: Ho et al. 2020
(arXiv:2006.11239), appendix B; the warm-up is TensorFlow's `ExponentialMovingAverage`."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn


class Averaged(nn.Module):
    """Answers by what is learned while it trains, and by the average in its evaluating mode. Both are kept in checkpoints."""

    seen: Tensor

    def __init__(self, network: nn.Module, decay: float) -> None:
        """network: of parameters alone, without statistics; decay: share of the average that an update leaves, once it has seen many."""
        super().__init__()
        self.learned = network
        self.average = copy.deepcopy(network).requires_grad_(False)
        self._decay = decay
        self.register_buffer("seen", torch.zeros((), dtype=torch.int64))

    @torch.no_grad()
    def follow(self) -> None:
        """Take what is learned now into the average: called before each update, so that it is one update behind."""
        number = int(self.seen)
        decay = min(self._decay, (1 + number) / (10 + number))
        for kept, new in zip(self.average.parameters(), self.learned.parameters(), strict=True):
            kept.lerp_(new, 1.0 - decay)
        self.seen += 1

    def forward(self, *shown: Any) -> Any:  # what the network takes and says
        """See the class."""
        return (self.learned if self.training else self.average)(*shown)
