"""What a trip's report holds, that it does not depend on the frame, and that infractions never raise a score."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from trips_by_hand import hit, others, seen_from_elsewhere, straight, wandering

from sim_suite.driving.metrics.report import score_trip
from sim_suite.driving.metrics.trip import TripEvent
from sim_suite.driving.world.kinds import ActorKind, EventKind

SCORES = ("driving_score_1_0", "driving_score_2_0", "driving_score_2_1", "nuplan_score")


def test_a_perfect_trip():
    found = score_trip(straight(speed=10, seconds=100, route=1000))
    assert [found[name] for name in SCORES] == [100, 100, 100, 100]
    assert found["route_completion"] == 100
    assert found["min_ttc_s"] == 3.0
    assert found["min_pet_s"] == 5.0
    assert found["infractions_per_km"] == 0
    assert found["comfort"] == 1
    assert str(found["most_braking_mps2"]) == "0.0"  # tables would show a negative zero
    assert list(found) == sorted(found)


def test_a_bad_trip_by_hand():
    """500 of 1,000 m, a car hit at 20 s, a red light run: 50 * 0.6 * 0.7 and 50 / 2.1."""
    events = (TripEvent(10.0, EventKind.RED_LIGHT, 100, 0), hit(20.0))
    trip = straight(speed=10, seconds=50, route=1000, events=events)
    found = score_trip(replace(trip, others=others(trip, (203.9, 0, 0, 0, ActorKind.CAR))))
    assert found["driving_score_1_0"] == pytest.approx(21)
    assert found["driving_score_2_0"] == pytest.approx(21)  # who stands asks for no speed
    assert found["driving_score_2_1"] == pytest.approx(50 / 2.1)
    assert found["nuplan_score"] == found["nuplan_no_at_fault_collision"] == 0
    assert found["at_fault_collisions"] == 1
    assert found["min_ttc_s"] == 0
    assert found["infractions_per_km"] == pytest.approx(4)
    assert found["red_lights_per_km"] == pytest.approx(2)


def test_a_route_that_the_simulator_calls_done_is_complete():
    trip = straight(speed=10, seconds=5.9, route=60)
    assert score_trip(trip)["route_completion"] == pytest.approx(100 * 59 / 60)
    done = replace(trip, events=(TripEvent(5.9, EventKind.ROUTE_DONE, 59, 0),))
    assert score_trip(done)["route_completion"] == 100


def test_what_was_not_recorded_is_absent():
    trip = straight()
    alone = score_trip(replace(trip, others=None))
    assert "driving_score_1_0" in alone
    assert not {"driving_score_2_0", "driving_score_2_1", "nuplan_score", "min_ttc_s", "min_pet_s"} & set(alone)
    blind = score_trip(replace(trip, road=None))
    assert not set(SCORES) & set(blind)
    assert {"route_completion", "comfort", "min_pet_s", "infractions_per_km"} <= set(blind)
    short = score_trip(straight(seconds=0.2))
    assert not {"comfort", "nuplan_score"} & set(short)


def test_an_ego_that_never_moves_has_no_time_to_collision_and_no_score():
    found = score_trip(straight(speed=0.0, seconds=20))
    assert "min_ttc_s" not in found
    assert [found[name] for name in SCORES] == [0, 0, 0, 0]
    assert found["nuplan_making_progress"] == 0


@pytest.mark.parametrize("seed", range(12))
def test_the_frame_does_not_matter(seed):
    trip = wandering(seed)
    here = score_trip(trip)
    there = score_trip(seen_from_elsewhere(trip, 2.4, -310.0, 125.0, 77.0))
    assert there == pytest.approx(here, abs=1e-6)
    assert len(set(here)) > 20


@pytest.mark.parametrize("seed", range(12))
def test_scores_stay_in_range_and_more_infractions_never_raise_one(seed):
    trip = wandering(seed)
    before = score_trip(trip)
    assert all(np.isfinite(value) for value in before.values())
    assert all(0 <= before[name] <= 100 for name in SCORES)
    partner = int(np.random.default_rng(seed).integers(1, 7))
    kind = int(trip.others.kind[0, partner - 1])
    for event in (
        hit(11.5, kind, partner),
        TripEvent(11.5, EventKind.RED_LIGHT, 0, 0),
        TripEvent(11.5, EventKind.STOP_SIGN, 0, 0),
    ):
        after = score_trip(replace(trip, events=(*trip.events, event)))
        assert all(after[name] <= before[name] + 1e-9 for name in SCORES)
