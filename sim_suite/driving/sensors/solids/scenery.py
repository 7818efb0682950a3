"""The solids that stand on a map: buildings, trees, poles, barriers, traffic lights and signs. Source: ours.

Places come from the map. Maps that hold no tree or lamp are planted with some along their roads (planting.py), by a seed, where
nothing else is; that is for the eye, no line of sight of `visibility.py` ends at them. Everything stands on the plane z = 0,
as the world is flat: of heights only those above the road are used.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sim_suite.driving.roads.graph.kinds import PropKind, SignalKind
from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.sensors.solids.planting import plant
from sim_suite.driving.sensors.solids.semantics import Tag
from sim_suite.driving.sensors.solids.solid_grid import SolidGrid, sort_solids
from sim_suite.driving.sensors.solids.solids import (
    BARK,
    BOX,
    CONCRETE,
    CYLINDER,
    DISC,
    ELLIPSOID,
    FACADE,
    FIRST_THING,
    LAMP,
    LEAVES,
    LIGHT_HEAD,
    LIMIT_PLATE,
    METAL,
    OCTAGON,
    SOLID,
    STOP_PLATE,
    TRIANGLE,
    YIELD_PLATE,
    Floats,
)
from sim_suite.driving.world.random import uniform
from sim_suite.driving.world.terrain import DrivingMap

LOOKS: Final = 17
"""Stream of random numbers (world/random.py), by which things look different."""
SQUARE_M: Final = 0.3
"""Outlines whose corners lie so near to a rectangle's are one."""
WALL_M: Final = 0.3
"""Thickness of walls of buildings that are no rectangles, and of barriers that are lines."""
LEAST_HEIGHT_M: Final = 3.2
"""Of buildings whose file states none: a storey."""
POLE_M: Final = 0.12
"""Thickness of sign posts; those of lights and lamps are 1.5 times as thick."""
HEAD_M: Final = (0.3, 0.34, 1.0)
"""A traffic light of three fields of 200 mm (EN 12368): depth, width, height."""
HEAD_FROM_M: Final = 2.6
"""Where its lower edge is at least, above the ground, as over sidewalks."""
PLATE_M: Final = {SignalKind.STOP: 0.75, SignalKind.YIELD: 0.9, SignalKind.SPEED_LIMIT: 0.6}
"""Widths of signs: the middle sizes of German ones (VwV-StVO to sections 39 to 43)."""
PLATE_FROM_M: Final = 2.0
PLATE_THICK_M: Final = 0.04
TREE_M: Final = 6.0
"""Height of trees whose file states none."""


class Thing(NamedTuple):
    """One solid before it is packed; columns as in solids.py."""

    x: float
    y: float
    z: float
    height: float
    yaw: float
    length: float
    width: float
    shape: int
    tag: int
    material: int
    look: float = 0.0


def build_scenery(driving_map: DrivingMap, seed: int = 0, *, planted: bool = True) -> SolidGrid:
    """What stands on a map, in a grid. The same map and seed give the same bytes.

    planted: whether maps without trees or lamps get some.
    """
    graph, terrain = driving_map.graph, driving_map.ground.terrain
    things = [*_props(graph), *_signals(graph)]
    if planted:
        kinds = set(graph.props.kind.tolist())
        no_trees, no_lamps = PropKind.TREE not in kinds, PropKind.POLE not in kinds
        for number, place in enumerate(plant(driving_map, _footprints(things), seed, trees=no_trees, lamps=no_lamps)):
            share = _unit(seed, 1, number)
            if place.is_tree:
                things.append(tree(place.x, place.y, place.height, share))
            else:
                things.append(lamp(place.x, place.y, place.heading))
    return sort_solids(_pack(things, seed, terrain.origin_x, terrain.origin_y))


def _unit(seed: int, kind: int, number: int) -> float:
    """A number in [0, 1) of a thing."""
    return float(uniform(seed & 0x7FFFFFFF, (seed >> 31) & 0x7FFFFFFF, LOOKS, kind, number, 0))


def _pack(things: list[list[Thing]], seed: int, origin_x: float, origin_y: float) -> Floats:
    """[N, SOLID] rows."""
    rows = [
        (
            part.x - origin_x, part.y - origin_y, part.z, part.height, part.yaw, 0.5 * part.length, 0.5 * part.width,
            part.shape, part.tag, FIRST_THING + number, part.material, _unit(seed, 0, number), part.look,
        )
        for number, thing in enumerate(things)
        for part in thing
    ]  # fmt: skip
    return np.array(rows, np.float32).reshape(-1, SOLID)


def _footprints(things: list[list[Thing]]) -> NDArray[np.float64]:
    """[N, 3] x, y and radius of everything that stands, in the map's own frame."""
    rows = [(part.x, part.y, 0.5 * math.hypot(part.length, part.width)) for thing in things for part in thing]
    return np.array(rows, np.float64).reshape(-1, 3)


def tree(x: float, y: float, height: float, share: float) -> list[Thing]:
    """A trunk and a crown of two ellipsoids; share: [0, 1), slender to wide."""
    width = height * (0.5 + 0.25 * share)
    trunk = 0.45 * height
    return [
        Thing(x, y, 0.0, trunk, 0.0, 0.05 * height, 0.05 * height, CYLINDER, Tag.VEGETATION, BARK),
        Thing(x, y, 0.28 * height, 0.56 * height, 0.0, width, width, ELLIPSOID, Tag.VEGETATION, LEAVES),
        Thing(x, y, 0.5 * height, 0.5 * height, 0.0, 0.7 * width, 0.7 * width, ELLIPSOID, Tag.VEGETATION, LEAVES),
    ]  # fmt: skip


def lamp(x: float, y: float, heading: float, height: float = 7.0, reach: float = 1.6) -> list[Thing]:
    """A street lamp: a post, an arm towards `heading` with the lamp at its end."""
    cos, sin = math.cos(heading), math.sin(heading)
    return [
        Thing(x, y, 0.0, height, 0.0, 1.5 * POLE_M, 1.5 * POLE_M, CYLINDER, Tag.POLE, METAL),
        Thing(x + 0.5 * reach * cos, y + 0.5 * reach * sin, height - 0.1, 0.08, heading, reach, 0.08, BOX, Tag.POLE, METAL),
        Thing(x + reach * cos, y + reach * sin, height - 0.16, 0.1, heading, 0.7, 0.28, BOX, Tag.POLE, LAMP),
    ]  # fmt: skip


# --- objects of the file


def _props(graph: LaneGraph) -> list[list[Thing]]:
    props = graph.props
    things: list[list[Thing]] = []
    for prop, kind in enumerate(props.kind.tolist()):
        corners = slice(int(props.first_corner[prop]), int(props.first_corner[prop + 1]))
        outline = np.stack([props.corner_x[corners], props.corner_y[corners]], axis=1)
        x, y, height = float(props.x[prop]), float(props.y[prop]), float(props.height_m[prop])
        if kind == PropKind.BUILDING:
            things.append(_standing(outline, max(height, LEAST_HEIGHT_M), Tag.BUILDING, FACADE))
        elif kind == PropKind.TREE:
            things.append(tree(x, y, height or TREE_M, _unit(0, 2, prop)))
        elif kind == PropKind.POLE:
            things.append(
                [Thing(x, y, 0.0, height or TREE_M, 0.0, 1.5 * POLE_M, 1.5 * POLE_M, CYLINDER, Tag.POLE, METAL)]
            )
        elif kind == PropKind.BARRIER:
            things.append(_standing(outline, height or 0.8, Tag.FENCE, CONCRETE))
        elif kind == PropKind.OBSTACLE:
            things.append(_standing(outline, height or 1.0, Tag.STATIC, CONCRETE))
    return [thing for thing in things if thing]


def _standing(outline: NDArray[np.float64], height: float, tag: int, material: int) -> list[Thing]:
    """A box where the outline is a rectangle, else walls along its sides; an outline of two points is one wall."""
    if len(outline) < 2:
        return []
    middle, sides = outline.mean(axis=0), np.roll(outline, -1, axis=0) - outline
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    if len(outline) == 4 and np.allclose(outline[0] + outline[2], outline[1] + outline[3], atol=SQUARE_M):
        across = abs(float(sides[0] @ sides[1]))
        if across <= SQUARE_M * max(lengths[0], lengths[1]):
            yaw = math.atan2(sides[0, 1], sides[0, 0])
            x, y = middle.tolist()
            return [Thing(x, y, 0.0, height, yaw, float(lengths[0]), float(lengths[1]), BOX, tag, material)]
    count = 1 if len(outline) == 2 else len(outline)
    return [
        Thing(x, y, 0.0, height, math.atan2(dy, dx), length, WALL_M, BOX, tag, material)
        for (x, y), (dx, dy), length in zip(
            (outline + 0.5 * sides).tolist()[:count], sides.tolist(), lengths.tolist(), strict=False
        )
        if length > 0.0
    ]


# --- lights and signs


def _signals(graph: LaneGraph) -> list[list[Thing]]:
    signals = graph.signals
    if not len(signals.kind):
        return []
    points = graph.points
    _, nearest = cKDTree(np.stack([points.x, points.y], axis=1)).query(np.stack([signals.x, signals.y], axis=1))
    above = signals.z - points.z[nearest]
    things = []
    for k, kind in enumerate(signals.kind.tolist()):
        x, y, up = float(signals.x[k]), float(signals.y[k]), float(above[k])
        facing = float(signals.heading[k]) + math.pi
        if kind == SignalKind.LIGHT:
            things.append(_light(x, y, max(up - 0.5 * HEAD_M[2], HEAD_FROM_M), facing, int(signals.group[k])))
        elif kind in PLATE_M:
            value = float(signals.value[k])
            limit = 0.0 if math.isnan(value) else float(round(3.6 * value))
            things.append(_sign(SignalKind(kind), x, y, max(up, PLATE_FROM_M), facing, limit))
    return things


def _light(x: float, y: float, bottom: float, facing: float, group: int) -> list[Thing]:
    """A head before its post."""
    depth, width, height = HEAD_M
    ahead = 0.5 * depth + 0.75 * POLE_M
    return [
        Thing(x, y, 0.0, bottom + height, 0.0, 1.5 * POLE_M, 1.5 * POLE_M, CYLINDER, Tag.POLE, METAL),
        Thing(
            x + ahead * math.cos(facing), y + ahead * math.sin(facing), bottom, height, facing, depth, width, BOX,
            Tag.TRAFFIC_LIGHT, LIGHT_HEAD, float(group),
        ),
    ]  # fmt: skip


def _sign(kind: SignalKind, x: float, y: float, bottom: float, facing: float, limit: float) -> list[Thing]:
    """A plate before its post."""
    size = PLATE_M[kind]
    shape, material = {
        SignalKind.STOP: (OCTAGON, STOP_PLATE),
        SignalKind.YIELD: (TRIANGLE, YIELD_PLATE),
        SignalKind.SPEED_LIMIT: (DISC, LIMIT_PLATE),
    }[kind]
    ahead = 0.5 * (POLE_M + PLATE_THICK_M)
    return [
        Thing(x, y, 0.0, bottom + 0.9 * size, 0.0, POLE_M, POLE_M, CYLINDER, Tag.POLE, METAL),
        Thing(
            x + ahead * math.cos(facing), y + ahead * math.sin(facing), bottom, size, facing, PLATE_THICK_M, size,
            shape, Tag.TRAFFIC_SIGN, material, limit,
        ),
    ]  # fmt: skip
