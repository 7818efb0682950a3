"""Shows an environment's picture the way an agent asked for: resized, grey, stacked. Source: Mnih et al. 2015 (Nature 518).

Any environment whose observation is an RGB picture can be looked at; Atari games have a view of their own
(`sim_suite.envs.atari_pixels`), which needs the frames between two observations. `making.pixel_view` chooses.
"""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from sim_suite.envs.views import View
from sim_suite.errors import SuiteError

Picture = NDArray[np.uint8]


class PixelView(gym.Wrapper[Any, Any, Any, Any]):
    """An RGB picture made grey (ITU-R BT.601 luma), then resized by area averaging, then stacked."""

    def __init__(self, env: gym.Env[Any, Any], view: View) -> None:
        """Raises `SuiteError` unless the environment's observation is uint8 [h, w, 3]."""
        super().__init__(env)
        space = env.observation_space
        if space.dtype != np.uint8 or space.shape is None or len(space.shape) != 3 or space.shape[2] != 3:
            raise SuiteError(
                f"a pixel view needs an observation of uint8 [height, width, 3], and that of {env} is {space}. "
                f"Give the view the environment itself, before other wrappers change its picture."
            )
        self._view = view
        self._size = view.size or (space.shape[0], space.shape[1])
        picture = self._size if view.grey else (*self._size, 3)
        self._stack = np.zeros((view.stack, *picture), np.uint8)
        self.observation_space = gym.spaces.Box(0, 255, picture if view.stack == 1 else self._stack.shape, np.uint8)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Picture, dict[str, Any]]:
        """Reset; the stack is black but for the newest picture."""
        observation, info = self.env.reset(seed=seed, options=options)
        self._stack[:] = 0
        return self._push(self._in_colour(observation)), info

    def step(self, action: Any) -> tuple[Picture, Any, bool, bool, dict[str, Any]]:
        """Step and look."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        return self._push(self._in_colour(observation)), reward, terminated, truncated, info

    def _in_colour(self, observation: Picture) -> Picture:
        return to_grey(observation) if self._view.grey else observation

    def _push(self, picture: Picture) -> Picture:
        """Resize a picture, put it on top of the stack, and return a copy of what the agent sees."""
        self._stack[:-1] = self._stack[1:]
        self._stack[-1] = resize(picture, self._size)
        return self._stack[-1].copy() if self._view.stack == 1 else self._stack.copy()


def to_grey(picture: Picture) -> Picture:
    """The luma of an RGB picture by ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B: uint8 [h, w, 3] to [h, w]."""
    cv2 = _opencv()
    grey: Picture = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return grey


def resize(picture: Picture, size: tuple[int, int]) -> Picture:
    """Resize uint8 [h, w] or [h, w, 3] to (height, width): area averaging where it shrinks."""
    if picture.shape[:2] == size:
        return picture
    cv2 = _opencv()
    resized: Picture = cv2.resize(picture, (size[1], size[0]), interpolation=cv2.INTER_AREA)
    return resized


def _opencv() -> Any:
    """OpenCV, loaded when first needed: it links against a library of the desktop that servers often lack."""
    try:
        import cv2
    except ImportError as error:
        raise SuiteError(
            f"OpenCV could not be loaded ({error}). Install the library it misses: `apt-get install libgl1`, "
            f"or `pip install opencv-python` where the package itself is absent."
        ) from error
    return cv2
