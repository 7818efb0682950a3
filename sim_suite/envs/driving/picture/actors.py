"""Draws the actors of one world: who is seen, in which order, with shadows below and lamps above. Source: ours."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import AGENT, BICYCLE, BRAKE_LIGHT, NO_CONTROL, OBSTACLE, PEDESTRIAN
from sim_suite.envs.driving.picture import brush
from sim_suite.envs.driving.picture.brush import Colour, Image, Points
from sim_suite.envs.driving.picture.camera import Camera
from sim_suite.envs.driving.picture.obstacles import draw_obstacle
from sim_suite.envs.driving.picture.people import draw_rider, draw_walker, person_scale
from sim_suite.envs.driving.picture.roofs import SUN
from sim_suite.envs.driving.picture.style import PictureStyle
from sim_suite.envs.driving.picture.vehicles import Vehicle, draw_body, draw_lamps, shadow

_BEYOND_M: Final = 12.0
"""Actors are drawn whose centre lies so far outside of the picture: as long as half a bus and its shadow."""
_SHADOW_M: Final = 0.55
_SHADE: Final[Colour] = (12, 14, 20)
_SHADOW_OPACITY: Final = 0.36


class Cast(NamedTuple):
    """Who is seen, from the bottom up."""

    vehicles: list[Vehicle]
    others: list[_Other]


class _Other(NamedTuple):
    kind: int
    turn: Points
    at: Points
    length: float
    width: float
    steer: float
    signals: int
    number: int
    """The actor's ID."""
    walked_m: float


def cast_of(
    body: NDArray[np.float32], mind: NDArray[np.int32], camera: Camera, style: PictureStyle, agent: int,
    origin: tuple[float, float],
) -> Cast:  # fmt: skip
    """The actors of a world that are in the picture. body: [A, BODY]; mind: [A, MIND]; agent: the slot that is followed;
    origin: of the body's places, metres.
    """
    matrix = camera.matrix()
    places = (body[:, :2].astype(np.float64) + origin) @ matrix[:, :2].T + matrix[:, 2]
    beyond = _BEYOND_M * camera.scale
    seen = (mind[:, layout.CONTROL] != NO_CONTROL) & (places > -beyond).all(axis=1)
    seen &= (places[:, 0] < camera.width + beyond) & (places[:, 1] < camera.height + beyond)
    cast = Cast([], [])
    for slot in np.flatnonzero(seen).tolist():
        own, thought = body[slot], mind[slot]
        kind, number = int(thought[layout.KIND]), int(thought[layout.ID])
        turn = _turn(matrix, float(own[layout.YAW]))
        size = float(own[layout.LENGTH]), float(own[layout.WIDTH])
        steer, signals = float(own[layout.STEER]), int(thought[layout.SIGNALS])
        if kind in (BICYCLE, PEDESTRIAN, OBSTACLE):
            walked = float(own[layout.X] * np.cos(own[layout.YAW]) + own[layout.Y] * np.sin(own[layout.YAW]))
            cast.others.append(_Other(kind, turn, places[slot], *size, steer, signals, number, walked))
            continue
        paint = style.paints[number * 7 % len(style.paints)]
        driven = int(thought[layout.CONTROL]) == AGENT
        if driven:
            paint = style.ego if slot == agent else style.agent
        followed = driven and slot == agent
        cast.vehicles.append(
            Vehicle(kind, turn, places[slot], *size, float(own[layout.WHEELBASE]), steer, signals, paint, followed)
        )
    return cast


def _turn(matrix: Points, yaw: float) -> Points:
    c, s = np.cos(yaw), np.sin(yaw)
    turned: Points = matrix[:, :2] @ np.array(((c, -s), (s, c)))
    return turned


def draw_shadows(image: Image, cast: Cast, camera: Camera) -> None:
    """Of all actors at once, so that overlapping ones are not darker."""
    fall = camera.matrix()[:, :2] @ (_SHADOW_M * SUN)

    def paint(copy: Image) -> None:
        for vehicle in cast.vehicles:
            brush.convex(copy, shadow(vehicle, fall), _SHADE)
        for other in cast.others:
            radius = person_scale(other.turn) if other.kind == PEDESTRIAN else other.length / 3
            centre = other.at + 0.8 * fall
            brush.disc(copy, float(centre[0]), float(centre[1]), 0.8 * radius * camera.scale, _SHADE)

    brush.seen_through(image, (0, 0, camera.width, camera.height), _SHADOW_OPACITY, paint)


def draw_actors(image: Image, cast: Cast) -> None:
    """Bodies, without lamps."""
    for vehicle in cast.vehicles:
        draw_body(image, vehicle)
    for other in cast.others:
        if other.kind == OBSTACLE:
            draw_obstacle(image, other.turn, other.at, other.length, other.width)
        elif other.kind == BICYCLE:
            braking = bool(other.signals & BRAKE_LIGHT)
            draw_rider(image, other.turn, other.at, other.length, other.number, other.steer, braking)
        else:
            draw_walker(image, other.turn, other.at, other.number, other.walked_m)


def draw_all_lamps(image: Image, cast: Cast, tick: int, darkness: float) -> None:
    """Lamps of all vehicles; they shine through darkness."""
    for vehicle in cast.vehicles:
        draw_lamps(image, vehicle, tick, darkness)
