"""A driver that follows its route at a set or told speed and sees nothing else: no lights, no bends ahead, nobody. Source: Coulter 1992 for
the wheel (traffic/steering.py). It shows what a route alone is worth.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from agents.experts.driving.base import Driver
from agents.experts.driving.batch import Worlds
from agents.experts.driving.pid import drive_by_pid
from agents.experts.driving.scene import Scene, copy_world, extend_path, new_scene
from sim_suite.compiling import called, shared
from sim_suite.driving.dynamics.vehicles import MAX_WHEEL_RAD, PARAMETERS
from sim_suite.driving.traffic.steering import pursue
from sim_suite.driving.world.layout import KIND, SPEED, TOLD_SPEED
from sim_suite.driving.world.terrain import DrivingMap, Ground, Terrain

SET_MPS: Final = np.float32(8.0)
"""A town's streets can be followed at it: half of the usual 50 km/h, and turns at 6 to 8 m of radius still hold on dry asphalt."""


class BlindDriver(Driver[Scene]):
    """Pure pursuit along the route at the told speed, or at SET_MPS. Its memory is that of the PID controller."""

    memory_size = 2
    least_worlds = 64

    def new_desk(self, driving_map: DrivingMap, actors: int) -> Scene:
        return new_scene(driving_map, actors)

    def decide(self, worlds: Worlds, ground: Ground, desk: Scene, begin: int, end: int) -> None:
        _drive_worlds(worlds, ground.terrain, desk, begin, end)


@shared
def _drive_worlds(worlds: Worlds, terrain: Terrain, scene: Scene, begin: int, end: int) -> None:
    for k in range(begin, end):
        _drive(worlds, worlds.which[k], terrain, scene)


@called
def _drive(worlds: Worlds, w: int, terrain: Terrain, scene: Scene) -> None:
    i, action = worlds.slot, worlds.actions[w]
    copy_world(worlds, w, i, i + 1, scene)
    body = scene.bodies[i]
    extend_path(terrain, scene.paths[i], scene.spans[i])
    wheel = pursue(body, scene.paths[i], scene.spans[i], terrain, np.float32(0.0))
    action[0] = wheel / PARAMETERS[scene.minds[i, KIND], MAX_WHEEL_RAD]
    action[0] = min(max(action[0], np.float32(-1.0)), np.float32(1.0))
    wish = body[TOLD_SPEED] if body[TOLD_SPEED] > np.float32(0.0) else SET_MPS
    action[1] = drive_by_pid(body[SPEED], wish, False, worlds.ticks, worlds.memory[w])
