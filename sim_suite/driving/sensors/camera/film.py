"""What a camera makes of light: noise, a curve, eight bits; and the rain before it. Source: ours.

Light is linear until the sensor's curve takes its root (sRGB's exponent is near 1 / 2.2; 1 / 2 is one instruction).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.sensors.camera.noise import grain
from sim_suite.driving.world.random import philox

_ZERO, _HALF, _ONE = np.float32(0.0), np.float32(0.5), np.float32(1.0)
SENSOR: Final = 19
"""Stream of random numbers (world/random.py): a sensor's noise."""
_FOUR_BYTES: Final = np.float32(1.0 / 147.8)
"""Of the sum of four random bytes, 1 / its standard deviation, sqrt(4 (256^2 - 1) / 12)."""
_WHITE: Final = np.float32(255.0)


@borrowing
def random_words(
    seed_low: int, seed_high: int, tick: int, camera: int, pixel: int
) -> tuple[np.uint32, np.uint32, np.uint32, np.uint32]:
    """Of four pixels in a row."""
    a, b, c, d = philox(
        np.uint32(tick),
        np.uint32(pixel),
        np.uint32(SENSOR),
        np.uint32(camera),
        np.uint32(seed_low),
        np.uint32(seed_high),
    )
    return np.uint32(a), np.uint32(b), np.uint32(c), np.uint32(d)


@borrowing
def bell(word: np.uint32) -> np.float32:
    """About normal, mean 0 and standard deviation 1: the sum of four random bytes."""
    w = int(word)
    total = (w & 255) + ((w >> 8) & 255) + ((w >> 16) & 255) + (w >> 24)
    return (np.float32(total) - np.float32(510.0)) * _FOUR_BYTES


@borrowing
def developed(light: np.float32, jitter: np.float32) -> int:
    """0 to 255 of a linear light: highlights roll off above 0.7, then the root."""
    knee = np.float32(0.7)
    if light > knee:
        over = light - knee
        light = knee + over / (_ONE + over / np.float32(0.32))
    value = _WHITE * (np.float32(math.sqrt(max(light, _ZERO))) + jitter) + _HALF
    return int(min(max(value, _ZERO), _WHITE))


@borrowing
def streak(rain: np.float32, row: int, col: int, rows: int, tick: int) -> np.float32:
    """Of rain before the camera: short upright lines, other ones at every tick."""
    length = max(rows // 14, 3)
    shift = int(grain(col, 77) * np.float32(1000.0))
    place = (row + shift + tick * 37) // length
    drop = grain(col * 977 + tick * 13, place)
    return np.float32(0.16) * rain if drop < np.float32(0.035) * rain else _ZERO
