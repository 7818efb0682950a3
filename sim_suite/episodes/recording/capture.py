"""What is kept of each moment of an environment: the observation, or, of driving worlds, their whole state. Source: ours.

Rasters and vectors of a driving world are not stored: they are drawn from the states, in any form that an agent asks for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import gymnasium as gym
from gymnasium import spaces
from numpy.typing import NDArray

from sim_suite.driving.world.layout import State
from sim_suite.envs.space_json import space_to_json
from sim_suite.episodes.store.columns import Column, column_for
from sim_suite.errors import SuiteError

Array = NDArray[Any]
OBSERVATION: Final = "observation"
STATE: Final = "state."
STATE_FIELDS: Final = tuple(name for name in State._fields if name not in ("event", "event_place", "trail"))
"""Events are told between two ticks and then gone; the trail is where the rows before stood."""


class Capture(Protocol):
    """Reads a row of each observed column."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """Of the present episode."""

    @property
    def observation_space(self) -> Mapping[str, Any] | None:
        """Of the stored observations, as JSON; None where states are stored."""

    def rows(self, observation: Any) -> Sequence[Any]:
        """A value for each column, valid until the environment's next step."""

    def world(self) -> dict[str, Any]:
        """What an episode that has just begun needs to be drawn again (`Head.world`)."""


class ObservationCapture:
    """Keeps the observation itself."""

    def __init__(self, space: spaces.Space[Any]) -> None:
        """Raises `SuiteError` for a space whose observations are no arrays."""
        self._keys: tuple[str, ...] = ()
        if isinstance(space, spaces.Dict):
            self._keys = tuple(space.spaces)
            self.columns = tuple(_column(f"{OBSERVATION}.{key}", inner) for key, inner in space.spaces.items())
            parts = {key: space_to_json(inner) for key, inner in space.spaces.items()}
            self.observation_space: Mapping[str, Any] | None = {"kind": "Dict", "spaces": parts}
        else:
            self.columns = (_column(OBSERVATION, space),)
            self.observation_space = space_to_json(space)

    def rows(self, observation: Any) -> Sequence[Any]:
        """The observation, or its parts."""
        return [observation[key] for key in self._keys] if self._keys else (observation,)

    def world(self) -> dict[str, Any]:
        """Nothing more."""
        return {}


class StateCapture:
    """Keeps the state of a driving world: `env` is a single environment of the driving family."""

    observation_space: Mapping[str, Any] | None = None

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        self._env: Any = env.unwrapped

    @property
    def columns(self) -> tuple[Column, ...]:
        """Their shapes are the map's."""
        state: State = self._env.live_state
        return tuple(
            Column(
                STATE + name, getattr(state, name).dtype.name, getattr(state, name).shape[1:], "changes", observed=True
            )
            for name in STATE_FIELDS
        )

    def rows(self, observation: Any) -> Sequence[Any]:
        """World 0's row of each array."""
        state = self._env.live_state
        return [getattr(state, name)[0] for name in STATE_FIELDS]

    def world(self) -> dict[str, Any]:
        """The map, and whether a scenario put its actors into a world that had begun without them: they have no past then."""
        return {"map": self._env.map_name} | ({"staged": True} if hasattr(self._env, "scenario") else {})


def capture_for(env: gym.Env[Any, Any]) -> Capture:
    """How to keep an environment's moments."""
    return (
        StateCapture(env) if hasattr(type(env.unwrapped), "live_state") else ObservationCapture(env.observation_space)
    )


def _column(name: str, space: spaces.Space[Any]) -> Column:
    if space.shape is None or space.dtype is None:
        raise SuiteError(f"observations of {space} cannot be recorded: they are no arrays.")
    return column_for(name, space.dtype, space.shape, observed=True)


def step_columns(action_space: spaces.Space[Any], terms: int, *, timed: bool) -> tuple[Column, ...]:
    """What is kept of each step besides: action, reward, its terms, flags, who acted, and when."""
    if action_space.shape is None or action_space.dtype is None:
        raise SuiteError(f"actions of {action_space} cannot be recorded: they are no arrays.")
    columns = [
        column_for("action", action_space.dtype, action_space.shape),
        Column("reward", "float64", (), "chunk"),
        Column("actor", "uint8", (), "chunk"),
        Column("flags", "uint8", (), "chunk"),
    ]
    if terms:
        columns.append(Column("terms", "float32", (terms,), "chunk"))
    if timed:
        columns += [Column("time_s", "float64", (), "chunk"), Column("input_s", "float64", (), "chunk")]
    return tuple(columns)
