"""Ratings: by hand, against an independent optimiser, and what cannot be rated."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from sim_suite.errors import SuiteError
from sim_suite.leaderboard.arena.elo import connected, elo, with_prior
from sim_suite.leaderboard.arena.rating import exponentials, rate, total_points


def table(rows):
    return np.array(rows, np.float64)


@pytest.mark.parametrize(("share", "points"), [(0.75, 190.848), (0.5, 0.0), (10 / 11, 400.0), (0.64, 99.951)])
def test_two_players_by_hand(share, points):
    """400 log10(p / (1 - p)): 75 % of the points are worth 190.8."""
    found = elo(table([[0, 100 * share], [100 * (1 - share), 0]]))
    assert found[0] - found[1] == pytest.approx(points, abs=1e-3)
    assert found.sum() == pytest.approx(0.0, abs=1e-9)


def test_a_drawn_game_is_half_a_won_and_half_a_lost_one():
    drawn = total_points([(0, 0, 1, 0.5), (0, 1, 0, 0.5), (1, 0, 1, 1.0), (1, 1, 0, 0.5)], 2, 2).sum(axis=0)
    assert drawn.tolist() == [[0.0, 2.5], [1.5, 0.0]]
    assert elo(drawn)[0] - elo(drawn)[1] == pytest.approx(400 * np.log10(2.5 / 1.5))


def test_a_chain_adds_up():
    """A meets B, and B meets C; A and C never meet: 75 % twice."""
    found = elo(table([[0, 3, 0], [1, 0, 3], [0, 1, 0]]))
    assert found[0] - found[2] == pytest.approx(2 * 190.8485, abs=1e-3)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=6, max_size=6))
def test_three_players_against_another_optimiser(scored):
    points = np.zeros((3, 3))
    points[~np.eye(3, dtype=bool)] = np.array(scored) / 2

    def loss(free):
        ratings = np.array([*free, 0.0])
        chance = 1 / (1 + 10 ** ((ratings[None, :] - ratings[:, None]) / 400))
        return -(points * np.log(chance)).sum()

    free = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-10, "maxiter": 4000}).x
    found = elo(points)
    assert found[:2] - found[2] == pytest.approx(free, abs=0.05)


def test_each_of_a_batch_equals_it_alone():
    points = np.random.default_rng(1).uniform(0.5, 9, (5, 4, 4))
    together = elo(points)
    for one, alone in zip(together, points, strict=True):
        assert one == pytest.approx(elo(alone), abs=1e-6)


@pytest.mark.parametrize(
    "points",
    [
        [[0, 5], [0, 0]],
        [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]],
        [[0, 2, 3, 3], [2, 0, 3, 3], [0, 0, 0, 1], [0, 0, 1, 0]],
    ],
    ids=["a clean sheet", "two groups that never met", "a group that lost nothing"],
)
def test_what_has_no_finite_rating_is_refused(points):
    with pytest.raises(SuiteError, match="no finite ratings"):
        elo(table(points))


def test_a_won_and_a_lost_game_more_make_a_clean_sheet_finite():
    points = with_prior(table([[0, 20, 0], [0, 0, 0], [0, 0, 0]]))
    assert points.tolist() == [[0, 21, 0], [1, 0, 0], [0, 0, 0]], "who never met is given none"
    assert np.diff(elo(points[:2, :2]))[0] == pytest.approx(-400 * np.log10(21))


def test_who_is_connected():
    met = np.zeros((5, 5), bool)
    for one, other in ((0, 3), (3, 4)):
        met[one, other] = met[other, one] = True
    assert connected(met).tolist() == [0, 1, 2, 0, 0]


def games(pairs, openings, rng):
    """Each opening from both sides; pairs: {(one, other): chance that one wins}."""
    return [
        (opening, *((one, other) if side == 0 else (other, one)), float(rng.random() < (p if side == 0 else 1 - p)))
        for (one, other), p in pairs.items()
        for opening in range(openings)
        for side in (0, 1)
    ]


def test_ratings_stand_above_the_anchor_and_the_unconnected_have_none():
    points = total_points(games({(0, 1): 0.7, (1, 2): 0.8}, 40, np.random.default_rng(0)), 40, 4)
    found = rate(points, anchor=2, resamples=200)
    assert found.order == (0, 1, 2)
    assert found.elo[3] is None
    assert found.elo[2].point == 0.0
    assert found.elo[2].method == "none", "what is 0 by definition has no interval"
    assert found.elo[0].point == pytest.approx(found.leads[0].point + found.elo[1].point, abs=2e-3)
    assert found.leads[2] is None
    assert found.leads[3] is None


def test_an_anchor_without_games_leaves_the_mean_at_0():
    points = total_points([(0, 0, 1, 1.0), (0, 1, 0, 0.5)], 1, 3)
    found = rate(points, anchor=2, resamples=50)
    assert found.elo[2] is None
    assert found.elo[0].point == pytest.approx(-found.elo[1].point, abs=2e-3)


def test_nobody_is_rated_without_games():
    found = rate(np.zeros((3, 2, 2)), anchor=0, resamples=10)
    assert found.elo == (None, None)
    assert found.order == ()


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """True lead 190.8; of 200 tournaments of 40 openings at 95 %, 190 should hold it: below 180 has a chance of 1 in 5,000."""
    rng, held = np.random.default_rng(7), 0
    for _ in range(200):
        lead = rate(total_points(games({(0, 1): 0.75}, 40, rng), 40, 2), anchor=1, resamples=400).elo[0]
        held += lead.low <= 190.85 <= lead.high
    assert 180 <= held < 200


def test_both_games_of_an_opening_stay_together():
    """Where the second game always repeats the first one's winner, half as much is known: intervals are wider by about sqrt(2)."""
    winner = [1.0] * 30 + [0.0] * 10
    repeated = [(k, 0, 1, w) for k, w in enumerate(winner)] + [(k, 1, 0, 1 - w) for k, w in enumerate(winner)]
    apart = [(k, 0, 1, w) for k, w in enumerate(winner * 2)]
    paired = rate(total_points(repeated, 40, 2), anchor=1).elo[0]
    single = rate(total_points(apart, 80, 2), anchor=1).elo[0]
    assert paired.point == pytest.approx(single.point)
    assert (paired.high - paired.low) / (single.high - single.low) == pytest.approx(2**0.5, rel=0.1)


def test_a_clean_sheet_has_a_lower_end_that_its_games_support():
    """100 wins of 100, each opening once: Clopper and Pearson's lower end is 0.025 ** (1 / 100), 570 points."""
    found = rate(total_points([(k, 0, 1, 1.0) for k in range(100)], 100, 2), anchor=1).elo[0]
    assert found.low == pytest.approx(400 * np.log10(0.025**0.01 / (1 - 0.025**0.01)), rel=0.03)
    assert found.high > found.point + 300


def test_equal_seeds_give_equal_ratings():
    points = total_points(games({(0, 1): 0.6, (0, 2): 0.7}, 10, np.random.default_rng(3)), 10, 3)
    assert rate(points, 0, resamples=50) == rate(points, 0, resamples=50)
    assert rate(points, 0, resamples=50) != rate(points, 0, seed=1, resamples=50)


def test_exponential_numbers():
    drawn = exponentials(np.uint64(5), 400, 250)
    assert drawn.min() > 0
    assert drawn.mean() == pytest.approx(1.0, abs=0.02)
    assert (drawn > 2).mean() == pytest.approx(np.exp(-2), abs=0.01)
    assert (drawn[:10] == exponentials(np.uint64(5), 10, 250)).all(), "more resamples begin with fewer"
