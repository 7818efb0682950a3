"""Draws cars, trucks and buses with their lamps. Source: ours."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from sim_suite.driving.world.kinds import BRAKE_LIGHT, LEFT_INDICATOR, PARKED, RIGHT_INDICATOR, TICKS_A_SECOND
from sim_suite.envs.driving.picture import brush
from sim_suite.envs.driving.picture.bodies import BODIES
from sim_suite.envs.driving.picture.brush import Colour, Image, Points
from sim_suite.envs.driving.picture.style import AMBER, BRAKE, DARK, GLASS, HEADLIGHT, TAIL

BLINK_HZ: Final = 1.5
"""UN Regulation 48, 6.5.9: 90 flashes a minute, give or take 30."""
_WHEEL_M: Final = 0.34
"""Radius of a wheel; it is two thirds as wide."""
_DIM: Final = 0.55
"""How far parked cars take on the colour of the road: they are scenery."""
_ROAD: Final[Colour] = (96, 100, 106)


class Vehicle(NamedTuple):
    """A vehicle in the picture."""

    kind: int
    """ActorKind."""
    turn: Points
    """[2, 2] From its own axes (x ahead, y left, metres) to pixels."""
    at: Points
    """[2] Pixel of its centre."""
    length: float
    width: float
    """Metres."""
    wheelbase: float
    steer: float
    """Angle of the front wheels, rad."""
    signals: int
    """Bits of SIGNALS."""
    paint: Colour
    ego: bool
    """Whether it is the one that is followed: it has a light edge."""

    def pixels(self, points: Points) -> Points:
        """[N, 2] metres in its own axes to pixels."""
        found: Points = points @ self.turn.T + self.at
        return found


def draw_body(image: Image, vehicle: Vehicle) -> None:
    """The vehicle without lamps."""
    if vehicle.kind != PARKED:
        _wheels(image, vehicle)
    body = BODIES[vehicle.kind]
    colours = _colours(vehicle)
    points = brush.fixed(vehicle.pixels(body.points * (vehicle.length / 2, vehicle.width / 2)))
    start = 0
    for part, end in zip(body.parts, body.ends, strict=True):
        brush.fixed_convex(image, points[start:end], colours[part.colour])
        start = end


def _colours(vehicle: Vehicle) -> dict[str, Colour]:
    paint = brush.mixed(vehicle.paint, _ROAD, _DIM) if vehicle.kind == PARKED else vehicle.paint
    edge = brush.mixed(paint, (255, 255, 255), 0.7) if vehicle.ego else brush.mixed(paint, (0, 0, 0), 0.45)
    box = brush.mixed(vehicle.paint, (226, 226, 222), 0.75)
    return {
        "PAINT": paint, "EDGE": edge, "LIGHTER": brush.mixed(paint, (255, 255, 255), 0.22),
        "DARKER": brush.mixed(paint, (0, 0, 0), 0.25), "GLASS": GLASS, "DARK": DARK, "BOX": box,
        "BOX_EDGE": brush.mixed(box, (60, 60, 60), 0.35),
    }  # fmt: skip


def _wheels(image: Image, vehicle: Vehicle) -> None:
    """The front wheels, turned as they are steered; they show a little beside the body."""
    c, s = math.cos(vehicle.steer), math.sin(vehicle.steer)
    tyre = np.array([(1.0, 0.36), (-1.0, 0.36), (-1.0, -0.36), (1.0, -0.36)]) * _WHEEL_M
    tyre = tyre @ np.array(((c, s), (-s, c)))
    for side in (1.0, -1.0):
        hub = np.array((vehicle.wheelbase / 2, side * (vehicle.width / 2 - 0.1)))
        brush.convex(image, vehicle.pixels(tyre + hub), DARK)


def shadow(vehicle: Vehicle, fall: Points) -> Points:
    """[4, 2] The shadow's polygon, pixels; fall: where shadows fall, metres in world axes turned to pixels."""
    half = np.array((vehicle.length, vehicle.width)) / 2
    box = np.array(
        [(1.0, 0.8), (0.9, 1.0), (-0.95, 1.0), (-1.0, 0.8), (-1.0, -0.8), (-0.95, -1.0), (0.9, -1.0), (1.0, -0.8)]
    )
    return vehicle.pixels(box * half) + fall


def lamp_places(vehicle: Vehicle) -> Points:
    """[4, 2] Middles of the lamps in the vehicle's axes, metres: front left, front right, rear left, rear right."""
    along, across = BODIES[vehicle.kind].lamps
    x, y = (0.95 - along) * vehicle.length / 2, (0.88 - across) * vehicle.width / 2
    return np.array([(x, y), (x, -y), (-x - 0.02 * vehicle.length, y), (-x - 0.02 * vehicle.length, -y)])


def draw_lamps(image: Image, vehicle: Vehicle, tick: int, darkness: float) -> None:
    """Headlights and tail lights, brake lights, indicators. tick: of the world, for blinking; darkness: 0 to 1."""
    if vehicle.kind == PARKED:
        return
    places = lamp_places(vehicle)
    braking = bool(vehicle.signals & BRAKE_LIGHT)
    scale = float(np.hypot(*vehicle.turn[:, 0]))
    for side, place in enumerate(places[:2]):
        _lamp(image, vehicle, place, brush.mixed(HEADLIGHT, vehicle.paint, 0.45 * (1.0 - darkness)), 0.10, 0.22)
        rear = places[2 + side]
        colour = BRAKE if braking else brush.mixed(TAIL, BRAKE, 0.4 * darkness)
        if braking:
            brush.glow(image, vehicle.pixels(rear), max(1.0 * scale, 3.0), BRAKE, 0.6 + 0.3 * darkness)
        _lamp(image, vehicle, rear, colour, *((0.16, 0.34) if braking else (0.11, 0.27)))
    if blinks(tick):
        for side, bit in enumerate((LEFT_INDICATOR, RIGHT_INDICATOR)):
            if vehicle.signals & bit:
                for place in (places[side], places[2 + side]):
                    out = place + ((0.0, 0.12) if side == 0 else (0.0, -0.12))
                    brush.glow(image, vehicle.pixels(out), max(1.1 * scale, 3.0), AMBER, 0.75)
                    _lamp(image, vehicle, out, AMBER, 0.24, 0.26)


def blinks(tick: int) -> bool:
    """Whether indicators are lit at a tick."""
    return (tick * BLINK_HZ / TICKS_A_SECOND) % 1.0 < 0.55


def _lamp(image: Image, vehicle: Vehicle, place: Points, colour: Colour, half_length: float, half_width: float) -> None:
    box = np.array([(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)]) * (half_length, half_width)
    brush.convex(image, vehicle.pixels(place + box), colour)
