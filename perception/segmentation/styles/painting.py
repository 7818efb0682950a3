"""Paints a labelled CarRacing frame in a style: surfaces, shadows, light, haze, blur, noise, in this order. Source: ours.

A picture is a function of frame, labels, style and the state of `dice`, the only source of chance.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.segmentation.styles.style import Style, Surface
from sim_suite.envs.car_racing.labels import PixelClass

Plane = NDArray[np.float32]
Picture = NDArray[np.uint8]
HAZE = np.array([190.0, 195.0, 200.0], np.float32)
"""Colour of mist in daylight."""


def paint(frame: Picture, labels: NDArray[np.uint8], style: Style, dice: np.random.Generator) -> Picture:
    """[H, W, 3] uint8. frame: [H, W, 3], the environment's own; labels: [H, W] `PixelClass`."""
    size = labels.shape
    grass = _colours(style.grass, _pattern(style.grass, size, dice), style.spread, dice)
    road = _colours(style.road, _pattern(style.road, size, dice), style.spread, dice)
    # Kerbs alternate in red and white, the hull is red and its tyres dark: where green is weak the frame shows red, or a tyre.
    kerb = _colours(style.kerb, (frame[..., 1] > 127).astype(np.float32), style.spread, dice)
    car = _colours(style.car, (frame[..., 0] < 100).astype(np.float32), style.spread, dice)
    bar = _colours(style.bar, _pattern(style.bar, size, dice), style.spread, dice)
    shining = frame.max(-1, keepdims=True) > 40  # above the darkest that the bar's own black reaches by its edges
    bar = np.where(shining, frame.astype(np.float32), bar)
    picture = np.choose(labels[..., None], [grass, road, kerb, car, bar])
    picture *= (style.brightness * _light(style, size, dice))[..., None]
    if style.haze > 0.0:
        density = style.haze * np.linspace(1.0, 0.0, size[0], dtype=np.float32)[:, None, None]
        picture += density * (HAZE * style.brightness - picture)
    if style.blur_px > 0.0:
        picture = cv2.GaussianBlur(picture, (0, 0), style.blur_px)
    picture += style.noise * dice.standard_normal(picture.shape, dtype=np.float32)
    painted: Picture = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    return painted


def _colours(surface: Surface, mix: Plane, spread: float, dice: np.random.Generator) -> Plane:
    """[H, W, 3]: the two colours, moved together and each by itself, mixed by a plane in 0..1."""
    together, apart = dice.normal(0.0, spread, 3), dice.normal(0.0, 0.5 * spread, (2, 3))
    first, second = (np.array(surface.first) + together + apart[0]), (np.array(surface.second) + together + apart[1])
    mixed: Plane = (first + mix[..., None] * (second - first)).astype(np.float32)
    return mixed


def _pattern(surface: Surface, size: tuple[int, ...], dice: np.random.Generator) -> Plane:
    """[H, W] in 0..1."""
    rows, columns = size[0], size[1]
    if surface.pattern == "flat":
        return np.zeros((rows, columns), np.float32)
    if surface.pattern == "grain":
        return dice.random((rows, columns), dtype=np.float32)
    if surface.pattern == "clouds":
        coarse = dice.random((math.ceil(rows / surface.period_px) + 1, math.ceil(columns / surface.period_px) + 1))
        fine = dice.random((2 * coarse.shape[0], 2 * coarse.shape[1]))
        planes = [
            cv2.resize(one.astype(np.float32), (columns, rows), interpolation=cv2.INTER_LINEAR)
            for one in (coarse, fine)
        ]
        return planes[0] * np.float32(0.67) + planes[1] * np.float32(0.33)  # halved from octave to octave
    angle, (across, along) = dice.uniform(0.0, math.pi), dice.uniform(0.0, 2.0, 2)
    y, x = np.mgrid[:rows, :columns].astype(np.float32) / np.float32(surface.period_px)
    stripes = np.floor(x * math.cos(angle) + y * math.sin(angle) + across)
    if surface.pattern == "checks":
        stripes = stripes + np.floor(y * math.cos(angle) - x * math.sin(angle) + along)
    edges: Plane = (stripes % 2).astype(np.float32)
    return edges


def _light(style: Style, size: tuple[int, ...], dice: np.random.Generator) -> Plane:
    """[H, W]: share of the light that arrives; above 1 on the bright side."""
    rows, columns = size[0], size[1]
    angle = dice.uniform(0.0, 2 * math.pi)
    y, x = np.linspace(-1.0, 1.0, rows)[:, None], np.linspace(-1.0, 1.0, columns)[None, :]
    light = (1.0 + style.gradient * (math.cos(angle) * x + math.sin(angle) * y) / math.sqrt(2.0)).astype(np.float32)
    for _ in range(int(dice.integers(0, style.shadows + 1))):
        middle, reach = dice.uniform(0, [columns, rows]), dice.uniform(6.0, 40.0, 4)
        turns = dice.uniform(0.0, 2 * math.pi) + np.arange(4) * math.pi / 2
        corners = middle + reach[:, None] * np.stack([np.cos(turns), np.sin(turns)], axis=1)
        mask = np.zeros((rows, columns), np.uint8)
        cv2.fillConvexPoly(mask, np.rint(corners).astype(np.int32), 1)
        light *= 1.0 - style.shade * mask
    return light


CLASSES = tuple(one.name.lower() for one in PixelClass)
"""Of the labels that are painted, in their order."""
