"""Agents that need no training: uniformly random actions, and nothing at all. They set the foot of every scale. Source: ours."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from agents.interface import Batch, Interface, Task
from sim_suite.envs.catalog import card
from sim_suite.envs.views import View


def _native_view(task: Task) -> View:
    """The environment's own observation, whatever it is: these agents do not look."""
    return View(card(task.env_id).views[0])


class RandomAgent:
    """Draws each action uniformly from the action space. Seeded anew for each episode, so episodes do not depend on each other."""

    def __init__(self, view: View, action_space: gym.Space[Any], seed: int) -> None:
        """`action_space` is that of one environment."""
        self.interface = Interface(view)
        self._space = action_space
        self._space.seed(seed)

    @classmethod
    def for_task(cls, task: Task, seed: int) -> RandomAgent:
        """An agent for any environment."""
        return cls(_native_view(task), task.action_space, seed)

    def seed(self, seed: int) -> None:
        """Begin the stream of actions that belongs to `seed`."""
        self._space.seed(seed)

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[Any], Any | None]:
        """Actions [B, ...], independent of the observations [B, ...], but for the mask of those that show which actions are legal."""
        return np.stack([np.asarray(self._space.sample(_mask_of(one))) for one in observation]), state


def _mask_of(observation: Any) -> NDArray[np.int8] | None:
    """Where a board shows its legal moves, those; a game that is over has none, and any move is as good."""
    if not isinstance(observation, dict) or "action_mask" not in observation:
        return None
    return np.asarray(observation["action_mask"], np.int8)


class DoNothingAgent:
    """Repeats the environment's do-nothing action."""

    def __init__(self, view: View, action: NDArray[Any]) -> None:
        """`action` is one environment's action."""
        self.interface = Interface(view)
        self._action = action

    @classmethod
    def for_task(cls, task: Task, seed: int) -> DoNothingAgent:
        """An agent for any environment of the catalogue; the seed has no influence."""
        return cls(_native_view(task), np.asarray(card(task.env_id).do_nothing, dtype=task.action_space.dtype))

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[Any], Any | None]:
        """Actions [B, ...], all alike."""
        return np.repeat(self._action[None], len(observation), axis=0), state
