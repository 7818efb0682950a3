"""Many CarRacing worlds in a pixels view: each shows what the single environment in that view does. Source: ours."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from sim_suite.envs.car_racing.vector import CarRacingVectorEnv
from sim_suite.envs.pixels import resize, to_grey
from sim_suite.envs.views import View

Array = NDArray[Any]
Pictures = NDArray[np.uint8]


class CarRacingPixelVector:
    """E worlds. A world that ends is reset in the same step, as `CarRacingVectorEnv` says."""

    def __init__(self, count: int, view: View, **kwargs: Any) -> None:
        """count: E; view: of kind pixels; kwargs: those of `CarRacingVectorEnv`."""
        self._worlds, self._view = CarRacingVectorEnv(count, copy=False, **kwargs), view
        frame = self._worlds.single_observation_space.shape or ()
        self._size = view.size or (frame[0], frame[1])
        picture = self._size if view.grey else (*self._size, 3)
        self._stacks = np.zeros((count, view.stack, *picture), np.uint8)
        shape = picture if view.stack == 1 else self._stacks.shape[1:]
        self.single_observation_space = gym.spaces.Box(0, 255, shape, np.uint8)
        self.single_action_space = self._worlds.single_action_space

    def reset(self, *, seed: list[int | None], options: dict[str, Any]) -> tuple[Pictures, dict[str, Any]]:
        """Begin the worlds of `options["reset_mask"]` [E] bool, each from its seed; observations [E, ...] uint8 of all."""
        frames, _ = self._worlds.reset(seed=seed, options=options)
        for index in np.flatnonzero(options["reset_mask"]).tolist():
            self._begin(index, frames[index])
        return self._shown(), {}

    def step(self, actions: Array) -> tuple[Pictures, Array, Array, Array, dict[str, Any]]:
        """Actions [E, ...] of the action space -> observations [E, ...] uint8, rewards [E] float64, terminated, truncated [E] bool.

        The dictionary holds `final_obs` [E, ...] where an episode ended: there the true last observation, elsewhere the newest.
        """
        frames, rewards, terminated, truncated, info = self._worlds.step(actions)
        ended = np.flatnonzero(terminated | truncated).tolist()
        for index, frame in enumerate(frames):
            self._push(index, info["final_obs"][index] if index in ended else frame)
        if not ended:
            return self._shown(), rewards.copy(), terminated.copy(), truncated.copy(), {}
        final = self._shown()
        for index in ended:
            self._begin(index, frames[index])
        return self._shown(), rewards.copy(), terminated.copy(), truncated.copy(), {"final_obs": final}

    def close(self) -> None:
        """End the workers."""
        self._worlds.close()

    def _begin(self, index: int, frame: Pictures) -> None:
        self._stacks[index] = 0
        self._push(index, frame)

    def _push(self, index: int, frame: Pictures) -> None:
        """Put a frame uint8 [96, 96, 3] on top of a world's stack."""
        stack = self._stacks[index]
        stack[:-1] = stack[1:]
        stack[-1] = resize(to_grey(frame) if self._view.grey else frame, self._size)

    def _shown(self) -> Pictures:
        return self._stacks[:, 0].copy() if self._view.stack == 1 else self._stacks.copy()
