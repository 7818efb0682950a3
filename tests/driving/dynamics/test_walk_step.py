"""Pedestrians: to the goal, at their speed, not beyond it, with accelerations that legs can give."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_suite.driving.dynamics.walking import MAX_ACCEL, walk_step
from tests.driving.dynamics.dynamics_by_hand import DT, in_float64


def walked(ticks, pose, goal, wish):
    for _ in range(ticks):
        pose = walk_step(*(np.float32(value) for value in (*pose, *goal, wish, DT)))
    return pose


def test_its_speed_comes_near_the_wish_by_the_relaxation_time():
    """From rest after n ticks: wish * (1 - (1 - dt / tau)^n), the driving term in Euler steps."""
    for ticks in (1, 10, 40):
        x, y, yaw, speed = walked(ticks, (0, 0, 0, 0), (60, 80), 1.4)
        assert speed == pytest.approx(1.4 * (1 - 0.9**ticks), rel=1e-4)
        assert yaw == pytest.approx(math.atan2(80, 60), rel=1e-5)
        assert y == pytest.approx(x * 80 / 60, rel=1e-4)


def test_it_stops_on_its_goal_and_looks_on():
    x, y, yaw, speed = walked(400, (0, 0, 0, 0), (-3, 4), 1.4)
    assert (x, y) == pytest.approx((-3, 4), abs=0.01)
    assert speed == 0
    assert yaw == pytest.approx(math.atan2(4, -3), abs=1e-4)


def test_it_never_walks_past_its_goal():
    pose = (0, 0, 0, 0)
    for _ in range(400):
        pose = walked(1, pose, (3, 0), 3.0)
        assert pose[0] <= 3.0 + 1e-4


def test_no_wish_stops_it():
    pose = walked(50, (0, 0, 1.0, 1.4), (100, 0), 0.0)
    assert pose[3] == 0
    assert pose[2] == pytest.approx(1.0, abs=1e-4)


def test_float32_keeps_to_float64():
    wide, random = in_float64().walk_step, np.random.default_rng(0)
    for _ in range(200):
        given = np.float32(random.uniform([-50, -50, -3, 0, -50, -50, 0, DT], [50, 50, 3, 3, 50, 50, 3, DT]))
        exact = wide(*map(float, given))
        assert walk_step(*given) == pytest.approx(exact, rel=1e-5, abs=1e-5)


@settings(max_examples=300, deadline=None)
@given(
    st.tuples(*(st.floats(-bound, bound, width=32) for bound in (1024, 1024, 4))), st.floats(0, 8, width=32),
    st.tuples(*(st.floats(-bound, bound, width=32) for bound in (1024, 1024))), st.floats(-8, 8, width=32),
)  # fmt: skip
def test_its_acceleration_is_limited(place, speed, goal, wish):
    x, y, yaw, new_speed = after = walked(1, (*place, speed), goal, wish)
    assert np.isfinite(after).all()
    before = speed * np.array([math.cos(place[2]), math.sin(place[2])])
    change = new_speed * np.array([math.cos(yaw), math.sin(yaw)]) - before
    assert np.hypot(*change) <= 2 * MAX_ACCEL * DT + 0.03, "its own, and a stop that cannot wait"
    assert math.hypot(x - place[0], y - place[1]) <= new_speed * DT + 1e-3
    assert new_speed <= max(speed, abs(wish)) + 1e-3
