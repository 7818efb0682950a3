"""From an agent's actions to what its vehicle is told: steer, throttle and brake. Source: ours.

Steering 1 is left (ISO 8855); drive of 0 or more is throttle, below 0 the brake.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.world.layout import KIND, SPEED, WHEELBASE, State
from sim_suite.envs.driving.tracker import follow_waypoints

STEER_GRID: Final = np.array([0.6, 0.2, 0.05, 0.0, -0.05, -0.2, -0.6], np.float32)
"""Turning at a crossing, bends, keeping to the lane's middle; left first."""
DRIVE_GRID: Final = np.array([-1.0, -0.3, 0.0, 0.3, 0.8], np.float32)
"""Full brake, slowing down, rolling, holding a speed or gaining it slowly, pulling away."""
NUM_STEERS: Final = len(STEER_GRID)
NUM_ACTIONS: Final = NUM_STEERS * len(DRIVE_GRID)
NOTHING: Final = 2 * NUM_STEERS + 3
"""The discrete action that rolls straight on."""

CONTINUOUS, DISCRETE, WAYPOINTS = range(3)
WAYS: Final = {"continuous": CONTINUOUS, "discrete": DISCRETE, "waypoints": WAYPOINTS}
_ZERO, _ONE = np.float32(0.0), np.float32(1.0)


@borrowing
def write_controls(state: State, slot: int, way: int, actions: np.ndarray) -> None:
    """Tell the vehicle in `slot` of each world; way: one of WAYS; actions: [W, n] float32, or of numbers [W, 1], in range.

    Floats are cut to [-1, 1].
    """
    for w in range(len(actions)):
        control, action = state.controls[w, slot], actions[w]
        if way == WAYPOINTS:
            own = state.body[w, slot]
            follow_waypoints(action, state.mind[w, slot, KIND], own[WHEELBASE], own[SPEED], control)
        elif way == DISCRETE:
            number = int(action[0])
            _set(STEER_GRID[number % NUM_STEERS], DRIVE_GRID[number // NUM_STEERS], control)
        else:
            _set(np.float32(action[0]), np.float32(action[1]), control)


@borrowing
def _set(steer: np.float32, drive: np.float32, control: np.ndarray) -> None:
    control[0] = min(max(steer, -_ONE), _ONE)
    control[1] = min(max(drive, _ZERO), _ONE)
    control[2] = min(max(-drive, _ZERO), _ONE)
