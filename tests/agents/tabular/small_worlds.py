"""Random small worlds and the linear-algebra oracle that the tabular tests compare with."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from agents.tabular.table import Table, build_table


def random_table(seed: int, limit: int = 20) -> Table:
    """A world of 2 to 6 states, 1 to 4 actions and up to 3 outcomes an action, some of which end the episode."""
    random = np.random.default_rng(seed)
    states, actions, outcomes = (int(random.integers(low, high)) for low, high in ((2, 7), (1, 5), (1, 4)))
    transitions = {
        s: {
            a: [
                (float(p), int(random.integers(states)), float(random.normal()), bool(random.random() < 0.2))
                for p in random.dirichlet(np.ones(outcomes))
            ]
            for a in range(actions)
        }
        for s in range(states)
    }
    return build_table(transitions, random.dirichlet(np.ones(states)), limit)


tables = st.integers(0, 2**32 - 1).map(random_table)


def solved_values(table: Table, policy: NDArray[np.float64], gamma: float) -> NDArray[np.float64]:
    """[S] values of `policy` [S, A] by solving (I - gamma P) v = r: written with loops, apart from the code under test."""
    states, actions, outcomes = table.probability.shape
    matrix, reward = np.eye(states), np.zeros(states)
    for s in range(states):
        for a in range(actions):
            for k in range(outcomes):
                weight = policy[s, a] * table.probability[s, a, k]
                reward[s] += weight * table.reward[s, a, k]
                if not table.terminated[s, a, k]:
                    matrix[s, table.next_state[s, a, k]] -= gamma * weight
    return np.linalg.solve(matrix, reward).astype(np.float64)
