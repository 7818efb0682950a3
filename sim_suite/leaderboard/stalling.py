"""Tells episodes in which the game stood still: long stretches without a reward, which a mean over episodes hides. Source: ours.

A greedy policy may never serve the ball, or send it round in a circle; nothing then ends the episode but its cap.
"""

from __future__ import annotations

from typing import Any, Final

import gymnasium as gym

STALLED: Final = "stalled"
CAPPED: Final = "capped"


class StallWatch(gym.Wrapper[Any, Any, Any, Any]):
    """Adds to the last step's `info["metrics"]`: `stalled`, 1.0 where `stall_steps` steps in a row paid nothing, else 0.0; `capped`,
    1.0 where the episode was cut off by a limit, else 0.0."""

    def __init__(self, env: gym.Env[Any, Any], stall_steps: int) -> None:
        """stall_steps: 1 or more."""
        super().__init__(env)
        self._stall_steps, self._unpaid, self._stalled = stall_steps, 0, False

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Reset, and count anew."""
        self._unpaid, self._stalled = 0, False
        return self.env.reset(seed=seed, options=options)

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Step, and count."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        self._unpaid = 0 if reward else self._unpaid + 1
        self._stalled = self._stalled or self._unpaid >= self._stall_steps
        if terminated or truncated:
            told = {STALLED: float(self._stalled), CAPPED: float(truncated and not terminated)}
            info = {**info, "metrics": {**info.get("metrics", {}), **told}}
        return observation, reward, terminated, truncated, info
