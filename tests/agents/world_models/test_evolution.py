"""CMA-ES through our interface: it finds what is greatest, leaves numpy's global stream alone, is built again from its history."""

from __future__ import annotations

import numpy as np
import pytest

from agents.world_models.evolution import Evolution
from sim_suite.errors import SuiteError

GOAL = np.array([0.5, -0.3, 0.2, 0.8, -0.6])


def fitness(candidates):
    """Greatest, 0, at the goal; stretched a hundredfold along one axis."""
    return -((candidates - GOAL) ** 2 * np.array([1.0, 1.0, 100.0, 1.0, 1.0])).sum(axis=1)


@pytest.mark.parametrize("diagonal", [False, True])
def test_it_finds_the_greatest_fitness(diagonal):
    search = Evolution(5, population=12, sigma=0.3, diagonal=diagonal, seed=1)
    for _ in range(80):
        search.tell(fitness(search.ask()))
    assert np.abs(search.mean - GOAL).max() < 1e-3
    assert search.sigma < 0.05
    assert search.generation == 80


def test_the_full_matrix_learns_a_turned_valley_that_variances_cannot():
    """f = -(x + y)^2 - 10^4 (x - y - 1)^2: its axes lie across the coordinates."""
    ends = []
    for diagonal in (False, True):
        search = Evolution(2, population=8, sigma=0.5, diagonal=diagonal, seed=2)
        for _ in range(40):
            x, y = search.ask().T
            search.tell(-((x + y) ** 2) - 1e4 * (x - y - 1) ** 2)
        x, y = search.mean
        ends.append((x + y) ** 2 + 1e4 * (x - y - 1) ** 2)
    assert ends[0] < ends[1] / 100


def test_candidates_are_the_same_until_they_were_told_of():
    search = Evolution(5, 6, 0.1, False, 0)
    first = search.ask()
    assert first.shape == (6, 5)
    assert np.array_equal(search.ask(), first)
    search.tell(fitness(first))
    assert not np.array_equal(search.ask(), first)


@pytest.mark.parametrize("diagonal", [False, True])
def test_a_search_is_built_again_from_its_history(diagonal):
    straight = Evolution(30, 8, 0.1, diagonal, 4)
    for number in range(12):
        straight.tell(-(straight.ask() ** 2).sum(axis=1))
        if number == 6:
            history = straight.history
    np.random.seed(9)  # noqa: NPY002  # the global stream has no part in it
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    again = Evolution(30, 8, 0.1, diagonal, 4)
    again.repeat(history)
    assert again.generation == 7
    for _ in range(5):
        again.tell(-(again.ask() ** 2).sum(axis=1))
    assert np.array_equal(again.mean, straight.mean)
    assert again.sigma == straight.sigma
    assert np.array_equal(again.history, straight.history)
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_seeds_draw_other_candidates():
    assert not np.array_equal(Evolution(5, 6, 0.1, False, 0).ask(), Evolution(5, 6, 0.1, False, 1).ask())


def test_an_empty_history_and_what_is_no_fitness():
    search = Evolution(5, 6, 0.1, False, 0)
    assert search.history.shape == (0, 6)
    search.repeat(search.history)
    assert search.generation == 0
    for wrong in ([1.0, 2.0], [np.nan] * 6):
        with pytest.raises(SuiteError, match="a generation of 6 candidates wants as many finite numbers"):
            search.tell(np.array(wrong))
