"""What a step of driving is worth: named terms, measured for each world, and weighed here alone. Source: ours.

A term is an amount in its own unit, 0 or more where it is a cost; its weight says what a unit is worth. Each step of an
environment gives all terms in `info["terms"]`; the reward is the sum of terms times weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing
from sim_suite.driving.world import kinds
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.layout import State
from sim_suite.errors import SuiteError, UnknownNameError

TERMS: Final[Mapping[str, str]] = MappingProxyType({
    "progress": "m of the route that were gained",
    "route_done": "1 when the end of the route is reached",
    "collision_pedestrian": "collisions with pedestrians that began",
    "collision_vehicle": "collisions with vehicles that began, parked ones and bicycles too",
    "collision_other": "collisions with anything else that began",
    "off_road": "s with a corner off the paved ground",
    "wrong_way": "s on a lane that runs against the heading",
    "red_light": "red lights run",
    "stop_sign": "stop signs run",
    "lane_invasion": "marks crossed that may not be crossed",
    "speeding": "m/s above the limit, times s",
    "off_centre": "m beside the route's centre line, times s, at most 3 m",
    "harshness": "squared acceleration in units of 3 m/s^2, along plus across, at most 4, times s",
    "steering": "change of the steering command",
    "route_deviation": "1 when the route is left for good",
    "blocked": "1 when the vehicle has stood for too long",
    "time": "s that passed",
})  # fmt: skip
"""Every term and its unit, in the order of the arrays."""
NUM_TERMS: Final = len(TERMS)

WEIGHTS: Final[Mapping[str, float]] = MappingProxyType({
    "progress": 0.1,
    "route_done": 10.0,
    "collision_pedestrian": -20.0,
    "collision_vehicle": -10.0,
    "collision_other": -8.0,
    "off_road": -1.0,
    "wrong_way": -1.0,
    "red_light": -6.0,
    "stop_sign": -4.0,
    "lane_invasion": -0.5,
    "speeding": -0.1,
    "off_centre": -0.05,
    "harshness": -0.02,
    "steering": -0.02,
    "route_deviation": -10.0,
    "blocked": -10.0,
    "time": -0.01,
})  # fmt: skip
"""What a unit of each term is worth. Infractions stand to each other about as the CARLA leaderboard's penalties do; a clean
route of 300 m is worth about 40, so that no infraction pays for itself."""

(
    PROGRESS, ROUTE_DONE, COLLISION_PEDESTRIAN, COLLISION_VEHICLE, COLLISION_OTHER, OFF_ROAD, WRONG_WAY, RED_LIGHT, STOP_SIGN,
    LANE_INVASION, SPEEDING, OFF_CENTRE, HARSHNESS, STEERING, ROUTE_DEVIATION, BLOCKED, TIME,
) = range(NUM_TERMS)  # fmt: skip

_HARSH_MPS2: Final = np.float32(3.0)
"""Where passengers begin to complain: nuPlan's limits are 2.4 to 4.9 (motional, nuPlan comfort metrics)."""
_HARSH_MOST: Final = np.float32(4.0)
_FARTHEST_M: Final = np.float32(3.0)
_ZERO: Final = np.float32(0.0)

# Columns of the memory, [W, MEMORY] float32: what held at the last step. Counts stay far below 2^24, so floats hold them.
_ROUTE_ARC: Final = 0
_STEER: Final = 1
_TALLY: Final = 2
MEMORY: Final = _TALLY + 16


def weights_of(changes: Mapping[str, float]) -> NDArray[np.float64]:
    """[NUM_TERMS] The weights, some of them changed. Raises `UnknownNameError` for a term that is none."""
    for name, value in changes.items():
        if name not in TERMS:
            raise UnknownNameError("reward term", name, TERMS)
        if not np.isfinite(value):
            raise SuiteError(f"the weight of {name!r} must be a finite number, not {value!r}.")
    return np.array([changes.get(name, weight) for name, weight in WEIGHTS.items()])


@borrowing
def remember(state: State, w: int, slot: int, memory: np.ndarray) -> None:
    """Note what holds now, for the next step's terms; memory: [MEMORY] of this world."""
    memory[_ROUTE_ARC] = state.body[w, slot, col.ROUTE_ARC]
    memory[_STEER] = state.controls[w, slot, 0]
    for kind in range(16):
        memory[_TALLY + kind] = np.float32(state.tally[w, slot, kind])


@borrowing
def measure(state: State, w: int, slot: int, duration_s: np.float32, memory: np.ndarray, terms: np.ndarray) -> None:
    """Fill the terms of one world's step, [NUM_TERMS] float32, from what changed since `remember`."""
    own, tally, since = state.body[w, slot], state.tally[w, slot], memory[_TALLY:]
    going_on = state.mind[w, slot, col.GOING_ON]
    terms[PROGRESS] = own[col.ROUTE_ARC] - memory[_ROUTE_ARC]
    terms[ROUTE_DONE] = tally[kinds.ROUTE_DONE] - since[kinds.ROUTE_DONE]
    terms[COLLISION_PEDESTRIAN] = tally[col.TALLY_PEDESTRIAN] - since[col.TALLY_PEDESTRIAN]
    terms[COLLISION_VEHICLE] = tally[col.TALLY_VEHICLE] - since[col.TALLY_VEHICLE]
    terms[COLLISION_OTHER] = tally[col.TALLY_OTHER] - since[col.TALLY_OTHER]
    terms[OFF_ROAD] = duration_s if going_on >> kinds.OFF_ROAD & 1 else _ZERO
    terms[WRONG_WAY] = duration_s if going_on >> kinds.WRONG_WAY & 1 else _ZERO
    terms[RED_LIGHT] = tally[kinds.RED_LIGHT] - since[kinds.RED_LIGHT]
    terms[STOP_SIGN] = tally[kinds.STOP_SIGN] - since[kinds.STOP_SIGN]
    terms[LANE_INVASION] = tally[kinds.LANE_INVASION] - since[kinds.LANE_INVASION]
    terms[SPEEDING] = max(own[col.SPEED] - own[col.SPEED_LIMIT], _ZERO) * duration_s
    terms[OFF_CENTRE] = min(abs(own[col.LATERAL]), _FARTHEST_M) * duration_s
    along, across = own[col.ACCEL] / _HARSH_MPS2, own[col.SPEED] * own[col.YAW_RATE] / _HARSH_MPS2
    terms[HARSHNESS] = min(along * along + across * across, _HARSH_MOST) * duration_s
    terms[STEERING] = abs(state.controls[w, slot, 0] - memory[_STEER])
    terms[ROUTE_DEVIATION] = tally[kinds.ROUTE_DEVIATION] - since[kinds.ROUTE_DEVIATION]
    terms[BLOCKED] = tally[kinds.BLOCKED] - since[kinds.BLOCKED]
    terms[TIME] = duration_s


@borrowing
def weigh(terms: np.ndarray, weights: np.ndarray) -> float:
    """The reward; terms: [NUM_TERMS] float32, weights: [NUM_TERMS] float64."""
    reward = 0.0
    for k in range(NUM_TERMS):
        reward += weights[k] * terms[k]
    return reward
