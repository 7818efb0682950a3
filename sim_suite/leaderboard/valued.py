"""Shows an agent's action values beside each frame of an episode, for films of any kind. Source: ours."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from agents.interface import Agent, Batch
from agents.valuing import Valuer
from agents.wrapper import AgentWrapper
from sim_suite.leaderboard.value_panel import COURSE, Shown, beside, scale_for


class ValueBars(gym.Wrapper[Any, Any, Any, Any]):
    """An environment whose frames show what it was told last."""

    def __init__(self, env: gym.Env[Any, Any], names: tuple[str, ...]) -> None:
        """env: made with a render mode of pictures; names: of its actions, in order."""
        super().__init__(env)
        self._names = names
        self._course: deque[float] = deque(maxlen=COURSE)
        self._seen = (0.0, 0.0)
        self._shown: Shown | None = None

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Reset; the course of values begins anew."""
        self._course.clear()
        self._shown = None
        return self.env.reset(seed=seed, options=options)

    def tell(self, values: NDArray[np.floating[Any]], chosen: int) -> None:
        """values: [A] of what is seen now; chosen: the action that is taken next."""
        self._seen = (min(self._seen[0], float(values.min())), max(self._seen[1], float(values.max())))
        self._course.append(float(values.max()))
        self._shown = Shown(self._names, values, chosen, tuple(self._course), scale_for(self._seen))

    def render(self) -> Any:
        """The environment's frame, or its list of them, each with the values that were told last; without, before any were."""
        pictures: Any = self.env.render()
        if self._shown is None:
            return pictures
        if isinstance(pictures, list):
            return [beside(np.asarray(picture, np.uint8), self._shown) for picture in pictures]
        return beside(np.asarray(pictures, np.uint8), self._shown)


class Telling(AgentWrapper):
    """The agent, which says at each step what its actions are worth before it acts. A camera looks in between, so that frame, values and
    choice are of one moment."""

    def __init__(
        self, agent: Agent, valuer: Valuer, bars: ValueBars, look: Callable[[gym.Env[Any, Any]], bool]
    ) -> None:
        """look: the camera's, which lets the episode go on."""
        super().__init__(agent)
        self._valuer, self._bars, self._look = valuer, bars, look

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[Any], Any | None]:
        """Of one environment, as an episode is played."""
        values = self._valuer(observation)[0]
        actions, state = super().predict(observation, state, episode_start, deterministic)
        self._bars.tell(values, int(actions[0]))
        self._look(self._bars)
        return actions, state
