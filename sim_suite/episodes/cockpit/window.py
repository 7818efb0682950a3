"""A pygame window to sit in: shows picture and instruments, and reads the keyboard, gamepad or wheel before it. Source: ours.

Keys count from their events, not from what is held when it is looked at: a tap between two steps is not lost.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Final

import numpy as np

from sim_suite.display import open_display
from sim_suite.episodes.cockpit.instruments import BACKGROUND, PANEL_PX, draw_instruments, draw_overlay
from sim_suite.episodes.cockpit.keys import PRESSED, STEERING, KeyHand
from sim_suite.episodes.cockpit.ramps import ROAD_CAR, Reach
from sim_suite.episodes.cockpit.seat import Command, Device, Hud, Picture, Reading
from sim_suite.errors import SuiteError

SIZE: Final = (720 + PANEL_PX, 480)
"""Of the window, at first."""
TITLE: Final = "sim-suite drive"
_INSTEAD: Final = "Drive from a browser with --web 8080, or from a file with --input FILE"


def has_display() -> bool:
    """Whether a window can be opened, be it one that nobody sees."""
    if sys.platform != "linux" or os.environ.get("SDL_VIDEODRIVER") in ("dummy", "offscreen"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def require_display() -> None:
    """Raise `SuiteError` where no window can be opened."""
    if not has_display():
        raise SuiteError(f"there is no display to open a window on. {_INSTEAD}, or run under xvfb-run.")


class Window:
    """Device and display in one. A gamepad or wheel, if given, counts while no driving key is held."""

    def __init__(self, reach: Reach = ROAD_CAR, stick: Device | None = None) -> None:
        """Raises `SuiteError` where no window can be opened."""
        require_display()
        os.environ.setdefault("SDL_VIDEO_X11_WMCLASS", "sim-suite")
        pygame = self._pygame = open_display(_INSTEAD)
        try:
            self._surface: Any = pygame.display.set_mode(SIZE, pygame.RESIZABLE)
        except pygame.error as error:
            raise SuiteError(f"no window can be opened ({error}). {_INSTEAD}.") from error
        pygame.display.set_caption(TITLE)
        pygame.key.set_repeat()
        self._wheel, self._stick = KeyHand(reach), stick
        self._held: set[str] = set()
        self._tapped: set[str] = set()
        self._commands: list[Command] = []
        self._at_s = 0.0
        self.closed = False

    def begins(self, episode: int) -> None:
        """Hands off the wheel."""
        self._wheel.let_go()

    def ends(self) -> None:
        """What is held stays held."""

    def read(self, now_s: float, step_s: float, speed_mps: float) -> Reading:
        """The state now."""
        self._listen(now_s)
        keys = self._held | self._tapped
        hand, touched = self._wheel.hold(keys, speed_mps, step_s), bool(keys)
        if step_s > 0.0:
            self._tapped.clear()
        commands, at_s = tuple(self._commands), self._at_s
        self._commands.clear()
        if self._stick is not None:
            other = self._stick.read(now_s, step_s, speed_mps)
            commands += other.commands
            if not touched and (other.touched or hand.steer == hand.throttle == hand.brake == 0.0):
                hand, touched, at_s = other.hand, other.touched, max(at_s, other.at_s)
        return Reading(hand, commands, touched, at_s)

    def show(self, picture: Picture, hud: Hud) -> None:
        """The picture as large as fits, instruments at the right."""
        pygame, surface = self._pygame, self._surface
        width, height = surface.get_size()
        room = (max(width - PANEL_PX, 1), height)
        scale = min(room[0] / picture.shape[1], room[1] / picture.shape[0])
        size = (max(round(picture.shape[1] * scale), 1), max(round(picture.shape[0] * scale), 1))
        drawn = pygame.image.frombuffer(np.ascontiguousarray(picture), picture.shape[1::-1], "RGB")
        if size != picture.shape[1::-1]:
            drawn = pygame.transform.smoothscale(drawn.convert(surface), size)
        surface.fill(BACKGROUND)
        surface.blit(drawn, ((room[0] - size[0]) // 2, (room[1] - size[1]) // 2))
        panel = pygame.Rect(room[0], 0, width - room[0], height).clip(surface.get_rect())
        draw_instruments(surface.subsurface(panel), hud)
        if hud.overlay:
            draw_overlay(surface.subsurface(pygame.Rect(0, 0, *room).clip(surface.get_rect())), hud.overlay)
        pygame.display.flip()

    def close(self) -> None:
        """Put it away."""
        self._pygame.display.quit()

    def _listen(self, now_s: float) -> None:
        """All events since the last look."""
        pygame = self._pygame
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                self.closed = True
            elif event.type == pygame.VIDEORESIZE:
                self._surface = pygame.display.get_surface()
            elif event.type == pygame.WINDOWFOCUSLOST:
                self._held.clear()
            elif event.type in (pygame.KEYDOWN, pygame.KEYUP):
                self._key(pygame.key.name(event.key), event.type == pygame.KEYDOWN, now_s)

    def _key(self, name: str, down: bool, now_s: float) -> None:
        self._at_s = now_s
        if name in STEERING:
            if down:
                self._held.add(name)
                self._tapped.add(name)
            else:
                self._held.discard(name)
        elif down and name in PRESSED:
            self._commands.append(PRESSED[name])
