"""Takes the frames of a clip while an episode is played, in the environment's own time. Source: ours."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

CLIP_FPS = 15
CLIP_SECONDS = 10.0
_DEFAULT_ENV_FPS = 30.0  # where an environment does not say how fast it runs


class Camera:
    """Collects frames at `CLIP_FPS`; fast environments are thinned out, slow ones held."""

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        """`env` was made with render_mode "rgb_array"."""
        self.frames: list[NDArray[np.uint8]] = []
        self.fps = CLIP_FPS
        self._frame_per_step = CLIP_FPS / float(env.metadata.get("render_fps") or _DEFAULT_ENV_FPS)
        self._steps = 0

    def watch(self, env: gym.Env[Any, Any]) -> bool:
        """Take the frames that are due; False when the clip is full."""
        due = int(self._steps * self._frame_per_step) + 1 - len(self.frames)
        self._steps += 1
        if due > 0:
            picture: Any = env.render()
            self.frames.extend([np.asarray(picture, dtype=np.uint8)] * due)
        return len(self.frames) < CLIP_FPS * CLIP_SECONDS

    def note(self, env: gym.Env[Any, Any]) -> bool:
        """Like `watch`, but lets the episode go on to its end."""
        if len(self.frames) < CLIP_FPS * CLIP_SECONDS:
            self.watch(env)
        return True
