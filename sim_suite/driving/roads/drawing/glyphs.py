"""Symbols and dots in pixels, ready for a picture. Source: ours."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sim_suite.driving.roads.drawing.picture import Ink, Word
from sim_suite.driving.roads.drawing.scene import Points
from sim_suite.driving.roads.drawing.symbols import SYMBOLS


def symbol(
    name: str, x: float, y: float, size: float, text: str = "", angle: float | None = None, about: str = ""
) -> Iterable[Ink | Word]:
    """A symbol's parts at (x, y) in pixels; angle: where its own x axis points, counter-clockwise from the right."""
    cos, sin = (1.0, 0.0) if angle is None else (float(np.cos(angle)), float(np.sin(angle)))
    for part in SYMBOLS[name].parts:
        turned = part.points @ np.array([(cos, sin), (-sin, cos)])
        points = np.column_stack((x + size * turned[:, 0], y - size * turned[:, 1]))
        if part.text_height:
            shown = part.text if part.text is not None else text
            high = part.text_height * size * (1.0 if len(shown) < 3 or part.text else 0.8)
            yield Word(shown, float(points[0, 0]), float(points[0, 1]), high, part.style, bold=True)
        else:
            yield Ink(part.style, points, True, about)


def dots(x: float, y: float, radius: float) -> Points:
    """A small disc in pixels."""
    angle = np.arange(12) * (np.pi / 6)
    return np.column_stack((x + radius * np.cos(angle), y + radius * np.sin(angle)))
