"""Stones and marks as small pictures to be laid over a cell. Source: ours.

A sprite is float32 [cell, cell, 4]: red, green and blue of 0 to 255, and how much of what lies below is covered, 0 to 1.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.envs.boards.styles import Colour

Sprite = NDArray[np.float32]
Field = NDArray[np.float64]

_FIRST, _SECOND = 1, 2
_COLOURS: Final[dict[str, tuple[Colour, Colour]]] = {
    "holes": ((214, 48, 44), (248, 206, 60)),
    "cells": ((30, 31, 34), (240, 240, 236)),
    "crossings": ((32, 33, 36), (244, 243, 238)),
    "paper": ((44, 98, 176), (198, 74, 60)),
}
_RADII: Final = {"holes": 0.39, "cells": 0.41, "crossings": 0.455}


@cache
def sprite(style: str, stone: int, cell: int, colour: Colour | None = None) -> Sprite:
    """A stone of the first player (1) or the second (2) in a style of `styles.py`, or the mark of a last move ("mark")."""
    y, x = (np.mgrid[0:cell, 0:cell] + 0.5) / cell - 0.5
    if style == "mark":
        assert colour is not None
        return _painted(colour, np.ones_like(x), _disc(x, y, 0.11, cell))
    colour = _COLOURS[style][stone - 1]
    if style == "paper":
        cover = _cross(x, y, cell) if stone == _FIRST else _ring(x, y, cell)
        return _painted(colour, np.ones_like(x), cover)
    radius = _RADII[style]
    return _counter(colour, x, y, radius, cell) if style == "holes" else _stone(colour, x, y, radius, cell)


def _stone(colour: Colour, x: Field, y: Field, radius: float, cell: int) -> Sprite:
    """A lens lit from the top left, on its shadow."""
    shade = 0.86 + 0.30 * np.exp(-((x + 0.15) ** 2 + (y + 0.17) ** 2) / 0.03) - 0.10 * np.hypot(x, y) / radius
    top = _painted(colour, shade, _disc(x, y, radius, cell), lift=46.0 * (np.mean(colour) < 128))
    shadow = 0.42 * _disc(x - 0.022, y - 0.034, radius + 0.012, cell, soft=3.0)
    cover = top[..., 3] + (1.0 - top[..., 3]) * shadow
    blended = top[..., :3] * (top[..., 3] / np.maximum(cover, 1e-6))[..., None]
    return np.dstack([blended, cover]).astype(np.float32)


def _counter(colour: Colour, x: Field, y: Field, radius: float, cell: int) -> Sprite:
    """A flat counter with a raised rim."""
    distance = np.hypot(x, y) / radius
    rim = np.clip((distance - 0.72) * cell * radius, 0.0, 1.0)
    return _painted(colour, 0.95 + 0.07 * rim - 0.06 * (y / radius), _disc(x, y, radius, cell))


def _painted(colour: Colour, shade: Field, cover: Field, lift: float = 0.0) -> Sprite:
    """`lift` brightens where the shade is above 1, for colours too dark to show it."""
    light = np.array(colour) * shade[..., None] + lift * np.maximum(shade - 0.86, 0.0)[..., None] * 4.0
    return np.dstack([np.clip(light, 0.0, 255.0), cover]).astype(np.float32)


def _disc(x: Field, y: Field, radius: float, cell: int, soft: float = 1.0) -> Field:
    """Cover of a disc, its edge `soft` pixels wide."""
    return np.clip((radius - np.hypot(x, y)) * cell / soft + 0.5, 0.0, 1.0)


def _cross(x: Field, y: Field, cell: int) -> Field:
    along, across = (x + y) / np.sqrt(2.0), (x - y) / np.sqrt(2.0)
    bars = [_bar(along, across, cell), _bar(across, along, cell)]
    return np.maximum(*bars)


def _bar(along: Field, across: Field, cell: int) -> Field:
    """A stroke with round ends."""
    beyond = np.maximum(np.abs(along) - 0.36, 0.0)
    return np.clip((0.055 - np.hypot(beyond, across)) * cell + 0.5, 0.0, 1.0)


def _ring(x: Field, y: Field, cell: int) -> Field:
    return np.clip((0.055 - np.abs(np.hypot(x, y) - 0.30)) * cell + 0.5, 0.0, 1.0)
