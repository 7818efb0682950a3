"""The whole truth of a driving world, for planners and experts: they compute from it with the kernels of `sim_suite.driving`.

Source: ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np

from sim_suite.driving.world.layout import TICK, State
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.errors import SuiteError


@dataclass(frozen=True, slots=True, eq=False)
class DrivingState:
    """One moment of one world. All arrays are read-only."""

    world: State
    """A copy of this world's rows, [1, ...] each: later steps do not change it."""
    driving_map: DrivingMap
    """Of all episodes on this map the same object."""
    slot: int
    """The agent's slot among the actors."""
    tick: int
    """Ticks of 0.05 s since the reset."""
    ticks_per_step: int
    """Ticks for which an action holds."""


def copy_world(state: State, w: int) -> State:
    """One world alone, [1, ...] arrays of its own, read-only."""
    rows = [np.array(array[w : w + 1]) for array in state]
    for row in rows:
        row.flags.writeable = False
    return State._make(rows)


def driving_state(state: State, w: int, driving_map: DrivingMap, slot: int, ticks_per_step: int) -> DrivingState:
    """World w as it is now."""
    rows = copy_world(state, w)
    return DrivingState(rows, driving_map, slot, int(rows.world[0, TICK]), ticks_per_step)


def read_state(env: gym.Env[Any, Any]) -> DrivingState:
    """The state of a driving environment, wrapped or not, between two steps. Raises `SuiteError` for another one."""
    world = env.unwrapped
    if not hasattr(world, "read_state"):
        raise SuiteError(f"{world!r} is no driving environment. Use sim_suite/Driving-v0 or sim_suite/Scenario-v0.")
    state: DrivingState = world.read_state()
    return state
