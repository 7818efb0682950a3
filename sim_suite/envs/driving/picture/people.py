"""Draws people: walkers with head and shoulders, riders on bicycles. They are drawn larger than they are where they would
be specks, since one must not overlook them. Source: ours.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.envs.driving.picture import brush
from sim_suite.envs.driving.picture.brush import Colour, Image, Points
from sim_suite.envs.driving.picture.style import BRAKE, DARK, HEADLIGHT

_COATS: Final[tuple[Colour, ...]] = (
    (214, 84, 62), (60, 110, 170), (236, 190, 74), (92, 140, 96), (150, 92, 150), (232, 232, 226), (52, 60, 76), (206, 128, 80),
)  # fmt: skip
_HAIR: Final[tuple[Colour, ...]] = ((58, 42, 32), (110, 78, 48), (34, 30, 30), (168, 132, 84), (150, 148, 146))
_SKIN: Final[tuple[Colour, ...]] = ((232, 190, 160), (198, 148, 112), (136, 94, 66))
_SHOULDERS_PX: Final = 9.0
"""Least width of a walker's shoulders in pixels."""
_SHOULDERS_M: Final = 0.9
"""Arms included; wider than people are (0.6 m), so that one sees which way they face."""
_STRIDE_M: Final = 1.4
"""Two steps."""
_BICYCLE_PX: Final = 16.0
"""Least length of a bicycle in pixels."""


def _ellipse(along: float, across: float, corners: int = 14) -> Points:
    angle = np.arange(corners) * (2 * np.pi / corners)
    return np.column_stack((along * np.cos(angle), across * np.sin(angle)))


_TORSO: Final = _ellipse(0.34, 1.0)
_HEAD: Final = _ellipse(0.46, 0.44, 12)
_FOOT: Final = _ellipse(0.30, 0.17, 8)
_ARM: Final = _ellipse(0.30, 0.16, 8)
_WHEEL: Final = np.array([(0.42, 0.05), (-0.42, 0.05), (-0.42, -0.05), (0.42, -0.05)])
_FRAME: Final = np.array([(0.55, 0.035), (-0.5, 0.035), (-0.5, -0.035), (0.55, -0.035)])
_BAR: Final = np.array([(0.06, 0.34), (-0.03, 0.34), (-0.03, -0.34), (0.06, -0.34)])
_REACH: Final = np.array([(0.42, 0.30), (0.40, 0.20), (0.0, 0.22), (0.0, 0.34)])
_HERE: Final = (0.0, 0.0)

_Part = tuple[Points, Colour, tuple[float, float]]
"""A convex polygon in shares of the size, its colour, and by how much it is moved (ahead, left)."""


def person_scale(turn: Points) -> float:
    """Metres that a walker's half shoulders are drawn with; turn: [2, 2] metres to pixels."""
    scale = float(np.hypot(*turn[:, 0]))
    return max(_SHOULDERS_M / 2, _SHOULDERS_PX / 2 / scale)


def draw_walker(image: Image, turn: Points, at: Points, number: int, walked_m: float) -> None:
    """A walker. turn, at: as of a vehicle; number: chooses the clothes; walked_m: where in the stride it is."""
    swing = math.sin(2 * math.pi * walked_m / _STRIDE_M)
    coat = _COATS[number % len(_COATS)]
    dark = brush.mixed(coat, (0, 0, 0), 0.4)
    parts: list[_Part] = [
        (_FOOT, DARK, (0.5 * swing, 0.34)),
        (_FOOT, DARK, (-0.5 * swing, -0.34)),
        (_ARM, dark, (-0.42 * swing, 0.92)),
        (_ARM, dark, (0.42 * swing, -0.92)),
        (1.12 * _TORSO, dark, _HERE),
        (_TORSO, coat, _HERE),
        (_HEAD, _SKIN[number % len(_SKIN)], (0.18, 0.0)),
        (_HEAD, _HAIR[number * 3 % len(_HAIR)], (0.02, 0.0)),
    ]
    _draw(image, turn, at, person_scale(turn), parts)


def draw_rider(
    image: Image, turn: Points, at: Points, length_m: float, number: int, steer: float, braking: bool
) -> None:
    """A bicycle with its rider; length_m: of the bicycle."""
    scale = float(np.hypot(*turn[:, 0]))
    c, s = math.cos(steer), math.sin(steer)
    steered = np.array(((c, s), (-s, c)))
    coat = _COATS[(number + 3) % len(_COATS)]
    torso = _TORSO * (1.25, 1.0)
    parts: list[_Part] = [
        (_WHEEL @ steered, DARK, (0.58, 0.0)),
        (_WHEEL, DARK, (-0.58, 0.0)),
        (_FRAME, (200, 202, 206), _HERE),
        (_BAR @ steered, (70, 74, 80), (0.42, 0.0)),
        (0.06 * _HEAD, HEADLIGHT, (0.96, 0.0)),
        ((0.16 if braking else 0.10) * _HEAD, BRAKE, (-0.94, 0.0)),
        (_REACH, brush.mixed(coat, (0, 0, 0), 0.25), _HERE),
        (_REACH * (1.0, -1.0), brush.mixed(coat, (0, 0, 0), 0.25), _HERE),
        (0.42 * torso, brush.mixed(coat, (0, 0, 0), 0.35), (-0.04, 0.0)),
        (0.37 * torso, coat, (-0.04, 0.0)),
        (0.46 * _HEAD, (245, 245, 240), (0.12, 0.0)),
        (0.24 * _HEAD, brush.mixed(coat, (255, 255, 255), 0.3), (0.12, 0.0)),
    ]
    _draw(image, turn, at, max(length_m, _BICYCLE_PX / scale) / 2, parts)


def _draw(image: Image, turn: Points, at: Points, size: float, parts: list[_Part]) -> None:
    """Fill polygons given in shares of `size`; all are turned in one go."""
    shares = np.concatenate([points + shift for points, _, shift in parts])
    pixels = brush.fixed((size * shares) @ turn.T + at)
    start = 0
    for points, colour, _ in parts:
        brush.fixed_convex(image, pixels[start : start + len(points)], colour)
        start += len(points)
