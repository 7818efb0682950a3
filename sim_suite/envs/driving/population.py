"""How many actors of each sort a world gets, from densities a kilometre and the slots there are. Source: ours."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from sim_suite.driving.roads.graph.kinds import WALKABLE
from sim_suite.driving.roads.maps import find_map, load_map
from sim_suite.driving.world import terrain as land
from sim_suite.driving.world.kinds import Model
from sim_suite.driving.world.terrain import DrivingMap, Terrain, prepare
from sim_suite.driving.world.world import WorldOptions
from sim_suite.envs.driving.options import DrivingOptions

_PLACES: Final = 64  # where it is looked how much road is near: more change the mean by a few per cent
_LANE_M: Final = 10.0
"""Lanes of drawn routes are at least so long on average; routes get room for so many."""
_SPARE_LEGS: Final = 64


class Roads(NamedTuple):
    """Kilometres around a place on the road, on average."""

    lanes_km: float
    """Of lanes that cars may use."""
    sidewalks_km: float


@lru_cache(maxsize=8)
def _prepared(path: str, changed_ns: int) -> DrivingMap:
    return prepare(load_map(path))


@lru_cache(maxsize=64)
def _roads(path: str, changed_ns: int, bubble_m: float) -> Roads:
    return roads_near(_prepared(path, changed_ns).ground.terrain, bubble_m)


def driving_map(name: str) -> DrivingMap:
    """A map by name or path, ready to drive on; the last few are kept."""
    path = find_map(name).resolve()
    return _prepared(str(path), path.stat().st_mtime_ns)


def roads_around(name: str, bubble_m: float) -> Roads:
    """`roads_near` of a map by name or path; kept, since a town of a square kilometre takes 0.15 s."""
    path = find_map(name).resolve()
    return _roads(str(path), path.stat().st_mtime_ns, bubble_m)


def world_options(options: DrivingOptions, roads: Roads, *, trail: int, slots: int) -> WorldOptions:
    """Who is in a world. Where densities ask for more than there are slots beside the agent's, all are cut in proportion.

    trail: past poses to keep; slots: of the world, the agent's among them.
    """
    asked = np.array([
        options.vehicles_per_km * roads.lanes_km,
        options.pedestrians_per_km * roads.sidewalks_km,
        options.parked_per_km * roads.lanes_km,
    ])  # fmt: skip
    share = min(1.0, (slots - 1) / max(float(np.rint(asked).sum()), 1.0))
    vehicles, pedestrians, parked = (int(one) for one in np.floor(np.rint(asked) * share))
    return WorldOptions(
        agents=1, vehicles=vehicles, pedestrians=pedestrians, parked=parked,
        spare=slots - 1 - vehicles - pedestrians - parked,
        model=Model[options.model.upper()], bubble_m=round(options.bubble_m), route_m=options.route_m,
        trail=trail, max_legs=most_legs(options),
    )  # fmt: skip


def most_legs(options: DrivingOptions) -> int:
    """R of `State.legs`: room for the lanes of every route that the options allow."""
    stored = max((len(route.lanes) for route in options.stored_routes), default=0)
    return max(stored, _SPARE_LEGS + int(options.route_m[1] / _LANE_M))


def roads_near(terrain: Terrain, bubble_m: float) -> Roads:
    """What lies within the bubble on average over all places of the roads; all of the map for 0."""
    count = len(terrain.lane_f)
    kind = terrain.lane[:count, land.LANE_KIND].astype(np.int64)
    driven, walked = terrain.lane[:count, land.DRIVEN] == 1, (WALKABLE >> kind) & 1 == 1
    length = terrain.lane_f[:, land.LANE_LENGTH].astype(np.float64)
    if bubble_m == 0.0:
        return Roads(float(length[driven].sum()) / 1000.0, float(length[walked].sum()) / 1000.0)
    points = np.diff(terrain.lane[:, land.FIRST_POINT])
    lane = np.repeat(np.arange(count), points)
    metres = np.repeat(length / np.maximum(points, 1), points)
    place = terrain.point[:, [land.PX, land.PY]]
    roads = np.cumsum(np.where(driven[lane], metres, 0.0))
    centres = place[np.searchsorted(roads, (np.arange(_PLACES) + 0.5) / _PLACES * roads[-1])]
    found = np.zeros(2)
    for x, y in centres:
        near = np.hypot(place[:, 0] - x, place[:, 1] - y) < bubble_m
        found += metres[near & driven[lane]].sum(), metres[near & walked[lane]].sum()
    lanes_m, sidewalks_m = (found / _PLACES).tolist()
    return Roads(lanes_m / 1000.0, sidewalks_m / 1000.0)
