"""Monte Carlo control: learn action values from whole episodes, by the first or by every visit of an entry.

Source: Sutton and Barto 2018, sections 5.3 (exploring starts) and 5.4 (epsilon-greedy). An episode cut off by its step
limit is not over: its tail is worth what the present values say of the state it stopped in.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agents.tabular.memory import (
    ABS_ERROR,
    ENDED,
    EPISODES,
    RETURNS,
    STEPS,
    UPDATES,
    Memory,
    Schedule,
    best_value,
    choose_action,
    epsilon_at,
)
from agents.tabular.random_streams import WORLD, draw_index, next_uniform
from agents.tabular.table import Table
from agents.tabular.temporal_difference import update_entry
from sim_suite.compiling import compiled


@compiled
def tail_value(memory: Memory, state: int, epsilon: float) -> float:
    """What the epsilon-greedy policy expects from `state` on, by the present values."""
    actions = memory.values.shape[2]
    mean = 0.0
    for action in range(actions):
        mean += memory.values[0, state, action] / actions
    return (1.0 - epsilon) * best_value(memory.values, state) + epsilon * mean


@compiled
def learn_episode(
    first_visit: bool,
    memory: Memory,
    schedule: Schedule,
    states: NDArray[np.int64],
    actions: NDArray[np.int64],
    rewards: NDArray[np.float64],
    tail: float,
    sums: NDArray[np.float64],
) -> None:
    """Update from one episode: states, actions, rewards [T]; `tail`: value of what follows its last step, 0 at a true end.

    Returns are summed backwards, so an entry's first visit is the last one met: it is known by being marked beforehand.
    """
    length = len(states)
    first = np.full(memory.values.shape[1:], -1, np.int64)
    for time in range(length - 1, -1, -1):
        first[states[time], actions[time]] = time
    following = tail
    for time in range(length - 1, -1, -1):
        following = rewards[time] + schedule.gamma * following
        sums[RETURNS] += rewards[time]
        if not first_visit or first[states[time], actions[time]] == time:
            error = update_entry(memory, schedule, 0, states[time], actions[time], following)
            sums[ABS_ERROR] += abs(error)
            sums[UPDATES] += 1
    memory.counters[EPISODES] += 1
    sums[ENDED] += 1


@compiled
def learn_on_table(
    first_visit: bool,
    starts: NDArray[np.int64],
    table: Table,
    memory: Memory,
    schedule: Schedule,
    until: int,
    sums: NDArray[np.float64],
) -> None:
    """Play and learn whole episodes of the tabled world until `until` steps are done. Changes memory and sums [4].

    starts: [N] states of which one, with a random first action, begins each episode; empty: the world's own start and
    the behaviour's own action.
    """
    streams = memory.streams
    states, actions = np.empty(table.limit, np.int64), np.empty(table.limit, np.int64)
    rewards = np.empty(table.limit, np.float64)
    while memory.counters[STEPS] < until:
        epsilon = epsilon_at(schedule, memory.counters[STEPS])
        if len(starts) > 0:
            state = starts[int(next_uniform(streams, WORLD) * len(starts))]
            action = int(next_uniform(streams, WORLD) * memory.values.shape[2])
        else:
            state = draw_index(table.start_cumulative, next_uniform(streams, WORLD))
            action = choose_action(memory, state, epsilon)
        time = 0
        terminated = False
        while not terminated and time < table.limit:
            outcome = draw_index(table.cumulative[state, action], next_uniform(streams, WORLD))
            states[time], actions[time] = state, action
            rewards[time] = table.reward[state, action, outcome]
            terminated = table.terminated[state, action, outcome]
            state = table.next_state[state, action, outcome]
            time += 1
            if not terminated and time < table.limit:
                action = choose_action(memory, state, epsilon)
        memory.counters[STEPS] += time
        tail = 0.0 if terminated else tail_value(memory, state, epsilon)
        learn_episode(first_visit, memory, schedule, states[:time], actions[:time], rewards[:time], tail, sums)
