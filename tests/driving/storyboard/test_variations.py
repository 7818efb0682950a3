"""Variations: what they draw, what is set, what constraints reject."""

from __future__ import annotations

import pytest

from sim_suite.driving.storyboard.criteria import NoCollision
from sim_suite.driving.storyboard.distributions import Choices
from sim_suite.driving.storyboard.elements.positions import LanePosition
from sim_suite.driving.storyboard.numbers import P
from sim_suite.driving.storyboard.parameters import Constraint, Parameter, choose, vary
from sim_suite.driving.storyboard.script import Ego, write
from sim_suite.driving.storyboard.variations import at, draw, share_of
from sim_suite.errors import SuiteError, UnknownNameError

RANGES = (vary("gap_m", 10.0, 50.0, usual=40.0), vary("speed", 5.0, 15.0, usual=10.0), choose("side", -1.0, 1.0))


def scenario(parameters=RANGES, constraints=()):
    ego = Ego(LanePosition("1", -1, 10.0), 5.0)
    return write(
        name="s", map="highway", ego=ego, criteria=(NoCollision(),), parameters=parameters, constraints=constraints
    )


def test_number_0_is_the_usual_one_and_others_draw():
    usual, first, second = draw(scenario(), 7, [0, 1, 2])
    assert usual.values == {"gap_m": 40.0, "speed": 10.0, "side": -1.0}
    assert usual.id == "7-0"
    assert first.values["gap_m"] == 10.0 + 40.0 * share_of("gap_m", 7, 1)
    assert first.values["side"] in (-1.0, 1.0)
    assert first.values != second.values


def test_a_variation_is_the_same_in_any_batch_and_beside_other_settings():
    many = draw(scenario(), 3, range(50))
    assert draw(scenario(), 3, [17])[0] == many[17]
    assert draw(scenario(), 3, [17, 4]) == [many[17], many[4]]
    held = draw(scenario(), 3, [17], {"speed": 9.0})[0]
    assert held.values == {**many[17].values, "speed": 9.0}
    assert draw(scenario(RANGES[:1]), 3, [17])[0].values["gap_m"] == many[17].values["gap_m"]
    assert draw(scenario(), 4, [17])[0].values != many[17].values


def test_shares_are_even_and_below_1():
    shares = [share_of("x", 0, number) for number in range(4000)]
    assert 0.0 <= min(shares) < 0.01
    assert 0.99 < max(shares) < 1.0
    for k in range(10):  # 400 each, of standard deviation 19
        assert abs(sum(k / 10 <= share < (k + 1) / 10 for share in shares) - 400) < 80
    assert share_of("x", 0, 1) == share_of("x", 0, 1, 0) != share_of("x", 0, 1, 1)


def test_what_breaks_a_constraint_is_drawn_anew():
    slower = Constraint(P.speed, "lessThan", P.gap_m / 4)
    kept = scenario((RANGES[0], vary("speed", 5.0, 15.0, usual=6.0)), (slower,))
    for one in draw(kept, 1, range(200)):
        assert one.values["speed"] < one.values["gap_m"] / 4
    assert draw(kept, 1, [33])[0] == draw(kept, 1, range(200))[33]


def test_constraints_that_cannot_be_met():
    never = Constraint(P.speed, "greaterThan", 20.0)
    with pytest.raises(SuiteError, match="speed=10"):
        draw(scenario(constraints=(never,)), 0, [0])
    kept = scenario((vary("speed", 5.0, 15.0, usual=10.0),), (Constraint(P.speed, "notEqualTo", 10.0),))
    with pytest.raises(SuiteError, match="break a constraint"):
        draw(kept, 0, [0])
    with pytest.raises(SuiteError, match="1000 draws"):
        draw(scenario(constraints=(never,)), 0, [1])
    with pytest.raises(SuiteError, match="break a constraint"):
        draw(kept, 0, [1], {"speed": "10"})


def test_settings_are_read_by_their_types():
    parameters = (
        Parameter("many", 3.0, type="integer"), Parameter("wet", False, Choices((True, False)), type="boolean"),
        Parameter("word", "a", type="string"), Parameter("x", 1.0),
    )  # fmt: skip
    said = scenario(parameters)
    assert draw(said, 0, [0])[0].values == {"many": 3.0, "wet": 0.0, "x": 1.0}
    for wet in (True, "true", " TRUE ", "1", 1.0):
        assert draw(said, 0, [5], {"wet": wet, "many": 4, "word": "b"})[0].values == {"many": 4.0, "wet": 1.0, "x": 1.0}
    for name, value in (("many", "2.5"), ("many", 2.5), ("many", "inf"), ("wet", "yes"), ("x", "fast"), ("x", "nan")):
        with pytest.raises(SuiteError, match=f"parameter {name} is of type"):
            draw(said, 0, [0], {name: value})
    with pytest.raises(UnknownNameError, match="many"):
        draw(said, 0, [0], {"mani": 1.0})


def test_a_search_asks_by_shares():
    found = at(scenario(), 2, 9, {"gap_m": 0.5, "speed": 0.0}, {"side": "1"})
    assert (found.id, found.values) == ("2-9", {"gap_m": 30.0, "speed": 5.0, "side": 1.0})


def test_what_is_no_range():
    with pytest.raises(SuiteError, match="usual value of x"):
        vary("x", 0.0, 1.0, usual=2.0)
    with pytest.raises(SuiteError, match="usual value of x"):
        choose("x", 0.0, 1.0, usual=2.0)
    with pytest.raises(UnknownNameError, match="integer"):
        Parameter("x", 1.0, type="intege")
