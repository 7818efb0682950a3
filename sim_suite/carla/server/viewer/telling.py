"""What the page is told: the map once, as shapes with their looks, and who is where after steps. Source: ours; shapes and colours are those
of `sim-suite maps draw` (driving/roads/drawing).

World frame, metres: x east, y north, yaw counter-clockwise in radians.
"""

from __future__ import annotations

import json
from typing import Any, Final

from sim_suite.carla import frames
from sim_suite.carla.server.actors import NO_SLOT
from sim_suite.carla.server.simulator import Simulator
from sim_suite.carla.wire.layout import LIGHT
from sim_suite.driving.roads.drawing.compose import make_scene
from sim_suite.driving.roads.drawing.styles import PALETTES, style_of
from sim_suite.driving.roads.maps import RoadMap
from sim_suite.driving.world.layout import KIND, LENGTH, SPEED, WIDTH, YAW, X, Y

LAYERS: Final = ("surfaces", "marks", "objects", "crossings", "stops")
"""Of a map's drawing, from the bottom."""
_PALETTE: Final = PALETTES["dark"]


def map_message(road_map: RoadMap) -> bytes:
    """A map as JSON: `bounds`, and `shapes` in order, each [look, closed, x, y, x, y, ...] in centimetres; `looks` by name."""
    scene = make_scene(road_map.document, road_map.graph, road_map.name)
    shapes: list[list[Any]] = []  # Any: a name, a flag, then numbers
    for layer in scene.layers:
        if layer.name in LAYERS:
            shapes += [
                [one.style, one.closed, *(100.0 * one.points).round().astype(int).ravel().tolist()]
                for one in layer.shapes
            ]
    looks = {name: _look(name) for name in sorted({shape[0] for shape in shapes})}
    land = _PALETTE["land"]
    return _packed({"name": scene.title, "bounds": scene.bounds, "land": land, "looks": looks, "shapes": shapes})


def _look(name: str) -> dict[str, Any]:  # Any: colours, widths and dashes
    style = style_of(name)
    return {
        "fill": _PALETTE.get(style.fill, ""), "stroke": _PALETTE.get(style.stroke, ""), "width_m": style.width_m,
        "width_px": style.width_px, "dash_m": style.dash_m, "opacity": style.opacity,
    }  # fmt: skip


def state_message(simulator: Simulator) -> bytes:
    """Who is where, as JSON.

    `actors`: [number, kind, x, y, yaw, length, width, speed m/s, type, role] each; `lights`: [x, y, state] each, numbered as LightState.
    """
    episode = simulator.episode
    state, terrain = episode.world.state, episode.world.ground.terrain
    lamps = episode.board.records.view(LIGHT)
    actors: list[list[Any]] = []  # Any: numbers and names
    lights: list[list[float]] = []
    for actor in episode.actors.values():
        if actor.slot != NO_SLOT:
            body = state.body[0, actor.slot]
            x, y = float(body[X]) + terrain.origin_x, float(body[Y]) + terrain.origin_y
            numbers = [
                round(value, 3) for value in (x, y, *(float(body[column]) for column in (YAW, LENGTH, WIDTH, SPEED)))
            ]
            kind = int(state.mind[0, actor.slot, KIND])
            actors.append([actor.number, kind, *numbers, actor.type_id, actor.values.get("role_name", "")])
        elif actor.group >= 0 and actor.number in episode.board.row_of:
            place = frames.carla_vector(*actor.pose.location)
            lights.append(
                [round(place.x, 2), round(place.y, 2), int(lamps["light"][episode.board.row_of[actor.number]])]
            )
    return _packed({
        "map": episode.served.name, "episode": episode.number, "frame": simulator.frame, "seconds": round(episode.elapsed_s, 2),
        "synchronous": simulator.settings.synchronous, "actors": actors, "lights": lights,
    })  # fmt: skip


def _packed(value: dict[str, Any]) -> bytes:  # Any: what JSON holds
    return json.dumps(value, separators=(",", ":")).encode()
