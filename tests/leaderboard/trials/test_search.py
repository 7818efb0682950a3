"""The search for failures, on objectives whose smallest failure is known."""

import math
from dataclasses import replace

import pytest
from example_trials import choose, judged, scenario, small_gap, trial, vary

from sim_suite.driving.storyboard.numbers import P
from sim_suite.driving.storyboard.parameters import Constraint
from sim_suite.driving.storyboard.variations import draw
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.trials.search import LEAST_MOVE, search_failures

CORNER = scenario(parameters=(vary("a", 0, 1, usual=0.2), vary("b", 0, 10, usual=2)))


def corner(one):
    """Fails where a > 0.7 and b > 6; severity leads there."""
    a, b = one.values["a"], one.values["b"] / 10.0
    return judged(one, a > 0.7 and b > 0.6, severity=min(a, 0.7) / 1.4 + min(b, 0.6) / 1.2)


def many(judge):
    asked = []

    def run(variations):
        asked.extend(variations)
        return [judge(one) for one in variations]

    run.asked = asked
    return run


def test_smallest_failure_is_the_corner():
    found = search_failures(trial(corner, shown=CORNER), many(corner))
    assert found.smallest.values["a"] == pytest.approx(0.7, abs=2 * LEAST_MOVE)
    assert found.smallest.values["b"] == pytest.approx(6.0, abs=20 * LEAST_MOVE)
    assert not corner_of(found).passed
    assert found.distance == pytest.approx(math.hypot(0.5, 0.4), abs=3 * LEAST_MOVE)


def corner_of(found):
    return corner(replace(draw(CORNER, 0, [0])[0], values=found.smallest.values))


def test_no_parameter_of_the_smallest_can_be_moved_nearer_alone():
    found = search_failures(trial(corner, shown=CORNER), many(corner))
    usual = draw(CORNER, 0, [0])[0]
    for name, width in (("a", 1.0), ("b", 10.0)):
        nearer = {**found.smallest.values, name: found.smallest.values[name] - LEAST_MOVE * width}
        assert corner(replace(usual, values=nearer)).passed


def test_rounds_fail_more_and_more_often_from_a_trial_that_never_fails():
    def rare(one):
        a, b = one.values["a"], one.values["b"] / 10.0
        return judged(one, a > 0.95 and b > 0.95, severity=(a + b) / 2)

    begun = trial(rare, 50, shown=CORNER)
    assert begun.passed
    found = search_failures(begun, many(rare), rounds=6)
    assert found.rounds[0].failed == 0
    assert found.rounds[-1].failure_rate > 0.3
    assert [one.number for one in found.rounds] == list(range(7))
    assert found.smallest is not None
    assert found.rounds[-1].centre["a"] > 0.9


def test_equal_trials_give_equal_searches_and_seeds_differ():
    begun = trial(corner, shown=CORNER)
    assert search_failures(begun, many(corner), rounds=2) == search_failures(begun, many(corner), rounds=2)
    one, other = many(corner), many(corner)
    search_failures(begun, one, rounds=1)
    search_failures(replace(begun, seed=1), other, rounds=1)
    assert one.asked[0].values != other.asked[0].values


def test_a_found_variation_is_run_again_by_its_values():
    found = search_failures(trial(corner, shown=CORNER), many(corner))
    a, b = found.smallest.values["a"], found.smallest.values["b"]
    assert found.smallest.id.startswith("cem:0-")
    assert found.command == f"sim-suite run cut_in.py --agent idm --variation 0-0 --set a={a!r} b={b!r}"
    settings = {"a": repr(a), "b": repr(b)}
    assert draw(CORNER, 0, [0], settings)[0].values == found.smallest.values


def test_ids_are_unique():
    judge = many(corner)
    search_failures(trial(corner, shown=CORNER), judge)
    ids = [one.id for one in judge.asked]
    assert len(set(ids)) == len(ids)


def test_settings_are_kept_and_constraints_hold():
    shown = scenario(
        parameters=(vary("a", 0, 1, usual=0.2), vary("b", 0, 10, usual=2), vary("c", 0, 1, usual=0.5)),
        constraints=(Constraint(P.a, "lessThan", P.b),),
    )
    judge = many(corner)
    search_failures(trial(corner, shown=shown, fixed={"c": "0.25"}, settings={"c": "0.25"}), judge, rounds=2)
    assert {one.values["c"] for one in judge.asked} == {0.25}
    assert all(one.values["a"] < one.values["b"] for one in judge.asked)


def test_unavoidable_failures_are_no_findings():
    begun = trial(small_gap)
    found = search_failures(begun, many(small_gap), rounds=2, avoidable_only=True)
    assert all(one.avoidable for one in found.found)
    assert found.smallest.avoidable
    assert found.rounds[0].failed == sum(not one.passed and one.avoidable for one in begun.verdicts)
    hopeless = many(lambda one: replace(small_gap(one), avoidable=False))
    nothing = trial(lambda one: replace(small_gap(one), avoidable=False))
    assert search_failures(nothing, hopeless, rounds=1, avoidable_only=True).smallest is None
    with pytest.raises(SuiteError, match="labelled"):
        search_failures(trial(lambda one: replace(small_gap(one), avoidable=None)), hopeless, avoidable_only=True)


def test_choices_go_back_to_the_usual_one_where_they_do_not_matter():
    shown = scenario(parameters=(vary("gap_m", 0, 100, usual=50), choose("lanes", 1, 2, 3, usual=2)))
    found = search_failures(trial(small_gap, shown=shown), many(small_gap), rounds=1)
    assert found.smallest.values["lanes"] == 2.0
    assert found.smallest.values["gap_m"] == pytest.approx(30.0, abs=200 * LEAST_MOVE)
    assert found.smallest.values["gap_m"] < 30.0


def test_a_scenario_without_variation_is_refused():
    with pytest.raises(SuiteError, match="nothing varies"):
        search_failures(trial(settings={"gap_m": "1", "speed_mps": "2"}), many(small_gap))
