"""Temporal-difference learning: TD(0), SARSA, Q-learning and double Q-learning, one step and one update at a time.

Source: Sutton and Barto 2018, sections 6.1 (TD(0)), 6.4 (SARSA), 6.5 (Q-learning), 6.7 (double Q-learning; van Hasselt
2010). An episode cut off by its step limit still has a future: its last update bootstraps. A true end has none.
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
    choose_action,
    epsilon_at,
    step_size,
)
from agents.tabular.random_streams import AGENT, WORLD, draw_index, next_uniform
from agents.tabular.table import Table
from sim_suite.compiling import compiled

TD0, SARSA, Q_LEARNING, DOUBLE_Q_LEARNING = 0, 1, 2, 3


@compiled
def update_entry(memory: Memory, schedule: Schedule, table: int, state: int, action: int, target: float) -> float:
    """Move one entry of table number `table` towards `target`; returns the error target - value before the move."""
    error: float = target - memory.values[table, state, action]
    alpha = step_size(schedule, memory.visits[table, state, action])
    memory.values[table, state, action] += alpha * error
    memory.visits[table, state, action] += 1
    return error


@compiled
def greedy_action(values: NDArray[np.float64], table: int, state: int) -> int:
    """The action of highest value in one table of values [N, S, A], the lowest number among equals."""
    best = 0
    for action in range(1, values.shape[2]):
        if values[table, state, action] > values[table, state, best]:
            best = action
    return best


@compiled
def learn_step(
    rule: int,
    memory: Memory,
    schedule: Schedule,
    state: int,
    action: int,
    reward: float,
    next_state: int,
    next_action: int,
    terminated: bool,
) -> float:
    """One update from one step by the rule's own target; returns its error. `next_action` matters to SARSA alone."""
    learned = 0
    following = 0.0
    if rule == DOUBLE_Q_LEARNING and next_uniform(memory.streams, AGENT) < 0.5:
        learned = 1
    if not terminated:
        if rule == SARSA:
            following = memory.values[0, next_state, next_action]
        elif rule == DOUBLE_Q_LEARNING:
            # One table picks the action, the other says what it is worth: the pick's luck is not in its value.
            following = memory.values[1 - learned, next_state, greedy_action(memory.values, learned, next_state)]
        else:
            # TD(0) keeps state values in a table with one action, of which the best is the only one.
            following = memory.values[0, next_state, greedy_action(memory.values, 0, next_state)]
    entry = 0 if rule == TD0 else action
    return update_entry(memory, schedule, learned, state, entry, reward + schedule.gamma * following)


@compiled
def act(rule: int, memory: Memory, schedule: Schedule, policy: NDArray[np.float64], state: int) -> int:
    """The behaviour's action: TD(0) plays `policy` [S, A] (cumulative probabilities), the others are epsilon-greedy."""
    if rule == TD0:
        return draw_index(policy[state], next_uniform(memory.streams, AGENT))
    return choose_action(memory, state, epsilon_at(schedule, memory.counters[STEPS]))


@compiled
def learn_on_table(
    rule: int,
    table: Table,
    memory: Memory,
    schedule: Schedule,
    policy: NDArray[np.float64],
    until: int,
    sums: NDArray[np.float64],
) -> None:
    """Play and learn whole episodes of the tabled world until `until` steps are done. Changes memory and sums [4]."""
    streams = memory.streams
    while memory.counters[STEPS] < until:
        state = draw_index(table.start_cumulative, next_uniform(streams, WORLD))
        action = act(rule, memory, schedule, policy, state)
        terminated = False
        time = 0
        while not terminated and time < table.limit:
            outcome = draw_index(table.cumulative[state, action], next_uniform(streams, WORLD))
            next_state = table.next_state[state, action, outcome]
            reward = table.reward[state, action, outcome]
            terminated = table.terminated[state, action, outcome]
            memory.counters[STEPS] += 1
            time += 1
            state, action = advance(rule, memory, schedule, policy, sums, state, action, reward, next_state, terminated)
        memory.counters[EPISODES] += 1
        sums[ENDED] += 1


@compiled
def advance(
    rule: int,
    memory: Memory,
    schedule: Schedule,
    policy: NDArray[np.float64],
    sums: NDArray[np.float64],
    state: int,
    action: int,
    reward: float,
    next_state: int,
    terminated: bool,
) -> tuple[int, int]:
    """Learn from one step that has been played; returns the next state and the action to play there.

    SARSA learns from the very action that is played next, so it chooses before the update; the others after it.
    """
    next_action = 0
    if rule == SARSA and not terminated:
        next_action = act(rule, memory, schedule, policy, next_state)
    error = learn_step(rule, memory, schedule, state, action, reward, next_state, next_action, terminated)
    if rule != SARSA and not terminated:
        next_action = act(rule, memory, schedule, policy, next_state)
    sums[ABS_ERROR] += abs(error)
    sums[UPDATES] += 1
    sums[RETURNS] += reward
    return next_state, next_action
