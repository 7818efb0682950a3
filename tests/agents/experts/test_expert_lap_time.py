"""The lap time and its gradient: straight and circle by hand, the gradient against finite differences."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.experts.lap_time import Geometry, Grip, geometry, lap_time, speed_limit
from agents.experts.race_car import TOP_SPEED_MPS, TRACTION_MPS2

GRIP = Grip(corner_mps2=200.0, brake_mps2=130.0)


def arc(radius: float, points: int, step_rad: float) -> np.ndarray:
    angle = np.arange(points) * step_rad
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def test_curvature_of_a_circle_is_one_over_its_radius_and_positive_to_the_left():
    left = geometry(arc(20.0, 9, 0.1))
    assert left.curvature[1:-1] == pytest.approx(1 / 20)
    assert left.spacing == pytest.approx(2 * 20 * math.sin(0.05))
    assert geometry(arc(20.0, 9, -0.1)).curvature[1:-1] == pytest.approx(-1 / 20)


def test_a_corner_is_taken_at_the_root_of_grip_times_radius():
    limit = speed_limit(geometry(arc(20.0, 9, 0.1)), GRIP)
    assert limit[1:-1] == pytest.approx(math.sqrt(200 * 20))


def test_braking_for_a_corner_follows_constant_deceleration():
    shape = Geometry(np.ones(11), np.array([0.0] * 10 + [0.1]))
    limit = speed_limit(shape, GRIP)
    assert limit[10] ** 2 == pytest.approx(200 / 0.1)
    # In the corner all grip is used across, of which one hundredth is granted to the brakes; before it all of them.
    assert limit[9] ** 2 == pytest.approx(2000 + 2 * 130 * 0.01)
    assert limit[3] ** 2 == pytest.approx(limit[9] ** 2 + 6 * 2 * 130)


def test_no_line_is_faster_than_the_physics_engine():
    assert speed_limit(Geometry(np.ones(4), np.zeros(5)), GRIP) == pytest.approx(TOP_SPEED_MPS)


def test_a_short_straight_is_driven_at_full_traction_from_three_metres_a_second():
    line = np.stack([np.arange(6.0), np.zeros(6)], axis=1)
    seconds, _ = lap_time(line, GRIP, smoothness_s=7.0)
    last = math.sqrt(9 + 2 * TRACTION_MPS2 * 5)
    assert seconds == pytest.approx((last - 3) / TRACTION_MPS2)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_the_gradient_is_that_of_finite_differences(seed):
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, 5, 40)
    line = np.stack([40 * np.cos(angle) + 6 * np.sin(3 * angle), 30 * np.sin(angle)], axis=1)
    line += rng.normal(0, 0.1, line.shape)
    _, gradient = lap_time(line, GRIP, smoothness_s=30.0)
    direction = rng.normal(size=line.shape)
    ahead, behind = (lap_time(line + sign * 1e-7 * direction, GRIP, 30.0)[0] for sign in (1, -1))
    assert (gradient * direction).sum() == pytest.approx((ahead - behind) / 2e-7, rel=1e-4, abs=1e-4)
