"""What the network of AlphaZero is taught by, as functions of tensors.

Source: Silver et al. 2017 (Nature 550), eq. 1: l = (z - v)^2 - pi^T log p + c |theta|^2. The optimiser's weight decay is its last term:
c |theta|^2 has the gradient 2 c theta.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def value_loss(values: Tensor, targets: Tensor) -> Tensor:
    """Mean of (z - v)^2. values, targets: [B] float32 in [-1, 1]; returns a scalar."""
    return functional.mse_loss(values, targets)


def policy_loss(logits: Tensor, legal: Tensor, targets: Tensor) -> Tensor:
    """Mean of -pi^T log p, p the softmax of `logits` over the legal moves. logits, targets: [B, A] float32; legal: [B, A] bool; a scalar.

    targets: distributions over legal moves.
    """
    masked = logits.masked_fill(~legal, torch.finfo(logits.dtype).min)
    return -(targets * functional.log_softmax(masked, dim=1)).sum(dim=1).mean()


def entropy(targets: Tensor) -> Tensor:
    """Mean entropy of distributions [B, A], the least that `policy_loss` can be; a scalar in nats."""
    return -torch.xlogy(targets, targets).sum(dim=1).mean()
