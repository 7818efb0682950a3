"""Houses seen from above: a pitched or a flat roof, and the shadow on the ground. Source: ours."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from sim_suite.envs.driving.picture.brush import Colour, Points, mixed

_TILES: Final[tuple[Colour, ...]] = (
    (158, 96, 78), (142, 108, 92), (122, 116, 114), (170, 134, 104), (132, 84, 76), (108, 112, 120),
)  # fmt: skip
"""Roofs: brick, clay, slate."""
_FLAT: Final[tuple[Colour, ...]] = ((172, 170, 164), (152, 154, 156), (186, 178, 166))
_FLAT_M: Final = 15.5
"""Houses whose shorter side is at least this long have flat roofs."""
SUN: Final = np.array((0.6, 0.8))
"""The way that shadows fall: the sun is in the south-south-west."""
_SHADOW_M: Final = 3.2
_SHADE: Final = (18, 20, 28)


def roof(corners: Points, number: int) -> tuple[list[tuple[Colour, Points]], Points]:
    """Coloured polygons from the bottom up and the shadow's polygon; number: of the house, chooses its colours."""
    fallen = np.concatenate((corners, corners + _SHADOW_M * SUN)).astype(np.float32)
    shadow = cv2.convexHull(fallen)[:, 0, :].astype(np.float64)
    sides = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    if len(corners) != 4 or min(sides) >= _FLAT_M:
        return _flat(corners, number), shadow
    return _pitched(corners, sides, number), shadow


def _flat(corners: Points, number: int) -> list[tuple[Colour, Points]]:
    """A parapet around a gravel roof, with a skylight or two."""
    colour = _FLAT[number % len(_FLAT)]
    centre = corners.mean(axis=0)
    body = [
        (mixed(colour, _SHADE, 0.3), corners),
        (mixed(colour, (255, 255, 255), 0.18), _towards(corners, centre, 0.03)),
    ]
    body.append((colour, _towards(corners, centre, 0.09)))
    if len(corners) == 4:
        for k in range(1 + number % 2):
            spot = centre + (0.22 if k else -0.26) * (corners[0] - centre)
            body.append((mixed(colour, _SHADE, 0.28), _towards(corners, centre, 0.82) - centre + spot + 0.25 * SUN))
            body.append((mixed(colour, (235, 245, 255), 0.4), _towards(corners, centre, 0.82) - centre + spot))
    return body


def _pitched(corners: Points, sides: Points, number: int) -> list[tuple[Colour, Points]]:
    """A hipped roof: four faces, each lit by how it faces the sun, with eaves around."""
    colour = _TILES[number * 5 % len(_TILES)]
    first = int(sides[0] < sides[1])  # the longer side comes first
    a, b, c, d = np.roll(corners, -first, axis=0)
    along = (b - a) / max(float(np.hypot(*(b - a))), 1e-9)
    half = float(np.hypot(*(c - b))) / 2
    low, high = (a + d) / 2 + along * half * 0.9, (b + c) / 2 - along * half * 0.9
    centre = corners.mean(axis=0)
    body = [(mixed(colour, _SHADE, 0.42), corners)]
    for face in ((a, b, high, low), (b, c, high), (c, d, low, high), (d, a, low)):
        points = np.array(face)
        outward = points[:2].mean(axis=0) - centre
        lit = -float(outward @ SUN) / max(float(np.hypot(*outward)), 1e-9)
        shade = mixed(colour, (255, 250, 235), 0.16 * lit) if lit > 0 else mixed(colour, _SHADE, -0.26 * lit)
        body.append((shade, _towards(points, centre, 0.035)))
    chimney = low + 0.3 * (high - low)
    square = 0.45 * np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)])
    body += [
        (mixed(colour, _SHADE, 0.55), chimney + square + 0.3 * SUN),
        (mixed(colour, (230, 220, 210), 0.35), chimney + square),
    ]
    return body


def _towards(points: Points, centre: Points, share: float) -> Points:
    """Points moved towards a place by a share of their distance."""
    moved: Points = points + share * (centre - points)
    return moved
