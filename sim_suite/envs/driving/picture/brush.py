"""Filled shapes with smooth edges, at sub-pixel places, by OpenCV. Source: ours.

Everything that the picture draws itself goes through these few functions. Points are float [N, 2] pixels (column, row), the
centre of a pixel at whole numbers; colours are RGB.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Points = NDArray[np.float64]
Colour = tuple[int, int, int]

SHIFT: Final = 4
"""Bits of a pixel's fraction: places are right to a sixteenth of a pixel, finer than one sees in motion."""
_UNIT: Final = float(1 << SHIFT)


def fixed(points: Points) -> NDArray[np.int32]:
    """Points as OpenCV's fixed-point numbers; they lie within 100 million pixels, as those of any map do."""
    return np.rint(points * _UNIT).astype(np.int32)


def convex(image: Image, points: Points, colour: Colour) -> None:
    """Fill a convex polygon."""
    cv2.fillConvexPoly(image, fixed(points), colour, cv2.LINE_AA, SHIFT)


def fixed_convex(image: Image, points: NDArray[np.int32], colour: Colour) -> None:
    """Fill a convex polygon whose points are `fixed` already."""
    cv2.fillConvexPoly(image, points, colour, cv2.LINE_AA, SHIFT)


def polygon(image: Image, points: Points, colour: Colour) -> None:
    """Fill any polygon."""
    cv2.fillPoly(image, [fixed(points)], colour, cv2.LINE_AA, SHIFT)


def line(image: Image, points: Points, colour: Colour, width: float) -> None:
    """Draw an open line, round at its joints; width in pixels, at least one is drawn."""
    cv2.polylines(image, [fixed(points)], False, colour, max(round(width), 1), cv2.LINE_AA, SHIFT)


def disc(image: Image, x: float, y: float, radius: float, colour: Colour) -> None:
    """Fill a circle."""
    centre = (round(x * _UNIT), round(y * _UNIT))
    cv2.circle(image, centre, max(round(radius * _UNIT), 1), colour, cv2.FILLED, cv2.LINE_AA, SHIFT)


def ring(image: Image, x: float, y: float, radius: float, colour: Colour, width: float) -> None:
    """Draw a circle's line."""
    centre = (round(x * _UNIT), round(y * _UNIT))
    cv2.circle(image, centre, max(round(radius * _UNIT), 1), colour, max(round(width), 1), cv2.LINE_AA, SHIFT)


def seen_through(image: Image, box: Sequence[float], opacity: float, draw: Callable[[Image], None]) -> None:
    """Blend what `draw` paints into the image; box: (left, top, right, bottom) pixels beyond which it paints nothing."""
    left, top = max(int(box[0]), 0), max(int(box[1]), 0)
    right, bottom = min(int(box[2]) + 1, image.shape[1]), min(int(box[3]) + 1, image.shape[0])
    if right <= left or bottom <= top or opacity <= 0.0:
        return
    part = image[top:bottom, left:right]
    before = part.copy()
    draw(image)
    cv2.addWeighted(part, opacity, before, 1.0 - opacity, 0.0, dst=part)


def glow(image: Image, at: Points, radius: float, colour: Colour, strength: float) -> None:
    """Add light around a place ([2] pixels), fading to the radius (pixels); strength 1 is full light in the middle."""
    (x, y), reach = at.tolist(), int(np.ceil(radius))
    left, top = round(x) - reach, round(y) - reach
    low_x, low_y = max(left, 0), max(top, 0)
    high_x, high_y = min(left + 2 * reach + 1, image.shape[1]), min(top + 2 * reach + 1, image.shape[0])
    if high_x <= low_x or high_y <= low_y:
        return
    across = (np.arange(low_x, high_x) - x) / radius
    down = (np.arange(low_y, high_y) - y) / radius
    fade = np.maximum(1.0 - across[None, :] ** 2 - down[:, None] ** 2, 0.0) ** 2
    light = (strength * fade[:, :, None] * np.array(colour)).astype(np.uint8)
    part = image[low_y:high_y, low_x:high_x]
    cv2.add(part, light, dst=part)


def mixed(a: Colour, b: Colour, share: float) -> Colour:
    """From a (share 0) to b (share 1)."""
    red, green, blue = (round(p + share * (q - p)) for p, q in zip(a, b, strict=True))
    return red, green, blue


def from_hex(text: str) -> Colour:
    """ "#rrggbb" as RGB."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)
