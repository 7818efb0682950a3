"""Episodes that can be taken up where they were left: each has a seed of its own, and its actions so far are remembered.

An environment's state cannot be saved without pickle, but it follows from the seed of its reset and the actions since. A
resumed run therefore repeats the open episodes' actions and goes on in their midst; checkpoints leave no trace in training,
however often they are written. Source: ours.
"""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from agents.learning.episode_seeds import episode_seed


class SeededEpisodes(gym.Wrapper[Any, Any, Any, Any]):
    """Seeds each episode from (run seed, index, episode number) and remembers the actions of the present one."""

    def __init__(self, env: gym.Env[Any, Any], run_seed: int, index: int) -> None:
        """index: the environment's place among those of the run."""
        super().__init__(env)
        self._run_seed, self._index = run_seed, index
        self.episode = -1
        self.latest: Any = None
        """What the environment showed last."""
        self._actions: list[NDArray[Any]] = []

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin the next episode with its own seed; `seed` is passed over, since episodes must not depend on who asks."""
        self.episode += 1
        self._actions = []
        self.latest, info = self.env.reset(
            seed=episode_seed(self._run_seed, self._index, self.episode), options=options
        )
        return self.latest, info

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Act, in the action space's own number format, so that repeating gives the same bits."""
        action = np.array(action, dtype=self.action_space.dtype)
        self._actions.append(action)
        self.latest, reward, terminated, truncated, info = self.env.step(action)
        return self.latest, reward, terminated, truncated, info

    def actions(self) -> NDArray[Any]:
        """Actions of the present episode, [steps, ...]."""
        shape = (len(self._actions), *(self.action_space.shape or ()))
        return np.array(self._actions, dtype=self.action_space.dtype).reshape(shape)

    def take_up(self, episode: int, actions: NDArray[Any]) -> None:
        """Begin episode number `episode` again and repeat `actions`."""
        self.episode = episode - 1
        self.reset()
        for action in actions:
            self.step(action)
