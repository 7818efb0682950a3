"""A driver that drives as the traffic does: IDM, the rules of the road, and the same route as told. Source: traffic/drive.py."""

from __future__ import annotations

import numpy as np

from agents.experts.driving.base import Driver
from agents.experts.driving.batch import Worlds
from agents.experts.driving.scene import Scene, copy_world, extend_path, new_scene, write_action
from sim_suite.compiling import called, shared
from sim_suite.driving.traffic.drive import drive
from sim_suite.driving.traffic.presence import forget, note_all
from sim_suite.driving.world.lanes import width_and_speeds
from sim_suite.driving.world.layout import (
    ARC,
    CHANGED,
    FRICTION,
    KIND,
    NUM_ACTORS,
    OFFSET,
    SPEED,
    SPEED_LIMIT,
    TICK,
    TOLD_SPEED,
)
from sim_suite.driving.world.locate import told_limit
from sim_suite.driving.world.terrain import DrivingMap, Ground, Terrain


class IdmDriver(Driver[Scene]):
    """Stops for lights, signs and people, yields, follows and passes as traffic vehicles do; changes no lanes but those of its route.

    It remembers where beside the lane's centre it means to drive, m.
    """

    memory_size = 1

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
    i, memory = worlds.slot, worlds.memory[w]
    actors = worlds.world[w, NUM_ACTORS]
    copy_world(worlds, w, 0, actors, scene)
    body, mind, tick = scene.bodies[i], scene.minds[i], scene.world[TICK]
    extend_path(terrain, scene.paths[i], scene.spans[i])
    # An agent's lanes are those of its route: as if it had just changed, it does not think of others.
    mind[CHANGED] = tick
    body[OFFSET] = memory[0]
    # In a junction the lane under it may be another way's, with another limit.
    _, limit, _ = width_and_speeds(terrain, scene.paths[i, 0], body[ARC])
    body[SPEED_LIMIT] = told_limit(limit, body[TOLD_SPEED])
    note_all(scene.presence, 0, scene.bodies, scene.minds, scene.paths, scene.spans, actors, terrain)
    control = scene.control
    drive(
        scene.presence, 0, i, scene.bodies, scene.minds, scene.paths[i], scene.spans[i], control, scene.world,
        scene.lights, terrain, tick,
    )  # fmt: skip
    forget(scene.presence, 0)
    memory[0] += np.float32(worlds.ticks) * (body[OFFSET] - memory[0])
    write_action(mind[KIND], body[SPEED], scene.weather[FRICTION], control[0], control[1], worlds.actions[w])
