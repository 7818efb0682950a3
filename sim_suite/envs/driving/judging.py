"""What follows a step: terms, reward, end and observation of each world, in one kernel. Source: ours."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing, called, shared
from sim_suite.compiling.sharing import share
from sim_suite.driving.sensors.vector_observation import observe_world
from sim_suite.driving.world.kinds import NUM_EVENTS, TICK_S
from sim_suite.driving.world.layout import TICK, State
from sim_suite.driving.world.terrain import Terrain
from sim_suite.envs.driving.rewards import MEMORY, NUM_TERMS, measure, remember, weigh

EGO: Final = 0
"""The agent's slot."""
_LEAST_WORLDS: Final = (
    128  # a thread: one takes 1.5 us, to wait for another thread more where other processes have work
)
TERMINATED, TRUNCATED = 1, 2
_TICK: Final = np.float32(TICK_S)
_ZERO: Final = np.float32(0.0)


class Outcome(NamedTuple):
    """What a step led to. W worlds, D numbers of the observation, 0 where it has none."""

    observation: NDArray[np.float32]
    """[W, D]"""
    reward: NDArray[np.float64]
    """[W]"""
    end: NDArray[np.uint8]
    """[W] TERMINATED | TRUNCATED."""
    terms: NDArray[np.float32]
    """[W, NUM_TERMS]"""
    memory: NDArray[np.float32]
    """[W, MEMORY] What held before it."""
    visible: NDArray[np.uint8]
    """[W, 1, A] 1 for the actors that the agent sees; to be written before judging."""


def new_outcome(worlds: int, actors: int, numbers: int) -> Outcome:
    """Zeros, and everybody visible. actors: A; numbers: D."""
    return Outcome(
        np.zeros((worlds, numbers), np.float32),
        np.zeros(worlds),
        np.zeros(worlds, np.uint8),
        np.zeros((worlds, NUM_TERMS), np.float32),
        np.zeros((worlds, MEMORY), np.float32),
        np.ones((worlds, 1, actors), np.uint8),
    )


def judge(
    state: State, terrain: Terrain, ticks: int, weights: NDArray[np.float64], end_bits: int, limit_ticks: int, outcome: Outcome
) -> None:  # fmt: skip
    """Judge the last `ticks` of all worlds. end_bits: bit k for an EventKind k that terminates; limit_ticks: 0 for none."""
    share(
        lambda _, begin, end: _judge(state, terrain, ticks, weights, end_bits, limit_ticks, outcome, begin, end),
        len(outcome.reward),
        _LEAST_WORLDS,
    )


@borrowing
def begin(state: State, terrain: Terrain, which: np.ndarray, outcome: Outcome) -> None:
    """Look at worlds that have just been reset, hands off the wheel; which: [M] their indices."""
    for w in which:
        for k in range(3):
            state.controls[w, EGO, k] = _ZERO
        remember(state, w, EGO, outcome.memory[w])
        outcome.reward[w], outcome.end[w] = 0.0, 0
        if outcome.observation.shape[1] > 0:
            observe_world(state, terrain, outcome.visible, w, EGO, outcome.observation[w])


@shared
def _judge(
    state: State, terrain: Terrain, ticks: int, weights: np.ndarray, end_bits: int, limit_ticks: int, outcome: Outcome,
    begin: int, end: int,
) -> None:  # fmt: skip
    for w in range(begin, end):
        _judge_world(state, terrain, w, ticks, weights, end_bits, limit_ticks, outcome)


@called
def _judge_world(
    state: State, terrain: Terrain, w: int, ticks: int, weights: np.ndarray, end_bits: int, limit_ticks: int,
    outcome: Outcome,
) -> None:  # fmt: skip
    measure(state, w, EGO, np.float32(ticks) * _TICK, outcome.memory[w], outcome.terms[w])
    remember(state, w, EGO, outcome.memory[w])
    outcome.reward[w] = weigh(outcome.terms[w], weights)
    end = 0
    for kind in range(NUM_EVENTS):
        if end_bits >> kind & 1 and state.tally[w, EGO, kind] > 0:
            end = TERMINATED
    if 0 < limit_ticks <= state.world[w, TICK]:
        end |= TRUNCATED
    outcome.end[w] = end
    if outcome.observation.shape[1] > 0:
        observe_world(state, terrain, outcome.visible, w, EGO, outcome.observation[w])
