"""Draws the display: speed and limit, steering, pedals, the next turn and light, time, progress, score, the last event.

Source: ours. All sizes follow the picture's height; small pictures keep what one needs to understand the drive.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.driving.world.kinds import GREEN, RED, YELLOW
from sim_suite.envs.driving.picture import brush
from sim_suite.envs.driving.picture.brush import Colour, Image
from sim_suite.envs.driving.picture.hud import FADE_S, Hud, manoeuvre_of
from sim_suite.envs.driving.picture.lettering import text_width, write
from sim_suite.envs.driving.picture.signals import draw_limit
from sim_suite.envs.driving.picture.style import DARK, LIGHT_COLOURS, PictureStyle

_BASE_PX: Final = 480.0
"""Height of a picture whose display has its nominal sizes."""
_SMALL: Final = 0.66
"""Below this share of it steering, pedals, time and score are left out; the rest is drawn as if the picture were so tall."""
_PANEL: Final[Colour] = (16, 20, 26)
_PANEL_OPACITY: Final = 0.62
_INK: Final[Colour] = (244, 246, 248)
_SOFT: Final[Colour] = (172, 180, 188)
_TRACK: Final[Colour] = (78, 86, 94)
_GO: Final[Colour] = (70, 205, 235)
_WARN: Final[Colour] = (255, 122, 60)
_KMH: Final = 3.6


def draw_hud(image: Image, hud: Hud, style: PictureStyle) -> None:
    """Draw the display over a picture."""
    unit = max(image.shape[0] / _BASE_PX, _SMALL)
    small = image.shape[0] / _BASE_PX < _SMALL
    _speed(image, hud, unit, small, style)
    _ahead(image, hud, unit)
    if not small:
        _corner(image, hud, unit)
    if hud.progress is not None:
        _progress(image, hud.progress, unit, style)
    if hud.event and hud.event_age_s < FADE_S:
        _event(image, hud, unit)


def _panel(image: Image, left: float, top: float, width: float, height: float, opacity: float = _PANEL_OPACITY) -> None:
    """A dark, rounded, see-through sheet."""
    radius = min(height / 2, 0.22 * min(width, height) + 4.0)
    angle = np.linspace(0.0, 2 * np.pi, 33)[:-1]
    middle = np.column_stack((np.where(np.cos(angle) > 0, left + width - radius, left + radius),
                              np.where(np.sin(angle) > 0, top + height - radius, top + radius)))  # fmt: skip
    edge = middle + radius * np.column_stack((np.cos(angle), np.sin(angle)))
    box = (left - 1, top - 1, left + width + 1, top + height + 1)
    brush.seen_through(image, box, opacity, lambda copy: brush.convex(copy, edge, _PANEL))


def _speed(image: Image, hud: Hud, unit: float, small: bool, style: PictureStyle) -> None:
    """Bottom left: a dial with the number in it, the limit's sign, steering and pedals."""
    height = image.shape[0]
    radius = 30.0 * unit
    wide = (2 * radius + 54 * unit) if small else (2 * radius + 166 * unit)
    wide -= 0.0 if hud.limit_mps is not None else 42 * unit
    top = height - 2 * radius - 26 * unit
    _panel(image, 8 * unit, top, wide, 2 * radius + 14 * unit)
    x, y = 14 * unit + radius, top + radius + 7 * unit
    _dial(image, hud, x, y, radius, unit, style)
    right = x + radius + 9 * unit
    if hud.limit_mps is not None:
        draw_limit(image, right + 15 * unit, y, 15.5 * unit, f"{hud.limit_mps * _KMH:.0f}")
        right += 42 * unit
    if not small:
        _wheel(image, right + 21 * unit, y, 20 * unit, hud.steer)
        for number, (share, colour, name) in enumerate(((hud.throttle, _GO, "T"), (hud.brake, _WARN, "B"))):
            _pedal(image, right + (60 + 22 * number) * unit, y, unit, share, colour, name)


def _dial(image: Image, hud: Hud, x: float, y: float, radius: float, unit: float, style: PictureStyle) -> None:
    top_kmh = 60.0 if max(hud.limit_mps or 0.0, hud.speed_mps) * _KMH <= 55.0 else 160.0
    speed = hud.speed_mps * _KMH
    fast = hud.limit_mps is not None and speed > hud.limit_mps * _KMH + 3.0
    _arc(image, x, y, radius - 3 * unit, 1.0, _TRACK, 5 * unit)
    if speed > 0.5:
        _arc(image, x, y, radius - 3 * unit, min(speed / top_kmh, 1.0), _WARN if fast else style.ego, 5 * unit)
    if hud.limit_mps is not None:
        angle = _dial_angle(min(hud.limit_mps * _KMH / top_kmh, 1.0))
        tick = np.array([(x + r * math.cos(angle), y + r * math.sin(angle)) for r in (radius - 6 * unit, radius)])
        brush.line(image, tick, _INK, 2 * unit)
    write(image, f"{speed:.0f}", x, y - 2 * unit, 23 * unit, _WARN if fast else _INK, bold=True, anchor="middle")
    write(image, "km/h", x, y + 16 * unit, 9 * unit, _SOFT, anchor="middle")


def _dial_angle(share: float) -> float:
    return math.radians(135.0 + 270.0 * share)


def _arc(image: Image, x: float, y: float, radius: float, share: float, colour: Colour, width: float) -> None:
    angle = np.linspace(_dial_angle(0.0), _dial_angle(share), max(int(40 * share), 2))
    brush.line(image, np.column_stack((x + radius * np.cos(angle), y + radius * np.sin(angle))), colour, width)


def _wheel(image: Image, x: float, y: float, radius: float, steer: float) -> None:
    """A steering wheel, turned up to 120 degrees."""
    brush.ring(image, x, y, radius, _INK, 0.16 * radius)
    turn = -steer * math.radians(120.0)
    for spoke in (0.0, math.pi, math.pi / 2):
        end = np.array([(x, y), (x + radius * math.cos(spoke + turn), y + radius * math.sin(spoke + turn))])
        brush.line(image, end, _INK, 0.17 * radius)
    top = -math.pi / 2 + turn
    brush.disc(image, x + radius * math.cos(top), y + radius * math.sin(top), 0.17 * radius, _GO)
    brush.disc(image, x, y, 0.26 * radius, _INK)


def _pedal(image: Image, x: float, y: float, unit: float, share: float, colour: Colour, name: str) -> None:
    half, top, bottom = 5.5 * unit, y - 28 * unit, y + 18 * unit
    for high, paint in ((top, _TRACK), (bottom - (bottom - top) * share, colour)):
        if high < bottom - 0.3:
            brush.convex(
                image, np.array([(x - half, high), (x + half, high), (x + half, bottom), (x - half, bottom)]), paint
            )
    write(image, name, x, y + 27 * unit, 9.5 * unit, _SOFT, bold=True, anchor="middle")


def _ahead(image: Image, hud: Hud, unit: float) -> None:
    """Bottom right: an arrow for the next turn with its distance, and the next light."""
    turning, lit = hud.turn_rad is not None, hud.light is not None
    if not turning and not lit:
        return
    wide = (80 * unit if turning else 0.0) + (78 * unit if lit else 0.0) + 8 * unit
    tall = 46 * unit
    left, top = image.shape[1] - wide - 8 * unit, image.shape[0] - tall - 10 * unit
    _panel(image, left, top, wide, tall)
    x, y = left + 8 * unit, top + tall / 2
    if hud.turn_rad is not None:
        _arrow(image, x + 14 * unit, y, 15 * unit, manoeuvre_of(hud.turn_rad))
        write(image, _metres(hud.turn_m), x + 33 * unit, y, 12 * unit, _INK, bold=True)
        x += 80 * unit
    if hud.light is not None:
        for lamp, place in ((RED, -1), (YELLOW, 0), (GREEN, 1)):
            colour = LIGHT_COLOURS[lamp] if lamp == hud.light else brush.mixed(LIGHT_COLOURS[lamp], DARK, 0.8)
            brush.disc(image, x + 10 * unit, y + 13 * unit * place, (5.6 if lamp == hud.light else 4.6) * unit, colour)
        write(image, _metres(hud.light_m), x + 24 * unit, y, 12 * unit, _INK, bold=True)


def _metres(distance_m: float) -> str:
    """Whole fives, which do not flicker; "now" when it is here."""
    return "now" if distance_m < 5.0 else f"{5 * round(distance_m / 5)} m"


def _arrow(image: Image, x: float, y: float, size: float, way: int) -> None:
    """Up, or up and then to a side."""
    width = 0.3 * size
    if way == 0:
        line, tip, ahead = [(x, y + size), (x, y - 0.3 * size)], (x, y - 0.95 * size), (0.0, -1.0)
    else:
        out = -float(way)  # left is positive in the world, negative in the picture
        bend = [
            (x - 0.4 * out * size, y + size),
            (x - 0.4 * out * size, y - 0.1 * size),
            (x - 0.25 * out * size, y - 0.3 * size),
        ]
        line = [*bend, (x + 0.3 * out * size, y - 0.3 * size)]
        tip, ahead = (x + 0.95 * out * size, y - 0.3 * size), (out, 0.0)
    brush.line(image, np.array(line), _INK, width)
    side = np.array((-ahead[1], ahead[0])) * 0.55 * size
    base = np.array(tip) - np.array(ahead) * 0.7 * size
    brush.convex(image, np.array([tip, base + side, base - side]), _INK)


def _corner(image: Image, hud: Hud, unit: float) -> None:
    """Top left the time, top right the score."""
    minutes, seconds = divmod(hud.time_s, 60.0)
    text = f"{int(minutes)}:{seconds:04.1f}"
    wide = text_width("0:00.0", 14 * unit, bold=True) + 20 * unit
    _panel(image, 8 * unit, 20 * unit, wide, 26 * unit)
    write(image, text, 18 * unit, 33 * unit, 14 * unit, _INK, bold=True)
    if hud.score is not None:
        label = f"{hud.score:.1f}"
        wide = text_width(label, 14 * unit, bold=True) + text_width(hud.score_name, 10 * unit) + 27 * unit
        left = image.shape[1] - 8 * unit - wide
        _panel(image, left, 20 * unit, wide, 26 * unit)
        write(image, hud.score_name, left + 10 * unit, 34 * unit, 10 * unit, _SOFT)
        write(image, label, image.shape[1] - 18 * unit, 33 * unit, 14 * unit, _INK, bold=True, anchor="end")


def _progress(image: Image, progress: float, unit: float, style: PictureStyle) -> None:
    """Along the top edge: how much of the route is done."""
    left, right, y = 12 * unit, image.shape[1] - 12 * unit, 10 * unit
    at = left + (right - left) * min(max(progress, 0.0), 1.0)
    brush.line(image, np.array([(left, y), (right, y)]), _PANEL, 7 * unit)
    brush.line(image, np.array([(left, y), (right, y)]), _TRACK, 4 * unit)
    brush.line(image, np.array([(left, y), (at, y)]), style.route, 4 * unit)
    brush.disc(image, right, y, 5 * unit, style.goal)
    brush.disc(image, at, y, 6 * unit, _PANEL)
    brush.disc(image, at, y, 4.4 * unit, style.ego)


def _event(image: Image, hud: Hud, unit: float) -> None:
    """The last event, near the top, which fades in its last second."""
    strength = min((FADE_S - hud.event_age_s) / 1.0, 1.0)
    wide = text_width(hud.event, 15 * unit, bold=True) + 44 * unit
    left, top = image.shape[1] / 2 - wide / 2, image.shape[0] * 0.115
    _panel(image, left, top, wide, 30 * unit, 0.78 * strength)
    colour = _GO if hud.good_event else _WARN

    def mark(copy: Image) -> None:
        x, y, r = left + 18 * unit, top + 15 * unit, 8 * unit
        if hud.good_event:
            brush.disc(copy, x, y, r, colour)
            brush.line(
                copy,
                np.array([(x - 0.45 * r, y), (x - 0.1 * r, y + 0.4 * r), (x + 0.5 * r, y - 0.4 * r)]),
                DARK,
                2 * unit,
            )
        else:
            brush.convex(copy, np.array([(x, y - r), (x + 1.05 * r, y + 0.8 * r), (x - 1.05 * r, y + 0.8 * r)]), colour)
            write(copy, "!", x, y + 1.5 * unit, 11 * unit, DARK, bold=True, anchor="middle")

    brush.seen_through(image, (left, top, left + wide, top + 31 * unit), strength, mark)
    write(image, hud.event, left + 33 * unit, top + 15 * unit, 15 * unit, _INK, bold=True, opacity=strength)
