"""The frames of Gymnasium's CarRacing-v3, equal to the last bit, in less than half of the time. Source: gymnasium 1.4, `car_racing.py`.

Gymnasium turns the 700 polygons of grass and road by Python in every step, of which a few are in view once the camera has come down, and
reads a font from disk. Here the same calls of pygame draw the same things in the same order, but of polygons those in view, upon one
canvas, with one font. Where Gymnasium draws otherwise than the version that this was made for, its own drawing stays.
"""

from __future__ import annotations

import hashlib
import inspect
import math
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import gymnasium as gym
import numpy as np
import pygame
from gymnasium.envs.box2d.car_racing import (
    GRASS_DIM,
    PLAYFIELD,
    SCALE,
    STATE_H,
    STATE_W,
    WINDOW_H,
    WINDOW_W,
    ZOOM,
    CarRacing,
)
from numpy.typing import NDArray

Untyped = Any  # Gymnasium's class has no types
Polygon = list[tuple[float, float]]
KNOWN: Final = "dada0c0bcce602fe91ad19ace1d147fd0259d35b0290e5363b3ccf16190d1d0f"
"""SHA-256 of Gymnasium's functions that draw, as they were when this was made."""
MARGIN: Final = 2.0
"""Pixels beyond the picture that count as in view: smoothed edges are one pixel wide, and numpy rounds otherwise than pygame's vectors."""
_GRASS: Final[list[Polygon]] = [
    [(x + GRASS_DIM, y), (x, y), (x, y + GRASS_DIM), (x + GRASS_DIM, y + GRASS_DIM)]
    for x in (GRASS_DIM * i for i in range(-20, 20, 2))
    for y in (GRASS_DIM * i for i in range(-20, 20, 2))
]
_FIELD: Final[Polygon] = [
    (PLAYFIELD, PLAYFIELD),
    (PLAYFIELD, -PLAYFIELD),
    (-PLAYFIELD, -PLAYFIELD),
    (-PLAYFIELD, PLAYFIELD),
]


def quicken(env: gym.Env[Any, Any]) -> None:
    """Let an environment draw so from now on, where it is Gymnasium's own and draws as is known."""
    own = env.unwrapped
    if type(own) is CarRacing and fingerprint() == KNOWN:
        frames = SwiftFrames(own)
        own._render, own._render_road = frames.render, frames.draw_road  # type: ignore[method-assign]


@cache
def fingerprint() -> str:
    """Of the code that draws."""
    parts = (CarRacing._render, CarRacing._render_road, CarRacing._draw_colored_polygon, CarRacing._create_image_array)
    return hashlib.sha256("".join(inspect.getsource(part) for part in parts).encode()).hexdigest()


class SwiftFrames:
    """Draws for one environment."""

    def __init__(self, env: Untyped) -> None:
        """env: a `CarRacing`."""
        self._env = env
        self._slowly: Callable[[str], Untyped] = env._render
        self._canvas: pygame.Surface | None = None
        self._font: pygame.font.Font | None = None
        self._text: tuple[str, pygame.Surface] | None = None
        self._road: Untyped = None
        self._corners: NDArray[np.float64] = np.empty((0, 4, 2))

    def render(self, mode: str) -> Untyped:
        """As `CarRacing._render`; uint8 [96, 96, 3] of the observation."""
        env = self._env
        if mode != "state_pixels" or "t" not in vars(env):
            return self._slowly(mode)
        if self._canvas is None:
            self._canvas = pygame.Surface((WINDOW_W, WINDOW_H))
        else:
            self._canvas.fill(0)
        env.surf = self._canvas
        angle = -env.car.hull.angle
        zoom = 0.1 * SCALE * max(1 - env.t, 0) + ZOOM * SCALE * min(env.t, 1)
        place = env.car.hull.position
        turned = pygame.math.Vector2((-place[0] * zoom, -place[1] * zoom)).rotate_rad(angle)
        moved = (WINDOW_W / 2 + turned[0], WINDOW_H / 4 + turned[1])
        self.draw_road(zoom, moved, angle)
        env.car.draw(env.surf, zoom, moved, angle, False)
        env.surf = pygame.transform.flip(env.surf, False, True)
        env._render_indicators(WINDOW_W, WINDOW_H)
        self._write(f"{env.reward:04.0f}")
        return env._create_image_array(env.surf, (STATE_W, STATE_H))

    def draw_road(self, zoom: float, translation: tuple[float, float], angle: float) -> None:
        """As `CarRacing._render_road`."""
        env = self._env
        if max(map(abs, env.car.hull.position)) + math.hypot(WINDOW_W, WINDOW_H) / zoom < PLAYFIELD:
            env.surf.fill([int(part) for part in env.bg_color])  # nothing beyond the field is in view
        else:
            env._draw_colored_polygon(env.surf, _FIELD, env.bg_color, zoom, translation, angle, clip=False)
        if self._road is not env.road_poly or len(self._corners) != len(_GRASS) + len(env.road_poly):
            self._road = env.road_poly
            self._corners = np.array([*_GRASS, *([tuple(corner) for corner in poly] for poly, _ in self._road)])
        for i in self._in_view(zoom, translation, angle):
            if i < len(_GRASS):
                poly, color = _GRASS[i], env.grass_color
            else:
                poly, color = self._road[i - len(_GRASS)]  # tiles change their colours when they are visited
                poly, color = [(corner[0], corner[1]) for corner in poly], [int(part) for part in color]
            env._draw_colored_polygon(env.surf, poly, color, zoom, translation, angle)

    def _in_view(self, zoom: float, translation: tuple[float, float], angle: float) -> list[int]:
        """Which polygons reach into the picture, in their order."""
        cos, sin = math.cos(angle) * zoom, math.sin(angle) * zoom
        x, y = self._corners[..., 0], self._corners[..., 1]
        column, row = x * cos - y * sin + translation[0], x * sin + y * cos + translation[1]
        seen = (column.max(1) > -MARGIN) & (column.min(1) < WINDOW_W + MARGIN)
        seen &= (row.max(1) > -MARGIN) & (row.min(1) < WINDOW_H + MARGIN)
        found: list[int] = np.flatnonzero(seen).tolist()
        return found

    def _write(self, text: str) -> None:
        """The return so far, below on the left."""
        if self._text is None or self._text[0] != text:
            self._text = text, self._rendered(text)
        shown = self._text[1]
        place = shown.get_rect()
        place.center = (60, WINDOW_H - WINDOW_H * 2.5 / 40.0)  # cut to whole pixels, as Gymnasium's
        self._env.surf.blit(shown, place)

    def _rendered(self, text: str) -> pygame.Surface:
        if self._font is None or not pygame.font.get_init():
            self._font = _font()
        try:
            return self._font.render(text, True, (255, 255, 255), (0, 0, 0))
        except pygame.error:  # somebody has ended pygame meanwhile, and begun anew
            self._font = _font()
            return self._font.render(text, True, (255, 255, 255), (0, 0, 0))


def _font() -> pygame.font.Font:
    pygame.font.init()
    return pygame.font.Font(pygame.font.get_default_font(), 42)
