"""CarRacing for a person's eyes, ten times faster than Gymnasium draws it: only what is in sight, all corners turned at once. Source: ours.

What is shown is Gymnasium's scene from its camera, without its squeezed height and its indicators: field, grass, road and kerbs, car.
"""

from __future__ import annotations

import math
from typing import Any, Final

import cv2
import numpy as np
from gymnasium.envs.box2d.car_racing import GRASS_DIM, PLAYFIELD, SCALE, WINDOW_W, ZOOM
from numpy.typing import NDArray

from sim_suite.episodes.cockpit.seat import Picture

WIDTH, HEIGHT = 720, 480
_PER_UNIT: Final = WIDTH / WINDOW_W
"""Pixels a pixel of Gymnasium's large picture, in which its zoom counts."""
CAR_AT: Final = (WIDTH / 2, HEIGHT * 0.8)
"""Where the hull's middle is, pixels."""
_SUB_BITS: Final = 4  # corners are rounded to sixteenths of a pixel
_STRIPE: Final = (76, 76, 76)
Points = NDArray[np.float64]


class RacingPicture:
    """Draws one world; the track is packed once an episode."""

    def __init__(self, world: Any) -> None:  # Gymnasium's CarRacing, untyped
        self._world, self._track = world, None
        self._corners: Points = np.zeros((0, 4, 2))
        self._colours: list[tuple[int, ...]] = []

    def draw(self) -> Picture:
        """The present moment, [480, 720, 3]."""
        world = self._world
        if self._track is not world.track:
            self._pack()
        picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        seen = self._place(self._corners)
        low, high = seen.min(1), seen.max(1)
        inside = (high >= 0).all(1) & (low[:, 0] < WIDTH) & (low[:, 1] < HEIGHT)
        for number in np.flatnonzero(inside).tolist():
            _fill(picture, seen[number], self._colours[number])
        for part in world.car.drawlist:
            colour = tuple(int(255 * share) for share in part.color)
            for fixture in part.fixtures:
                corners = np.array([part.transform * corner for corner in fixture.shape.vertices])
                _fill(picture, self._place(corners), colour, cv2.LINE_AA)
        for wheel in world.car.wheels:
            self._stripe(picture, wheel)
        return picture

    def _pack(self) -> None:
        """Field, grass and road: corners [N, 4, 2] in metres, and colours, the lowest first."""
        world, field = self._world, float(PLAYFIELD)
        self._track = world.track
        square = np.array([(1.0, 0.0), (0.0, 0.0), (0.0, 1.0), (1.0, 1.0)])
        grass = [GRASS_DIM * (square + np.array([x, y])) for x in range(-20, 20, 2) for y in range(-20, 20, 2)]
        road = [np.array([corner[:2] for corner in corners]) for corners, _ in world.road_poly]
        self._corners = np.array([field * (2.0 * square - 1.0), *grass, *road])
        self._colours = [
            _whole(world.bg_color), *[_whole(world.grass_color)] * len(grass), *(_whole(colour) for _, colour in world.road_poly)
        ]  # fmt: skip

    def _place(self, corners: Points) -> Points:
        """From the world's metres, [..., 2], to pixels: the car's nose up, y down."""
        world = self._world
        hull = world.car.hull
        zoom = _PER_UNIT * (0.1 * SCALE * max(1 - world.t, 0) + ZOOM * SCALE * min(world.t, 1))
        c, s = zoom * math.cos(hull.angle), zoom * math.sin(hull.angle)
        turn = np.array([[c, s], [s, -c]])  # columns: x to pixels, y to pixels
        placed: Points = (corners - tuple(hull.position)) @ turn + CAR_AT
        return placed

    def _stripe(self, picture: Picture, wheel: Any) -> None:  # Box2D's body
        """The light mark that shows how fast a wheel turns, where it faces upwards."""
        begin, end = math.sin(wheel.phase), math.sin(wheel.phase + 1.2)
        if begin > 0 and end > 0:
            return
        # As Gymnasium has it: an edge that is not in sight lies at the tyre's front or rear.
        front = math.copysign(1.0, math.cos(wheel.phase)) if begin > 0 else math.cos(wheel.phase)
        rear = math.copysign(1.0, math.cos(wheel.phase + 1.2)) if end > 0 else math.cos(wheel.phase + 1.2)
        corners = wheel.fixtures[0].shape.vertices
        wide, long = max(corner[0] for corner in corners), max(corner[1] for corner in corners)
        mark = [(-wide, long * front), (wide, long * front), (wide, long * rear), (-wide, long * rear)]
        _fill(picture, self._place(np.array([wheel.transform * corner for corner in mark])), _STRIPE, cv2.LINE_AA)


def _fill(picture: Picture, corners: Points, colour: tuple[int, ...], line: int = cv2.LINE_8) -> None:
    whole = np.rint(corners * (1 << _SUB_BITS)).astype(np.int32)
    cv2.fillConvexPoly(picture, whole, colour, line, _SUB_BITS)


def _whole(colour: Any) -> tuple[int, ...]:  # an array of three
    return tuple(int(level) for level in colour)
