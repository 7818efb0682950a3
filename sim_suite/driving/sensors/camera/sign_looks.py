"""Traffic lights and signs close by. Source: ours; signs are those of the Vienna Convention (STOP, give way, speed limit)."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.sensors.camera.looks import Look, grey, shining
from sim_suite.driving.sensors.camera.noise import whole
from sim_suite.driving.sensors.solids.solids import (
    STOP_PLATE,
    YIELD_PLATE,
)
from sim_suite.driving.world.kinds import GREEN, RED, YELLOW

_ZERO, _HALF, _ONE, _TWO = np.float32(0.0), np.float32(0.5), np.float32(1.0), np.float32(2.0)
_WIDER: Final = np.float32(1.25)  # a glyph has four fifths of its place, the gap behind it the rest
LENS_M: Final = np.float32(0.124)
"""Radius of a field, between those of 200 and 300 mm (EN 12368)."""
GLYPHS: Final = np.array(
    [0b111101101101111, 0b010110010010111, 0b111001111100111, 0b111001111001111, 0b101101111001001, 0b111100111001111,
     0b111100111101111, 0b111001010010010, 0b111101111101111, 0b111101111001111, 0b111100111001111, 0b111010010010010,
     0b111101101101111, 0b111101111100100],
    np.int32,
)  # fmt: skip
"""Digits 0 to 9, then S, T, O, P: five rows of three, the upper left first."""


@borrowing
def light_head(y: np.float32, up: np.float32, height: np.float32, nx: np.float32, shown: int) -> Look:
    """Three fields, red above; those that are not lit are dark."""
    if nx < _HALF:
        return grey(0.012)
    field = min(int(up * np.float32(3.0)), 2)
    dz = (up - (np.float32(field) + _HALF) / np.float32(3.0)) * height
    if y * y + dz * dz > LENS_M * LENS_M:
        return grey(0.012)
    lit = (field == 2 and shown == RED) or (field == 1 and shown == YELLOW) or (field == 0 and shown == GREEN)
    glow = 2.2 if lit else 0.0
    dim = _ONE if lit else np.float32(0.05)
    if field == 2:
        return dim * _ONE, dim * np.float32(0.03), dim * np.float32(0.02), _ZERO, np.float32(glow)
    if field == 1:
        return dim * _ONE, dim * np.float32(0.55), dim * np.float32(0.02), _ZERO, np.float32(glow)
    return dim * np.float32(0.03), dim * np.float32(0.9), dim * np.float32(0.35), _ZERO, np.float32(glow)


@borrowing
def in_glyph(number: int, a: np.float32, b: np.float32) -> bool:
    """Whether a place, a to the right and b down, both in [0, 1), belongs to a glyph."""
    if not (_ZERO <= a < _ONE and _ZERO <= b < _ONE):
        return False
    bit = 14 - (int(b * np.float32(5.0)) * 3 + int(a * np.float32(3.0)))
    return bool((GLYPHS[number] >> bit) & 1 == 1)


@borrowing
def plate(material: int, across: np.float32, up: np.float32, nx: np.float32, limit: int) -> Look:
    """A sign's face; its back is grey."""
    if nx < _HALF:
        return grey(0.18)
    level = _TWO * up - _ONE
    right = across  # whoever looks at a plate has its left on their right
    if material == STOP_PLATE:
        edge = max(max(abs(right), abs(level)), (abs(right) + abs(level)) / np.float32(math.sqrt(2.0)))
        place = (right + np.float32(0.72)) / np.float32(0.36)
        letter = whole(place)
        white = edge > np.float32(0.9) or (
            0 <= letter < 4
            and in_glyph(
                10 + letter, (place - np.float32(letter)) * _WIDER, (np.float32(0.32) - level) / np.float32(0.64)
            )
        )
        return grey(0.8) if white else shining(0.62, 0.012, 0.02, 0.0)
    if material == YIELD_PLATE:
        inside = level < np.float32(0.74) and _TWO * abs(right) < level + _ONE - np.float32(0.62)
        return grey(0.8) if inside else shining(0.62, 0.012, 0.02, 0.0)
    far = right * right + level * level
    if far > np.float32(0.58):
        return shining(0.62, 0.012, 0.02, 0.0)
    digits = 3 if limit >= 100 else 2
    place = (right + np.float32(0.25) * np.float32(digits)) / _HALF
    digit = whole(place)
    if limit > 0 and 0 <= digit < digits:
        power = 1 if digit == digits - 1 else (10 if digit == digits - 2 else 100)
        figure = (limit // power) % 10
        if in_glyph(figure, (place - np.float32(digit)) * _WIDER, (np.float32(0.42) - level) / np.float32(0.84)):
            return grey(0.01)
    return grey(0.8)
