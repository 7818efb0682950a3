"""What every agent answers, and what it declares about itself.

The `predict` signature is Stable-Baselines3's, with a leading batch axis always present. Nothing else is asked of an
agent; `seed(seed)` (called before each episode), `save`, `load`, `envs` (the identifiers of the environments that it is
made for; without it an agent enters every task whose spaces fit its interface) and `side_by_side` (True where its state is
an array [B, ...] and what it answers to a row, of two or more and `deterministic`, depends neither on the others nor on
what it was seeded with, to the last bit: it is then asked about several episodes at once) are used where they exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from sim_suite.envs.views import DRAWING, DRAWN, VECTOR, View
from sim_suite.errors import SuiteError

Actions = Literal["any", "discrete", "continuous"]
Batch = Any  # an array [B, ...] or, for the "state" view, a list of B state objects: the environment decides


@dataclass(frozen=True)
class Interface:
    """What an agent observes and how it acts."""

    observation: View = VECTOR
    actions: Actions = "any"
    """discrete: one integer of a `Discrete` space; continuous: a float vector of a `Box`; any: whatever the space asks for."""

    @property
    def privileged(self) -> bool:
        """True when the agent reads what a camera could not tell it; marked in every table."""
        return self.observation.kind == "state"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for `agent.json`."""
        plain = {"observation": self.observation.to_dict(), "actions": self.actions}
        return {**plain, "drawing": DRAWING} if self.observation.kind in DRAWN else plain

    @staticmethod
    def from_dict(data: dict[str, Any]) -> Interface:
        """The inverse of `to_dict`. Raises `SuiteError` where what the agent saw is no longer drawn as it was."""
        view = View.from_dict(data["observation"])
        drawing = data.get("drawing", 1)  # written since there was a second
        if view.kind in DRAWN and drawing != DRAWING:
            raise SuiteError(
                f"this agent learned from rasters of drawing {drawing}, and this version draws number {DRAWING}, in which pixels mean "
                "something else. Train it anew."
            )
        return Interface(view, data["actions"])


@dataclass(frozen=True)
class Task:
    """The environment as an agent sees it before the first episode: enough to size a network or to look up a map."""

    env_id: str
    observation_space: gym.Space[Any]
    """Of one environment, as the environment itself gives it."""
    action_space: gym.Space[Any]
    """Of one environment."""
    kwargs: dict[str, Any]
    """Keyword arguments that the environment was made with."""


@runtime_checkable
class Agent(Protocol):
    """Whatever acts. A human is one too."""

    interface: Interface

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[Any], Any | None]:
        """Choose actions for B environments.

        observation: [B, ...] in the declared view (for "state" a list of B objects); state: what the previous call
        returned, None at the start; episode_start: [B] bool, True where an episode has just begun. Returns actions
        [B, ...] and the state for the next call.
        """
