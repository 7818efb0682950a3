"""Figures, letters, arrows and a walker as strokes, so that no font is needed. Source: ours.

A figure or letter fills x -0.5..0.5 and y -1..1, y down.
"""

from __future__ import annotations

import math
from typing import Final

from perception.classification.signs.canvas import Canvas
from perception.colours import Colour

Path = tuple[tuple[float, float], ...]
_STEP_DEG: Final = 15.0
"""Between two points of an arc."""


def _arc(x: float, y: float, wide: float, high: float, begin_deg: float, end_deg: float) -> Path:
    """Of an ellipse with these half axes; from the right over the bottom where angles rise."""
    count = math.ceil(abs(end_deg - begin_deg) / _STEP_DEG)
    turns = [math.radians(begin_deg + (end_deg - begin_deg) * number / count) for number in range(count + 1)]
    return tuple((x + wide * math.cos(turn), y + high * math.sin(turn)) for turn in turns)


_ROUND: Final = (_arc(0.0, 0.0, 0.5, 1.0, 0.0, 360.0),)
GLYPHS: Final[dict[str, tuple[Path, ...]]] = {
    "0": _ROUND,
    "3": (_arc(0.0, -0.5, 0.46, 0.5, 200.0, 450.0), _arc(0.0, 0.5, 0.5, 0.5, 270.0, 520.0)),
    "5": (((0.45, -1.0), (-0.4, -1.0), (-0.45, -0.1), *_arc(-0.02, 0.35, 0.5, 0.65, 225.0, 505.0)),),
    "7": (((-0.5, -1.0), (0.5, -1.0), (-0.15, 1.0)),),
    "O": _ROUND,
    "P": (((-0.4, 1.0), (-0.4, -1.0), *_arc(0.05, -0.5, 0.42, 0.5, 270.0, 450.0), (-0.4, 0.0)),),
    "S": ((*_arc(0.0, -0.5, 0.46, 0.5, 330.0, 90.0), *_arc(0.0, 0.5, 0.46, 0.5, 270.0, 510.0)),),
    "T": (((-0.5, -1.0), (0.5, -1.0)), ((0.0, -1.0), (0.0, 1.0))),
}


def write(canvas: Canvas, text: str, width: float, height: float, stroke: float, colour: Colour) -> None:
    """A text of these glyphs in a box about the canvas's middle. stroke: width of the lines."""
    advance = width / len(text)
    wide, high = (advance - 2.0 * stroke) / 1.0, (height - stroke) / 2.0
    for number, letter in enumerate(text):
        middle = (number + 0.5) * advance - width / 2.0
        for path in GLYPHS[letter]:
            canvas.stroke([(middle + wide * x, high * y) for x, y in path], stroke, colour)


def arrow(canvas: Canvas, path: Path, stroke: float, head: float, colour: Colour) -> None:
    """A line that ends in a triangle as long and half as wide to each side as `head` says, beyond the last point."""
    (x0, y0), (x, y) = path[-2:]
    length = math.hypot(x - x0, y - y0)
    ahead, aside = ((x - x0) / length, (y - y0) / length), (-(y - y0) / length, (x - x0) / length)
    canvas.stroke(path, stroke, colour)
    canvas.polygon(
        [
            (x + head * ahead[0], y + head * ahead[1]),
            (x + 0.75 * head * aside[0], y + 0.75 * head * aside[1]),
            (x - 0.75 * head * aside[0], y - 0.75 * head * aside[1]),
        ],
        colour,
    )


def walker(canvas: Canvas, stroke: float, colour: Colour) -> None:
    """A person who walks to the left, about the canvas's middle."""
    canvas.disc((0.02, -0.28), 0.1, colour)
    canvas.stroke([(0.04, -0.1), (0.02, 0.18)], 1.5 * stroke, colour)
    canvas.stroke([(-0.2, 0.08), (0.0, -0.08), (0.2, 0.1)], stroke, colour)
    canvas.stroke([(-0.2, 0.55), (0.0, 0.2), (0.22, 0.55)], stroke, colour)
