"""nuPlan's terms and score by hand."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trips_by_hand import hit, others, road, straight

from sim_suite.driving.metrics.at_fault import at_fault_collisions, collision_score
from sim_suite.driving.metrics.drivable_area import drivable_area
from sim_suite.driving.metrics.driving_direction import driving_direction, most_against
from sim_suite.driving.metrics.nuplan_score import NuplanTerms, nuplan_score
from sim_suite.driving.metrics.progress import making_progress, progress_ratio
from sim_suite.driving.metrics.speed_limit import speed_limit
from sim_suite.driving.world.kinds import ActorKind

CAR = ActorKind.CAR
LEFT = np.pi / 2


def caused(x, y, yaw, speed, *, own_speed=10.0, between=False, time_s=1.0):
    """Whether the ego caused a collision at 1 s with one whose centre is at (x, y) then, seen from the ego."""
    trip = straight(speed=own_speed, seconds=2.0)
    start_x = own_speed * time_s + x - speed * np.cos(yaw) * time_s
    around = others(trip, (start_x, y - speed * np.sin(yaw) * time_s, yaw, speed, CAR))
    trip = replace(trip, others=around, events=(hit(time_s),), road=road(21, between_lanes=np.full(21, between)))
    return len(at_fault_collisions(trip, trip.road, trip.others)) == 1


@pytest.mark.parametrize(
    ("what", "place", "expected"),
    [
        ("runs into one that stands", (3.9, 0, 0, 0), True),
        ("grazes one that stands beside it", (-1, 1.9, 0, 0), True),
        ("grazes one that drives beside it", (-1, 1.9, 0, 9), False),
        ("runs into a slower one", (3.9, 0, 0, 5), True),
        ("is run into from behind", (-3.9, 0, 0, 15), False),
        ("is hit in the side", (0, -2.9, LEFT, 5), False),
        ("hits with its bumper who crosses", (2.9, -1, LEFT, 5), True),
    ],
)
def test_who_caused_a_collision(what, place, expected):
    assert caused(*place) is expected, what


def test_sideways_the_ego_is_at_fault_between_lanes_only():
    assert caused(0, -2.9, LEFT, 5, between=True)
    assert not caused(-3.9, 0, 0, 15, between=True)


def test_an_ego_that_stands_causes_nothing():
    assert not caused(3.9, 0, np.pi, 5, own_speed=0.0)
    assert caused(3.9, 0, np.pi, 5, own_speed=0.06)


def test_the_contact_is_where_it_happened_between_two_samples():
    """0.05 s after the sample at 1.0 s: there the car ahead is 0.3 m off the bumper, at the contact it touches it."""
    trip = straight(seconds=2.0)
    around = others(trip, (14.3 - 4.0, 0, 0, 4, CAR))  # 10.3 + 4 m ahead at 1 s, where the ego's front is at 12
    trip = replace(trip, others=replace(around, pose=around.pose.copy()), events=(hit(1.05),))
    trip.others.pose[11:] += 50.0  # what the crash did to it
    assert len(at_fault_collisions(trip, trip.road, trip.others)) == 1


def test_one_partner_counts_once_and_unknown_ones_are_the_egos_fault():
    trip = straight(seconds=2.0)
    events = (hit(0.5, partner=9), hit(1.0, partner=9), hit(1.5, ActorKind.OBSTACLE, partner=-1))
    trip = replace(trip, events=events)
    assert [event.time_s for event in at_fault_collisions(trip, trip.road, trip.others)] == [0.5, 1.5]


@pytest.mark.parametrize(
    ("kinds", "score"),
    [
        ([], 1),
        ([CAR], 0),
        ([ActorKind.PEDESTRIAN], 0),
        ([ActorKind.BICYCLE], 0),
        ([ActorKind.PARKED], 0),
        ([ActorKind.OBSTACLE], 0.5),
        ([-1], 0.5),
        ([ActorKind.OBSTACLE] * 2, 0),
        ([ActorKind.OBSTACLE, CAR], 0),
    ],
)
def test_collision_score(kinds, score):
    assert collision_score([hit(1.0, kind) for kind in kinds]) == score


def test_drivable_area():
    assert drivable_area(np.zeros(5, bool)) == 1
    assert drivable_area(np.array([False, True, False])) == 0


def test_driving_direction():
    """Backward at 3 m/s for 0.6 s is 1.8 m, for 1 s and longer 3 m; at 7 m/s it is 7 m."""
    pose = straight().pose
    lane = np.zeros(101)
    assert driving_direction(pose, lane, 0.1) == 1
    for speed, samples, metres, score in ((3, 6, 1.8, 1), (3, 10, 3, 0.5), (3, 60, 3, 0.5), (7, 60, 7, 0)):
        back = pose.copy()
        back[:, 0] = np.cumsum(
            np.where(np.arange(101) < 20, 1.0, np.where(np.arange(101) < 20 + samples, -speed * 0.1, 0))
        )
        assert most_against(back, lane, 0.1) == pytest.approx(metres)
        assert driving_direction(back, lane, 0.1) == score
        assert driving_direction(back, np.full(101, np.nan), 0.1) == 1


def test_driving_against_the_lane_is_against_it_whatever_the_car_faces():
    assert driving_direction(straight(speed=10).pose, np.full(101, np.pi), 0.1) == 0
    assert driving_direction(straight(speed=10).pose, np.full(101, LEFT), 0.1) == 1


def test_progress():
    assert progress_ratio(300, 1000) == 0.3
    assert progress_ratio(1200, 1000) == 1
    assert progress_ratio(0, 1000) == 0.002
    assert progress_ratio(-2.1, 1000) == 0
    assert progress_ratio(0, 1) == 1
    assert (making_progress(0.2), making_progress(0.199)) == (1, 0)


def test_speed_limit():
    limit = np.full(11, 10.0)
    assert speed_limit(np.full(11, 10.0), limit) == 1
    half = np.where(np.arange(11) < 5, 10 + 2.23, 0)
    assert speed_limit(half, limit) == pytest.approx(0.5)
    assert speed_limit(np.full(11, 14.0), limit) == 0
    assert speed_limit(np.full(11, 99.0), np.full(11, np.nan)) == 1
    assert speed_limit(-half, limit) == pytest.approx(0.5)


ALL = NuplanTerms(1, 1, 1, 1, 1, 1, 1, 1)


def test_nuplan_score():
    assert nuplan_score(ALL) == 100
    for factor in ("no_at_fault_collision", "drivable_area", "driving_direction", "making_progress"):
        assert nuplan_score(replace(ALL, **{factor: 0.0})) == 0
        assert nuplan_score(replace(ALL, **{factor: 0.5})) == 50
    for term, weight in (("progress", 5), ("ttc_within_bound", 5), ("speed_limit", 4), ("comfort", 2)):
        assert nuplan_score(replace(ALL, **{term: 0.0})) == pytest.approx(100 * (1 - weight / 16))
    assert nuplan_score(replace(ALL, progress=0.4, comfort=0)) == pytest.approx(100 * (2 + 5 + 4) / 16)


SHARE = st.floats(0, 1)


@given(st.builds(NuplanTerms, *[SHARE] * 8), st.sampled_from([item.name for item in fields(NuplanTerms)]), SHARE)
def test_a_worse_term_never_raises_the_score(terms, name, value):
    score = nuplan_score(terms)
    assert 0 <= score <= 100 + 1e-9
    assert nuplan_score(replace(terms, **{name: min(value, getattr(terms, name))})) <= score + 1e-9
