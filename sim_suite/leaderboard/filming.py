"""Takes the frames of a clip while an episode is played, in the environment's own time. Source: ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

CLIP_FPS = 15
CLIP_SECONDS = 10.0
FILM_WIDTH = 720
FILM_BITRATE = 2_000_000
FILM_SECONDS = 300.0
"""Of a whole episode; what comes after is not filmed."""
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


class Film:
    """Takes every frame of an episode, in the environment's own time, and hands each on at once."""

    def __init__(self, env: gym.Env[Any, Any], keep: Callable[[NDArray[np.uint8]], None]) -> None:
        """`env` was made with render_mode "rgb_array", or "rgb_array_list" where it draws more than one frame a step."""
        self._keep = keep
        self._left = round(FILM_SECONDS * film_fps(env))

    def note(self, env: gym.Env[Any, Any]) -> bool:
        """Take what there is to see since the last call, as long as the film is not full; the episode goes on to its end."""
        if self._left > 0:
            pictures: Any = env.render()
            for picture in pictures if isinstance(pictures, list) else [pictures]:
                self._keep(np.asarray(picture, dtype=np.uint8))
                self._left -= 1
        return True


def film_fps(env: gym.Env[Any, Any]) -> int:
    """Frames a second that the environment draws."""
    return round(float(env.metadata.get("render_fps") or _DEFAULT_ENV_FPS))
