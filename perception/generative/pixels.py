"""Pictures as bytes and as numbers. Source: ours."""

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
