"""What a classifier learns from: cross-entropy, smoothed, and of mixed pictures. Pure functions of tensors."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional


class Mixed(NamedTuple):
    """Pictures laid over each other, and whose labels count how much."""

    pictures: Tensor
    """[B, C, H, W]."""
    other: Tensor
    """[B] int64: labels of those laid over."""
    share: float
    """Of the first ones, 0.5 to 1."""


def mixup(pictures: Tensor, labels: Tensor, alpha: float) -> Mixed:
    """Zhang et al. 2018 (arXiv:1710.09412) eq. 1, with one share for a batch, drawn from Beta(alpha, alpha) by torch's generator.

    The greater part is the first picture's: as partners are drawn from the same batch, that changes nothing in distribution.
    """
    share = float(torch.distributions.Beta(alpha, alpha).sample())
    share = max(share, 1.0 - share)
    partner = torch.randperm(len(pictures), device=pictures.device)
    return Mixed(share * pictures + (1.0 - share) * pictures[partner], labels[partner], share)


def smoothed_cross_entropy(scores: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    """Mean of the cross-entropy to (1 - smoothing) of the true class and smoothing / K of each class.

    Szegedy et al. 2016 (arXiv:1512.00567), section 7. scores: [B, K] float32; labels: [B] int64. Returns a scalar.
    """
    return functional.cross_entropy(scores, labels, label_smoothing=smoothing)


def mixed_cross_entropy(scores: Tensor, labels: Tensor, mixed: Mixed, smoothing: float) -> Tensor:
    """Of both labels, by their shares."""
    first = smoothed_cross_entropy(scores, labels, smoothing)
    return mixed.share * first + (1.0 - mixed.share) * smoothed_cross_entropy(scores, mixed.other, smoothing)
