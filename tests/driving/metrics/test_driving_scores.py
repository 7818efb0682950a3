"""CARLA's driving scores by hand, and what no infraction may ever do."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.driving.metrics.driving_score_1_0 import driving_score_1_0
from sim_suite.driving.metrics.driving_score_2_0 import driving_score_2_0
from sim_suite.driving.metrics.driving_score_2_1 import driving_score_2_1
from sim_suite.driving.metrics.infractions import Infractions

EACH = [item.name for item in fields(Infractions)]
COUNTS = st.builds(Infractions, **{name: st.integers(0, 4) for name in EACH})
PERCENT = st.floats(0, 100)
SLOW = st.lists(st.floats(0, 100), max_size=4)


@pytest.mark.parametrize(
    ("kind", "first", "second", "third"),
    [
        ("pedestrian_collisions", 0.5, 0.5, 1 / 2.0),
        ("vehicle_collisions", 0.6, 0.6, 1 / 1.7),
        ("static_collisions", 0.65, 0.65, 1 / 1.6),
        ("red_lights", 0.7, 0.7, 1 / 1.4),
        ("stop_signs", 0.8, 0.8, 1 / 1.25),
        ("scenario_timeouts", 1.0, 0.7, 1 / 1.4),
        ("emergency_vehicles_blocked", 1.0, 0.7, 1 / 1.4),
    ],
)
def test_one_infraction_of_each_kind(kind, first, second, third):
    once = Infractions(**{kind: 1})
    assert driving_score_1_0(100, once, 0) == pytest.approx(100 * first)
    assert driving_score_2_0(100, once, 0, ()) == pytest.approx(100 * second)
    assert driving_score_2_1(100, once, 0, ()) == pytest.approx(100 * third)


def test_infractions_multiply_until_2_0_and_add_in_2_1():
    several = Infractions(pedestrian_collisions=1, vehicle_collisions=2, red_lights=1, scenario_timeouts=1)
    assert driving_score_1_0(80, several, 0) == pytest.approx(80 * 0.5 * 0.36 * 0.7)
    assert driving_score_2_0(80, several, 0, ()) == pytest.approx(80 * 0.5 * 0.36 * 0.7 * 0.7)
    assert driving_score_2_1(80, several, 0, ()) == pytest.approx(80 / (1 + 1.0 + 2 * 0.7 + 0.4 + 0.4))


def test_slow_stretches_count_in_proportion():
    """42.58 % of the traffic's speed gives a factor of 0.82774 in results that the leaderboard 2.0 published."""
    assert driving_score_2_0(100, Infractions(), 0, (42.58,)) == pytest.approx(82.774)
    assert driving_score_2_0(100, Infractions(), 0, (0, 0)) == pytest.approx(49)
    assert driving_score_2_1(100, Infractions(), 0, (0, 50)) == pytest.approx(100 / 1.6)


def test_what_was_driven_outside_of_the_lanes_counts_as_not_driven():
    for score in (
        driving_score_1_0(60, Infractions(), 25),
        driving_score_2_0(60, Infractions(), 25, ()),
        driving_score_2_1(60, Infractions(), 25, ()),
    ):
        assert score == pytest.approx(45)


def scores(completion, counts, outside, slow):
    return (
        driving_score_1_0(completion, counts, outside),
        driving_score_2_0(completion, counts, outside, slow),
        driving_score_2_1(completion, counts, outside, slow),
    )


@given(PERCENT, COUNTS, PERCENT, SLOW, st.sampled_from(EACH), PERCENT)
def test_scores_lie_between_0_and_100_and_no_infraction_raises_one(completion, counts, outside, slow, kind, percent):
    before = scores(completion, counts, outside, slow)
    assert all(0 <= score <= 100 for score in before)
    worse = replace(counts, **{kind: getattr(counts, kind) + 1})
    for changed in (
        scores(completion, worse, outside, slow),
        scores(completion, counts, outside, [*slow, percent]),
        scores(completion, counts, min(outside + percent, 100), slow),
        scores(min(completion, percent), counts, outside, slow),
    ):
        assert all(later <= earlier + 1e-9 for earlier, later in zip(before, changed, strict=True))
