"""Boxes, time to collision and post-encroachment time by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from trips_by_hand import hit, others, road, straight

from sim_suite.driving.metrics.boxes import boxes_touch
from sim_suite.driving.metrics.post_encroachment import post_encroachment_time
from sim_suite.driving.metrics.time_to_collision import relevant, time_to_collision, within_bound
from sim_suite.driving.world.kinds import ActorKind

CAR = ActorKind.CAR
LEFT = np.pi / 2


def touch(x, y, yaw, size=(4.0, 2.0)):
    zero = np.zeros(3)
    return bool(boxes_touch(zero, np.array([4.0, 2.0]), np.array([x, y, yaw]), np.array(size)))


@pytest.mark.parametrize(
    ("x", "y", "yaw", "expected"),
    [
        (4.0, 0, 0, True),
        (4.01, 0, 0, False),
        (0, 2.0, 0, True),
        (0, 2.01, 0, False),
        (3.0, 0, LEFT, True),
        (3.01, 0, LEFT, False),
        # A box turned by 45 degrees: its corner reaches 3 / sqrt(2) = 2.12 m along either axis.
        (4.12, 0, np.pi / 4, True),
        (4.13, 0, np.pi / 4, False),
        # Its end lies on x + y = 4.17, beyond the corner (2, 1): only the turned box's own axis tells them apart.
        (4.0, 3.0, np.pi / 4, False),
        (3.42, 2.42, np.pi / 4, False),
        (3.41, 2.41, np.pi / 4, True),
    ],
)
def test_boxes(x, y, yaw, expected):
    assert touch(x, y, yaw) is expected


def test_boxes_agree_with_points_inside_of_them():
    """Boxes touch if a fine grid of points in one has a member in the other; grids miss only slivers."""
    rng = np.random.default_rng(0)
    u, v = np.meshgrid(np.linspace(-0.5, 0.5, 60), np.linspace(-0.5, 0.5, 60))
    slivers = 0
    for _ in range(400):
        x, y, yaw = rng.uniform(-5, 5), rng.uniform(-5, 5), rng.uniform(-4, 4)
        size = rng.uniform(0.5, 5, 2)
        px = x + u * size[0] * np.cos(yaw) - v * size[1] * np.sin(yaw)
        py = y + u * size[0] * np.sin(yaw) + v * size[1] * np.cos(yaw)
        inside = bool(((abs(px) <= 2) & (abs(py) <= 1)).any())
        assert inside <= touch(x, y, yaw, size)
        slivers += inside != touch(x, y, yaw, size)
    assert slivers <= 8


def ttc(trip, at_fault=()):
    return time_to_collision(trip, trip.road, trip.others, at_fault)


def test_time_to_one_who_stands_ahead():
    """From the origin at 10 m/s: 21.5 m ahead centre to centre, 17.5 m between bumpers, so 1.8 s on the grid; a sample
    later it is 1 m less. Beyond 3 s (exclusive) nothing is found."""
    trip = straight(seconds=1.0)
    times = ttc(replace(trip, others=others(trip, (21.5, 0, 0, 0, CAR))))
    assert times[:3] == pytest.approx([1.8, 1.7, 1.6])
    times = ttc(replace(trip, others=others(trip, (34.5, 0, 0, 0, CAR))))
    assert times[:3] == pytest.approx([np.inf, np.inf, 2.9])


def test_time_to_a_slower_one_and_to_one_that_crosses():
    trip = straight(seconds=0.5)
    slower = ttc(replace(trip, others=others(trip, (14.4, 0, 0, 5, CAR))))
    assert slower == pytest.approx([2.1, 2.0, 1.9, 1.8, 1.7, 1.6])
    # It drives north at 5 m/s on x = 20 from y = -12.9: |y| <= 3 from 1.98 s on, and |x - 20| <= 3 from 1.7 to 2.3 s.
    crosses = others(trip, (20, -12.9, LEFT, 5, CAR))
    assert np.isinf(ttc(replace(trip, others=crosses))[0])  # 31 degrees off the heading, seen from the rear axle
    assert ttc(replace(trip, road=road(6, in_junction=np.ones(6, bool)), others=crosses))[0] == pytest.approx(2.0)


def test_who_is_relevant():
    trip = straight(seconds=0.1)
    users = [(20, 0, 0, 0), (20, 13, 0, 0), (0, 5, 0, 0), (-20, 0, 0, 30), (-20, 9, 0, 30)]
    trip = replace(trip, others=others(trip, *[(*user, CAR) for user in users]))
    assert relevant(trip, trip.road, trip.others)[0].tolist() == [True, False, False, False, False]
    wide = road(2, between_lanes=np.array([True, False]))
    found = relevant(trip, wide, trip.others)
    assert found[0].tolist() == [True, True, True, False, False]
    assert found[1].tolist() == [True, False, False, False, False]


def test_no_time_while_the_ego_stands_nor_for_whom_it_has_hit():
    trip = straight(speed=0.0, seconds=1.0)
    assert np.isinf(ttc(replace(trip, others=others(trip, (4.5, 0, np.pi, 9, CAR))))).all()
    trip = straight(seconds=1.0)
    trip = replace(trip, others=others(trip, (10.5, 0, 0, 0, CAR)), events=(hit(0.5),))
    times = ttc(trip)
    assert np.isfinite(times[:5]).all()
    assert np.isinf(times[5:]).all()
    assert ttc(trip, trip.events)[5] == 0


def test_the_bound_is_exclusive():
    assert within_bound(np.array([0.96, np.inf])) == 1
    assert within_bound(np.array([0.95])) == 0


def pet(*users, seconds=6.0, speed=10.0):
    trip = straight(speed=speed, seconds=seconds)
    trip = replace(trip, others=others(trip, *users))
    return post_encroachment_time(trip, trip.others)


def test_post_encroachment_of_one_who_crosses_after_the_ego():
    """The ego's rear leaves x = 21.05 after 2.3 s; whose front drives north from y = -20.9 at 5 m/s comes to the ego's side,
    y = -1, at the sample at 4.0 s."""
    assert pet((20.05, -22.9, LEFT, 5, CAR)) == pytest.approx(1.7)


def test_post_encroachment_of_one_who_crossed_before():
    """Its rear leaves y = 1 after 1.0 s (from -4.05 at 5 m/s); the ego's front comes to x = 18.95 at 1.7 s."""
    assert pet((19.95, -2.05, LEFT, 5, CAR)) == pytest.approx(0.7)


def test_a_meeting_is_0_and_no_crossing_is_none():
    assert pet((20, -10, LEFT, 5, CAR)) == 0  # both there at 2 s
    assert pet((20, 0, 0, 5, CAR)) is None  # follows the same way
    assert pet((60, 0, np.pi, 5, CAR)) is None  # comes along it
    assert pet((20, -2.5, LEFT, 0, ActorKind.PARKED)) is None
    assert pet((20, -60, LEFT, 5, CAR), seconds=12) is None  # 9 s later
    assert pet() is None
