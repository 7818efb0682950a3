"""Writes short texts with smooth edges, in DejaVu Sans as matplotlib ships it. Source: ours."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from sim_suite.envs.driving.picture.brush import Colour, Image

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font

Anchor = Literal["start", "middle", "end"]
_MOST_TEXTS: Final = 512
"""Texts kept as pixels: numbers that run (time, speed) come back."""
_CAPITAL: Final = 0.73
"""Height of a capital or digit in ems."""


@lru_cache(2)
def _font(bold: bool) -> FT2Font:
    import matplotlib
    from matplotlib.ft2font import FT2Font

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return FT2Font(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name))


@lru_cache(_MOST_TEXTS)
def _letters(text: str, size: float, bold: bool) -> tuple[NDArray[np.float32], int]:
    """[h, w, 1] cover of a text, 0 to 1, and how far its base line lies above the lowest row."""
    font = _font(bold)
    font.set_size(size, 72)
    font.set_text(text, 0.0)
    font.draw_glyphs_to_bitmap(antialiased=True)
    cover = np.array(font.get_image(), np.float32)[:, :, None] / 255.0
    inked = np.flatnonzero(cover.any(axis=(0, 2)))
    cover = cover[:, inked[0] : inked[-1] + 1] if len(inked) else cover
    cover.setflags(write=False)
    return cover, round(font.get_descent() / 64)


def text_width(text: str, size: float, *, bold: bool = False) -> int:
    """Pixels that a text takes across."""
    return _letters(text, round(size, 1), bold)[0].shape[1] if text else 0


def write(
    image: Image, text: str, x: float, y: float, size: float, colour: Colour, *, bold: bool = False,
    anchor: Anchor = "start", opacity: float = 1.0,
) -> None:  # fmt: skip
    """Write a text of `size` pixels an em; x is its left end, middle or right end, y the middle of its capitals."""
    if not text or opacity <= 0.0:
        return
    cover, descent = _letters(text, round(size, 1), bold)
    height, width = cover.shape[:2]
    left = round(x - (0.0, 0.5, 1.0)[("start", "middle", "end").index(anchor)] * (width - 1))
    top = round(y + _CAPITAL * size / 2) - (height - descent) + 1
    low_x, low_y = max(left, 0), max(top, 0)
    high_x, high_y = min(left + width, image.shape[1]), min(top + height, image.shape[0])
    if high_x <= low_x or high_y <= low_y:
        return
    share = opacity * cover[low_y - top : high_y - top, low_x - left : high_x - left]
    part = image[low_y:high_y, low_x:high_x]
    part[:] = np.rint(part + share * (np.array(colour, np.float32) - part)).astype(np.uint8)
