"""How a driver answers `predict`: one moment after the other, with a small memory for each world. Source: ours.

Many worlds of one map are driven faster by `drive_worlds` (batch.py); both run the same kernel and decide the same.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from agents.experts.driving.batch import BatchedDriver, DeskT, Worlds
from agents.interface import Batch, Interface
from sim_suite.envs.views import STATE

ENVS = ("sim_suite/Driving-v0", "sim_suite/Scenario-v0", "sim_suite/Carla-v0")
"""What drivers are made for."""
_FIRST: Final = np.zeros(1, np.int64)


class Driver(BatchedDriver[DeskT]):
    """Drives `sim_suite/Driving-v0` by its state. Deterministic; action [steer, drive] as the environment defines it."""

    interface = Interface(STATE, "continuous")
    envs: ClassVar[tuple[str, ...]] = ENVS

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[np.float32], Any | None]:
        """Actions [B, 2] float32 for a list of B `DrivingState`; the state is the drivers' memory, [B, memory_size] float32."""
        memory = np.zeros((len(observation), self.memory_size), np.float32)
        if state is not None:
            memory[:] = state
        if episode_start is not None:
            memory[np.asarray(episode_start, np.bool_)] = 0.0
        actions = np.empty((len(observation), 2), np.float32)
        for i, moment in enumerate(observation):
            now, row = moment.world, slice(i, i + 1)
            # Copies: kernels are compiled for arrays that can be written, as a world's are.
            worlds = Worlds(
                np.array(now.body), np.array(now.mind), np.array(now.path), np.array(now.span), np.array(now.lights),
                np.array(now.world), np.array(now.weather), _FIRST, moment.slot, moment.ticks_per_step, memory[row],
                actions[row],
            )  # fmt: skip
            desk = self.desks(moment.driving_map, now.body.shape[1])[0]
            self.decide(worlds, moment.driving_map.ground, desk, 0, 1)
        return actions, memory
