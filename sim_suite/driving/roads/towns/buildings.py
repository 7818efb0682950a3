"""Lines streets with buildings: boxes that stand clear of every road and of one another. Source: ours."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from sim_suite.driving.roads.graph.layout import Floats
from sim_suite.driving.roads.opendrive.model import NO_JUNCTION
from sim_suite.driving.roads.towns.draft import Draft, DraftRoad
from sim_suite.driving.roads.towns.furniture import add_building
from sim_suite.driving.roads.towns.paths import Pose

FRONT_GARDEN_M: Final = 3.0
"""Between the sidewalk and the front of a building."""
_SAMPLE_M: Final = 3.0
_LENGTHS: Final = (12.0, 24.0)
_DEPTHS: Final = (10.0, 14.0)
_STOREY_M: Final = 3.2
_GAPS: Final = (3.0, 14.0)
_FROM_JUNCTION_M: Final = 4.0
_CELL_M: Final = 28.0
"""More than the diagonal of the largest building: two whose middles lie two cells apart cannot touch."""
FROM_ROAD_M: Final = 2.0
"""Between a wall and any road; half of it covers what lies between the sampled points of a bend."""

Standing = defaultdict[tuple[int, int], list[Floats]]
"""The buildings so far, by the cell that their middle lies in."""


def add_buildings(draft: Draft, rng: Random, size_m: tuple[float, float]) -> None:
    """Buildings on both sides of every street, within the town's size."""
    points, widths = _road_points(draft)
    tree = cKDTree(points)
    standing: Standing = defaultdict(list)
    for road in draft.roads:
        if road.junction != NO_JUNCTION or road.type != "town" or road.lane_offsets:
            continue
        for side in (1.0, -1.0):
            s = _FROM_JUNCTION_M + _between(rng, _GAPS)
            while True:
                length, depth = round(_between(rng, _LENGTHS), 1), round(_between(rng, _DEPTHS), 1)
                storeys, gap = 2 + int(4.0 * rng.random()), _between(rng, _GAPS)
                if s + length > road.length - _FROM_JUNCTION_M:
                    break
                t = side * (_edge(road) + FRONT_GARDEN_M + 0.5 * depth)
                box = _box(road, s + 0.5 * length, t, length, depth)
                if _inside(box, size_m) and _clear(box, tree, widths, standing):
                    standing[_cell(box)].append(box)
                    add_building(draft, road, s + 0.5 * length, t, length, depth, storeys * _STOREY_M)
                s += length + gap


def _between(rng: Random, limits: tuple[float, float]) -> float:
    return limits[0] + (limits[1] - limits[0]) * rng.random()


def _edge(road: DraftRoad) -> float:
    return max(profile.half_width for _, profile in road.stretches)


def _road_points(draft: Draft) -> tuple[Floats, Floats]:
    """[N, 2] points of all reference lines and [N] how far their roads reach from there."""
    rows = []
    for road in draft.roads:
        reach = _edge(road)
        for s in np.linspace(0.0, road.length, 2 + int(road.length / _SAMPLE_M)):
            pose = road.path.at(float(s))
            rows.append((pose.x, pose.y, reach))
    table = np.array(rows)
    return table[:, :2], table[:, 2]


def _box(road: DraftRoad, s: float, t: float, length: float, depth: float) -> Floats:
    """[4, 2] corners."""
    pose = road.path.at(s).beside(t)
    corners = [
        Pose(pose.x, pose.y, pose.heading).ahead(u).beside(v)
        for u, v in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5))
        for u, v in ((u * length, v * depth),)
    ]
    return np.array([(corner.x, corner.y) for corner in corners])


def _inside(box: Floats, size_m: tuple[float, float]) -> bool:
    return bool((box >= 0.0).all() and (box <= np.array(size_m)).all())


def _clear(box: Floats, tree: cKDTree, widths: Floats, standing: Standing) -> bool:
    """Whether a box keeps off all roads (by points along its walls) and off other buildings."""
    walls = np.concatenate([np.linspace(box[k], box[(k + 1) % 4], 7) for k in range(4)])
    middle, radius = box.mean(axis=0), 0.5 * float(np.hypot(*(box[2] - box[0])))
    near = tree.query_ball_point(middle, radius + float(widths.max()) + FROM_ROAD_M)
    if near:
        gaps = np.hypot(*(walls[:, None] - tree.data[near][None]).transpose(2, 0, 1))
        if (gaps < widths[near] + FROM_ROAD_M).any():
            return False
    column, row = _cell(box)
    around = ((column + i, row + k) for i in (-1, 0, 1) for k in (-1, 0, 1))
    return all(_apart(box, other) or _apart(other, box) for cell in around for other in standing.get(cell, ()))


def _cell(box: Floats) -> tuple[int, int]:
    return int(box[:, 0].mean() // _CELL_M), int(box[:, 1].mean() // _CELL_M)


def _apart(box: Floats, other: Floats) -> bool:
    """Whether one of the first box's sides separates the two (separating axis theorem)."""
    for axis in (box[1] - box[0], box[3] - box[0]):
        mine, theirs = box @ axis, other @ axis
        if mine.max() < theirs.min() or theirs.max() < mine.min():
            return True
    return False
