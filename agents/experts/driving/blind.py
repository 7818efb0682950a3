"""A driver that follows its route at a set speed and sees nothing else: no lights, no bends ahead, nobody. Source: Coulter 1992 for
the wheel (traffic/steering.py). It shows what a route alone is worth.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.experts.driving.base import Driver
from agents.experts.driving.pid import drive_by_pid
from agents.experts.driving.scene import Scene, extend_path
from sim_suite.compiling import called
from sim_suite.driving.dynamics.vehicles import MAX_WHEEL_RAD, PARAMETERS
from sim_suite.driving.traffic.steering import pursue
from sim_suite.driving.world.layout import KIND, SPEED
from sim_suite.driving.world.terrain import Terrain
from sim_suite.envs.driving.state import DrivingState

SET_MPS: Final = np.float32(8.0)
"""A town's streets can be followed at it: half of the usual 50 km/h, and turns at 6 to 8 m of radius still hold on dry asphalt."""


class BlindDriver(Driver):
    """Pure pursuit along the route at SET_MPS."""

    memory_size = 2

    def decide(
        self, scene: Scene, moment: DrivingState, memory: NDArray[np.float32], action: NDArray[np.float32]
    ) -> None:
        """memory: that of the PID controller."""
        _drive(scene, moment.slot, moment.ticks_per_step, self.terrain_of(moment), memory, action)


@called
def _drive(
    scene: Scene, i: int, ticks: int, terrain: Terrain, memory: NDArray[np.float32], action: NDArray[np.float32]
) -> None:
    body = scene.bodies[i]
    extend_path(terrain, scene.paths[i], scene.spans[i])
    wheel = pursue(body, scene.paths[i], scene.spans[i], terrain, np.float32(0.0))
    action[0] = wheel / PARAMETERS[scene.minds[i, KIND], MAX_WHEEL_RAD]
    action[0] = min(max(action[0], np.float32(-1.0)), np.float32(1.0))
    action[1] = drive_by_pid(body[SPEED], SET_MPS, False, ticks, memory)
