"""From a value back to its share."""

import math

import pytest

from sim_suite.driving.storyboard.distributions import Choices, Histogram, Normal, Poisson, Uniform
from sim_suite.errors import SuiteError

SHARES = [0.0, 0.01, 0.25, 0.5, 0.77, 0.999]


@pytest.mark.parametrize(
    "smooth",
    [
        Uniform(3.0, 7.0),
        Normal(2.0, 4.0),
        Normal(2.0, 4.0, 1.0, 3.0),
        Normal(0.1, 0.5, 0.2, math.inf, log=True),
        Histogram((0.0, 1.0, 5.0, 6.0), (1.0, 2.0, 1.0)),
    ],
)
@pytest.mark.parametrize("share", SHARES)
def test_share_and_value_are_a_round_trip(smooth, share):
    assert smooth.share_of(smooth.at(share)) == pytest.approx(share, abs=1e-9)


@pytest.mark.parametrize(
    "steps",
    [
        Uniform(1.0, 9.0, 2.0),
        Choices((3.0, 1.0, 2.0)),
        Choices((1.0, 2.0), (1.0, 3.0)),
        Poisson(2.5),
        Poisson(2.5, 1.0, 3.0),
    ],
)
@pytest.mark.parametrize("share", SHARES)
def test_a_values_share_leads_to_the_value(steps, share):
    value = steps.at(share)
    assert steps.at(steps.share_of(value)) == value


def test_shares_by_hand():
    assert Uniform(10.0, 20.0).share_of(12.5) == 0.25
    assert Uniform(1.0, 3.0, 1.0).share_of(2.0) == 0.5
    assert Choices(("a", "b", "c")).share_of("b") == 0.5
    assert Choices((1.0, 2.0), (1.0, 3.0)).share_of(2.0) == 0.625
    assert Histogram((0.0, 1.0, 3.0), (1.0, 3.0)).share_of(2.0) == 0.625
    assert Poisson(1.0).share_of(0.0) == pytest.approx(math.exp(-1.0) / 2)


def test_values_outside_have_the_nearest_share_below_one():
    for distribution in (Uniform(0.0, 1.0), Normal(0.0, 1.0, -1.0, 1.0), Histogram((0.0, 1.0), (1.0,))):
        assert distribution.share_of(-9.0) == 0.0
        assert 0.999999 < distribution.share_of(9.0) < 1.0
    assert Uniform(2.0, 2.0).share_of(5.0) == 0.0
    with pytest.raises(SuiteError, match="none of the values"):
        Choices((1.0, 2.0)).share_of(3.0)
