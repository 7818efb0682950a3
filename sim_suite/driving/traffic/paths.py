"""The lanes that an actor has ahead: how the list goes on at forks, shifts when a lane is left, and begins anew. Source: ours."""

from __future__ import annotations

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.world.lanes import length_of
from sim_suite.driving.world.layout import FORKS, ID, LAST_LANE, PATH, SEED_HIGH, SEED_LOW
from sim_suite.driving.world.random import FORK, uniform
from sim_suite.driving.world.terrain import DRIVEN, FIRST_SUCCESSOR, Terrain


@borrowing
def choose_successor(terrain: Terrain, lane: int, world: np.ndarray, mind: np.ndarray) -> int:
    """A lane that follows, drawn evenly among those that cars may use; -1 where there is none. Counts the fork in `mind`."""
    first, stop = terrain.lane[lane, FIRST_SUCCESSOR], terrain.lane[lane + 1, FIRST_SUCCESSOR]
    ways = 0
    for n in range(first, stop):
        ways += 1 if terrain.lane[terrain.successor[n], DRIVEN] == 1 else 0
    if ways == 0:
        return -1
    chosen = 0
    if ways > 1:
        drawn = uniform(world[SEED_LOW], world[SEED_HIGH], FORK, mind[FORKS], mind[ID], 0)
        chosen = min(int(drawn * np.float32(ways)), ways - 1)
        mind[FORKS] += 1
    for n in range(first, stop):
        if terrain.lane[terrain.successor[n], DRIVEN] == 1:
            if chosen == 0:
                return int(terrain.successor[n])
            chosen -= 1
    return -1


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
