"""A Gymnasium environment that is nothing but its transition table. Source: ours, in the form of Gymnasium's toy_text.

The table is public, `env.unwrapped.P[state][action] = [(probability, next_state, reward, terminated), ...]`, together
with `env.unwrapped.initial_state_distrib` ([S] float64), so that planners and exact evaluation read the same world that
`step` plays.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from sim_suite.envs.tabular.picture import Picture
from sim_suite.errors import SuiteError

Outcome = tuple[float, int, float, bool]
"""(probability, next state, reward, terminated)"""
Transitions = dict[int, dict[int, list[Outcome]]]


class TabularEnv(gym.Env[np.int64, np.int64], ABC):
    """A world of S numbered states and A numbered actions, played from its table.

    A subclass builds the table and draws itself (`_text`, `_picture`). A state in which an episode ends keeps a row of
    its own: every action stays there, pays nothing and terminates.
    """

    # Gymnasium declares it as an instance variable, so ClassVar is refused by mypy.
    metadata: dict[str, Any] = {  # noqa: RUF012
        "render_modes": ["ansi", "rgb_array"],
        "render_fps": 4,
    }

    def __init__(self, transitions: Transitions, start: NDArray[np.float64], render_mode: str | None) -> None:
        """`start`: [S] float64, the probability of each state to begin in."""
        if render_mode is not None and render_mode not in self.metadata["render_modes"]:
            raise SuiteError(f"render_mode must be 'ansi', 'rgb_array' or None, not {render_mode!r}.")
        self.P = transitions
        self.initial_state_distrib = start
        self.observation_space: gym.spaces.Discrete[np.int64] = gym.spaces.Discrete(len(transitions))
        self.action_space: gym.spaces.Discrete[np.int64] = gym.spaces.Discrete(len(transitions[0]))
        self.render_mode = render_mode
        self.s: int | None = None
        """The present state; None before the first reset."""

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.int64, dict[str, Any]]:
        """Begin an episode. `options` may hold "state", the state to begin in, for a demonstration or a test."""
        super().reset(seed=seed)
        chosen = (options or {}).get("state")
        if chosen is None:
            self.s = _draw(self.initial_state_distrib, self.np_random)
            return np.int64(self.s), {"prob": float(self.initial_state_distrib[self.s])}
        if not self.observation_space.contains(chosen):
            raise SuiteError(
                f"options['state'] must be a whole number below {self.observation_space.n}, not {chosen!r}."
            )
        self.s = int(chosen)
        return np.int64(self.s), {"prob": 1.0}

    def step(self, action: np.int64) -> tuple[np.int64, float, bool, bool, dict[str, Any]]:
        """Play one action. The info holds "prob", the probability of what happened."""
        if self.s is None:
            raise gym.error.ResetNeeded("call reset() before step().")
        if not self.action_space.contains(action):
            raise SuiteError(f"an action must be a whole number below {self.action_space.n}, not {action!r}.")
        outcomes = self.P[self.s][int(action)]
        which = _draw(np.array([outcome[0] for outcome in outcomes]), self.np_random)
        probability, self.s, reward, terminated = outcomes[which]
        return np.int64(self.s), reward, terminated, False, {"prob": probability}

    def render(self) -> Any:  # Gymnasium's own return type, gym.core.RenderFrame, is unbound for a subclass
        """The present state as text ("ansi") or as uint8 [height_px, width_px, 3] ("rgb_array")."""
        if self.s is None:
            raise gym.error.ResetNeeded("call reset() before render().")
        if self.render_mode == "ansi":
            return self._text(self.s)
        if self.render_mode == "rgb_array":
            return self._picture(self.s)
        raise SuiteError(
            "this environment was made without a render_mode; make it with render_mode='rgb_array' or 'ansi'."
        )

    @abstractmethod
    def _text(self, state: int) -> str:
        """The world on a few lines, the agent in `state`."""

    @abstractmethod
    def _picture(self, state: int) -> Picture:
        """The world as a picture, the agent in `state`."""


def _draw(probabilities: NDArray[np.float64], random: np.random.Generator) -> int:
    """An index drawn with the given probabilities, [N] float64; rounding in their sum falls to the last index."""
    cumulative = np.cumsum(probabilities)
    return min(int(np.searchsorted(cumulative, random.random(), side="right")), len(cumulative) - 1)
