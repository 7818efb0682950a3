"""A crop with a sign in a style: seen askew, then dirt, light, what hides it, weather, camera, in this order. Source: ours.

A picture is a function of class, style and the state of `dice`, the only source of chance.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.classification.signs.backdrops import Plane, backdrop
from perception.classification.signs.canvas import SIDE, Face
from perception.classification.signs.faces import draw, lit_colour, lit_height
from perception.classification.signs.style import Paint, Style

Picture = NDArray[np.uint8]
PIXELS: Final = 32
"""Side of a crop."""
_FINER: Final = 2
"""A sign is cast onto so many pixels for each of the crop."""
_DISTANCE: Final = 4.0
"""Of the camera, in sides of a sign: from there a swing is seen in perspective."""
_GREY: Final = 150.0
"""Towards which the sun bleaches, and which haze has."""


def render(name: str, style: Style, dice: np.random.Generator) -> Picture:
    """[PIXELS, PIXELS, 3] uint8 red, green, blue. name: of `faces.NAMES`."""
    behind = backdrop(style.backdrop, PIXELS, style.spread, dice)
    onto = _homography(style, dice)
    sign = _cast(_face(name, style.paint), onto)
    covered = sign[..., 3:] * np.float32(1 / 255)
    colours = sign[..., :3]
    if style.fade > 0.0:
        share = np.float32(style.fade * dice.random())
        colours = colours + share * (covered * np.float32(_GREY) - colours)
    if style.dirt > 0:
        _stain(colours, covered, style.dirt, dice)
    picture = behind * (1.0 - covered) + colours
    picture *= _light(style, dice)[..., None]
    shining = lit_colour(name)
    if shining is not None:
        picture += _halo(lit_height(name), onto, style.glow)[..., None] * np.array(shining, np.float32)
    if style.hidden > 0.0:
        _hide(picture, style.hidden, dice)
    if style.haze > 0.0:
        picture += np.float32(style.haze * dice.random()) * (np.float32(_GREY) - picture)
    if style.rain > 0:
        _rain(picture, style.rain, dice)
    if style.blur_px > 0.0:
        deviation = max(0.1, style.blur_px * dice.random())  # below, OpenCV would choose one itself
        picture = cv2.GaussianBlur(picture, (0, 0), deviation).astype(np.float32, copy=False)
    if style.motion_px > 0.0:
        picture = _streaked(picture, style.motion_px * dice.random(), dice.uniform(0.0, math.pi))
    if style.noise > 0.0:
        picture += np.float32(style.noise) * dice.standard_normal(picture.shape, dtype=np.float32)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


@cache
def _face(name: str, paint: Paint) -> Face:
    return draw(name, paint)


def _homography(style: Style, dice: np.random.Generator) -> NDArray[np.float64]:
    """[3, 3] A face's units onto the crop's pixels: a plane turned about three axes, before a pinhole camera."""
    yaw, pitch = np.deg2rad(dice.uniform(-1.0, 1.0, 2) * (style.swing_deg, 0.5 * style.swing_deg))
    roll = math.radians(dice.uniform(-style.roll_deg, style.roll_deg))
    size = dice.uniform(*style.size) * PIXELS / 2.0
    room = max(0.0, PIXELS / 2.0 - size)
    middle = (PIXELS - 1) / 2.0 + dice.uniform(-1.0, 1.0, 2) * (room + 1.0)
    about_y = np.array([[math.cos(yaw), 0.0, math.sin(yaw)], [0.0, 1.0, 0.0], [-math.sin(yaw), 0.0, math.cos(yaw)]])
    about_x = np.array(
        [[1.0, 0.0, 0.0], [0.0, math.cos(pitch), -math.sin(pitch)], [0.0, math.sin(pitch), math.cos(pitch)]]
    )
    about_z = np.array([[math.cos(roll), -math.sin(roll), 0.0], [math.sin(roll), math.cos(roll), 0.0], [0.0, 0.0, 1.0]])
    plane = (about_z @ about_x @ about_y)[:, :2]
    away = 2.0 * _DISTANCE  # in half sides
    seen = np.column_stack([plane, [0.0, 0.0, away]])
    camera = np.array([[size * away, 0.0, middle[0]], [0.0, size * away, middle[1]], [0.0, 0.0, 1.0]])
    onto: NDArray[np.float64] = camera @ seen
    return onto


def _cast(face: Face, onto: NDArray[np.float64]) -> Plane:
    """[PIXELS, PIXELS, 4] float32: the face as it is seen."""
    # Pixels have their middle at whole numbers: pixel i of n is at (2 i + 1) / n - 1 of -1..1.
    units = np.array([[2.0 / SIDE, 0.0, 1.0 / SIDE - 1.0], [0.0, 2.0 / SIDE, 1.0 / SIDE - 1.0], [0.0, 0.0, 1.0]])
    finer = np.array([[_FINER, 0.0, (_FINER - 1) / 2], [0.0, _FINER, (_FINER - 1) / 2], [0.0, 0.0, 1.0]])
    fine = cv2.warpPerspective(face, finer @ onto @ units, (_FINER * PIXELS, _FINER * PIXELS), flags=cv2.INTER_LINEAR)
    seen: Plane = cv2.resize(fine, (PIXELS, PIXELS), interpolation=cv2.INTER_AREA).astype(np.float32)
    return seen


def _stain(colours: Plane, covered: Plane, most: int, dice: np.random.Generator) -> None:
    """Discs of one colour, on the sign alone."""
    for _ in range(int(dice.integers(0, most + 1))):
        x, y = dice.uniform(0.2 * PIXELS, 0.8 * PIXELS, 2)
        radius, level = dice.uniform(1.0, 2.5), dice.uniform(20.0, 220.0)
        mask = np.zeros((PIXELS, PIXELS), np.uint8)
        cv2.circle(mask, (round(x), round(y)), round(radius), 1, -1)
        colours[mask > 0] = np.float32(level) * covered[mask > 0]


def _light(style: Style, dice: np.random.Generator) -> Plane:
    """[PIXELS, PIXELS]: the light that arrives, 1 for that in which colours are as they are painted."""
    angle, edge, offset = dice.uniform(0.0, 2.0 * math.pi, 3)
    line = np.linspace(-1.0, 1.0, PIXELS, dtype=np.float32)
    fall = (math.cos(angle) * line[None, :] + math.sin(angle) * line[:, None]) / math.sqrt(2.0)
    light = dice.uniform(*style.brightness) * (1.0 + style.gradient * fall)
    if style.shade > 0.0:
        beyond = math.cos(edge) * line[None, :] + math.sin(edge) * line[:, None] > offset / math.pi - 1.0
        light = light * (1.0 - style.shade * beyond)
    return light.astype(np.float32)


def _halo(height: float, onto: NDArray[np.float64], glow: float) -> Plane:
    """[PIXELS, PIXELS]: a lens shines by itself, whatever the light, and about it."""
    x, y, depth = onto @ (0.0, height, 1.0)
    columns, rows = np.arange(PIXELS) - x / depth, np.arange(PIXELS) - y / depth
    squared = columns[None, :] ** 2 + rows[:, None] ** 2
    lens = float(np.hypot(onto[0, 0], onto[1, 0]) / depth) * 0.25
    shining: Plane = (0.6 * np.exp(-squared / lens**2) + glow * np.exp(-squared / (2.5 * lens) ** 2)).astype(np.float32)
    return shining


def _hide(picture: Plane, most: float, dice: np.random.Generator) -> None:
    """A post or branch before all, from edge to edge, steep, dark."""
    width = max(1, round(most * dice.random() * PIXELS))
    x, slant, level = dice.uniform(0.0, PIXELS), dice.normal(0.0, 0.4), dice.uniform(15.0, 110.0)
    mask = np.zeros((PIXELS, PIXELS), np.uint8)
    above, below = (round(x), -1), (round(x + slant * PIXELS), PIXELS)
    cv2.line(mask, above, below, 1, width)
    picture[mask > 0] = np.float32(level)


def _streaked(picture: Plane, length: float, direction_rad: float) -> Plane:
    """The mean over places along a line: one for each pixel of its length, between pixels by bilinear weights."""
    count = int(length) + 1
    places = np.linspace(-length / 2.0, length / 2.0, count) if count > 1 else np.zeros(1)
    reach = math.ceil(length / 2.0)
    line = np.arange(-reach, reach + 1)
    x, y = (np.maximum(0.0, 1.0 - np.abs(line[:, None] - places * turn)) for turn in _unit(direction_rad))
    streaked: Plane = cv2.filter2D(picture, -1, (y @ x.T / count).astype(np.float32)).astype(np.float32, copy=False)
    return streaked


def _unit(direction_rad: float) -> tuple[float, float]:
    return math.cos(direction_rad), math.sin(direction_rad)


def _rain(picture: Plane, most: int, dice: np.random.Generator) -> None:
    """Slanting streaks, lighter than what is behind."""
    count = int(dice.integers(0, most + 1))
    begins, lengths = dice.uniform(0.0, PIXELS, (count, 2)), dice.uniform(2.0, 6.0, count)
    slant, mask = dice.normal(0.0, 0.3), np.zeros((PIXELS, PIXELS), np.uint8)
    for (x, y), length in zip(begins.tolist(), lengths.tolist(), strict=True):
        cv2.line(mask, (round(x), round(y)), (round(x + slant * length), round(y + length)), 1)
    picture += (0.35 * mask[..., None]).astype(np.float32) * (np.float32(210.0) - picture)
