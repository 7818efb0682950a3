"""Pictures as adversaries see them: -1..1, as a tanh makes them. Source: Radford et al. 2016 (arXiv:1511.06434), section 4."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from perception.generative.pixels import as_bytes, in_unit


def signed(pictures: Tensor) -> Tensor:
    """[B, H, W, 3] uint8 -> [B, 3, H, W] float32 in -1..1; channels last in memory."""
    return in_unit(pictures).mul(2.0).sub(1.0)


def unsigned(pictures: Tensor) -> NDArray[np.uint8]:
    """[B, 3, H, W] in -1..1 -> [B, H, W, 3] uint8, to the nearest of 256 values."""
    return as_bytes(pictures.float().add(1.0).div(2.0))
