"""Planning on a known table: policy evaluation, policy iteration and value iteration, a sweep at a time.

Source: Sutton and Barto 2018, sections 4.1 to 4.4. Sweeps are synchronous: all states are backed up from the values of
the sweep before. An episode's step limit plays no part here: values are those of an endless horizon.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.tabular.exact import action_values
from agents.tabular.table import Table

TIE = 1e-9
"""Policy iteration leaves an action only for one better by more than this, so rounding cannot make it go in circles."""


class Planned(NamedTuple):
    """State values and how far the last sweep moved them."""

    values: NDArray[np.float64]
    """[S]"""
    sweeps: int
    change: float
    """Largest change of a value in the last sweep."""
    converged: bool


def evaluate_sweeps(
    table: Table,
    policy: NDArray[np.float64],
    values: NDArray[np.float64],
    gamma: float,
    tolerance: float,
    max_sweeps: int,
) -> Planned:
    """Sweep the Bellman equation of `policy` [S, A] from `values` [S] until they are within `tolerance` of its fixed point."""
    change, sweeps = np.inf, 0
    while sweeps < max_sweeps and not close_enough(change, gamma, tolerance):
        swept = np.sum(policy * action_values(table, values, gamma), axis=1)
        change, values, sweeps = float(np.abs(swept - values).max()), swept, sweeps + 1
    return Planned(values, sweeps, change, close_enough(change, gamma, tolerance))


def optimal_sweeps(
    table: Table, values: NDArray[np.float64], gamma: float, tolerance: float, max_sweeps: int
) -> Planned:
    """The same for the optimality equation: value iteration."""
    change, sweeps = np.inf, 0
    while sweeps < max_sweeps and not close_enough(change, gamma, tolerance):
        swept = np.max(action_values(table, values, gamma), axis=1)
        change, values, sweeps = float(np.abs(swept - values).max()), swept, sweeps + 1
    return Planned(values, sweeps, change, close_enough(change, gamma, tolerance))


def close_enough(change: float, gamma: float, tolerance: float) -> bool:
    """Whether a sweep that changed values by `change` left them within `tolerance` of the fixed point.

    A sweep contracts by gamma, so the error is at most change * gamma / (1 - gamma); without discount there is no such
    bound, and the change itself is compared.
    """
    return change * gamma <= tolerance * (1.0 - gamma) if gamma < 1.0 else change <= tolerance


def improve(values: NDArray[np.float64], actions: NDArray[np.int64]) -> NDArray[np.int64]:
    """[S] the best action in each state by action values [S, A], keeping the present one of `actions` [S] when it is as good."""
    rows = np.arange(len(actions))
    best = values.argmax(axis=1)
    improved: NDArray[np.int64] = np.where(values[rows, best] > values[rows, actions] + TIE, best, actions)
    return improved
