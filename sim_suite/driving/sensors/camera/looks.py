"""How things look close by, as five numbers. Source: ours.

A look is (red, green, blue, mirror, glow): linear colour, the share of the sky that it mirrors, and the share of the colour that it
shines with by itself.
"""

from __future__ import annotations

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.sensors.camera.noise import whole

_ZERO = np.float32(0.0)
Look = tuple[np.float32, np.float32, np.float32, np.float32, np.float32]


@borrowing
def pick(seed: np.float32, times: int, count: int) -> int:
    """One of `count` things by a seed; `times` makes choices independent."""
    share = seed * np.float32(times)
    return int((share - np.float32(whole(share))) * np.float32(count))


@borrowing
def plain(colours: np.ndarray, number: int, shade: np.float32) -> Look:
    """A colour of [N, 3], darker by a shade."""
    return shade * colours[number, 0], shade * colours[number, 1], shade * colours[number, 2], _ZERO, _ZERO


@borrowing
def grey(value: float) -> Look:
    """Linear."""
    v = np.float32(value)
    return v, v, v, _ZERO, _ZERO


@borrowing
def glass(mirror: float) -> Look:
    """Dark, mirrors the sky."""
    return np.float32(0.018), np.float32(0.024), np.float32(0.03), np.float32(mirror), _ZERO


@borrowing
def shining(red: float, green: float, blue: float, glow: float) -> Look:
    """A lamp."""
    return np.float32(red), np.float32(green), np.float32(blue), _ZERO, np.float32(glow)
