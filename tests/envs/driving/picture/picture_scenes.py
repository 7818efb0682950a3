"""Hand-made worlds for tests of pictures: actors are put where one wants them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sim_suite.driving.roads.maps import load_map
from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import AGENT, BICYCLE, BUS, CAR, OBSTACLE, PARKED, PEDESTRIAN, TRAFFIC, TRUCK
from sim_suite.driving.world.layout import State, new_state
from sim_suite.driving.world.terrain import DrivingMap, prepare
from sim_suite.envs.driving.picture.painter import Painter

SIZES = {
    CAR: (4.6, 1.9, 2.8), TRUCK: (9.5, 2.5, 5.5), BUS: (12.0, 2.55, 6.0), BICYCLE: (1.8, 0.6, 1.1),
    PEDESTRIAN: (0.5, 0.5, 0.0), PARKED: (4.5, 1.9, 2.8), OBSTACLE: (2.0, 0.6, 0.0),
}  # fmt: skip


@lru_cache(16)
def prepared(name: str) -> DrivingMap:
    return prepare(load_map(name))


@lru_cache(4)
def painter(name: str) -> Painter:
    return Painter(prepared(name))


def world(name: str = "crossroads", actors: int = 16) -> State:
    return new_state(1, actors, 1, len(prepared(name).graph.group_ids), max_legs=16)


def put(
    state: State, slot: int, kind: int, x: float, y: float, yaw: float = 0.0, *, signals: int = 0, agent: bool = False
) -> None:
    body, mind = state.body[0, slot], state.mind[0, slot]
    body[layout.X], body[layout.Y], body[layout.YAW] = x, y, yaw
    body[layout.LENGTH], body[layout.WIDTH], body[layout.WHEELBASE] = SIZES[kind]
    mind[layout.KIND], mind[layout.ID], mind[layout.SIGNALS] = kind, slot, signals
    mind[layout.CONTROL] = AGENT if agent else TRAFFIC


def pixel(image: np.ndarray, view, x: float, y: float) -> np.ndarray:
    """The mean colour of 3 x 3 pixels at a place of the world."""
    column, row = np.rint(view.to_pixels(np.array((x, y)))).astype(int)
    return image[row - 1 : row + 2, column - 1 : column + 2].reshape(-1, 3).mean(axis=0)


def near(colour: np.ndarray, wanted: tuple[int, int, int], most: float = 24.0) -> bool:
    return bool(np.abs(np.asarray(colour, float) - wanted).max() <= most)
