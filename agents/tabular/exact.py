"""Exact values of whole policies under a step limit, by dynamic programming on the table instead of by sampling.

Source: finite-horizon backward induction, Puterman, "Markov Decision Processes" (Wiley 1994), section 4.2 and 4.3.
Returns are undiscounted, as scores are, unless a discount is given.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agents.tabular.table import Table


def action_values(table: Table, state_values: NDArray[np.float64], gamma: float) -> NDArray[np.float64]:
    """[S, A]: expected reward of each action plus `gamma` times what its next state is worth; 0 after a true end.

    state_values: [S]. One full backup, Sutton and Barto 2018 eq. 4.6.
    """
    following = np.where(table.terminated, 0.0, state_values[table.next_state])
    values: NDArray[np.float64] = np.sum(table.probability * (table.reward + gamma * following), axis=2)
    return values


def expected_return(table: Table, policy: NDArray[np.float64], horizon: int | None = None, gamma: float = 1.0) -> float:
    """What a stationary policy earns on average within `horizon` steps (the table's limit by default).

    policy: [S, A] float64, probability of each action.
    """
    values = np.zeros(len(table.start))
    for _ in range(table.limit if horizon is None else horizon):
        values = np.sum(policy * action_values(table, values, gamma), axis=1)
    return float(table.start @ values)


def best_expected_return(table: Table, horizon: int | None = None, gamma: float = 1.0) -> float:
    """What the best policy earns that knows how many steps remain: an upper bound for every agent."""
    values = np.zeros(len(table.start))
    for _ in range(table.limit if horizon is None else horizon):
        values = np.max(action_values(table, values, gamma), axis=1)
    return float(table.start @ values)


def greedy_policy(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """[S, A] probabilities of always playing the best action of `values` [S, A], the lowest number among equals."""
    policy: NDArray[np.float64] = np.eye(values.shape[1])[values.argmax(axis=1)]
    return policy


def uniform_policy(table: Table) -> NDArray[np.float64]:
    """[S, A] probabilities of playing every action equally often."""
    states, actions, _ = table.probability.shape
    return np.full((states, actions), 1.0 / actions)
