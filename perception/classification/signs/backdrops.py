"""What is seen behind a sign: sky, leaves, walls, a street. Source: ours."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.classification.signs.style import Backdrop

Plane = NDArray[np.float32]
_PANE: Final = 0.55
"""Share of a window's place that is glass."""


def backdrop(look: Backdrop, side: int, spread: float, dice: np.random.Generator) -> Plane:
    """[side, side, 3] float32, levels of 255. spread: standard deviation of the two colours."""
    first, second = np.array([look.first, look.second]) + dice.normal(0.0, spread, (2, 3))
    mix = _mix(look, side, dice)
    mixed: Plane = (first + mix[..., None] * (second - first)).astype(np.float32)
    return mixed


def _mix(look: Backdrop, side: int, dice: np.random.Generator) -> Plane:
    """[side, side] 0 for the first colour to 1 for the second."""
    line = np.arange(side, dtype=np.float32)
    if look.pattern == "sky":
        return np.repeat(line[:, None] / np.float32(side - 1), side, axis=1)
    if look.pattern == "foliage":
        return _patches(look.period_px, side, dice)
    if look.pattern == "street":
        below = np.clip(line[:, None] - np.float32(dice.uniform(0.3, 0.8) * side), 0.0, 1.0)
        mixed: Plane = below * np.float32(0.8) + _patches(look.period_px, side, dice) * np.float32(0.2)
        return mixed
    across, down = line / np.float32(look.period_px) + dice.random((2, 1), dtype=np.float32)
    if look.pattern == "bricks":  # twice as wide as high, each row moved by half a brick, a pixel between them
        along = across[None, :] + 0.5 * (np.floor(2.0 * down) % 2)[:, None]
        joints: NDArray[np.bool_] = (along % 1.0 < 1.0 / look.period_px) | ((2.0 * down) % 1.0 < 2.0 / look.period_px)[
            :, None
        ]
        return joints.astype(np.float32)
    panes: Plane = ((across % 1.0 < _PANE)[None, :] & (down % 1.0 < _PANE)[:, None]).astype(np.float32)
    return panes


def _patches(period_px: float, side: int, dice: np.random.Generator) -> Plane:
    """Smooth noise in two octaves."""
    count = math.ceil(side / period_px) + 1
    coarse, fine = dice.random((count, count), dtype=np.float32), dice.random((3 * count, 3 * count), dtype=np.float32)
    planes = [cv2.resize(one, (side, side), interpolation=cv2.INTER_LINEAR) for one in (coarse, fine)]
    return planes[0] * np.float32(0.6) + planes[1] * np.float32(0.4)
