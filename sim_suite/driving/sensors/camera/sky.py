"""The sky of a style: from the horizon to the zenith, with clouds and the sun. Source: ours."""

from __future__ import annotations

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.sensors.camera.noise import noise
from sim_suite.driving.sensors.camera.styles import (
    AMBIENT_RED,
    CLOUDS,
    HORIZON_RED,
    SUN_RED,
    SUN_X,
    SUN_Y,
    SUN_Z,
    ZENITH_RED,
)

_ZERO, _HALF, _ONE = np.float32(0.0), np.float32(0.5), np.float32(1.0)
Rgb = tuple[np.float32, np.float32, np.float32]


@borrowing
def sky(style: np.ndarray, dx: np.float32, dy: np.float32, dz: np.float32, sharp: bool) -> Rgb:
    """Of a direction of length 1; sharp: with the sun's disc and clouds."""
    up = max(dz, _ZERO)
    share = _ONE - (_ONE - up) * (_ONE - up) * (_ONE - up)
    red = style[HORIZON_RED] + share * (style[ZENITH_RED] - style[HORIZON_RED])
    green = style[HORIZON_RED + 1] + share * (style[ZENITH_RED + 1] - style[HORIZON_RED + 1])
    blue = style[HORIZON_RED + 2] + share * (style[ZENITH_RED + 2] - style[HORIZON_RED + 2])
    if not sharp:
        return red, green, blue
    if up > np.float32(0.015) and style[CLOUDS] > _ZERO:
        # A layer of clouds, seen in perspective and thinner towards the horizon.
        x, y = dx / (up + np.float32(0.12)), dy / (up + np.float32(0.12))
        heap = np.float32(0.62) * noise(x * np.float32(1.3), y * np.float32(1.3)) + np.float32(0.38) * noise(
            x * np.float32(3.7) + np.float32(9.0), y * np.float32(3.7)
        )
        cover = min(max((heap - (np.float32(0.82) - np.float32(0.62) * style[CLOUDS])) * np.float32(4.0), _ZERO), _ONE)
        cover *= min(up * np.float32(9.0), _ONE) * np.float32(0.8)
        shade = np.float32(1.12) - np.float32(0.3) * heap
        white = _HALF * (style[AMBIENT_RED] + style[AMBIENT_RED + 1]) + np.float32(0.4) * style[SUN_RED] * (
            _ONE if style[SUN_Z] >= _ZERO else _ZERO
        )
        red += cover * (shade * white - red)
        green += cover * (shade * white - green)
        blue += cover * (shade * (white + np.float32(0.3) * (style[AMBIENT_RED + 2] - style[AMBIENT_RED])) - blue)
    towards = dx * style[SUN_X] + dy * style[SUN_Y] + dz * style[SUN_Z]
    if style[SUN_Z] > -np.float32(0.05) and towards > np.float32(0.9):
        near = (towards - np.float32(0.9)) * np.float32(10.0)
        near = near * near * near
        bright = np.float32(0.5) * near * near + (np.float32(8.0) if towards > np.float32(0.9996) else _ZERO)
        red, green, blue = (
            red + bright * style[SUN_RED],
            green + bright * style[SUN_RED + 1],
            blue + bright * style[SUN_RED + 2],
        )
    return red, green, blue
