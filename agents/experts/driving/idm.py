"""A driver that drives as the traffic does: IDM, the rules of the road, and the same route as told. Source: traffic/drive.py."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agents.experts.driving.base import Driver
from agents.experts.driving.scene import Scene, extend_path, write_action
from sim_suite.compiling import called
from sim_suite.driving.traffic.drive import drive
from sim_suite.driving.traffic.presence import forget, note_all
from sim_suite.driving.world.lanes import width_and_speeds
from sim_suite.driving.world.layout import ARC, CHANGED, FRICTION, KIND, NUM_ACTORS, OFFSET, SPEED, SPEED_LIMIT, TICK
from sim_suite.driving.world.terrain import Terrain
from sim_suite.envs.driving.state import DrivingState


class IdmDriver(Driver):
    """Stops for lights, signs and people, yields, follows and passes as traffic vehicles do; changes no lanes but those of its route."""

    memory_size = 1

    def decide(
        self, scene: Scene, moment: DrivingState, memory: NDArray[np.float32], action: NDArray[np.float32]
    ) -> None:
        """memory: where beside the lane's centre it means to drive, m."""
        _drive(scene, moment.slot, moment.ticks_per_step, self.terrain_of(moment), memory, action)


@called
def _drive(
    scene: Scene, i: int, ticks: int, terrain: Terrain, memory: NDArray[np.float32], action: NDArray[np.float32]
) -> None:
    body, mind, tick = scene.bodies[i], scene.minds[i], scene.world[TICK]
    extend_path(terrain, scene.paths[i], scene.spans[i])
    # An agent's lanes are those of its route: as if it had just changed, it does not think of others.
    mind[CHANGED] = tick
    body[OFFSET] = memory[0]
    # In a junction the lane under it may be another way's, with another limit.
    _, body[SPEED_LIMIT], _ = width_and_speeds(terrain, scene.paths[i, 0], body[ARC])
    note_all(scene.presence, 0, scene.bodies, scene.minds, scene.paths, scene.spans, scene.world[NUM_ACTORS], terrain)
    control = scene.control
    drive(
        scene.presence, 0, i, scene.bodies, scene.minds, scene.paths[i], scene.spans[i], control, scene.world,
        scene.lights, terrain, tick,
    )  # fmt: skip
    forget(scene.presence, 0)
    memory[0] += np.float32(ticks) * (body[OFFSET] - memory[0])
    write_action(mind[KIND], body[SPEED], scene.weather[FRICTION], control[0], control[1], action)
