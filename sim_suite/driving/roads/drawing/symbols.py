"""Symbols as polygons and short texts in a unit square, the same for every backend. Source: ours, after the Vienna Convention."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from sim_suite.driving.roads.drawing.scene import Points
from sim_suite.driving.roads.drawing.strokes import disc


class Part(NamedTuple):
    """A polygon of a symbol; or its text, where `text_height` is not 0."""

    style: str
    """Of a polygon its style, of a text its colour."""
    points: Points
    """[N, 2] with x right (along the heading of symbols that have one) and y up, about the origin, a unit being the symbol's size.
    Of a text its middle, [1, 2]."""
    text_height: float = 0.0
    """Of capitals' em, as a share of the symbol's size."""
    text: str | None = None
    """What stands there always; None where it is the marker's own text."""


class Symbol(NamedTuple):
    """What it is made of, its least size on paper and what the legend says."""

    parts: tuple[Part, ...]
    size_px: float
    legend: str


class TextLook(NamedTuple):
    """How a marker is drawn that is a text alone."""

    colour: str
    halo: str
    """Colour of the edge that keeps it legible on anything."""
    size_px: float
    bold: bool
    legend: str
    dot: bool = False
    """A dot marks the place and the text stands to its right."""


def _ring(sides: int, radius: float, turn: float) -> Points:
    angle = turn + np.arange(sides) * (2 * np.pi / sides)
    return np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))


def _box(half_width: float, half_height: float) -> Points:
    return np.array(
        [(-half_width, -half_height), (half_width, -half_height), (half_width, half_height), (-half_width, half_height)]
    )


_MIDDLE: Final = np.zeros((1, 2))
_ARROW: Final = np.array(
    [(-0.5, 0.055), (0.05, 0.055), (0.05, 0.19), (0.5, 0.0), (0.05, -0.19), (0.05, -0.055), (-0.5, -0.055)]
)
_YIELD: Final = np.array([(-0.54, 0.42), (0.54, 0.42), (0.0, -0.52)])
_CHEVRON: Final = np.array([(-0.5, 0.5), (0.5, 0.0), (-0.5, -0.5), (-0.15, 0.0)])

SYMBOLS: Final[dict[str, Symbol]] = {
    "light": Symbol(
        (
            Part("housing", _box(0.27, 0.58)),
            Part("lamp-red", disc(0.0, 0.36, 0.145, 14)),
            Part("lamp-amber", disc(0.0, 0.0, 0.145, 14)),
            Part("lamp-green", disc(0.0, -0.36, 0.145, 14)),
        ),
        17.0,
        "traffic light",
    ),
    "stop": Symbol(
        (Part("sign-red", _ring(8, 0.54, np.pi / 8)), Part("sign-white", _MIDDLE, 0.34, "STOP")), 16.0, "stop sign"
    ),
    "yield": Symbol(
        (Part("sign-red", _YIELD), Part("sign-face", _YIELD * 0.52 + (0.0, 0.045))), 16.0, "give-way sign"
    ),
    "speed": Symbol(
        (
            Part("sign-red", disc(0.0, 0.0, 0.52, 24)),
            Part("sign-face", disc(0.0, 0.0, 0.39, 24)),
            Part("sign-ink", _MIDDLE, 0.42),
        ),
        17.0,
        "speed limit",
    ),
    "sign": Symbol(
        (Part("sign-blue", _ring(4, 0.5, 0.0)), Part("sign-face", disc(0.0, 0.0, 0.15, 12))), 12.0, "other sign or signal"
    ),
    "arrow": Symbol((Part("arrow", _ARROW),), 13.0, "direction of travel"),
    "link-arrow": Symbol((Part("link-arrow", _CHEVRON * 0.8),), 6.5, ""),
}  # fmt: skip
"""Symbols by name. "speed" shows the marker's text; "arrow" and "link-arrow" point along their heading."""

TEXTS: Final[dict[str, TextLook]] = {
    "road": TextLook("ink", "paper", 12.0, True, "id of a road"),
    "connecting": TextLook("soft", "paper", 10.0, False, "id of a connecting road"),
    "junction": TextLook("junction-ink", "paper", 12.0, True, "id of a junction"),
    "lane": TextLook("lane-ink", "asphalt", 10.0, False, "id of a lane in its road"),
    "height": TextLook("height", "paper", 10.0, False, "height of the road in metres", dot=True),
}
"""Texts by name."""

LETTER_WIDTH: Final = 0.6
"""Mean width of a letter or digit in ems, a little more than that of DejaVu Sans."""


def text_size(text: str, size_px: float) -> tuple[float, float]:
    """(width, height) in pixels that a text takes."""
    return LETTER_WIDTH * size_px * max(len(text), 1), 1.2 * size_px
