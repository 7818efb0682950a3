"""Throttle and brake by hand: power, friction, drag, rolling resistance, reverse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_suite.driving.dynamics.longitudinal import drive_accel

GRAVITY = 9.81
PLAIN = {
    "power_per_kg": 80.0,
    "max_drive": 5.0,
    "max_brake": 10.0,
    "drag_per_m": 3e-4,
    "rolling": 0.01,
    "top_speed": 50.0,
    "reverse_top_speed": 10.0,
}
ROLLING = 0.01 * GRAVITY


def accel(throttle=0.0, brake=0.0, speed=0.0, friction=1.0, **changes):
    values = (throttle, brake, speed, friction, *(PLAIN | changes).values())
    return drive_accel(*(np.float32(value) for value in values))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"throttle": 1, "speed": 10}, 5 - ROLLING - 0.03),  # the drive's own limit
        ({"throttle": 0.5, "speed": 10}, 2.5 - ROLLING - 0.03),
        ({"throttle": 1, "speed": 40}, 80 / 40 - ROLLING - 3e-4 * 1600),  # power
        ({"throttle": 1, "speed": 10, "friction": 0.2}, 0.2 * GRAVITY - ROLLING - 0.03),  # spinning wheels
        ({"throttle": 1, "speed": 50}, -ROLLING - 0.75),  # no drive at the top speed
        ({"brake": 0.5, "speed": 10}, -5 - ROLLING - 0.03),
        ({"brake": 1, "speed": 10}, -GRAVITY - ROLLING - 0.03),  # friction binds
        ({"brake": 1, "speed": 10, "friction": 0.3}, -0.3 * GRAVITY - ROLLING - 0.03),
        ({"brake": 0.5, "speed": -10}, 5 + ROLLING + 0.03),
        ({"brake": 1, "throttle": 1, "speed": 10}, 5 - GRAVITY - ROLLING - 0.03),  # the stronger wins
        ({"speed": 20}, -ROLLING - 0.12),  # coasting
        ({"speed": -20}, ROLLING + 0.12),
        ({"throttle": 1}, 5 - ROLLING),  # setting off
        ({"throttle": -1}, -5 + ROLLING),  # into reverse
        ({"throttle": 0.01}, 0),  # too little to roll
        ({"brake": 1}, 0),
        ({"brake": 1, "throttle": 0.7}, 0),  # held by the brake
        ({"throttle": -1, "speed": -10}, ROLLING + 0.03),  # no drive at the top speed of reverse
        ({"throttle": -1, "speed": 10}, -5 - ROLLING - 0.03),  # reverse against the motion brakes
        ({"throttle": 3, "brake": -2, "speed": 10}, 5 - ROLLING - 0.03),  # cut to their ranges
    ],
)
def test_by_hand(given, expected):
    assert accel(**given) == pytest.approx(expected, abs=1e-5)


def test_full_throttle_ends_at_the_speed_where_power_meets_resistance():
    """80 / v = 0.0981 + 3e-4 v^2 at 62.7 m/s."""
    speed = 0.0
    for _ in range(20_000):
        speed += 0.05 * accel(throttle=1, speed=speed, top_speed=100)
    assert speed * (ROLLING + 3e-4 * speed**2) == pytest.approx(80, rel=1e-3)


@settings(max_examples=300, deadline=None)
@given(*(st.floats(-bound, bound, width=32) for bound in (64, 64, 1024)), st.floats(0, 2, width=32))
def test_the_wheels_never_give_more_than_friction(throttle, brake, speed, friction):
    given = accel(throttle, brake, speed, friction)
    resistance = ROLLING + 3e-4 * speed**2
    assert np.isfinite(given)
    assert abs(given) <= (friction * GRAVITY + resistance) * (1 + 1e-5)
    coast = accel(0, brake, speed, friction)
    assert coast * speed <= 0, "a brake alone never adds to the speed"
