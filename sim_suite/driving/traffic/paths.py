"""The lanes that an actor has ahead: how the list goes on at forks, shifts when a lane is left, and begins anew. Source: ours."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.world.kinds import BICYCLE, BUS, TRUCK
from sim_suite.driving.world.lanes import length_of
from sim_suite.driving.world.layout import FORKS, ID, KIND, LAST_LANE, PATH, SEED_HIGH, SEED_LOW
from sim_suite.driving.world.random import FORK, uniform
from sim_suite.driving.world.terrain import (
    DRIVEN,
    FIRST_POINT,
    FIRST_SUCCESSOR,
    JUNCTION,
    LANE_LENGTH,
    LANE_TURN,
    LIMIT,
    Terrain,
)

TIGHT_M: Final = np.float32(14.5)
"""Trucks and buses take no turn of a smaller radius if there is another way: their corners would sweep the lanes beside."""

BICYCLE_LIMIT_MPS: Final = np.float32(60.0 / 3.6)
"""Bicycles keep off roads where one may drive faster than in towns."""
_ZERO: Final = np.float32(0.0)


@borrowing
def choose_successor(terrain: Terrain, lane: int, world: np.ndarray, mind: np.ndarray) -> int:
    """A lane that follows, drawn evenly among those that the vehicle may use; -1 where there is none. Counts the fork in `mind`."""
    ways, fitting = 0, 0
    for n in range(terrain.lane[lane, FIRST_SUCCESSOR], terrain.lane[lane + 1, FIRST_SUCCESSOR]):
        if terrain.lane[terrain.successor[n], DRIVEN] == 1:
            ways += 1
            fitting += 1 if _fits(terrain, terrain.successor[n], mind[KIND]) else 0
    if ways == 0:
        return -1
    any_way = fitting == 0
    count = ways if any_way else fitting
    chosen = 0
    if count > 1:
        drawn = uniform(world[SEED_LOW], world[SEED_HIGH], FORK, mind[FORKS], mind[ID], 0)
        chosen = min(int(drawn * np.float32(count)), count - 1)
    if ways > 1:
        mind[FORKS] += 1
    for n in range(terrain.lane[lane, FIRST_SUCCESSOR], terrain.lane[lane + 1, FIRST_SUCCESSOR]):
        other = terrain.successor[n]
        if terrain.lane[other, DRIVEN] == 1 and (any_way or _fits(terrain, other, mind[KIND])):
            if chosen == 0:
                return int(other)
            chosen -= 1
    return -1


@borrowing
def _fits(terrain: Terrain, lane: int, kind: int) -> bool:
    """Whether a kind of vehicle can turn along a lane within its borders, or may ride on it."""
    if kind == BICYCLE:
        return bool(terrain.point[terrain.lane[lane, FIRST_POINT], LIMIT] <= BICYCLE_LIMIT_MPS)
    if kind not in (TRUCK, BUS):
        return True
    return bool(terrain.lane_f[lane, LANE_LENGTH] > TIGHT_M * abs(terrain.lane_f[lane, LANE_TURN]))


@called
def begin_path(
    terrain: Terrain, lane: int, world: np.ndarray, mind: np.ndarray, path: np.ndarray, span: np.ndarray
) -> None:
    """Begin on a lane and choose what follows."""
    for k in range(PATH):
        path[k] = lane
        span[k, 0] = 0.0
        span[k, 1] = length_of(terrain, lane) if lane >= 0 else 0.0
        if lane >= 0 and k < PATH - 1:
            lane = choose_successor(terrain, lane, world, mind)


@called
def shift_path(terrain: Terrain, world: np.ndarray, mind: np.ndarray, path: np.ndarray, span: np.ndarray) -> None:
    """The first lane is behind: the second comes first, and another is chosen for the end."""
    mind[LAST_LANE] = path[0]
    for k in range(PATH - 1):
        path[k], span[k, 0], span[k, 1] = path[k + 1], span[k + 1, 0], span[k + 1, 1]
    lane = -1
    if path[PATH - 2] >= 0:
        lane = choose_successor(terrain, path[PATH - 2], world, mind)
    path[PATH - 1] = lane
    span[PATH - 1, 0] = 0.0
    span[PATH - 1, 1] = length_of(terrain, lane) if lane >= 0 else 0.0


@called
def take_another_way(terrain: Terrain, world: np.ndarray, mind: np.ndarray, path: np.ndarray, span: np.ndarray) -> None:
    """Draw the way through the next junction, and all that follows, once more."""
    for k in range(1, PATH):
        if path[k] < 0:
            return
        if terrain.lane[path[k], JUNCTION] >= 0:
            lane = choose_successor(terrain, path[k - 1], world, mind)
            for later in range(k, PATH):
                path[later], span[later, 0] = lane, _ZERO
                span[later, 1] = length_of(terrain, lane) if lane >= 0 else _ZERO
                if lane >= 0:
                    lane = choose_successor(terrain, lane, world, mind)
            return


@called
def path_of_legs(
    legs: np.ndarray, leg_span: np.ndarray, first: int, mind: np.ndarray, path: np.ndarray, span: np.ndarray
) -> None:
    """The legs of a route from `first` on. legs: [R]; leg_span: [R, 2]."""
    mind[LAST_LANE] = legs[first - 1] if first > 0 else -1
    for k in range(PATH):
        leg = first + k
        there = leg < len(legs) and legs[leg] >= 0
        path[k] = legs[leg] if there else -1
        span[k, 0] = leg_span[leg, 0] if there else 0.0
        span[k, 1] = leg_span[leg, 1] if there else 0.0
