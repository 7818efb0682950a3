"""The car-following formulas against values by hand, and against what they are for: no contact, a stop at the line."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.traffic.idm import (
    COMFORT_BRAKE,
    FREE,
    GAP_STANDING_M,
    HARDEST_BRAKE,
    follow_accel,
    free_accel,
    stop_accel,
)

MOST, HEADWAY, STANDING = 1.6, 1.3, float(GAP_STANDING_M)
DT = 0.05


def free(speed, wish, most=MOST):
    return float(free_accel(np.float32(speed), np.float32(wish), np.float32(most)))


def follow(speed, leader, gap, headway=HEADWAY, most=MOST, standing=STANDING):
    return float(follow_accel(*(np.float32(value) for value in (speed, leader, gap, headway, most, standing))))


def stop(speed, distance):
    return float(stop_accel(np.float32(speed), np.float32(distance)))


@pytest.mark.parametrize(
    ("speed", "accel"),
    [(0.0, 1.6), (5.0, 1.6 * (1 - 0.5**4)), (10.0, 0.0), (11.0, 1.6 * (1 - 1.1**4)), (30.0, -float(COMFORT_BRAKE))],
)
def test_on_an_empty_road_by_hand(speed, accel):
    assert free(speed, 10.0) == pytest.approx(accel, rel=1e-5, abs=1e-6)


def test_behind_a_leader_by_hand():
    # s* = 2 + 10 * 1.3 = 15 at equal speeds.
    assert follow(10.0, 10.0, 15.0) == pytest.approx(-1.6, rel=1e-5)
    assert follow(10.0, 10.0, 30.0) == pytest.approx(-0.4, rel=1e-5)
    # Closing at 10 m/s adds v dv / (2 sqrt(a b)).
    wanted = 2.0 + 20.0 * 1.3 + 20.0 * 10.0 / (2.0 * math.sqrt(1.6 * float(COMFORT_BRAKE)))
    assert follow(20.0, 10.0, 50.0) == pytest.approx(-1.6 * (wanted / 50.0) ** 2, rel=1e-5)
    # A leader that flees leaves the standing gap alone to be kept.
    assert follow(5.0, 25.0, 4.0) == pytest.approx(-1.6 * (2.0 / 4.0) ** 2, rel=1e-5)


def test_an_overlap_is_finite_and_brakes():
    assert -1e6 < follow(5.0, 0.0, -3.0) < float(HARDEST_BRAKE)


@pytest.mark.parametrize("speed", [0.0, 5.0, 9.0])
def test_at_the_equilibrium_gap_nothing_changes(speed):
    """(s0 + v T) / sqrt(1 - (v / v0)^4): what eq. 2 gives where the acceleration is 0."""
    gap = (STANDING + speed * HEADWAY) / math.sqrt(1 - (speed / 10.0) ** 4)
    assert free(speed, 10.0) + follow(speed, speed, gap) == pytest.approx(0.0, abs=1e-5)


def test_a_follower_settles_at_the_equilibrium_gap_without_contact():
    speed, gap = 18.0, 60.0
    for _ in range(4000):
        accel = max(free(speed, 20.0) + follow(speed, 8.0, gap), float(HARDEST_BRAKE))
        speed = max(speed + accel * DT, 0.0)
        gap += (8.0 - speed) * DT
        assert gap > 0.0
    assert speed == pytest.approx(8.0, abs=0.01)
    assert gap == pytest.approx((STANDING + 8.0 * HEADWAY) / math.sqrt(1 - 0.4**4), abs=0.05)


@pytest.mark.parametrize("speed", [2.0, 5.0, 10.0, 14.0, 20.0, 28.0])
@pytest.mark.parametrize("spare", [1.0, 1.5, 4.0])
def test_it_stops_within_half_a_metre_of_the_line(speed, spare):
    """From `spare` times the distance that comfortable braking needs."""
    distance = spare * speed * speed / (2.0 * float(COMFORT_BRAKE)) + 0.5
    hardest = 0.0
    for _ in range(2000):
        accel = min(free(speed, max(speed, 3.0)), stop(speed, distance))
        if distance > 0.3:
            hardest = min(hardest, accel)
        speed = max(speed + accel * DT, 0.0)
        distance -= speed * DT
        if speed == 0.0:
            break
    assert speed == 0.0
    assert -0.1 <= distance <= 0.5
    assert hardest >= -1.7 * float(COMFORT_BRAKE)


def test_far_before_a_line_nothing_needs_to_be_done():
    assert stop(10.0, 100.0) == float(FREE)
    assert stop(0.0, 50.0) == float(FREE)


def test_too_near_it_brakes_as_hard_as_it_can():
    assert stop(20.0, 1.0) == float(HARDEST_BRAKE)
    assert stop(3.0, -1.0) == float(HARDEST_BRAKE)
