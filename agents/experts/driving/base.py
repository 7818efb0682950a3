"""How a driver answers `predict`: one moment after the other, with a small memory for each world. Source: ours."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from agents.experts.driving.scene import Scene, Scenes
from agents.interface import Batch, Interface
from sim_suite.driving.world.terrain import Terrain
from sim_suite.envs.driving.state import DrivingState
from sim_suite.envs.views import STATE

ENVS = ("sim_suite/Driving-v0",)
"""What drivers are made for."""


class Driver(ABC):
    """Drives `sim_suite/Driving-v0` by its state. Deterministic; action [steer, drive] as the environment defines it."""

    interface = Interface(STATE, "continuous")
    envs: ClassVar[tuple[str, ...]] = ENVS
    memory_size: ClassVar[int] = 4

    def __init__(self) -> None:
        self._scenes = Scenes()

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
            self.decide(self._scenes.of(moment), moment, memory[i], actions[i])
        return actions, memory

    @abstractmethod
    def decide(
        self, scene: Scene, moment: DrivingState, memory: NDArray[np.float32], action: NDArray[np.float32]
    ) -> None:
        """Write one action, [2], and what to remember, [memory_size]; both are views."""

    @staticmethod
    def terrain_of(moment: DrivingState) -> Terrain:
        """The map as kernels know it."""
        return moment.driving_map.ground.terrain
