"""Draws traffic lights at the lines where they hold traffic, and the signs beside the road. Source: ours, after the Vienna
Convention on Road Signs and Signals.

What a light shows is told three times: by the lit lamp's place, by its colour, and by a bar across the held lane that is
full for red, broken for yellow and thin for green.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.drawing import furniture, signs
from sim_suite.driving.roads.drawing.scene import Marker
from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.roads.maps import RoadMap
from sim_suite.driving.traffic.lights import light_at
from sim_suite.driving.world.kinds import GREEN, OFF, RED, YELLOW
from sim_suite.driving.world.terrain import STOP_GROUP, Terrain
from sim_suite.envs.driving.picture import brush
from sim_suite.envs.driving.picture.brush import Colour, Image, Points
from sim_suite.envs.driving.picture.camera import Camera
from sim_suite.envs.driving.picture.lettering import write
from sim_suite.envs.driving.picture.style import DARK, LIGHT_COLOURS

_BAR_M: Final = 0.55
_LAMPS: Final = ((RED, -1.0), (YELLOW, 0.0), (GREEN, 1.0))
"""Where a lamp is in its box, from the top."""
_SIGN_PX: Final = (9.0, 17.0)
"""Least and largest radius of signs."""
_SIGN_M: Final = 1.0
_RED: Final[Colour] = (200, 38, 30)
_WHITE: Final[Colour] = (250, 250, 248)


class Signals(NamedTuple):
    """What a map has of them."""

    bars: Points
    """[S, 2, 2] Ends of the lines at which lights hold traffic, world metres."""
    groups: NDArray[np.int32]
    """[S] Their groups of lights."""
    posts: Points
    """[S', 2] Places of the lights ..."""
    post_groups: NDArray[np.int32]
    signs: tuple[Marker, ...]
    sign_places: Points
    """[K, 2]"""


def find_signals(road_map: RoadMap, terrain: Terrain) -> Signals:
    """Collect them once for a map."""
    graph = road_map.graph
    lines = furniture.stop_lines(graph)
    group = terrain.stop[:, STOP_GROUP]
    held = np.flatnonzero(group >= 0).tolist()
    bars = np.array([lines[index].points for index in held]).reshape(-1, 2, 2)
    lights = graph.signals.kind == SignalKind.LIGHT
    places = np.column_stack((graph.signals.x, graph.signals.y))
    known = tuple(
        marker for marker in signs.signs(road_map.document, graph) if marker.symbol in ("stop", "yield", "speed")
    )
    spots = np.array([(marker.x, marker.y) for marker in known]).reshape(-1, 2)
    return Signals(bars, group[held], places[lights], graph.signals.group[lights], known, spots)


def draw_bars(
    image: Image, signals: Signals, terrain: Terrain, lights: NDArray[np.int8], tick: int, camera: Camera
) -> None:
    """The coloured bars on the road. lights: [G] of the world."""
    ends = camera.to_pixels(signals.bars)
    for index in _seen(ends.mean(axis=1), camera, 8.0 * camera.scale):
        shown = light_at(terrain.programme, lights, int(signals.groups[index]), tick)
        if shown != OFF:
            _bar(image, ends[index], shown, camera.scale)


def _bar(image: Image, ends: Points, shown: int, scale: float) -> None:
    a, b = ends
    along = b - a
    across = np.array((-along[1], along[0])) / max(float(np.hypot(*along)), 1e-6)
    half = max(_BAR_M * scale, 3.0) / 2 * (0.55 if shown == GREEN else 1.0)
    pieces = np.linspace(0.0, 1.0, 6) if shown == YELLOW else np.array((0.0, 1.0))
    for low, high in zip(pieces[:-1:2] if shown == YELLOW else pieces[:1], pieces[1::2], strict=False):
        box = np.array([a + low * along, a + high * along])
        edge = np.concatenate((box + half * across, (box - half * across)[::-1]))
        brush.convex(image, edge, LIGHT_COLOURS[shown])


def draw_lights(
    image: Image, signals: Signals, terrain: Terrain, lights: NDArray[np.int8], tick: int, camera: Camera
) -> None:
    """The lights themselves, upright in the picture: three lamps in a box, one of them lit."""
    places = camera.to_pixels(signals.posts)
    radius = lamp_radius(camera)
    for index in _seen(places, camera, 4.0 * radius):
        x, y = places[index].tolist()
        shown = light_at(terrain.programme, lights, int(signals.post_groups[index]), tick)
        for grow, colour in ((1.3, (226, 228, 230)), (0.0, DARK)):
            _pill(image, x, y, 1.35 * radius + grow, 2.5 * radius + grow, colour)
        for lamp, place in _LAMPS:
            at = y + 2.3 * radius * place
            if lamp == shown:
                brush.glow(image, np.array((x, at)), 4.6 * radius, LIGHT_COLOURS[lamp], 0.42)
                brush.disc(image, x, at, radius * 1.08, LIGHT_COLOURS[lamp])
                brush.disc(image, x, at, radius * 0.5, brush.mixed(LIGHT_COLOURS[lamp], (255, 255, 255), 0.55))
            else:
                brush.disc(image, x, at, radius * 0.86, brush.mixed(LIGHT_COLOURS[lamp], DARK, 0.80))


def lamp_radius(camera: Camera) -> float:
    """Pixels: of one lamp of a traffic light."""
    return float(np.clip(0.42 * camera.scale, 2.2 * camera.height / 480 + 0.4, 5.0 * camera.height / 480))


def _pill(image: Image, x: float, y: float, half_width: float, half_height: float, colour: Colour) -> None:
    top, bottom = y - half_height, y + half_height
    box = np.array([(x - half_width, top), (x + half_width, top), (x + half_width, bottom), (x - half_width, bottom)])
    brush.convex(image, box, colour)
    brush.disc(image, x, top, half_width, colour)
    brush.disc(image, x, bottom, half_width, colour)


def draw_signs(image: Image, signals: Signals, camera: Camera) -> None:
    """Stop, give way and speed limits, upright in the picture and never too small to read."""
    places = camera.to_pixels(signals.sign_places)
    share = camera.height / 480
    radius = float(np.clip(_SIGN_M * camera.scale, _SIGN_PX[0] * share + 1.0, _SIGN_PX[1] * share))
    for index in _seen(places, camera, radius):
        x, y = np.rint(places[index]).tolist()  # letters lie on whole pixels; what is around them moves with them
        symbol = signals.signs[index].symbol
        if symbol == "speed":
            draw_limit(image, x, y, radius, signals.signs[index].text)
        elif symbol == "stop":
            draw_stop(image, x, y, radius)
        else:
            draw_yield(image, x, y, radius)


def draw_limit(image: Image, x: float, y: float, radius: float, text: str) -> None:
    """A speed limit: a number in a red ring."""
    brush.disc(image, x, y, radius + 0.8, _WHITE)
    brush.disc(image, x, y, radius, _RED)
    brush.disc(image, x, y, 0.76 * radius, _WHITE)
    write(image, text, x, y, 1.02 * radius if len(text) < 3 else 0.8 * radius, DARK, bold=True, anchor="middle")


def draw_stop(image: Image, x: float, y: float, radius: float) -> None:
    """A red octagon."""
    for size, colour in ((radius + 1.0, _WHITE), (radius, _RED)):
        angle = np.pi / 8 + np.arange(8) * (np.pi / 4)
        brush.convex(image, np.column_stack((x + size * np.cos(angle), y + size * np.sin(angle))), colour)
    if radius >= 8.0:
        write(image, "STOP", x, y, 0.56 * radius, _WHITE, bold=True, anchor="middle")
    else:
        brush.convex(
            image,
            np.array(
                [
                    (x - 0.6 * radius, y - 1),
                    (x + 0.6 * radius, y - 1),
                    (x + 0.6 * radius, y + 1),
                    (x - 0.6 * radius, y + 1),
                ]
            ),
            _WHITE,
        )


def draw_yield(image: Image, x: float, y: float, radius: float) -> None:
    """A triangle on its tip."""
    corners = np.array([(-1.0, -0.8), (1.0, -0.8), (0.0, 0.95)])
    for size, lift, colour in ((1.12, 0.0, _WHITE), (1.0, 0.0, _RED), (0.55, -0.07, _WHITE)):
        brush.convex(image, corners * (size * radius) + (x, y + lift * radius), colour)


def _seen(places: Points, camera: Camera, margin: float) -> list[int]:
    inside = (places > -margin).all(axis=1) & (places < (camera.width + margin, camera.height + margin)).all(axis=1)
    found: list[int] = np.flatnonzero(inside).tolist()
    return found
