"""A table read from an environment says exactly what the environment's own table says."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest

from agents.tabular.exact import best_expected_return, expected_return, greedy_policy, uniform_policy
from agents.tabular.table import (
    FALLBACK_LIMIT,
    Table,
    absorbing_states,
    build_table,
    closed_cumulative,
    make_env,
    read_table,
)
from sim_suite.envs.tabular.grid_world import GridWorldEnv
from sim_suite.envs.tabular.six_states import SixStatesEnv
from sim_suite.errors import SuiteError


def table_of(env_id: str, **kwargs: object) -> Table:
    table = read_table(make_env(env_id, dict(kwargs)))
    assert table is not None
    return table


def test_frozen_lake_is_read_row_by_row() -> None:
    env = make_env("FrozenLake-v1", {})
    table = read_table(env)
    assert table is not None
    for s, rows in env.unwrapped.P.items():  # type: ignore[attr-defined]
        for a, outcomes in rows.items():
            for k, (probability, arrived, reward, terminated) in enumerate(outcomes):
                assert table.probability[s, a, k] == probability
                assert (table.next_state[s, a, k], table.reward[s, a, k]) == (arrived, reward)
                assert table.terminated[s, a, k] == terminated
            assert table.probability[s, a, len(outcomes) :].sum() == 0.0
    assert table.limit == 100
    assert table.start[0] == 1.0
    assert np.flatnonzero(absorbing_states(table)).tolist() == [5, 7, 11, 12, 15]


@pytest.mark.parametrize(
    ("env_id", "optimum", "random"),
    [("FrozenLake-v1", 0.74419, 0.01394), ("FrozenLake8x8-v1", 0.91322, 0.00190)],
)
def test_exact_values_of_frozen_lake(env_id: str, optimum: float, random: float) -> None:
    table = table_of(env_id)
    assert round(best_expected_return(table), 5) == optimum
    assert round(expected_return(table, uniform_policy(table)), 5) == random


def test_the_limit_comes_from_the_environment() -> None:
    assert table_of("FrozenLake8x8-v1").limit == 200
    assert table_of("FrozenLake-v1", map_name="8x8").limit == 100
    assert table_of("FrozenLake-v1", max_episode_steps=7).limit == 7
    assert table_of("CliffWalking-v1").limit == FALLBACK_LIMIT


def test_expected_return_by_hand() -> None:
    six = read_table(SixStatesEnv(start=3))
    assert six is not None
    right = np.eye(2)[np.full(6, 1)]
    assert [expected_return(six, right, horizon) for horizon in (1, 2, 3)] == [0.0, 5.0, 5.0]
    assert expected_return(six, right, 2, gamma=0.5) == 2.5
    assert expected_return(six, right, 0) == 0.0
    grid = read_table(GridWorldEnv())
    assert grid is not None
    # Two cells beside each terminal corner are one step away: with one step to go every cell pays -1.
    assert expected_return(grid, uniform_policy(grid), 1) == pytest.approx(-1.0)
    # Distances: 4 cells at 1 step, 6 at 2, 4 at 3.
    assert best_expected_return(grid) == pytest.approx(-(4 * 1 + 6 * 2 + 4 * 3) / 14)


def test_exact_value_agrees_with_playing() -> None:
    table = table_of("FrozenLake-v1")
    actions = np.array([0, 3, 3, 3, 0, 0, 0, 0, 3, 1, 0, 0, 0, 2, 1, 0])
    env = gym.make("FrozenLake-v1")
    won = []
    for episode in range(1000):
        state, _ = env.reset(seed=episode)
        over, total = False, 0.0
        while not over:
            state, reward, terminated, truncated, _ = env.step(actions[state])
            total, over = total + float(reward), terminated or truncated
        won.append(total)
    exact = expected_return(table, np.eye(4)[actions])
    assert abs(np.mean(won) - exact) < 4 * np.sqrt(exact * (1 - exact) / 1000)


def test_greedy_takes_the_lowest_of_equals() -> None:
    assert greedy_policy(np.array([[1.0, 2.0, 2.0]])).tolist() == [[0.0, 1.0, 0.0]]


def test_rounding_never_draws_what_cannot_happen() -> None:
    thirds = closed_cumulative(np.array([1 / 3, 1 / 3, 1 / 3, 0.0]))
    assert thirds[2] == thirds[3] == 1.0
    tenths = closed_cumulative(np.full(10, 0.1))
    assert tenths[-1] == 1.0
    assert tenths[-2] < 1.0


@pytest.mark.parametrize(
    ("transitions", "start", "limit", "message"),
    [
        ({0: {0: [(0.9, 0, 0.0, False)]}}, [1.0], 5, "sum to 1"),
        ({0: {0: [(float("nan"), 0, 0.0, False)]}}, [1.0], 5, "sum to 1"),
        ({0: {0: [(1.0, 1, 0.0, False)]}}, [1.0], 5, "beyond them"),
        ({0: {0: [(1.0, 0, 0.0, False)]}}, [0.5], 5, "starting states"),
        ({0: {0: [(1.0, 0, 0.0, False)]}}, [1.0], 0, "at least 1 step"),
    ],
)
def test_wrong_tables_are_refused(transitions: object, start: list[float], limit: int, message: str) -> None:
    with pytest.raises(SuiteError, match=message):
        build_table(transitions, np.array(start), limit)


def test_other_spaces_are_refused() -> None:
    with pytest.raises(SuiteError, match="observation space of CartPole-v1 is Box"):
        make_env("CartPole-v1", {})


def test_a_world_without_a_table_has_none() -> None:
    env = make_env("FrozenLake-v1", {})
    del env.unwrapped.P  # type: ignore[attr-defined]
    assert read_table(env) is None
