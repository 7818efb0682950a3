"""Monte Carlo by hand on one trajectory, at a cut-off, and in the long run."""

from __future__ import annotations

import numpy as np
import pytest

from agents.tabular.memory import NUM_SUMS, RETURNS, UPDATES, Memory, Schedule, fresh_memory
from agents.tabular.monte_carlo import learn_episode, learn_on_table, tail_value
from agents.tabular.table import build_table

MEAN = Schedule(
    gamma=0.5, alpha=1.0, alpha_visits=1.0, alpha_floor=0.0, epsilon=0.0, epsilon_end=0.0, epsilon_steps=0.0
)
# (state, action, reward): (0,0) is visited at times 0 and 2, (0,1) at time 3, (1,0) at time 1.
STATES, ACTIONS = np.array([0, 1, 0, 0]), np.array([0, 0, 0, 1])
REWARDS = np.array([1.0, 2.0, 4.0, 8.0])


def learned(first_visit: bool, tail: float = 0.0) -> tuple[Memory, np.ndarray]:
    memory, sums = fresh_memory((1, 2, 2), 0.0, 0), np.zeros(NUM_SUMS)
    learn_episode(first_visit, memory, MEAN, STATES, ACTIONS, REWARDS, tail, sums)
    return memory, sums


def test_returns_by_hand() -> None:
    # Backwards with discount 0.5: G3 = 8, G2 = 4 + 4 = 8, G1 = 2 + 4 = 6, G0 = 1 + 3 = 4.
    first, sums = learned(first_visit=True)
    assert first.values[0].tolist() == [[4.0, 8.0], [6.0, 0.0]]
    assert first.visits[0].tolist() == [[1, 1], [1, 0]]
    assert (sums[RETURNS], sums[UPDATES]) == (15.0, 3.0)
    every, sums = learned(first_visit=False)
    assert every.values[0].tolist() == [[(4.0 + 8.0) / 2, 8.0], [6.0, 0.0]]
    assert every.visits[0].tolist() == [[2, 1], [1, 0]]
    assert (sums[RETURNS], sums[UPDATES]) == (15.0, 4.0)


def test_a_cut_off_episode_carries_the_value_of_where_it_stopped() -> None:
    memory, _ = learned(first_visit=True, tail=16.0)
    # The tail counts 16 * 0.5 at time 3 and half as much one step earlier each time.
    assert memory.values[0].tolist() == [[4.0 + 1.0, 8.0 + 8.0], [6.0 + 2.0, 0.0]]


def test_tail_value_by_hand() -> None:
    memory = fresh_memory((1, 1, 2), 0.0, 0)
    memory.values[0, 0] = [2.0, 6.0]
    assert tail_value(memory, 0, 0.0) == 6.0
    assert tail_value(memory, 0, 1.0) == 4.0
    assert tail_value(memory, 0, 0.5) == 5.0


def test_a_cut_off_bootstraps_and_a_true_end_does_not() -> None:
    steady = Schedule(0.9, 0.5, 1e300, 0.0, 0.0, 0.0, 0.0)
    for terminated, worth in ((False, 10.0), (True, 1.0)):
        table = build_table({0: {0: [(1.0, 0, 1.0, terminated)]}}, np.ones(1), limit=3)
        for first_visit in (True, False):
            memory = fresh_memory((1, 1, 1), 0.0, 0)
            learn_on_table(first_visit, np.empty(0, np.int64), table, memory, steady, 900, np.zeros(NUM_SUMS))
            assert memory.values[0, 0, 0] == pytest.approx(worth)


def test_exploring_starts_try_every_pair() -> None:
    # Every action ends at once, so only the start decides what is visited; action 1 would never be chosen greedily.
    transitions = {s: {a: [(1.0, s, 1.0 - a, True)] for a in range(2)} for s in range(3)}
    table = build_table(transitions, np.eye(3)[0], limit=5)
    memory = fresh_memory((1, 3, 2), 0.0, 0)
    learn_on_table(True, np.array([0, 2]), table, memory, MEAN, 400, np.zeros(NUM_SUMS))
    assert memory.visits[0, 1].tolist() == [0, 0]
    assert memory.visits[0, [0, 2]].min() > 60
    assert memory.visits.sum() == 400
    own = fresh_memory((1, 3, 2), 0.5, 0)
    learn_on_table(True, np.empty(0, np.int64), table, own, MEAN, 400, np.zeros(NUM_SUMS))
    assert own.visits[0, 1:].sum() == 0
