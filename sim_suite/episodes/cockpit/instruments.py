"""Draws the instruments beside the picture, and text over it: speed, steering, pedals, progress, the red light of recording. Source: ours.

Surfaces are pygame's. All that is drawn at each step is small; words are rendered once and kept.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, Final

from sim_suite.episodes.cockpit.seat import Hud

Colour = tuple[int, int, int]
Surface = Any  # pygame's, which is imported only where a window is opened
PANEL_PX: Final = 240
"""Width of the instruments, at the window's right."""
LIGHT_XY: Final = (24, 24)
"""Middle of the recording light, from the panel's upper left corner."""
RECORDING: Final[Colour] = (232, 48, 48)
NOT_RECORDING: Final[Colour] = (74, 82, 90)
BACKGROUND: Final[Colour] = (16, 20, 26)
_INK: Final[Colour] = (244, 246, 248)
_SOFT: Final[Colour] = (150, 160, 170)
_RAIL: Final[Colour] = (54, 62, 70)
_GO: Final[Colour] = (70, 205, 235)
_STOP: Final[Colour] = (255, 122, 60)
_AUTO: Final[Colour] = (150, 120, 255)
_KMH: Final = 3.6
_MARGIN: Final = 20
_WIDE: Final = PANEL_PX - 2 * _MARGIN


def draw_instruments(panel: Surface, hud: Hud) -> None:
    """On a surface of PANEL_PX x 480 or more."""
    import pygame

    panel.fill(BACKGROUND)
    pygame.draw.circle(panel, RECORDING if hud.recording else NOT_RECORDING, LIGHT_XY, 9)
    _write(panel, "REC" if hud.recording else "not recording", 44, 14, 18, _INK if hud.recording else _SOFT)
    driver = f"{hud.driver} drives" if hud.autopilot else "you drive"
    _write(panel, driver, _MARGIN, 44, 18, _AUTO if hud.autopilot else _GO)
    right = _write(panel, f"{hud.speed_mps * _KMH:.0f}", _MARGIN, 70, 56, _INK)
    _write(panel, "km/h", right + 8, 100, 18, _SOFT)
    _steering(panel, hud.hand.steer, 144)
    _bar(panel, "throttle", hud.hand.throttle, 184, _GO)
    _bar(panel, "brake", hud.hand.brake, 220, _STOP)
    if hud.progress is not None:
        _bar(panel, f"progress {100 * hud.progress:.0f} %", hud.progress, 256, _INK)
    minutes, seconds = divmod(hud.time_s, 60.0)
    facts = [
        f"{int(minutes)}:{seconds:04.1f}   return {hud.episode_return:.1f}",
        f"{hud.fps:.0f} steps/s   {hud.missed} missed",
        *hud.lines,
    ]
    y = 298
    for fact in facts:
        _write(panel, fact, _MARGIN, y, 16, _SOFT)
        y += 20
    for name, count in hud.infractions:
        _write(panel, f"{name}: {count}", _MARGIN, y, 16, _STOP)
        y += 20


def draw_overlay(surface: Surface, lines: tuple[str, ...]) -> None:
    """Text on a dark sheet in the middle of a surface: a title, then lines in one column, or in two where two spaces part them."""
    import pygame

    rows = [[_text(lines[0], 26, _INK)]]
    for line in lines[1:]:
        left, _, right = line.partition("  ")
        rows.append([_text(left, 17, _GO), _text(right.strip(), 17, _INK)] if right else [_text(line, 17, _INK)])
    column = max((row[0].get_width() for row in rows if len(row) == 2), default=0) + 20
    width = max(row[0].get_width() if len(row) == 1 else column + row[1].get_width() for row in rows) + 48
    height = sum(row[0].get_height() + 8 for row in rows) + 32
    sheet = pygame.Surface((width, height), pygame.SRCALPHA)
    pygame.draw.rect(sheet, (*BACKGROUND, 225), sheet.get_rect(), border_radius=10)
    y = 18
    for row in rows:
        for number, text in enumerate(row):
            sheet.blit(text, (24 + number * column, y))
        y += row[0].get_height() + 8
    surface.blit(sheet, ((surface.get_width() - width) // 2, (surface.get_height() - height) // 2))


def _steering(panel: Surface, steer: float, y: int) -> None:
    """A rail whose mark is at the left for a wheel turned left."""
    import pygame

    _write(panel, "steering", _MARGIN, y, 14, _SOFT)
    pygame.draw.rect(panel, _RAIL, (_MARGIN, y + 18, _WIDE, 8), border_radius=4)
    x = round(_MARGIN + _WIDE / 2 * (1.0 - steer)) if math.isfinite(steer) else _MARGIN + _WIDE // 2
    pygame.draw.circle(panel, _INK, (x, y + 22), 8)


def _bar(panel: Surface, name: str, share: float, y: int, colour: Colour) -> None:
    import pygame

    _write(panel, name, _MARGIN, y, 14, _SOFT)
    pygame.draw.rect(panel, _RAIL, (_MARGIN, y + 18, _WIDE, 8), border_radius=4)
    wide = round(_WIDE * min(max(share, 0.0), 1.0))
    if wide:
        pygame.draw.rect(panel, colour, (_MARGIN, y + 18, wide, 8), border_radius=4)


def _write(panel: Surface, text: str, x: int, y: int, size: int, colour: Colour) -> int:
    """Where the text ends at the right."""
    drawn = _text(text, size, colour)
    panel.blit(drawn, (x, y))
    return x + int(drawn.get_width())


@lru_cache(maxsize=1024)
def _text(text: str, size: int, colour: Colour) -> Surface:
    import pygame

    try:
        return _font(size).render(text, True, colour)
    except pygame.error:  # whoever closes one of Gymnasium's environments quits pygame for all, and with it every font
        _font.cache_clear()
        return _font(size).render(text, True, colour)


@lru_cache(maxsize=16)
def _font(size: int) -> Any:  # pygame's
    import pygame

    pygame.font.init()
    return pygame.font.Font(None, round(size * 1.25))
