"""What a segmentation network learns from: cross-entropy over pixels, and one minus Dice. Pure functions of tensors."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

SMOOTH = 1.0
"""Pixels added to both sides of Dice's fraction (Milletari et al.'s followers): a class that neither side has counts as found."""


def cross_entropy(scores: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
    """Mean over pixels of -log softmax of the true class; weighted by the true class's weight, as a weighted mean.

    scores: [B, K, H, W] float32; labels: [B, H, W] int64; weights: [K] or None. Returns a scalar.
    """
    return functional.cross_entropy(scores, labels, weights)


def dice_loss(scores: Tensor, labels: Tensor) -> Tensor:
    """1 - mean over classes of 2 |P and T| / (|P| + |T|), with chances for P and the batch as one picture.

    Milletari et al. 2016 (arXiv:1606.04797), section 3, with sums in place of sums of squares. Shapes as above; returns a scalar.
    """
    chances = scores.softmax(dim=1)
    truth = functional.one_hot(labels, scores.shape[1]).permute(0, 3, 1, 2).to(chances.dtype)
    both = (chances * truth).sum(dim=(0, 2, 3))
    either = chances.sum(dim=(0, 2, 3)) + truth.sum(dim=(0, 2, 3))
    return 1.0 - torch.mean((2.0 * both + SMOOTH) / (either + SMOOTH))
