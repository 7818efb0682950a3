"""The faces of signs and lights, drawn by our own hand after the Vienna Convention on Road Signs and Signals (1968), annex 1.

The letters behind each name are the convention's number of the sign; lights are those of its article 23.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from perception.classification.signs.canvas import Canvas, Face, Points
from perception.classification.signs.glyphs import arrow, walker, write
from perception.classification.signs.style import Paint
from perception.colours import Colour

WHITE: Final = (244, 244, 240)
BLACK: Final = (22, 22, 24)
_UP: Final = ((0.0, -0.92), (0.98, 0.78), (-0.98, 0.78))
_MIDDLE_OF_UP: Final = (0.0, 0.213)
"""Where the triangle's bisectors meet, about which it is shrunk to its border."""
_LENSES: Final = (("light_red", -0.54), ("light_yellow", 0.0), ("light_green", 0.54))
_LIT: Final = {"light_red": (255, 58, 44), "light_yellow": (255, 196, 40), "light_green": (40, 240, 150)}
_UNLIT: Final = {"light_red": (66, 24, 24), "light_yellow": (64, 52, 22), "light_green": (20, 54, 42)}


def draw(name: str, paint: Paint) -> Face:
    """[SIDE, SIDE, 4] uint8, see `Canvas.face`. name: of `NAMES`."""
    canvas = Canvas()
    FACES[name](canvas, paint)
    return canvas.face()


def _stop(canvas: Canvas, paint: Paint) -> None:
    canvas.polygon(_regular(8, 0.98, math.pi / 8), WHITE)
    canvas.polygon(_regular(8, 0.9, math.pi / 8), paint.red)
    write(canvas, "STOP", 1.6, 0.66, 0.75 * paint.stroke, WHITE)


def _give_way(canvas: Canvas, paint: Paint) -> None:
    _bordered([(x, -y) for x, y in _UP], (0.0, -_MIDDLE_OF_UP[1]), canvas, paint)


def _priority_road(canvas: Canvas, paint: Paint) -> None:
    canvas.polygon(_regular(4, 0.98, 0.0), BLACK)
    canvas.polygon(_regular(4, 0.92, 0.0), WHITE)
    canvas.polygon(_regular(4, 0.6, 0.0), paint.yellow)


def _no_entry(canvas: Canvas, paint: Paint) -> None:
    canvas.disc((0.0, 0.0), 0.95, WHITE)
    canvas.disc((0.0, 0.0), 0.9, paint.red)
    canvas.polygon(_box(0.68, 0.17), WHITE)


def _speed_limit(limit: str) -> Callable[[Canvas, Paint], None]:
    def face(canvas: Canvas, paint: Paint) -> None:
        canvas.disc((0.0, 0.0), 0.95, paint.red)
        canvas.disc((0.0, 0.0), 0.95 - paint.border, paint.ground)
        write(canvas, limit, 1.14, 0.88, paint.stroke, BLACK)

    return face


def _one_way(canvas: Canvas, paint: Paint) -> None:
    _blue_square(canvas, paint)
    arrow(canvas, ((0.0, 0.62), (0.0, -0.2)), 1.6 * paint.stroke, 0.48, WHITE)


def _pedestrian_crossing(canvas: Canvas, paint: Paint) -> None:
    _blue_square(canvas, paint)
    canvas.polygon([(0.8 * x, 0.8 * y) for x, y in _UP], WHITE)
    walker(canvas, 0.75 * paint.stroke, BLACK)


def _curve(side: float) -> Callable[[Canvas, Paint], None]:
    """side: -1 to the left, 1 to the right."""

    def face(canvas: Canvas, paint: Paint) -> None:
        _bordered(_UP, _MIDDLE_OF_UP, canvas, paint)
        path = ((-0.16 * side, 0.6), (-0.16 * side, 0.24), (-0.06 * side, 0.1), (0.1 * side, 0.02))
        arrow(canvas, path, 1.15 * paint.stroke, 0.28, BLACK)

    return face


def _turn(side: float) -> Callable[[Canvas, Paint], None]:
    """side: as above."""

    def face(canvas: Canvas, paint: Paint) -> None:
        canvas.disc((0.0, 0.0), 0.95, WHITE)
        canvas.disc((0.0, 0.0), 0.9, paint.blue)
        arrow(canvas, ((-0.62 * side, 0.0), (0.2 * side, 0.0)), 1.4 * paint.stroke, 0.46, WHITE)

    return face


def _light(lit: str) -> Callable[[Canvas, Paint], None]:
    def face(canvas: Canvas, paint: Paint) -> None:
        if paint.board:
            canvas.polygon(_box(0.5, 0.97), WHITE)
        canvas.polygon(_box(0.42, 0.9), paint.housing)
        for name, y in _LENSES:
            canvas.disc((0.0, y), 0.25, _LIT[name] if name == lit else _UNLIT[name])

    return face


FACES: Final[Mapping[str, Callable[[Canvas, Paint], None]]] = {
    "stop": _stop,  # B,2a
    "give_way": _give_way,  # B,1
    "priority_road": _priority_road,  # B,3
    "no_entry": _no_entry,  # C,1a
    "speed_limit_30": _speed_limit("30"),  # C,14
    "speed_limit_50": _speed_limit("50"),
    "speed_limit_70": _speed_limit("70"),
    "one_way": _one_way,  # E,3a
    "pedestrian_crossing": _pedestrian_crossing,  # E,12a
    "curve_left": _curve(-1.0),  # A,1a
    "curve_right": _curve(1.0),  # A,1b
    "turn_left": _turn(-1.0),  # D,1a
    "turn_right": _turn(1.0),
    "light_red": _light("light_red"),
    "light_yellow": _light("light_yellow"),
    "light_green": _light("light_green"),
}
NAMES: Final = tuple(FACES)
"""Of the classes, in the order of their labels."""


def _regular(corners: int, radius: float, turned_rad: float) -> Points:
    turns = [turned_rad + 2.0 * math.pi * number / corners for number in range(corners)]
    return [(radius * math.cos(turn), radius * math.sin(turn)) for turn in turns]


def _box(half_width: float, half_height: float) -> Points:
    x, y = half_width, half_height
    return [(-x, -y), (x, -y), (x, y), (-x, y)]


def _bordered(points: Points, middle: tuple[float, float], canvas: Canvas, paint: Paint) -> None:
    """A triangle with a red border: shrunk about its middle until its sides have moved in by the border's width."""
    inward = abs(points[1][1] - middle[1])  # from the middle to the level side
    share = 1.0 - 1.25 * paint.border / inward
    canvas.polygon(points, paint.red)
    shrunk = [(middle[0] + share * (x - middle[0]), middle[1] + share * (y - middle[1])) for x, y in points]
    canvas.polygon(shrunk, paint.ground)


def _blue_square(canvas: Canvas, paint: Paint) -> None:
    canvas.polygon(_box(0.9, 0.9), WHITE)
    canvas.polygon(_box(0.84, 0.84), paint.blue)


def lit_colour(name: str) -> Colour | None:
    """Of the lens that shines; None for signs, which do not."""
    return _LIT.get(name)


def lit_height(name: str) -> float:
    """The shining lens's middle, in the canvas's units."""
    return dict(_LENSES)[name]
