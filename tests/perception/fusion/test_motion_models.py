"""Motion of road users: by hand, and Jacobians against finite differences."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.fusion.motion_models import constant_velocity, turning


def test_constant_velocity_by_hand():
    transition, noise = constant_velocity(2.0, 3.0)
    assert (transition @ [1.0, 2.0, 3.0, 4.0]).tolist() == [7.0, 10.0, 3.0, 4.0]
    # An acceleration of 3 held for 2 s: 6 m and 6 m/s.
    assert noise[np.ix_([0, 2], [0, 2])].tolist() == [[36.0, 36.0], [36.0, 36.0]]
    assert noise[0, 1] == noise[0, 3] == 0.0


def test_a_quarter_of_a_circle():
    # 10 m/s at 0.5 rad/s is a circle of 20 m; after a quarter of it one stands 20 m ahead and 20 m to the left.
    after, _, _ = turning(np.array([1.0, 2.0, 0.0, 10.0, 0.5]), math.pi, 0.0, 0.0)
    assert after == pytest.approx([21.0, 22.0, math.pi / 2, 10.0, 0.5])


def test_straight_on_is_the_limit():
    start = np.array([[0.0, 0.0, 0.7, 10.0, turn] for turn in (0.0, 1e-9, 1.9e-4, 2.1e-4)])
    after, jacobian, _ = turning(start, 0.5, 0.0, 0.0)
    assert after[:2, :2] == pytest.approx(np.full((2, 2), 5.0) * [math.cos(0.7), math.sin(0.7)], abs=1e-7)
    # Both ways of computing meet.
    assert after[2, :2] == pytest.approx(after[3, :2], abs=3e-5)
    assert jacobian[2] == pytest.approx(jacobian[3], abs=1e-4)


numbers = st.tuples(
    st.floats(-50, 50), st.floats(-50, 50), st.floats(-3, 3), st.floats(-20, 40), st.floats(-1.5, 1.5)
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(numbers, st.floats(0.01, 1.0))
def test_the_jacobian_is_the_slope(state, dt_s):
    state, step = np.array(state), 1e-5
    _, jacobian, _ = turning(state, dt_s, 0.0, 0.0)
    for column in range(5):
        off = step * np.eye(5)[column]
        slope = (turning(state + off, dt_s, 0.0, 0.0)[0] - turning(state - off, dt_s, 0.0, 0.0)[0]) / (2 * step)
        assert jacobian[:, column] == pytest.approx(slope, abs=1e-4)


def test_noise_of_a_turning_car_by_hand():
    _, _, noise = turning(np.array([0.0, 0.0, 0.0, 5.0, 0.0]), 2.0, 3.0, 0.5)
    # Heading east, an acceleration of 3 for 2 s: 6 m east, 6 m/s; of the turn rate 0.5: 1 rad and 1 rad/s.
    assert noise[np.ix_([0, 3], [0, 3])] == pytest.approx(np.full((2, 2), 36.0))
    assert noise[np.ix_([2, 4], [2, 4])] == pytest.approx(np.ones((2, 2)))
    assert noise[1].tolist() == [0.0] * 5
