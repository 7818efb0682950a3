"""What CaRL's reward remembers for 50 s: limits of comfort that were passed, and boxes that would soon have touched.

Source: as carl.py; the limits are nuPlan's (sim_suite/driving/metrics/comfort.py, whose odd windows of Savitzky and Golay's filter
are taken here too). Ours: accelerations are those that the vehicle model states, where the original differentiates positions.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing, called
from sim_suite.driving.collisions import overlap
from sim_suite.driving.metrics import comfort as limits
from sim_suite.driving.world import kinds
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import TICKS_A_SECOND
from sim_suite.driving.world.lanes import wrap
from sim_suite.driving.world.layout import State

PENALTY_TICKS: Final = np.float32(50 * TICKS_A_SECOND)
"""50 s, comfort_penalty_ticks and ttc_penalty_ticks: 500 at 10 Hz. Ticks are whole numbers, which floats add up exactly."""
COMFORT_SHARE: Final = np.float32(0.5 / 6)
"""comfort_penalty_factor: half, where all six limits are passed."""
COLLISION_FACTOR: Final = np.float32(0.5)
STANDING_MPS: Final = np.float32(0.1)
"""stopped_speed_threshold: who stands runs into nobody."""
AHEAD_S: Final = np.array([0.1, 0.3, 0.5, 0.7, 0.9], np.float32)
"""Moments that are looked at: every ttc_resolution = 2 steps of 0.1 s, below 1 s."""
SAMPLES: Final = 15
"""Steps that are filtered: nuPlan's longest window at 10 Hz."""
LEAST_SAMPLES: Final = 8
"""With fewer nothing is judged, as in the original."""
SMOOTHED, RATE, YAW_RATE, YAW_ACCELERATION = range(4)
"""Filters."""

_LEAST_ALONG, _MOST_ALONG = np.float32(limits.LEAST_LONGITUDINAL_MPS2), np.float32(limits.MOST_LONGITUDINAL_MPS2)
_MOST_ACROSS = np.float32(limits.MOST_LATERAL_MPS2)
_MOST_JERK, _MOST_ALONG_JERK = np.float32(limits.MOST_JERK_MPS3), np.float32(limits.MOST_LONGITUDINAL_JERK_MPS3)
_MOST_YAW_RATE = np.float32(limits.MOST_YAW_RATE_RADPS)
_MOST_YAW_ACCELERATION = np.float32(limits.MOST_YAW_ACCELERATION_RADPS2)
_ONE, _HALF, _ZERO = np.float32(1.0), np.float32(0.5), np.float32(0.0)

# Columns of what is remembered, [WATCH] float32.
_COLLISION_TICKS: Final = 0
_COMFORT_TICKS: Final = 1
_COUNT: Final = 7
_ALONG: Final = 8
_ACROSS: Final = _ALONG + SAMPLES
_AMOUNT: Final = _ACROSS + SAMPLES
_YAW: Final = _AMOUNT + SAMPLES
WATCH: Final = _YAW + SAMPLES


@lru_cache
def comfort_filters(step_s: float) -> NDArray[np.float32]:
    """[SAMPLES + 1, 4, SAMPLES] float32: for so many samples the weights by which each filter makes its value at the newest of them.

    Samples stand oldest first at the end of a row. Below LEAST_SAMPLES all are 0. A filter is linear, so that its answers to single
    impulses are its weights.
    """
    found = np.zeros((SAMPLES + 1, 4, SAMPLES), np.float32)
    for count in range(LEAST_SAMPLES, SAMPLES + 1):
        impulses = np.eye(count)
        smoothed = limits.smooth(impulses, step_s, limits.ACCELERATION_WINDOW_S)
        answers = {
            SMOOTHED: smoothed,
            RATE: limits.smooth(smoothed, step_s, limits.JERK_WINDOW_S, derivative=1),
            YAW_RATE: limits.smooth(impulses, step_s, limits.YAW_WINDOW_S, derivative=1),
            YAW_ACCELERATION: limits.smooth(impulses, step_s, limits.YAW_WINDOW_S, derivative=2, order=3),
        }
        for which, answer in answers.items():
            found[count, which, SAMPLES - count :] = answer[:, -1]
    return found


@called
def comfort_factor(own: np.ndarray, filters: np.ndarray, ticks: np.float32, memory: np.ndarray) -> np.float32:
    """1 less COMFORT_SHARE for each limit that was passed within PENALTY_TICKS. own: [BODY]; memory: [WATCH], gets a sample more."""
    across = own[col.SPEED] * own[col.YAW_RATE]
    amount = np.float32(math.sqrt(own[col.ACCEL] * own[col.ACCEL] + across * across))
    newest = memory[_YAW + SAMPLES - 1]
    yaw = own[col.YAW] if memory[_COUNT] == _ZERO else newest + np.float32(wrap(own[col.YAW] - newest))
    _add(memory, _ALONG, own[col.ACCEL])
    _add(memory, _ACROSS, across)
    _add(memory, _AMOUNT, amount)
    _add(memory, _YAW, yaw)
    count = min(int(memory[_COUNT]) + 1, SAMPLES)
    memory[_COUNT] = np.float32(count)
    weights = filters[count]
    along = _filtered(memory, _ALONG, weights[SMOOTHED])
    passed = 0
    for limit in range(6):
        if limit == 0:
            beyond = along > _MOST_ALONG or along < _LEAST_ALONG
        elif limit == 1:
            beyond = abs(_filtered(memory, _ACROSS, weights[SMOOTHED])) > _MOST_ACROSS
        elif limit == 2:
            beyond = abs(_filtered(memory, _AMOUNT, weights[RATE])) > _MOST_JERK
        elif limit == 3:
            beyond = abs(_filtered(memory, _ALONG, weights[RATE])) > _MOST_ALONG_JERK
        elif limit == 4:
            beyond = abs(_filtered(memory, _YAW, weights[YAW_RATE])) > _MOST_YAW_RATE
        else:
            beyond = abs(_filtered(memory, _YAW, weights[YAW_ACCELERATION])) > _MOST_YAW_ACCELERATION
        if _holds(memory, _COMFORT_TICKS + limit, bool(beyond), ticks):
            passed += 1
    return _ONE - COMFORT_SHARE * np.float32(passed)


@called
def time_to_collision_factor(state: State, w: int, slot: int, ticks: np.float32, memory: np.ndarray) -> np.float32:
    """COLLISION_FACTOR where boxes would have touched within PENALTY_TICKS, if everybody had gone straight on; else 1. memory: [WATCH]."""
    touches = _would_touch(state, w, slot)
    return COLLISION_FACTOR if _holds(memory, _COLLISION_TICKS, touches, ticks) else _ONE


@borrowing
def _holds(memory: np.ndarray, place: int, now: bool, ticks: np.float32) -> bool:
    """Whether a penalty still holds; it begins anew where there is a reason now."""
    memory[place] = PENALTY_TICKS if now else max(memory[place] - ticks, _ZERO)
    return bool(memory[place] > _ZERO)


@borrowing
def _add(memory: np.ndarray, first: int, value: np.float32) -> None:
    for k in range(first, first + SAMPLES - 1):
        memory[k] = memory[k + 1]
    memory[first + SAMPLES - 1] = value


@borrowing
def _filtered(memory: np.ndarray, first: int, weights: np.ndarray) -> np.float32:
    total = _ZERO
    for k in range(SAMPLES):
        total += weights[k] * memory[first + k]
    return total


@borrowing
def _would_touch(state: State, w: int, slot: int) -> bool:
    own = state.body[w, slot]
    if abs(own[col.SPEED]) < STANDING_MPS:
        return False
    cos, sin = np.float32(math.cos(own[col.YAW])), np.float32(math.sin(own[col.YAW]))
    radius = _HALF * np.float32(math.hypot(own[col.LENGTH], own[col.WIDTH]))
    for other in range(state.world[w, col.NUM_ACTORS]):
        if other == slot or state.mind[w, other, col.CONTROL] == kinds.NO_CONTROL:
            continue
        its = state.body[w, other]
        its_cos, its_sin = np.float32(math.cos(its[col.YAW])), np.float32(math.sin(its[col.YAW]))
        near = radius + _HALF * np.float32(math.hypot(its[col.LENGTH], its[col.WIDTH]))
        for moment in range(len(AHEAD_S)):
            own_m, its_m = AHEAD_S[moment] * own[col.SPEED], AHEAD_S[moment] * its[col.SPEED]
            x, y = own[col.X] + own_m * cos, own[col.Y] + own_m * sin
            its_x, its_y = its[col.X] + its_m * its_cos, its[col.Y] + its_m * its_sin
            dx, dy = x - its_x, y - its_y
            if dx * dx + dy * dy > near * near:
                continue
            depth, _, _ = overlap(
                x, y, own[col.YAW], own[col.LENGTH], own[col.WIDTH],
                its_x, its_y, its[col.YAW], its[col.LENGTH], its[col.WIDTH],
            )  # fmt: skip
            if depth > _ZERO:
                return True
    return False
