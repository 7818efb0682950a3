"""What an output loses when a part of the input is hidden. Source: Zeiler & Fergus 2014 (arXiv:1311.2901), section 4.2: a square is slid
over the picture. Blurring in place of grey: Greydanus et al. 2018 (arXiv:1711.00138), equation 1.

All hidden copies of a picture go through the network in a few batches; nothing here goes pixel by pixel.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
import torch
from torch import Tensor

from sim_suite.errors import SuiteError
from sim_suite.studies.explain.options import Fill

Forward = Callable[[Tensor], Tensor]
AT_ONCE: Final = 256
"""Hidden copies in one call of the network: a picture of 96 x 96 with patches of 8 every 4 pixels takes three."""
BLUR_PX: Final = 3.0
"""Standard deviation of the blur; Greydanus et al. 2018, section 3, for pictures of 80 x 80."""
GREY: Final = 0.5
"""The middle of a picture's range 0..1."""


def patches(height: int, width: int, side: int, stride: int) -> Tensor:
    """Masks [K, H, W] bool of squares, row by row; the last of a row or column ends at the edge, so that each pixel is hidden.

    Raises `SuiteError` for squares that do not fit.
    """
    if side > min(height, width):
        raise SuiteError(
            f"a patch of {side} pixels does not fit a picture of {height} x {width}: choose a smaller one."
        )
    down, across = _inside(height, side, stride), _inside(width, side, stride)  # [rows, H], [columns, W]
    return (down[:, None, :, None] & across[None, :, None, :]).flatten(0, 1)


def filled(shown: Tensor, fill: Fill) -> Tensor:
    """What stands in the squares: pictures [B, C, H, W] blurred channel by channel, or grey."""
    if fill == "grey":
        return torch.full_like(shown, GREY)
    pictures = shown.detach().cpu().permute(0, 2, 3, 1).numpy()
    blurred = [
        cv2.GaussianBlur(np.ascontiguousarray(one), (0, 0), BLUR_PX).reshape(one.shape) for one in pictures
    ]  # OpenCV drops an axis of one channel
    return torch.from_numpy(np.stack(blurred)).permute(0, 3, 1, 2).to(shown.device)


def hide_patches(forward: Forward, shown: Tensor, fill: Tensor, masks: Tensor) -> Tensor:
    """Output as it is minus output with a square hidden, [B, K, N], for pictures [B, C, H, W] and masks [K, H, W]."""
    with torch.inference_mode():
        plain = forward(shown)
        lost = []
        for picture, cover, before in zip(shown, fill, plain, strict=True):
            parts = [
                before - forward(torch.where(some[:, None], cover, picture))
                for some in torch.split(masks.to(shown.device), AT_ONCE)
            ]
            lost.append(torch.cat(parts))
        return torch.stack(lost)


def spread_over_pixels(lost: Tensor, masks: Tensor) -> Tensor:
    """Mean over the squares that hide a pixel, [B, N, H, W], of what each loses, [B, K, N]."""
    covers = masks.to(lost.device, lost.dtype)
    return torch.einsum("bkn,khw->bnhw", lost, covers) / covers.sum(dim=0)


def hide_inputs(forward: Forward, shown: Tensor, usual: Tensor) -> Tensor:
    """Output as it is minus output with one input at its usual value, [B, D, N], for vectors [B, D] and usual values [D]."""
    count, width = shown.shape
    alone = torch.eye(width, dtype=torch.bool, device=shown.device)
    copies = torch.where(alone, usual, shown[:, None, :])  # [B, D, D]
    with torch.inference_mode():
        changed = torch.cat([forward(some) for some in torch.split(copies.flatten(0, 1), AT_ONCE)])
        return forward(shown)[:, None, :] - changed.reshape(count, width, -1)


def _inside(length: int, side: int, stride: int) -> Tensor:
    """[places, length] bool: what a side covers at each of its places."""
    starts = torch.tensor(sorted({*range(0, length - side, stride), length - side}))
    at = torch.arange(length) - starts[:, None]
    return (at >= 0) & (at < side)
