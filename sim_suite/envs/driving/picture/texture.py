"""Grain of grass and asphalt, so that one sees the ground move: periodic noise, the same in every process. Source: ours."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from sim_suite.envs.driving.picture.brush import Colour, Image

PERIOD_PX: Final = 1024
"""The noise repeats after so many pixels: farther apart than one view shows, since ground is drawn finer than it is seen."""
_SEED: Final = 20240229


@lru_cache(8)
def _noise(scale: float, sizes_m: tuple[float, ...]) -> NDArray[np.float32]:
    """[PERIOD_PX, PERIOD_PX] periodic noise of mean 0 and deviation 1: a sum of smoothed random grids of these cells (metres)."""
    generator = np.random.default_rng(_SEED)
    total = np.zeros((PERIOD_PX, PERIOD_PX), np.float32)
    for size_m in sizes_m:
        cells = min(max(round(PERIOD_PX / (size_m * scale)), 4), PERIOD_PX)
        grid = generator.standard_normal((cells, cells)).astype(np.float32)
        wrapped = np.pad(grid, 2, mode="wrap")
        each = PERIOD_PX / cells
        side = round((cells + 4) * each)
        smooth = cv2.resize(wrapped, (side, side), interpolation=cv2.INTER_CUBIC)
        start = round(2 * each)
        total += np.asarray(smooth, np.float32)[start : start + PERIOD_PX, start : start + PERIOD_PX]
    noise: NDArray[np.float32] = (total - total.mean()) / max(float(total.std()), 1e-6)
    return noise


@lru_cache(4)
def _meadow(colour: Colour, scale: float) -> Image:
    tone = np.array(colour, np.float32) + _noise(scale, (0.3, 2.5, 9.0))[:, :, None] * np.array(
        (4.5, 5.0, 3.0), np.float32
    )
    return np.asarray(np.clip(tone, 0, 255), np.uint8)


@lru_cache(4)
def _grains(scale: float) -> tuple[Image, Image]:
    """What is added to and what is taken from asphalt."""
    grain = 2.6 * _noise(scale, (0.1, 1.0))[:, :, None]
    more, less = (np.clip(sign * grain + 0.5, 0, 255).astype(np.uint8).repeat(3, axis=2) for sign in (1.0, -1.0))
    return more, less


def _cut(texture: Image, left: int, top: int, size: int) -> Image:
    """A square of a texture; left, top: multiples of size, which divides PERIOD_PX."""
    row, column = top % PERIOD_PX, left % PERIOD_PX
    return texture[row : row + size, column : column + size]


def meadow(colour: Colour, left: int, top: int, size: int, scale: float) -> Image:
    """[size, size, 3] grass, a new array; (left, top): the square's place in pixels at `scale` pixels a metre.

    left and top are multiples of size, which divides PERIOD_PX.
    """
    return _cut(_meadow(colour, scale), left, top, size).copy()


def add_grain(image: Image, left: int, top: int, scale: float) -> None:
    """Give what is painted the grain of asphalt, in place; arguments as of `meadow`."""
    more, less = (_cut(texture, left, top, len(image)) for texture in _grains(scale))
    cv2.add(image, more, dst=image)
    cv2.subtract(image, less, dst=image)
