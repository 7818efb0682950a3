"""What is kept of each moment of many worlds at once: their observations, or, of driving worlds, their states. Source: ours.

As `capture`, but for worlds side by side: [G, *shape] for each column, G worlds that have the same columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray

from sim_suite.driving.world.layout import State
from sim_suite.episodes.recording.capture import STATE, STATE_FIELDS, ObservationCapture
from sim_suite.episodes.store.columns import Column

Array = NDArray[Any]


@dataclass(frozen=True)
class Group:
    """Worlds whose episodes have the same columns."""

    worlds: NDArray[np.intp]
    """[G] Their numbers."""
    columns: tuple[Column, ...]
    observation_space: Mapping[str, Any] | None
    """Of one world's stored observations, as JSON; None where states are stored."""
    world: Mapping[str, Any]
    """What their stored states need to be drawn again (`Head.world`)."""
    rows: Callable[[Any], Sequence[Array]]
    """From the vector's observation to [G, *shape] for each column, valid until the next step."""
    final: Callable[[Any], Sequence[Array]] | None
    """From one ended world's own last observation to a row for each column. None: `rows` has it when the vector says that worlds
    have ended."""


def groups_of(env: VectorEnv[Any, Any, Any]) -> list[Group]:
    """How to keep the moments of a vector environment. Raises `SuiteError` for observations that are no arrays."""
    live = getattr(env.unwrapped, "live_states", None)
    if live is not None:
        return [_of_states(worlds, name, state) for worlds, name, state in live]
    capture = ObservationCapture(env.single_observation_space)
    every = np.arange(env.num_envs)
    return [Group(every, capture.columns, capture.observation_space, {}, capture.rows, capture.rows)]


def _of_states(worlds: NDArray[np.intp], name: str, state: State) -> Group:
    arrays = [getattr(state, field) for field in STATE_FIELDS]
    columns = tuple(
        Column(STATE + field, array.dtype.name, array.shape[1:], "changes", observed=True)
        for field, array in zip(STATE_FIELDS, arrays, strict=True)
    )
    return Group(worlds, columns, None, {"map": name}, lambda observation: arrays, None)
