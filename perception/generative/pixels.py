"""Pictures as bytes and as numbers. Source: ours; -1..1, as a tanh makes them, Radford et al. 2016 (arXiv:1511.06434), section 4."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

WHITE: Final = 255.0


def in_unit(pictures: Tensor) -> Tensor:
    """[B, H, W, 3] uint8 -> [B, 3, H, W] float32 in 0..1; channels last in memory."""
    return pictures.permute(0, 3, 1, 2).to(torch.float32).div(WHITE)


def as_bytes(pictures: Tensor) -> NDArray[np.uint8]:
    """[B, 3, H, W] in 0..1, clipped where they leave it -> [B, H, W, 3] uint8, to the nearest of 256 values."""
    whole = pictures.float().clamp(0.0, 1.0).mul(WHITE).round().to(torch.uint8)
    return np.ascontiguousarray(whole.permute(0, 2, 3, 1).cpu().numpy())


def signed(pictures: Tensor) -> Tensor:
    """[B, H, W, 3] uint8 -> [B, 3, H, W] float32 in -1..1; channels last in memory."""
    return in_unit(pictures).mul(2.0).sub(1.0)


def unsigned(pictures: Tensor) -> NDArray[np.uint8]:
    """[B, 3, H, W] in -1..1 -> [B, H, W, 3] uint8, to the nearest of 256 values."""
    return as_bytes(pictures.float().add(1.0).div(2.0))
