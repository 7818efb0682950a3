"""What a learner that samples knows and how it behaves: its arrays, its schedules, its epsilon-greedy choice.

Source: Sutton and Barto 2018, sections 2.2 (epsilon-greedy), 2.5 and eq. 2.7 (step sizes that fall with the visits).
All of it is plain arrays and numbers, taken by compiled functions as they are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.tabular.config import Exploring, Sampling
from agents.tabular.random_streams import AGENT, next_uniform, seeded_streams
from sim_suite.compiling import compiled

EPISODES, STEPS = 0, 1
"""Places in `Memory.counters`."""
ABS_ERROR, UPDATES, RETURNS, ENDED = 0, 1, 2, 3
"""Places in the sums of one report: |error| of the updates, their number, returns of the episodes, their number."""
NUM_SUMS = 4


class Memory(NamedTuple):
    """All that a run has learned, and all it needs to go on: changed in place."""

    values: NDArray[np.float64]
    """[N, S, A] N tables of action values, which act by their sum; state values are one table with A = 1."""
    visits: NDArray[np.int64]
    """[N, S, A] updates of each entry."""
    streams: NDArray[np.uint64]
    """[2] states of the random streams."""
    counters: NDArray[np.int64]
    """[2] episodes and steps played."""


class Schedule(NamedTuple):
    """The numbers of a configuration that an update needs, as floats."""

    gamma: float
    alpha: float
    alpha_visits: float
    alpha_floor: float
    epsilon: float
    epsilon_end: float
    epsilon_steps: float
    """Steps over which epsilon falls."""


def fresh_memory(shape: tuple[int, int, int], initial_value: float, seed: int) -> Memory:
    """A memory of `shape` [N, S, A] in which nothing is learned yet."""
    return Memory(
        np.full(shape, initial_value, np.float64),
        np.zeros(shape, np.int64),
        seeded_streams(seed),
        np.zeros(2, np.int64),
    )


def schedule_of(config: Sampling) -> Schedule:
    """The schedule of a configuration; without an epsilon in it, behaviour is greedy."""
    epsilon, end, steps = 0.0, 0.0, 0.0
    if isinstance(config, Exploring):
        epsilon, end, steps = config.epsilon, config.epsilon_end, config.epsilon_decay * config.steps
    return Schedule(
        float(config.gamma),
        float(config.alpha),
        float(config.alpha_visits),
        float(config.alpha_floor),
        float(epsilon),
        float(end),
        float(steps),
    )


@compiled
def step_size(schedule: Schedule, visits: int) -> float:
    """Step size of the update that follows `visits` earlier ones of the same entry.

    With alpha 1, alpha_visits 1 and no floor it is 1 / (1 + visits): the value is the mean of its targets.
    """
    return max(schedule.alpha_floor, schedule.alpha / (1.0 + visits / schedule.alpha_visits))


@compiled
def epsilon_at(schedule: Schedule, step: int) -> float:
    """Probability of a random action at an environment step of the run."""
    if step >= schedule.epsilon_steps:
        return schedule.epsilon_end
    return schedule.epsilon + (schedule.epsilon_end - schedule.epsilon) * step / schedule.epsilon_steps


@compiled
def total_value(values: NDArray[np.float64], state: int, action: int) -> float:
    """Sum over the N tables of values [N, S, A]: what behaviour is greedy on."""
    total = 0.0
    for table in range(values.shape[0]):
        total += values[table, state, action]
    return total


@compiled
def best_value(values: NDArray[np.float64], state: int) -> float:
    """The highest `total_value` of a state."""
    best = total_value(values, state, 0)
    for action in range(1, values.shape[2]):
        best = max(best, total_value(values, state, action))
    return best


@compiled
def choose_action(memory: Memory, state: int, epsilon: float) -> int:
    """Epsilon-greedy on the sum of the tables, ties broken at random; advances the AGENT stream."""
    actions = memory.values.shape[2]
    if epsilon > 0.0 and next_uniform(memory.streams, AGENT) < epsilon:
        return int(next_uniform(memory.streams, AGENT) * actions)
    best = best_value(memory.values, state)
    ties = 0
    for action in range(actions):
        ties += total_value(memory.values, state, action) == best
    chosen = 0 if ties == 1 else int(next_uniform(memory.streams, AGENT) * ties)
    for action in range(actions):
        if total_value(memory.values, state, action) == best:
            if chosen == 0:
                return action
            chosen -= 1
    return 0  # unreachable while values are finite; numba needs a return here
