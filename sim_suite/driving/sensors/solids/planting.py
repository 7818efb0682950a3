"""Trees and street lamps beside the roads of maps that hold none, where the ground is free. Source: ours.

Places are tried along the outer border of each road, the farther off the rarer; they must lie clear of all lanes, by the map's
textures, and of everything else that stands.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sim_suite.driving.roads.baking.lookup import lookup
from sim_suite.driving.roads.graph.kinds import DRIVABLE
from sim_suite.driving.world.random import uniform
from sim_suite.driving.world.terrain import DrivingMap

PLANTS: Final = 18
"""Stream of random numbers (world/random.py)."""
TREE_EVERY_M: Final = 14.0
"""A place for a tree is tried so often on either side."""
TREE_OFF_M: Final = (2.5, 22.0)
"""From the border of the road."""
TREE_HEIGHT_M: Final = (4.5, 10.0)
LAMP_EVERY_M: Final = 32.0
"""As far apart as lamps of 7 m stand in streets."""
LAMP_OFF_M: Final = 0.9
CLEAR_M: Final = 1.5
LAMP_CLEAR_M: Final = 0.5
"""No lane lies within this of a tree's trunk and of a lamp's post."""
MOST: Final = 20_000
"""Trees and lamps of a map; beyond, the rest of its roads has none (as `props.MAX_PROPS`)."""


class Place(NamedTuple):
    """Where something is planted; the map's own frame."""

    x: float
    y: float
    heading: float
    """Towards the road."""
    height: float
    is_tree: bool


def plant(
    driving_map: DrivingMap, standing: NDArray[np.float64], seed: int, *, trees: bool, lamps: bool
) -> list[Place]:
    """Places, in the order of lanes. standing: [N, 3] x, y and radius of what is there already."""
    tried = _tries(driving_map, seed, LAMP_EVERY_M, True) if lamps else []
    tried += _tries(driving_map, seed, TREE_EVERY_M, False) if trees else []
    if not tried:
        return []
    x, y = np.array([place.x for place in tried]), np.array([place.y for place in tried])
    free = np.ones(len(tried), bool)
    needs = np.array([CLEAR_M if place.is_tree else LAMP_CLEAR_M for place in tried])
    for k in range(8):
        mask, sets = lookup(
            driving_map.ground.textures,
            x + needs * math.cos(k * math.pi / 4.0),
            y + needs * math.sin(k * math.pi / 4.0),
        )
        free &= (mask == 0) & (sets == 0)
    if len(standing):
        tree = cKDTree(standing[:, :2])
        near = tree.query_ball_point(np.stack([x, y], axis=1), float(standing[:, 2].max()) + CLEAR_M)
        for k, others in enumerate(near):
            gaps = np.hypot(standing[others, 0] - x[k], standing[others, 1] - y[k]) - standing[others, 2]
            free[k] &= not bool((gaps < CLEAR_M).any())
    return _apart([place for place, is_free in zip(tried, free.tolist(), strict=True) if is_free])[:MOST]


def _tries(driving_map: DrivingMap, seed: int, every_m: float, is_lamp: bool) -> list[Place]:
    """Places beside the outermost lanes for motor traffic, outside of junctions."""
    graph, left_hand = driving_map.graph, bool(driving_map.ground.terrain.left_hand)
    lanes, points = graph.lanes, graph.points
    driven = (DRIVABLE >> lanes.kind.astype(np.int64)) & 1 == 1
    beside, aside = (lanes.left, -1.0) if left_hand else (lanes.right, 1.0)
    border_x, border_y = (points.left_x, points.left_y) if left_hand else (points.right_x, points.right_y)
    keys = seed & 0x7FFFFFFF, (seed >> 31) & 0x7FFFFFFF
    found = []
    for lane in np.flatnonzero(driven & (lanes.junction < 0)).tolist():
        first, last = int(lanes.first_point[lane]), int(lanes.first_point[lane + 1]) - 1
        out = _outermost(beside, lanes.direction, lane)
        if int(lanes.first_point[out + 1]) - 1 - int(lanes.first_point[out]) != last - first:
            out = lane
        shift = int(lanes.first_point[out]) - first
        for n in range(int(float(lanes.length_m[lane]) / every_m)):
            draws = [float(uniform(*keys, PLANTS, 2 * n + is_lamp, lane, draw)) for draw in range(3)]
            share = 0.5 if is_lamp else draws[0]
            k = min(first + int((n + share) * every_m / float(lanes.step_m[lane])), last)
            heading = float(points.heading[k])
            off = LAMP_OFF_M if is_lamp else TREE_OFF_M[0] + (TREE_OFF_M[1] - TREE_OFF_M[0]) * draws[1] ** 2
            x = float(border_x[k + shift]) + aside * off * math.sin(heading)
            y = float(border_y[k + shift]) - aside * off * math.cos(heading)
            height = TREE_HEIGHT_M[0] + (TREE_HEIGHT_M[1] - TREE_HEIGHT_M[0]) * draws[2]
            found.append(Place(x, y, heading + aside * math.pi / 2.0, height, not is_lamp))
    return found


def _outermost(beside: NDArray[np.int32], direction: NDArray[np.int8], lane: int) -> int:
    """The last lane on the outer side of one; lanes that run the other way count their sides the other way round."""
    while beside[lane] >= 0 and direction[beside[lane]] == direction[lane]:
        lane = int(beside[lane])
    return lane


def _apart(places: list[Place]) -> list[Place]:
    """Without those that stand too near to one before."""
    kept: list[Place] = []
    cells: dict[tuple[int, int], list[Place]] = {}
    for place in places:
        least = 3.0 if place.is_tree else 12.0
        column, row = int(place.x // 16.0), int(place.y // 16.0)
        around = (other for i in (-1, 0, 1) for k in (-1, 0, 1) for other in cells.get((column + i, row + k), ()))
        if all(
            math.hypot(other.x - place.x, other.y - place.y) >= least or other.is_tree != place.is_tree
            for other in around
        ):
            kept.append(place)
            cells.setdefault((column, row), []).append(place)
    return kept
