"""What a driver works on: a copy of one world to write on, the lists of who is where, and the way to an action. Source: ours."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.experts.driving.batch import Worlds
from sim_suite.compiling import borrowing, called
from sim_suite.driving.dynamics.inverse import pedals_for
from sim_suite.driving.dynamics.vehicles import MAX_WHEEL_RAD, PARAMETERS
from sim_suite.driving.traffic.presence import Presence, new_presence
from sim_suite.driving.world.lanes import length_of
from sim_suite.driving.world.layout import BODY, MIND, PATH, WEATHER, WORLD
from sim_suite.driving.world.terrain import DRIVEN, FIRST_SUCCESSOR, DrivingMap, Terrain

RUN_OUT_M: Final = np.float32(60.0)
"""Where no lane follows the goal the path goes on straight for so long, so that nobody brakes for a wall that is not there."""
_ZERO: Final = np.float32(0.0)
_ONE: Final = np.float32(1.0)


class Scene(NamedTuple):
    """Rows of one world, as in `State`, that may be written. A actors."""

    bodies: NDArray[np.float32]
    """[A, BODY]"""
    minds: NDArray[np.int32]
    paths: NDArray[np.int32]
    spans: NDArray[np.float32]
    lights: NDArray[np.int8]
    world: NDArray[np.int32]
    weather: NDArray[np.float32]
    control: NDArray[np.float32]
    """[3] Room for what the traffic model decides: wheel angle rad, acceleration m/s^2, gap m."""
    presence: Presence


def new_scene(driving_map: DrivingMap, actors: int) -> Scene:
    """Room for one world on this map with so many slots for actors."""
    terrain, groups = driving_map.ground.terrain, len(driving_map.graph.group_ids)
    return Scene(
        np.zeros((actors, BODY), np.float32), np.zeros((actors, MIND), np.int32), np.zeros((actors, PATH), np.int32),
        np.zeros((actors, PATH, 2), np.float32), np.zeros(groups, np.int8), np.zeros(WORLD, np.int32),
        np.zeros(WEATHER, np.float32), np.zeros(3, np.float32),
        new_presence(1, actors, len(terrain.lane_f), len(terrain.crosswalk_f)),
    )  # fmt: skip


@called
def copy_world(worlds: Worlds, w: int, first: int, last: int, scene: Scene) -> None:
    """Write world w into the scene, and of its actors those in slots first..last; the others' rows are then another world's."""
    for i in range(first, last):
        for column in range(BODY):
            scene.bodies[i, column] = worlds.body[w, i, column]
        for column in range(MIND):
            scene.minds[i, column] = worlds.mind[w, i, column]
        for k in range(PATH):
            scene.paths[i, k] = worlds.path[w, i, k]
            scene.spans[i, k, 0], scene.spans[i, k, 1] = worlds.span[w, i, k, 0], worlds.span[w, i, k, 1]
    for group in range(len(scene.lights)):
        scene.lights[group] = worlds.lights[w, group]
    for column in range(WORLD):
        scene.world[column] = worlds.world[w, column]
    for column in range(WEATHER):
        scene.weather[column] = worlds.weather[w, column]


@called
def extend_path(terrain: Terrain, path: NDArray[np.int32], span: NDArray[np.float32]) -> None:
    """Let an agent's path go on behind the goal, along the first ways on; a driver then arrives at speed. path: [PATH]; span: [PATH, 2]."""
    if path[0] < 0:
        return
    for k in range(PATH):
        last = k == PATH - 1 or path[k + 1] < 0
        if not last:
            continue
        if k == PATH - 1:
            return
        lane, after = path[k], -1
        span[k, 1] = length_of(terrain, lane)
        for n in range(terrain.lane[lane, FIRST_SUCCESSOR], terrain.lane[lane + 1, FIRST_SUCCESSOR]):
            if after < 0 and terrain.lane[terrain.successor[n], DRIVEN] == 1:
                after = terrain.successor[n]
        if after < 0:
            span[k, 1] += RUN_OUT_M
            return
        path[k + 1] = after
        span[k + 1, 0], span[k + 1, 1] = _ZERO, length_of(terrain, after)


@borrowing
def write_action(
    kind: int,
    speed: np.float32,
    friction: np.float32,
    wheel: np.float32,
    accel: np.float32,
    action: NDArray[np.float32],
) -> None:
    """action: [2], steer and drive in [-1, 1]: what turns the wheels to `wheel` rad and gives `accel` m/s^2."""
    throttle, brake = pedals_for(kind, speed, accel, friction)
    action[0] = min(max(wheel / PARAMETERS[kind, MAX_WHEEL_RAD], -_ONE), _ONE)
    action[1] = throttle - brake
