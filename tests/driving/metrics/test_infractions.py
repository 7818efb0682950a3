"""Which events count, how far a route is done, and rates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from trips_by_hand import hit, others, road, straight

from sim_suite.driving.metrics.infractions import Infractions, count_infractions
from sim_suite.driving.metrics.min_speed import slow_stretches
from sim_suite.driving.metrics.outside_lanes import outside_lanes_percent
from sim_suite.driving.metrics.rates import per_km
from sim_suite.driving.metrics.route_completion import route_completion
from sim_suite.driving.metrics.trip import TripEvent
from sim_suite.driving.world.kinds import ActorKind, EventKind
from sim_suite.errors import SuiteError


def counted(*events, **changes):
    return count_infractions(straight(events=events, **changes))


@pytest.mark.parametrize(
    ("kind", "group"),
    [
        (ActorKind.PEDESTRIAN, "pedestrian_collisions"),
        (ActorKind.CAR, "vehicle_collisions"),
        (ActorKind.TRUCK, "vehicle_collisions"),
        (ActorKind.BUS, "vehicle_collisions"),
        (ActorKind.BICYCLE, "vehicle_collisions"),
        (ActorKind.PARKED, "vehicle_collisions"),
        (ActorKind.OBSTACLE, "static_collisions"),
        (-1, "static_collisions"),
    ],
)
def test_collisions_are_counted_by_what_was_hit(kind, group):
    assert counted(hit(2.0, kind)) == Infractions(**{group: 1})


def test_lights_and_signs_are_counted_and_other_events_are_not():
    events = [TripEvent(float(i), kind, 0, 0) for i, kind in enumerate(EventKind) if kind != EventKind.COLLISION]
    assert counted(*events) == Infractions(red_lights=1, stop_signs=1)


def test_timeouts_and_emergency_vehicles_come_from_the_trip():
    found = counted(scenario_timeouts=2, emergency_vehicles_blocked=1)
    assert found == Infractions(scenario_timeouts=2, emergency_vehicles_blocked=1)


def test_contacts_at_one_place_are_one_collision_until_it_is_left():
    """At 10 m/s, 5 m are left behind after half a second; another partner then counts."""
    assert counted(hit(2.0, partner=1), hit(2.4, partner=2)).vehicle_collisions == 1
    assert counted(hit(2.0, partner=1), hit(2.8, partner=2)).vehicle_collisions == 2


def test_contacts_with_one_partner_within_5_s_are_one_collision():
    assert counted(hit(2.0), hit(4.0)).vehicle_collisions == 1
    assert counted(hit(2.0), hit(7.5)).vehicle_collisions == 2


def test_whoever_stands_has_not_collided():
    assert counted(hit(2.0)).vehicle_collisions == 1
    assert count_infractions(straight(speed=0.05, events=(hit(2.0),))) == Infractions()


def test_it_is_the_speed_before_the_contact_that_counts():
    """Crashes stop cars: the sample at the contact may show 0."""
    trip = straight()
    trip.speed_mps[20:] = 0.0
    assert count_infractions(replace(trip, events=(hit(2.0),))).vehicle_collisions == 1


def test_route_completion():
    assert route_completion(250, 1000) == 25
    assert route_completion(-3, 1000) == 0
    assert route_completion(989, 1000) == pytest.approx(98.9)
    assert route_completion(991, 1000) == 100
    assert route_completion(1985, 2000) == pytest.approx(99.25)  # 15 m are left
    assert route_completion(1200, 1000) == 100


def test_outside_share_is_that_of_progress():
    progress = np.array([0.0, 10, 20, 20, 30, 50])
    assert outside_lanes_percent(progress, np.array([1, 0, 1, 1, 0, 1], bool)) == pytest.approx(100 * 30 / 50)
    assert outside_lanes_percent(np.zeros(3), np.ones(3, bool)) == 0


def test_rates_per_kilometre():
    assert per_km(3, 50, 2000) == 3
    assert per_km(2, 0, 2000) == 2000  # CARLA's least distance: a metre


def test_slow_stretches_are_the_quarters_in_which_traffic_was_faster():
    """400 m in 40 s: quarters of 10 s. Traffic drives 20 m/s, then 8 m/s from the third on."""
    trip = straight(speed=10, seconds=40, route=400)
    around = others(trip, (0, 50, 0, 20, ActorKind.CAR), (0, 60, 0, 99, ActorKind.PEDESTRIAN))
    around.speed_mps[200:, 0] = 8.0
    assert slow_stretches(replace(trip, others=around)) == pytest.approx((50, 50))
    assert slow_stretches(replace(trip, others=None)) is None
    assert slow_stretches(trip) == ()


def test_a_stretch_is_judged_at_its_end_and_the_last_at_95_per_cent():
    for seconds, judged in ((9.9, 0), (10, 1), (37.9, 3), (38, 4)):
        trip = straight(speed=10, seconds=seconds, route=400)
        around = others(trip, (0, 50, 0, 20, ActorKind.CAR))
        assert len(slow_stretches(replace(trip, others=around))) == judged


def test_traffic_that_stands_asks_for_no_speed():
    trip = straight(speed=10, seconds=40, route=400)
    assert slow_stretches(replace(trip, others=others(trip, (0, 50, 0, 0, ActorKind.CAR)))) == ()


def test_shapes_are_checked():
    trip = straight()
    with pytest.raises(SuiteError, match="progress_m has the shape"):
        replace(trip, progress_m=trip.progress_m[1:])
    with pytest.raises(SuiteError, match="equal intervals"):
        replace(trip, time_s=trip.time_s**2)
    with pytest.raises(SuiteError, match="not finite"):
        replace(trip, speed_mps=trip.speed_mps * np.nan)
    with pytest.raises(SuiteError, match="speed_limit_mps has the shape"):
        replace(trip, road=road(3))
    with pytest.raises(SuiteError, match="positive length"):
        replace(trip, route_length_m=0.0)
