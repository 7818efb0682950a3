"""The view `board`: planes and mask, and the position itself, from which a search plays on."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np

from sim_suite.envs.boards.seen import Seen


class BoardView(gym.Wrapper[Seen, np.int64, Seen, np.int64]):
    """Adds to what the environment shows "position", int64 [S], a copy of the game's own row. All that it tells is on the
    board or in the moves so far; it is no privilege. It is not for networks: its numbers are bits."""

    def __init__(self, env: gym.Env[Seen, np.int64]) -> None:
        super().__init__(env)
        words: int = env.unwrapped.game.words  # type: ignore[attr-defined]  # of BoardEnv
        limits = np.iinfo(np.int64)
        position = gym.spaces.Box(limits.min, limits.max, (words,), np.int64)
        assert isinstance(env.observation_space, gym.spaces.Dict)
        self.observation_space = gym.spaces.Dict({**env.observation_space.spaces, "position": position})

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Seen, dict[str, Any]]:
        """Reset, with the position."""
        seen, info = self.env.reset(seed=seed, options=options)
        return self._with_position(seen), info

    def step(self, action: np.int64) -> tuple[Seen, Any, bool, bool, dict[str, Any]]:
        """Step, with the position."""
        seen, reward, terminated, truncated, info = self.env.step(action)
        return self._with_position(seen), reward, terminated, truncated, info

    def _with_position(self, seen: Seen) -> Seen:
        return {**seen, "position": self.env.unwrapped.position}  # type: ignore[attr-defined]  # of BoardEnv
