"""Where values of parameters come from: each distribution by hand."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest

from sim_suite.driving.storyboard.distributions import Choices, Histogram, Normal, Poisson, Uniform
from sim_suite.errors import SuiteError

JUST_BELOW_1 = 1.0 - 2.0**-53


def test_uniform():
    assert [Uniform(2.0, 6.0).at(share) for share in (0.0, 0.25, 0.5)] == [2.0, 3.0, 4.0]
    assert Uniform(2.0, 6.0).at(JUST_BELOW_1) <= 6.0
    assert Uniform(3.0, 3.0).at(0.7) == 3.0


def test_uniform_by_steps_has_every_value_equally_often():
    steps = Uniform(0.0, 0.3, 0.1)
    assert steps.count == 4
    assert [round(steps.at((k + 0.5) / 4), 9) for k in range(4)] == [0.0, 0.1, 0.2, 0.3]
    assert steps.at(JUST_BELOW_1) == pytest.approx(0.3)
    assert Uniform(0.0, 1.0, 0.4).at(JUST_BELOW_1) == 0.8  # high itself is no step


def test_choices_by_weight():
    assert [Choices((1.0, 2.0, 3.0, 4.0)).at(share) for share in (0.0, 0.25, 0.5, 0.99)] == [1.0, 2.0, 3.0, 4.0]
    weighted = Choices((1.0, 2.0, 3.0), (1.0, 0.0, 3.0))
    assert [weighted.at(share) for share in (0.2, 0.25, 0.9, JUST_BELOW_1)] == [1.0, 3.0, 3.0, 3.0]


def test_normal():
    assert Normal(5.0, 4.0).at(0.5) == pytest.approx(5.0)
    assert Normal(5.0, 4.0).at(0.8) == pytest.approx(NormalDist(5.0, 2.0).inv_cdf(0.8))
    assert math.isfinite(Normal(5.0, 4.0).at(0.0))
    half = Normal(0.0, 1.0, low=0.0)
    assert half.at(0.5) == pytest.approx(NormalDist().inv_cdf(0.75))
    assert half.at(0.0) == 0.0
    assert Normal(0.0, 1.0, 30.0, 40.0).at(0.5) == 30.0  # beyond what numbers tell apart
    log = Normal(1.0, 0.25, log=True)
    assert log.at(0.5) == pytest.approx(math.e)
    assert Normal(1.0, 0.25, 1.0, 2.0, log=True).at(JUST_BELOW_1) == pytest.approx(2.0)


def test_histogram():
    bins = Histogram((0.0, 1.0, 3.0, 4.0), (1.0, 2.0, 0.0))
    assert [bins.at(share) for share in (0.0, 1 / 6, 2 / 3)] == [0.0, pytest.approx(0.5), pytest.approx(2.0)]
    assert 2.99 < bins.at(JUST_BELOW_1) <= 3.0


def test_poisson():
    shares = [math.exp(-2.0) * 2.0**k / math.factorial(k) for k in range(4)]
    assert [Poisson(2.0).at(sum(shares[:k]) + 1e-9) for k in range(4)] == [0.0, 1.0, 2.0, 3.0]
    assert Poisson(2.0).at(JUST_BELOW_1) < 40.0
    assert Poisson(499.0).at(0.5) == pytest.approx(499.0, abs=1.0)


def test_poisson_within_bounds_keeps_the_shares_of_the_counts_within():
    two_or_three = Poisson(2.0, 1.5, 3.5)  # 2 is as often as 3 twice over 3
    assert [two_or_three.at(share) for share in (0.0, 0.59, 0.61, JUST_BELOW_1)] == [2.0, 2.0, 3.0, 3.0]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Uniform(2.0, 1.0), lambda: Uniform(0.0, math.inf), lambda: Uniform(0.0, 1.0, 0.0), lambda: Choices(()),
        lambda: Choices((1.0, 2.0), (1.0,)), lambda: Choices((1.0, 2.0), (0.0, 0.0)), lambda: Choices((1.0, 2.0), (2.0, -1.0)),
        lambda: Normal(0.0, 0.0), lambda: Normal(0.0, 1.0, 2.0, 1.0), lambda: Histogram((0.0, 1.0), ()),
        lambda: Histogram((0.0, 1.0, 1.0), (1.0, 1.0)), lambda: Histogram((0.0, 1.0), (0.0,)), lambda: Poisson(0.0),
        lambda: Poisson(2.0, 3.0, 2.0), lambda: Poisson(2.0, 1.2, 1.8),
    ],
)  # fmt: skip
def test_what_is_no_distribution(wrong):
    with pytest.raises(SuiteError):
        wrong()
