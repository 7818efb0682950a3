"""Grain of grass and asphalt, so that one sees the ground move: periodic noise, the same in every process. Source: ours."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from sim_suite.envs.driving.picture.brush import Colour, Image

PERIOD_M: Final = 64.0
"""The noise repeats after this; larger than what one remembers of a meadow."""
_SEED: Final = 20240229


@lru_cache(8)
def _noise(scale: float, blurs_m: tuple[float, ...]) -> NDArray[np.float32]:
    """[N, N] periodic noise of mean 0 and deviation 1: a sum of white noise blurred to each length (metres)."""
    side = max(round(PERIOD_M * scale), 8)
    generator = np.random.default_rng(_SEED)
    total = np.zeros((side, side), np.float32)
    for blur_m in blurs_m:
        grain = generator.standard_normal((side, side)).astype(np.float32)
        sigma = blur_m * scale
        if sigma > 0.3:
            reach = min(int(3.0 * sigma) + 1, side - 1)
            wide = cv2.copyMakeBorder(grain, reach, reach, reach, reach, cv2.BORDER_WRAP)
            grain = np.asarray(cv2.GaussianBlur(wide, (0, 0), sigma)[reach:-reach, reach:-reach], np.float32)
        total += grain / max(float(grain.std()), 1e-6)
    noise: NDArray[np.float32] = total / max(float(total.std()), 1e-6)
    return noise


def _cut(noise: NDArray[np.float32], left: int, top: int, size: int) -> NDArray[np.float32]:
    """A square of the noise, which goes on beyond its edges."""
    rows, columns = (np.arange(top, top + size) % len(noise)), (np.arange(left, left + size) % len(noise))
    part: NDArray[np.float32] = noise[np.ix_(rows, columns)]
    return part


def meadow(colour: Colour, left: int, top: int, size: int, scale: float) -> Image:
    """[size, size, 3] grass; (left, top): the square's place in pixels at `scale` pixels a metre."""
    patches = _cut(_noise(scale, (0.15, 1.2, 4.0)), left, top, size)[:, :, None]
    tone = np.array(colour, np.float32) + patches * np.array((4.5, 5.0, 3.0), np.float32)
    return np.asarray(np.clip(tone, 0, 255), np.uint8)


def add_grain(image: Image, left: int, top: int, scale: float) -> None:
    """Give what is painted the grain of asphalt, in place."""
    grain = _cut(_noise(scale, (0.06, 0.5)), left, top, len(image))
    for sign, change in ((1.0, cv2.add), (-1.0, cv2.subtract)):
        part = np.clip(sign * 2.6 * grain + 0.5, 0, 255).astype(np.uint8)
        change(image, cv2.merge((part, part, part)), dst=image)
