"""What a policy says: how probable each of some numbered actions is, or a normal distribution of each component of an action.

All functions are of a batch and differentiable. Source: Bishop 2006, sections 2.2 and 2.3, and 1.6 for the relative entropy; held to
torch.distributions in the tests.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

_LOG_ROOT: Final = 0.5 * math.log(2 * math.pi)


class Categorical(NamedTuple):
    """One of A numbered actions."""

    logs: Tensor
    """[B, A] float32: logarithms of the probabilities."""

    @staticmethod
    def of(logits: Tensor) -> Categorical:
        """The one whose probabilities are the softmax of logits [B, A]."""
        return Categorical(functional.log_softmax(logits, dim=1))

    def log_prob(self, actions: Tensor) -> Tensor:
        """Of actions [B] int64 -> [B]."""
        return self.logs.gather(1, actions[:, None]).squeeze(1)

    def entropy(self) -> Tensor:
        """[B], in nats: 0 to log A."""
        return -(self.logs.exp() * self.logs).sum(dim=1)

    def kl(self, other: Distribution) -> Tensor:
        """Relative entropy KL(this | other) [B], in nats; `other` is categorical too."""
        assert isinstance(other, Categorical)
        return (self.logs.exp() * (self.logs - other.logs)).sum(dim=1)

    def detach(self) -> Categorical:
        """The same without a gradient."""
        return Categorical(self.logs.detach())

    def rows(self, chosen: Tensor) -> Categorical:
        """Those of a batch's rows [N] int64."""
        return Categorical(self.logs[chosen])


class Gaussian(NamedTuple):
    """A components, each drawn by itself."""

    mean: Tensor
    """[B, A] float32"""
    deviation: Tensor
    """[B, A] or [A] float32, above 0: the standard deviation."""

    def log_prob(self, actions: Tensor) -> Tensor:
        """Log density of actions [B, A] -> [B]."""
        distance = (actions - self.mean) / self.deviation
        return (-0.5 * distance.square() - self.deviation.log() - _LOG_ROOT).sum(dim=1)

    def entropy(self) -> Tensor:
        """[B], in nats."""
        return (self.deviation.log() + (0.5 + _LOG_ROOT)).expand_as(self.mean).sum(dim=1)

    def kl(self, other: Distribution) -> Tensor:
        """Relative entropy KL(this | other) [B], in nats; `other` is normal too."""
        assert isinstance(other, Gaussian)
        ratio = (self.deviation / other.deviation).square()
        distance = ((self.mean - other.mean) / other.deviation).square()
        return 0.5 * (ratio + distance - 1 - ratio.log()).expand_as(self.mean).sum(dim=1)

    def detach(self) -> Gaussian:
        """The same without a gradient."""
        return Gaussian(self.mean.detach(), self.deviation.detach())

    def rows(self, chosen: Tensor) -> Gaussian:
        """Those of a batch's rows [N] int64."""
        return Gaussian(self.mean[chosen], self.deviation if self.deviation.dim() == 1 else self.deviation[chosen])


Distribution = Categorical | Gaussian


def deviation_of(raw: Tensor, smallest: float) -> Tensor:
    """A standard deviation that is never below `smallest`, from any number: softplus(raw) + smallest."""
    return functional.softplus(raw) + smallest


def raw_of(deviation: float, smallest: float) -> float:
    """The inverse of `deviation_of`. deviation: above `smallest`."""
    return float(torch.tensor(deviation - smallest, dtype=torch.float64).expm1().log())
