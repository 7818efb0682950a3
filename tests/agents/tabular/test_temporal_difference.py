"""One update of each rule by hand, what a cut-off and what a true end do, and what is learned in the long run."""

from __future__ import annotations

import numpy as np
import pytest

from agents.tabular.memory import (
    NUM_SUMS,
    STEPS,
    Memory,
    Schedule,
    choose_action,
    epsilon_at,
    fresh_memory,
    step_size,
)
from agents.tabular.random_streams import seeded_streams
from agents.tabular.table import build_table
from agents.tabular.temporal_difference import DOUBLE_Q_LEARNING, Q_LEARNING, SARSA, TD0, learn_on_table, learn_step

HALF = Schedule(
    gamma=0.9, alpha=0.5, alpha_visits=1e300, alpha_floor=0.0, epsilon=0.0, epsilon_end=0.0, epsilon_steps=0.0
)
NO_POLICY = np.ones((2, 1))


def memory_with(values: list[list[list[float]]], seed: int = 0) -> Memory:
    array = np.array(values)
    return Memory(array, np.zeros(array.shape, np.int64), seeded_streams(seed), np.zeros(2, np.int64))


@pytest.mark.parametrize(
    ("rule", "terminated", "learned"),
    [
        # From value 1 with step size 0.5 towards 2 + 0.9 * following.
        (Q_LEARNING, False, 1 + 0.5 * (2 + 0.9 * 7 - 1)),
        (SARSA, False, 1 + 0.5 * (2 + 0.9 * 4 - 1)),
        (Q_LEARNING, True, 1 + 0.5 * (2 - 1)),
        (SARSA, True, 1 + 0.5 * (2 - 1)),
    ],
)
def test_one_update(rule: int, terminated: bool, learned: float) -> None:
    memory = memory_with([[[0.0, 1.0], [4.0, 7.0]]])
    error = learn_step(rule, memory, HALF, 0, 1, 2.0, 1, 0, terminated)
    assert memory.values[0].tolist() == [[0.0, pytest.approx(learned)], [4.0, 7.0]]
    assert error == pytest.approx(2 * (learned - 1))
    assert memory.visits[0].tolist() == [[0, 1], [0, 0]]


@pytest.mark.parametrize(("terminated", "learned"), [(False, 3 + 0.5 * (1 + 0.9 * 5 - 3)), (True, 3 + 0.5 * (1 - 3))])
def test_one_td0_update(terminated: bool, learned: float) -> None:
    memory = memory_with([[[3.0], [5.0]]])
    learn_step(TD0, memory, HALF, 0, 1, 1.0, 1, 0, terminated)
    assert memory.values[0, :, 0].tolist() == [pytest.approx(learned), 5.0]


def test_double_q_update_takes_the_other_tables_word() -> None:
    first, second = [[0.0, 0.0], [1.0, 9.0]], [[0.0, 0.0], [6.0, 2.0]]
    seen = set()
    for seed in range(20):
        memory = memory_with([first, second], seed)
        learn_step(DOUBLE_Q_LEARNING, memory, HALF, 0, 0, 1.0, 1, 0, False)
        seen.add((float(memory.values[0, 0, 0]), float(memory.values[1, 0, 0])))
    # The first table prefers action 1, which the second values at 2; the second prefers 0, which the first values at 1.
    assert seen == {(0.5 * (1 + 0.9 * 2), 0.0), (0.0, 0.5 * (1 + 0.9 * 1))}


@pytest.mark.parametrize("rule", [TD0, SARSA, Q_LEARNING])
def test_a_cut_off_bootstraps_and_a_true_end_does_not(rule: int) -> None:
    # One action that stays in its only state and pays 1. Endless, it is worth 1 / (1 - 0.9) = 10; ending at once, 1.
    for terminated, worth in ((False, 10.0), (True, 1.0)):
        table = build_table({0: {0: [(1.0, 0, 1.0, terminated)]}}, np.ones(1), limit=3)
        memory = fresh_memory((1, 1, 1), 0.0, 0)
        learn_on_table(rule, table, memory, HALF, np.ones((1, 1)), 600, np.zeros(NUM_SUMS))
        assert memory.values[0, 0, 0] == pytest.approx(worth)
        assert memory.counters.tolist() == [600 if terminated else 200, 600]


def test_the_last_step_before_the_limit_is_learned_with_a_future() -> None:
    # Limit 1: the only step of each episode is also its last one, and still the next state counts.
    table = build_table({0: {0: [(1.0, 1, 0.0, False)]}, 1: {0: [(1.0, 1, 0.0, True)]}}, np.array([1.0, 0.0]), limit=1)
    memory = memory_with([[[0.0], [8.0]]])
    learn_on_table(Q_LEARNING, table, memory, HALF, NO_POLICY, 1, np.zeros(NUM_SUMS))
    assert memory.values[0].tolist() == [[0.5 * 0.9 * 8.0], [8.0]]


def test_td0_finds_the_values_of_a_random_walk() -> None:
    # Sutton and Barto 2018, Example 6.2: five states, ends left (0) and right (1); true values 1/6 to 5/6.
    transitions = {
        s: {
            a: [(1.0, min(max(s + move, 0), 4), float(s + move == 5), s + move in (-1, 5))]
            for a, move in enumerate((-1, 1))
        }
        for s in range(5)
    }
    table = build_table(transitions, np.eye(5)[2], limit=1000)
    memory = fresh_memory((1, 5, 1), 0.5, 1)
    falling = Schedule(1.0, 0.5, 20.0, 0.0, 0.0, 0.0, 0.0)
    learn_on_table(TD0, table, memory, falling, np.tile([0.5, 1.0], (5, 1)), 2_000_000, np.zeros(NUM_SUMS))
    np.testing.assert_allclose(memory.values[0, :, 0], np.arange(1, 6) / 6, atol=0.01)


def test_step_sizes_by_hand() -> None:
    mean = Schedule(1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0)
    assert [step_size(mean, visits) for visits in range(3)] == [1.0, 1 / 2, 1 / 3]
    floored = Schedule(1.0, 0.5, 200.0, 0.1, 0.0, 0.0, 0.0)
    assert [step_size(floored, visits) for visits in (0, 200, 800, 10_000)] == [0.5, 0.25, 0.1, 0.1]


def test_epsilon_by_hand() -> None:
    schedule = Schedule(1.0, 0.5, 1.0, 0.0, 1.0, 0.2, 100.0)
    assert [epsilon_at(schedule, step) for step in (0, 50, 100, 900)] == pytest.approx([1.0, 0.6, 0.2, 0.2])
    assert epsilon_at(HALF, 0) == 0.0


def test_choice_breaks_ties_at_random_and_explores_as_told() -> None:
    memory = memory_with([[[1.0, 0.0, 1.0, 0.5]], [[0.0, 0.0, 0.0, 0.5]]])
    greedy = np.bincount([choose_action(memory, 0, 0.0) for _ in range(3000)], minlength=4) / 3000
    assert greedy[1] == 0.0
    np.testing.assert_allclose(greedy[[0, 2, 3]], 1 / 3, atol=5 * np.sqrt(2 / 9 / 3000))
    loose = np.bincount([choose_action(memory, 0, 0.4) for _ in range(3000)], minlength=4) / 3000
    assert loose[1] == pytest.approx(0.1, abs=5 * np.sqrt(0.09 / 3000))


def test_a_run_stops_at_an_episodes_end() -> None:
    table = build_table({0: {0: [(1.0, 0, 1.0, False)]}}, np.ones(1), limit=7)
    memory = fresh_memory((1, 1, 1), 0.0, 0)
    learn_on_table(Q_LEARNING, table, memory, HALF, np.ones((1, 1)), 10, np.zeros(NUM_SUMS))
    assert memory.counters[STEPS] == 14
