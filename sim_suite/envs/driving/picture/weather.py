"""Darkness with the light of lamps, fog and rain over a picture. Source: ours.

Light is worked out at a quarter of the picture's size and smoothed: nobody sees the difference in light without edges.
"""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.world.kinds import PARKED
from sim_suite.envs.driving.picture import brush
from sim_suite.envs.driving.picture.actors import Cast
from sim_suite.envs.driving.picture.brush import Colour, Image
from sim_suite.envs.driving.picture.camera import Camera

_COARSE: Final = 4
_NIGHT: Final = (0.27, 0.31, 0.47)
"""Share of red, green and blue that is left at night: moonlight is blue to the eye."""
_ROOF: Final = 1.75
"""Of the night's light: what stands above the dark road is a little lighter."""
_BOX: Final = np.array([(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)])
_BEAM_M: Final = 24.0
_LIT: Final = (1.75, 1.66, 1.4)
"""Of the day's light under a headlight, to eyes that are used to the dark."""
_MOST: Final = 2.0
"""Of the day's light that a picture can hold."""
_FOG: Final[Colour] = (196, 202, 208)
_CLEAR_M: Final = 250.0
"""Fog that lets one see so far is not drawn."""
_RINGS: Final = 90
_STREAKS: Final = 70
"""Drops at a time in a picture of 640 x 480, in full rain."""


def draw_darkness(image: Image, cast: Cast, camera: Camera, darkness: float, rain: float) -> None:
    """Dim the picture but for what headlights reach; rain dims too."""
    dim = min(max(darkness, 0.0), 1.0)
    gloom = 1.0 - 0.16 * min(max(rain, 0.0), 1.0) * (1.0 - dim)
    if dim <= 0.0 and gloom >= 1.0:
        return
    ambient = np.array([gloom * (1.0 - dim * (1.0 - share)) for share in _NIGHT], np.float32)
    light = np.empty((-(-camera.height // _COARSE), -(-camera.width // _COARSE), 3), np.float32)
    light[:] = ambient
    if dim > 0.05:
        light += _beams(cast, light.shape[:2])[:, :, None] * dim * np.maximum(np.array(_LIT, np.float32) - ambient, 0.0)
    factor = np.clip(light * (255.0 / _MOST), 0, 255).astype(np.uint8)
    # A car's own colour stays what it is in the beam of the one behind: lamps are low, roofs are not lit by them.
    own = (np.minimum(ambient * _ROOF, 1.0) * (255.0 / _MOST)).tolist()
    for vehicle in cast.vehicles:
        half = np.array((vehicle.length, vehicle.width)) / 2
        brush.convex(factor, vehicle.pixels(_BOX * half) / _COARSE, (round(own[0]), round(own[1]), round(own[2])))
    full = cv2.resize(factor, (camera.width, camera.height), interpolation=cv2.INTER_LINEAR)
    cv2.multiply(image, full, dst=image, scale=_MOST / 255.0)


def _beams(cast: Cast, shape: tuple[int, int]) -> NDArray[np.float32]:
    """[h, w] 0 to 1: where headlights shine, and a little around every vehicle."""
    mask = np.zeros(shape, np.uint8)
    for vehicle in cast.vehicles:
        if vehicle.kind == PARKED:
            continue
        nose = vehicle.length / 2
        for reach, spread, strength in ((1.0, 1.0, 90), (0.72, 0.78, 150), (0.42, 0.6, 225)):
            far, wide = nose + _BEAM_M * reach, spread * (0.9 + 3.4 * reach)
            cone = np.array([(nose - 0.6, 0.7), (nose + 0.8 * (far - nose), wide), (far, 0.55 * wide),
                             (far, -0.55 * wide), (nose + 0.8 * (far - nose), -wide), (nose - 0.6, -0.7)])  # fmt: skip
            layer = vehicle.pixels(cone) / _COARSE
            _lighten(mask, layer, strength)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 2.2), np.float32) / 255.0


def _lighten(mask: NDArray[np.uint8], points: brush.Points, strength: int) -> None:
    """Fill a polygon where the mask is darker."""
    left, top = np.maximum(np.floor(points.min(axis=0)).astype(int) - 1, 0)
    right, bottom = np.minimum(np.ceil(points.max(axis=0)).astype(int) + 2, mask.shape[::-1])
    if right <= left or bottom <= top:
        return
    patch = np.zeros((bottom - top, right - left), np.uint8)
    brush.convex(patch, points - (left, top), (strength, strength, strength))
    part = mask[top:bottom, left:right]
    np.maximum(part, patch, out=part)


def draw_fog(image: Image, camera: Camera, visibility_m: float) -> None:
    """Whiten what is farther from the car than one can see (Koschmieder: contrast falls to 5 % at the visibility)."""
    if visibility_m >= _CLEAR_M:
        return
    rows, columns = -(-camera.height // _COARSE), -(-camera.width // _COARSE)
    x = (np.arange(columns) * _COARSE - camera.across * camera.width) / camera.scale
    y = (np.arange(rows) * _COARSE - camera.down * camera.height) / camera.scale
    distance = np.hypot(x[None, :], y[:, None])
    share = 0.92 * (1.0 - np.exp(-3.0 * distance / max(visibility_m, 1.0)))
    fog = np.asarray(cv2.resize((255 * share).astype(np.uint8), (camera.width, camera.height)), np.uint8)
    wide = cv2.merge((fog, fog, fog))
    cv2.multiply(image, 255 - wide, dst=image, scale=1.0 / 255.0)
    cv2.add(image, cv2.multiply(wide, np.full_like(wide, _FOG), scale=1.0 / 255.0), dst=image)


def draw_rain(image: Image, camera: Camera, rain: float, tick: int) -> None:
    """Drops that fall past the eye and rings where they hit the road; the same at the same tick."""
    if rain <= 0.0:
        return
    area = camera.width * camera.height / (640 * 480)
    size = camera.height / 480

    def paint(copy: Image) -> None:
        for number in range(round(_RINGS * area * rain)):
            age = (tick + 7 * number) % 6
            u, v = _scattered(number, (tick + 7 * number) // 6)
            brush.ring(copy, u * camera.width, v * camera.height, (1.0 + 0.9 * age) * size, (214, 224, 236), 1.0)
        for number in range(round(_STREAKS * area * rain)):
            u, v = _scattered(number + 1000, tick)
            x, y = u * camera.width, v * camera.height
            fall = np.array((x - camera.width / 2, y - camera.height / 2)) * 0.05 + (1.5, 4.0)
            brush.line(copy, np.array([(x, y), (x + fall[0] * size, y + fall[1] * size)]), (228, 236, 246), 1.0)

    brush.seen_through(image, (0, 0, camera.width, camera.height), 0.34, paint)


def _scattered(a: int, b: int) -> tuple[float, float]:
    """Two numbers in [0, 1): an additive recurrence (Roberts 2018) that `b` shifts."""
    k = a * 131 + b * 7919
    return math.modf(0.5 + k * 0.7548776662466927)[0], math.modf(0.5 + k * 0.5698402909980532)[0]
