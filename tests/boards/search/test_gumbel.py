"""The parts of the Gumbel search, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_suite.boards.search.gumbel import (
    completed_scores,
    inner_move,
    mixed_value,
    normalise,
    root_move,
    visits_asked,
)
from sim_suite.boards.search.rules import GumbelRule
from sim_suite.errors import SuiteError
from tests.boards.search.reference import halving

PRIOR = np.array([0.5, -1.0, 0.25, 0.25], np.float32)
"""Move 1 is illegal."""
VISITS = np.array([3, 0, 1, 0], np.int32)
SUMS = np.array([1.5, 0.0, -1.0, 0.0], np.float32)


def test_halving_by_hand():
    """Four moves and eight simulations: two rounds, of one visit each, then of two for the better half."""
    assert [visits_asked(4, 8, t) for t in range(8)] == [0, 0, 0, 0, 1, 1, 2, 2]
    assert [visits_asked(1, 5, t) for t in range(5)] == [0, 1, 2, 3, 4]


@settings(deadline=None)
@given(considered=st.integers(1, 40), budget=st.integers(1, 200))
def test_halving_as_the_paper_has_it(considered, budget):
    considered = min(considered, budget)
    assert [visits_asked(considered, budget, t) for t in range(budget)] == halving(considered, budget)


def test_the_mixed_value_by_hand():
    """Means 0.5 and -1 with priors 0.5 and 0.25: (0.25 - 0.25) / 0.75 = 0; so v_mix = (0.2 + 4 * 0) / 5."""
    assert mixed_value(PRIOR, VISITS, SUMS, 0.2) == pytest.approx(0.04)
    assert mixed_value(PRIOR, np.zeros(4, np.int32), SUMS, 0.2) == 0.2


def test_completed_scores_by_hand():
    """sigma(q) = (10 + 3) * 0.1 * (q + 1) / 2 over the means, and over v_mix = 0.04 where nothing was tried."""
    scores = np.zeros(4, np.float32)
    completed_scores(PRIOR, VISITS, SUMS, 0.2, 10.0, 0.1, scores)
    expected = np.log([0.5, 0.25, 0.25]) + 0.65 * np.array([1.5, 0.0, 1.04])
    assert scores[[0, 2, 3]] == pytest.approx(expected)
    assert scores[1] == -np.inf
    normalise(scores)
    assert scores[[0, 2, 3]] == pytest.approx(np.exp(expected) / np.exp(expected).sum())
    assert scores[1] == 0.0


def test_the_root_takes_the_best_of_those_with_as_many_visits():
    scores = np.array([1.0, -np.inf, 3.0, 2.0], np.float32)
    noise = np.array([0.0, 9.0, 0.0, 1.5], np.float32)
    visits = np.array([2, 1, 1, 1], np.int32)
    assert root_move(visits, noise, scores, 1) == 3
    assert root_move(visits, noise * 0, scores, 1) == 2
    assert root_move(visits, noise, scores, 2) == 0
    assert root_move(visits, noise, scores, 7) == -1


def test_below_the_root_visits_follow_the_policy():
    policy = np.array([0.6, 0.0, 0.3, 0.1], np.float32)
    visits = np.zeros(4, np.int32)
    for _ in range(1000):
        visits[inner_move(visits, policy)] += 1
    assert visits / 1000 == pytest.approx(policy, abs=0.002)


def test_impossible_rules_are_refused():
    with pytest.raises(SuiteError, match="considered of at least 1"):
        GumbelRule(considered=0)
