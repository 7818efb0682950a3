"""CaRL's reward: how much of the route was gained, times factors of at most 1, less a penalty where a hard infraction ends the episode.

    r = route completion gained * product of the factors - terminal penalty

Source: Jaeger et al. 2025 (arXiv:2504.17838); terms, their order and every constant were checked in its published code
(autonomousvision/CaRL, `reward/simple_reward.py` and `rl_config.py`, commit 5abef66), not in the paper. Ours: an end of the route
terminates, where the original cuts there; off the road is judged by points of the box, the wrong way by the heading; what
carl_watch.py says of comfort.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing, called, shared
from sim_suite.compiling.sharing import share
from sim_suite.driving.roads.baking.lookup import texel
from sim_suite.driving.rules.ground import TOLERANCE_M
from sim_suite.driving.sensors.vector_observation import route_length
from sim_suite.driving.world import kinds
from sim_suite.driving.world import layout as col
from sim_suite.driving.world import terrain as land
from sim_suite.driving.world.kinds import TICK_S, TICKS_A_SECOND
from sim_suite.driving.world.layout import State
from sim_suite.driving.world.terrain import Ground
from sim_suite.envs.driving.carl_watch import WATCH, comfort_factor, comfort_filters, time_to_collision_factor
from sim_suite.envs.driving.judging import EGO, TERMINATED, Outcome

CARL_TERMS: Final[Mapping[str, str]] = MappingProxyType({
    "route_completion": "% of the route that were gained",
    "outside_lanes": "factor: 0 with a corner off the paved ground or on a lane that runs against the heading",
    "speeding": "factor: from 1 at the limit in a line to 0 at 2.23 m/s above it",
    "off_centre": "factor: 0.5 after more than 3 s farther than 0.5 m from the lane's centre, outside of junctions",
    "comfort": "factor: 1 less a twelfth for each of six limits that was passed in the last 50 s",
    "time_to_collision": "factor: 0.5 where boxes would have touched within 0.9 s at a time in the last 50 s",
    "terminal": "penalty: 1 in a step with a collision or a red light that was run",
})  # fmt: skip
"""Every term and what it is, in the order of the arrays."""
NUM_CARL_TERMS: Final = len(CARL_TERMS)
COMPLETION, OUTSIDE, SPEEDING, OFF_CENTRE, COMFORT, COLLISION_TIME, TERMINAL = range(NUM_CARL_TERMS)
HARD: Final = (kinds.COLLISION, kinds.RED_LIGHT, kinds.STOP_SIGN, kinds.ROUTE_DEVIATION, kinds.BLOCKED)
"""Events that end an episode, whatever the option `ends` says; leaving the paved ground altogether is another."""

OVERSPEED_MPS: Final = np.float32(2.23)
"""max_overspeed_value_threshold, nuPlan's."""
CENTRE_M: Final = np.float32(0.5)
"""lane_distance_violation_threshold."""
CENTRE_TICKS: Final = np.float32(3 * TICKS_A_SECOND)
"""3 s, lane_dist_penalty_time: long enough for a change of lanes."""
_HUNDRED, _ONE, _HALF, _ZERO = np.float32(100.0), np.float32(1.0), np.float32(0.5), np.float32(0.0)
_LEAST_WORLDS: Final = 128  # as in judging.py

# Columns of the memory, [W, MEMORY] float32; what carl_watch.py remembers follows.
_BEHIND: Final = 0
_BESIDE_TICKS: Final = 1
_WATCH: Final = 2
MEMORY: Final = _WATCH + WATCH


class CarlReward:
    """The reward of W worlds, with what it must remember of their episodes."""

    def __init__(self, worlds: int, ticks: int) -> None:
        """ticks: of 0.05 s, between two judgements."""
        self._ticks = np.float32(ticks)
        self._filters = comfort_filters(ticks * TICK_S)
        self.memory: NDArray[np.float32] = np.zeros((worlds, MEMORY), np.float32)
        """[W, MEMORY] A snapshot of the worlds needs it too."""
        self.terms: NDArray[np.float32] = np.zeros((worlds, NUM_CARL_TERMS), np.float32)
        """[W, NUM_CARL_TERMS] Of the last step."""

    def begin(self, state: State, which: NDArray[np.int64]) -> None:
        """Note where worlds that have just been reset begin. which: [M] their indices."""
        self.memory[which] = 0.0
        self.memory[which, _BEHIND] = state.body[which, EGO, col.ROUTE_ARC]

    def judge(self, state: State, ground: Ground, outcome: Outcome) -> None:
        """Put this reward in the place of `outcome.reward`, and end episodes with a hard infraction in `outcome.end`."""
        share(
            lambda _, begin, end: _judge(
                state, ground, self._filters, self._ticks, self.memory, self.terms, outcome, begin, end
            ),
            len(self.terms),
            _LEAST_WORLDS,
        )


@shared
def _judge(
    state: State, ground: Ground, filters: np.ndarray, ticks: np.float32, memory: np.ndarray, terms: np.ndarray,
    outcome: Outcome, begin: int, end: int,
) -> None:  # fmt: skip
    for w in range(begin, end):
        measure(state, ground, filters, ticks, w, memory[w], terms[w])
        outcome.reward[w] = carl_reward(terms[w])
        if is_over(state, ground, w):
            outcome.end[w] |= TERMINATED


@called
def measure(
    state: State, ground: Ground, filters: np.ndarray, ticks: np.float32, w: int, memory: np.ndarray, terms: np.ndarray
) -> None:  # fmt: skip
    """Fill the terms of one world's step, [NUM_CARL_TERMS] float32. filters: of `comfort_filters`; memory: [MEMORY] of this world."""
    own, mind, tally = state.body[w, EGO], state.mind[w, EGO], state.tally[w, EGO]
    length = route_length(state.legs[w, EGO], state.leg_arc[w, EGO])
    behind = length if tally[kinds.ROUTE_DONE] > 0 else min(own[col.ROUTE_ARC], length)
    terms[COMPLETION] = _HUNDRED * (behind - memory[_BEHIND]) / length
    memory[_BEHIND] = behind
    outside = (1 << kinds.OFF_ROAD) | (1 << kinds.WRONG_WAY)
    terms[OUTSIDE] = _ZERO if mind[col.GOING_ON] & outside else _ONE
    excess = max(own[col.SPEED] - own[col.SPEED_LIMIT], _ZERO)
    terms[SPEEDING] = max(_ONE - excess / OVERSPEED_MPS, _ZERO)
    lane = mind[col.LANE]
    if lane >= 0 and ground.terrain.lane[lane, land.JUNCTION] < 0:
        beside = abs(own[col.LANE_LATERAL]) > CENTRE_M
        memory[_BESIDE_TICKS] = max(memory[_BESIDE_TICKS] + (ticks if beside else -ticks), _ZERO)
        terms[OFF_CENTRE] = _HALF if memory[_BESIDE_TICKS] > CENTRE_TICKS else _ONE
    else:
        terms[OFF_CENTRE] = _ONE
    terms[COMFORT] = comfort_factor(own, filters, ticks, memory[_WATCH:])
    terms[COLLISION_TIME] = time_to_collision_factor(state, w, EGO, ticks, memory[_WATCH:])
    terms[TERMINAL] = _ONE if tally[kinds.COLLISION] > 0 or tally[kinds.RED_LIGHT] > 0 else _ZERO


@borrowing
def carl_reward(terms: np.ndarray) -> float:
    """The reward of terms [NUM_CARL_TERMS] float32."""
    gained = float(terms[COMPLETION])
    for factor in range(OUTSIDE, TERMINAL):
        gained *= terms[factor]
    return float(gained - terms[TERMINAL])


@borrowing
def is_over(state: State, ground: Ground, w: int) -> bool:
    """Whether a hard infraction has happened to the agent of world w."""
    tally = state.tally[w, EGO]
    for kind in HARD:
        if tally[kind] > 0:
            return True
    return bool(state.mind[w, EGO, col.GOING_ON] & (1 << kinds.OFF_ROAD)) and is_beyond_the_road(
        state.body[w, EGO], ground
    )


@borrowing
def is_beyond_the_road(body: np.ndarray, ground: Ground) -> bool:
    """Whether neither the centre of a box nor any of its corners, pulled in by TOLERANCE_M both ways, is on paved ground."""
    terrain = ground.terrain
    cos, sin = np.float32(np.cos(body[col.YAW])), np.float32(np.sin(body[col.YAW]))
    along = max(_HALF * body[col.LENGTH] - TOLERANCE_M, _ZERO)
    across = max(_HALF * body[col.WIDTH] - TOLERANCE_M, _ZERO)
    for place in range(5):
        u = _ZERO if place == 4 else along if place < 2 else -along
        v = _ZERO if place == 4 else across if place % 2 == 0 else -across
        x = terrain.origin_x + body[col.X] + u * cos - v * sin
        y = terrain.origin_y + body[col.Y] + u * sin + v * cos
        _, lanes = texel(ground.textures, x, y)
        if ground.paved[int(lanes)] != 0:
            return False
    return True
