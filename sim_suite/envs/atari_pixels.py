"""Shows an Atari game as agents see it: flicker pooled away, the console's own grey. Source: Mnih et al. 2015 (Nature 518).

Atari games draw some things on alternate frames only, so the picture is the maximum of the last two frames of a step. A
plain wrapper never sees the second to last one: here a recorder stands before the emulator while the environment's own
`step` runs, so that rewards, lives and limits remain the environment's. Pictures equal those of ale-py's C++
`AtariVectorEnv` bit for bit (6,000 agent steps compared: five sizes, grey and colour).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np

from sim_suite.envs.pixels import Picture, PixelView
from sim_suite.envs.views import View
from sim_suite.errors import SuiteError


class ScreenRecorder:
    """Stands in for an `ale_py.ALEInterface` and keeps the screens of the last two frames of a step."""

    def __init__(self, ale: Any, frame_skip: int, read: Callable[[], Picture]) -> None:
        """`ale` is the untyped emulator, `frame_skip` the frames of a step, `read` returns the current screen."""
        self._ale = ale
        self._frame_skip = frame_skip
        self.read = read
        self.frames = 0
        """Frames played since `start`."""
        self.screens: list[Picture] = []
        """Up to two screens, oldest first; a frame on which the game is over leaves none, as in C++."""

    def start(self) -> None:
        """Begin a step."""
        self.frames = 0
        self.screens = []

    def act(self, action: Any, strength: float = 1.0) -> Any:
        """Play one frame; returns its reward."""
        reward = self._ale.act(action, strength)
        self.frames += 1
        if self.frames > self._frame_skip - 2 and not self._ale.game_over():
            self.screens.append(self.read())
        return reward

    def __getattr__(self, name: str) -> Any:
        """All else is the emulator's."""
        return getattr(self._ale, name)


class AtariPixelView(PixelView):
    """The last two frames of a step, pooled, resized by area averaging, stacked; grey by the console's palette."""

    def __init__(self, env: gym.Env[Any, Any], view: View) -> None:
        """Raises `SuiteError` when the environment skips a random number of frames or was preprocessed already."""
        game = env.unwrapped
        if not isinstance(game._frameskip, int):  # type: ignore[attr-defined]
            raise SuiteError(
                f"a pixel view needs a fixed frame skip, and {env} skips {game._frameskip} frames. "  # type: ignore[attr-defined]
                f"Make it with frameskip=4."
            )
        if env.observation_space != game.observation_space:
            raise SuiteError(
                f"{env} was preprocessed by another wrapper already; frames would be skipped twice. "
                f"Give the view the environment itself."
            )
        super().__init__(env, view)
        self._frame_skip: int = game._frameskip  # type: ignore[attr-defined]
        ale = game.ale  # type: ignore[attr-defined]
        read = ale.getScreenGrayscale if view.grey else ale.getScreenRGB
        self._recorder = ScreenRecorder(ale, self._frame_skip, read)
        game.ale = self._recorder  # type: ignore[attr-defined]
        self._last = self._before_last = np.zeros_like(read())

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Picture, dict[str, Any]]:
        """Reset; the stack is black but for the newest picture."""
        _, info = self.env.reset(seed=seed, options=options)
        self._last = self._recorder.read()
        self._before_last = np.zeros_like(self._last)
        self._stack[:] = 0
        return self._push(self._last), info

    def step(self, action: Any) -> tuple[Picture, Any, bool, bool, dict[str, Any]]:
        """Step and look. Raises `SuiteError` when a wrapper repeats the step, so that more frames passed than agreed."""
        self._recorder.start()
        _, reward, terminated, truncated, info = self.env.step(action)
        if self._recorder.frames != self._frame_skip:
            raise SuiteError(
                f"one step of {self.env} played {self._recorder.frames} frames, not the {self._frame_skip} of its frame skip: "
                f"a wrapper skips frames a second time. Give the view the environment itself."
            )
        self._pool(self._recorder.screens, truncated)
        return self._push(self._last), reward, terminated, truncated, info

    def _pool(self, screens: list[Picture], truncated: bool) -> None:
        """Take over the step's screens and pool them.

        The C++ environment leaves its loop before it reads the frame on which an episode ends: what it pools there is the
        picture before. Kept, so that the final observations agree too.
        """
        if self._frame_skip > 1 and screens:
            self._before_last = screens[0]
        if len(screens) == min(self._frame_skip, 2) and not truncated:
            self._last = screens[-1]
        self._last = np.maximum(self._last, self._before_last)
