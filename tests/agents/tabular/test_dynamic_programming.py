"""Planning against hand values, a linear solve, a linear programme, and itself on random worlds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog
from small_worlds import solved_values, tables

from agents.tabular.dynamic_programming import close_enough, evaluate_sweeps, improve, optimal_sweeps
from agents.tabular.exact import action_values, greedy_policy, uniform_policy
from agents.tabular.table import Table, make_env, read_table
from sim_suite.envs.tabular.grid_world import GridWorldEnv
from sim_suite.envs.tabular.six_states import SixStatesEnv


def plan(table: Table, gamma: float) -> NDArray[np.float64]:
    planned = optimal_sweeps(table, np.zeros(len(table.start)), gamma, 1e-12, 200_000)
    assert planned.converged
    return planned.values


def test_the_textbook_values_of_the_grid_world() -> None:
    table = read_table(GridWorldEnv())
    assert table is not None
    planned = evaluate_sweeps(table, uniform_policy(table), np.zeros(16), 1.0, 1e-12, 10_000)
    # Sutton and Barto 2018, Figure 4.1, last panel of the left column.
    printed: list[list[float]] = [[0, -14, -20, -22], [-14, -18, -20, -20], [-20, -20, -18, -14], [-22, -20, -14, 0]]
    np.testing.assert_allclose(planned.values.reshape(4, 4), printed, atol=1e-9)
    # The same figure after one and two sweeps; the book prints -1.7 for -1.75.
    one = evaluate_sweeps(table, uniform_policy(table), np.zeros(16), 1.0, 1e-12, 1)
    two = evaluate_sweeps(table, uniform_policy(table), one.values, 1.0, 1e-12, 1)
    assert one.values.tolist() == [0.0] + [-1.0] * 14 + [0.0]
    assert two.values[[1, 2, 5]].tolist() == [-1.75, -2.0, -2.0]


def test_the_six_states_q_table() -> None:
    table = read_table(SixStatesEnv())
    assert table is not None
    # By hand with discount 0.5: right of place 4 pays 5, each step back halves it; left of place 1 pays 1.
    q = action_values(table, plan(table, 0.5), 0.5)
    by_hand: list[list[float]] = [[0, 0], [1, 0.625], [0.5, 1.25], [0.625, 2.5], [1.25, 5], [0, 0]]
    np.testing.assert_allclose(q, by_hand, atol=1e-12)
    assert greedy_policy(q).argmax(axis=1).tolist() == [0, 0, 1, 1, 1, 0]


def test_frozen_lake_without_a_limit_is_won_14_times_of_17() -> None:
    table = read_table(make_env("FrozenLake-v1", {}))
    assert table is not None
    assert plan(table, 1.0)[0] == pytest.approx(14 / 17, abs=1e-8)


@pytest.mark.parametrize("env_id", ["FrozenLake-v1", "FrozenLake8x8-v1"])
@pytest.mark.parametrize("gamma", [0.9, 0.99])
def test_value_iteration_equals_the_linear_programme(env_id: str, gamma: float) -> None:
    table = read_table(make_env(env_id, {}))
    assert table is not None
    states, actions, outcomes = table.probability.shape
    # Puterman 1994, section 6.9: the least v with v >= r + gamma P v for every state and action is the optimum.
    matrix, bound = [], []
    for s in range(states):
        for a in range(actions):
            row, reward = np.zeros(states), 0.0
            row[s] -= 1.0
            for k in range(outcomes):
                reward += table.probability[s, a, k] * table.reward[s, a, k]
                if not table.terminated[s, a, k]:
                    row[table.next_state[s, a, k]] += gamma * table.probability[s, a, k]
            matrix.append(row)
            bound.append(-reward)
    solved = linprog(np.ones(states), np.array(matrix), np.array(bound), bounds=(None, None), method="highs-ds")
    best = greedy_policy(action_values(table, solved.x, gamma).round(7))
    # The programme's own tolerance is 1e-7, so its policy is solved for exactly before values are compared.
    np.testing.assert_allclose(plan(table, gamma), solved_values(table, best, gamma), atol=1e-8)


@settings(deadline=None, max_examples=40)
@given(tables, st.floats(0.0, 0.97), st.integers(0, 2**32 - 1))
def test_evaluation_is_the_linear_solve(table: Table, gamma: float, seed: int) -> None:
    states, actions, _ = table.probability.shape
    policy = np.random.default_rng(seed).dirichlet(np.ones(actions), size=states)
    planned = evaluate_sweeps(table, policy, np.zeros(states), gamma, 1e-10, 100_000)
    assert planned.converged
    np.testing.assert_allclose(planned.values, solved_values(table, policy, gamma), atol=1.01e-10)


@settings(deadline=None, max_examples=40)
@given(tables, st.floats(0.0, 0.97))
def test_policy_iteration_equals_value_iteration(table: Table, gamma: float) -> None:
    states, actions, _ = table.probability.shape
    chosen = np.zeros(states, np.int64)
    for _ in range(100):
        values = solved_values(table, np.eye(actions)[chosen], gamma)
        improved = improve(action_values(table, values, gamma), chosen)
        if np.array_equal(improved, chosen):
            break
        chosen = improved
    else:
        pytest.fail("policy iteration went in circles")
    np.testing.assert_allclose(values, plan(table, gamma), atol=1e-6)


def test_the_stopping_rule_bounds_the_error() -> None:
    assert close_enough(0.01, 0.5, 0.01)
    assert not close_enough(0.011, 0.5, 0.01)
    assert not close_enough(0.01, 0.99, 0.01), "99 such changes may follow"
    assert close_enough(0.01, 1.0, 0.01)


def test_improvement_keeps_an_action_that_is_as_good() -> None:
    values = np.array([[1.0, 1.0 + 1e-12], [0.0, 1.0]])
    assert improve(values, np.array([0, 0])).tolist() == [0, 1]
