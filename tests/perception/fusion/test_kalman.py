"""The Kalman filter: by hand, against OpenCV's and against least squares over all data; the extended one equals it where all is linear."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.fusion.kalman import Belief, predict, predict_to, replaced, squared_distance, update, update_by, wrapped
from perception.fusion.motion_models import constant_velocity
from sim_suite.errors import SuiteError

F, Q = constant_velocity(0.1, 2.0)
H = np.eye(2, 4)
R = np.diag([0.3, 0.5]) ** 2
START = Belief(np.array([1.0, -2.0, 0.5, 0.0]), np.diag([4.0, 4.0, 9.0, 9.0]))


def measured(count, seed=0):
    return np.cumsum(np.random.default_rng(seed).normal(0.1, 0.4, (count, 2)), axis=0)


def test_one_number_by_hand():
    # Prior 0 with variance 1, measured 2 with variance 1: halfway, and half as uncertain.
    after, innovation = update(Belief(np.zeros(1), np.eye(1)), np.array([2.0]), np.eye(1), np.eye(1))
    assert after.mean == pytest.approx([1.0])
    assert after.covariance[0, 0] == pytest.approx(0.5)
    assert (innovation.residual[0], innovation.covariance[0, 0]) == (2.0, 2.0)
    later = predict(after, np.array([[3.0]]), np.array([[0.25]]))
    assert (later.mean[0], later.covariance[0, 0]) == pytest.approx((3.0, 9 * 0.5 + 0.25))


def test_opencvs_filter_says_the_same():
    other = cv2.KalmanFilter(4, 2, 0, cv2.CV_64F)
    other.transitionMatrix, other.processNoiseCov, other.measurementMatrix, other.measurementNoiseCov = F, Q, H, R
    other.statePost, other.errorCovPost = START.mean[:, None].copy(), START.covariance.copy()
    belief = START
    for z in measured(300):
        belief, _ = update(predict(belief, F, Q), z, H, R)
        other.predict()
        other.correct(z[:, None])
    assert belief.mean == pytest.approx(other.statePost[:, 0], abs=1e-9)
    assert belief.covariance == pytest.approx(other.errorCovPost, abs=1e-9)


def test_the_last_belief_is_least_squares_over_all_data():
    # Without process noise the state is the first one moved on: weighted least squares of every measurement and the prior.
    data, still = measured(40), np.zeros((4, 4))
    belief = START
    rows, values, weights = [np.eye(4)], [START.mean], [np.linalg.inv(START.covariance)]
    moved = np.eye(4)
    for z in data:
        belief, _ = update(predict(belief, F, still), z, H, R)
        moved = F @ moved
        rows.append(H @ moved), values.append(z), weights.append(np.linalg.inv(R))
    information = sum(a.T @ w @ a for a, w in zip(rows, weights, strict=True))
    first = np.linalg.solve(information, sum(a.T @ w @ z for a, w, z in zip(rows, weights, values, strict=True)))
    assert belief.mean == pytest.approx(moved @ first, abs=1e-9)
    assert belief.covariance == pytest.approx(moved @ np.linalg.inv(information) @ moved.T, abs=1e-9)


def test_the_extended_filter_equals_it_on_a_linear_case():
    # In coordinates that are turned and stretched the same case has other numbers; turned back they are the same to 1e-9.
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    full = np.kron(np.eye(2), 3.0 * turn)
    linear = START
    extended = Belief(full @ START.mean, full @ START.covariance @ full.T)
    back = np.linalg.inv(full)
    for z in measured(500, seed=1):
        linear, _ = update(predict(linear, F, Q), z, H, R)
        moving, seeing = full @ F @ back, H @ back
        extended = predict_to(extended, full @ (F @ (back @ extended.mean)), moving, full @ Q @ full.T)
        extended, _ = update_by(extended, z - (back @ extended.mean)[:2], seeing, R)
    assert back @ extended.mean == pytest.approx(linear.mean, abs=1e-9)
    assert back @ extended.covariance @ back.T == pytest.approx(linear.covariance, abs=1e-9)


def test_josephs_form_stays_positive_where_the_short_form_does_not():
    # Sharp measurements of a vague state: (I - K H) P loses its digits, and with them the sign of a variance.
    dice, noise = np.random.default_rng(0), 1e-6 * np.eye(1)
    spread = dice.normal(size=(4, 4))
    short = prior = 1e10 * spread @ spread.T
    belief, least, short_least = Belief(np.zeros(4), prior), 0.0, 0.0
    for _ in range(30):
        seeing = dice.normal(size=(1, 4))
        belief, _ = update(belief, np.zeros(1), seeing, noise)
        gain = short @ seeing.T / (seeing @ short @ seeing.T + noise)
        short = (np.eye(4) - gain @ seeing) @ short
        least = min(least, np.linalg.eigvalsh(belief.covariance).min())
        short_least = min(short_least, np.linalg.eigvalsh(0.5 * (short + short.T)).min())
        assert np.array_equal(belief.covariance, belief.covariance.T)
    assert least > -1e-6
    assert short_least < -1e-5


def test_a_batch_is_each_alone_and_unused_measurements_change_nothing():
    rng = np.random.default_rng(2)
    spread = rng.normal(size=(5, 4, 4))
    batch = Belief(rng.normal(size=(5, 4)), spread @ np.swapaxes(spread, 1, 2))
    z, used = rng.normal(size=(5, 2)), np.array([True, False, True, True, False])
    moved = predict(batch, F, Q)
    after, innovation = update(moved, z, H, R, used)
    for i in range(5):
        alone, surprise = update(predict(Belief(batch.mean[i], batch.covariance[i]), F, Q), z[i], H, R)
        if used[i]:
            assert after.mean[i] == pytest.approx(alone.mean, abs=1e-12)
            assert after.covariance[i] == pytest.approx(alone.covariance, abs=1e-12)
            assert innovation.residual[i] == pytest.approx(surprise.residual, abs=1e-12)
        else:
            assert np.array_equal(after.mean[i], moved.mean[i])
            assert after.covariance[i] == pytest.approx(moved.covariance[i], abs=1e-12)


def test_squared_distances_by_hand():
    assert squared_distance(np.array([[2.0, 3.0]]), np.diag([4.0, 9.0])[None]) == pytest.approx([2.0])


@settings(max_examples=50, deadline=None)
@given(st.floats(-1e4, 1e4))
def test_angles_come_back_within_a_turn(angle):
    found = wrapped(np.array(angle))
    assert -np.pi <= found < np.pi
    assert np.cos(found - angle) == pytest.approx(1.0)


def test_a_measurement_that_cannot_be_weighed_is_refused():
    with pytest.raises(SuiteError, match="give it some noise"):
        update(Belief(np.zeros(1), np.zeros((1, 1))), np.ones(1), np.eye(1), np.zeros((1, 1)))


def test_a_part_that_is_replaced_by_what_an_update_makes_of_it_is_that_update():
    dice = np.random.default_rng(4)
    root = dice.normal(size=(3, 4, 4))
    belief = Belief(dice.normal(size=(3, 4)), root @ np.swapaxes(root, -1, -2))
    part = np.broadcast_to(dice.normal(size=(2, 4)), (3, 2, 4))
    after, _ = update(belief, dice.normal(size=(3, 2)), part, np.broadcast_to(R, (3, 2, 2)))
    off = np.einsum("bij,bj->bi", part, after.mean - belief.mean)
    again = replaced(belief, off, part, part @ after.covariance @ np.swapaxes(part, -1, -2))
    np.testing.assert_allclose(again.mean, after.mean, atol=1e-12)
    np.testing.assert_allclose(again.covariance, after.covariance, atol=1e-12)


def test_a_part_is_never_known_worse_than_before():
    part = np.eye(2, 4)
    narrow_wide = np.diag([1.0, 100.0])  # of 4 and 4 before
    after = replaced(START, np.zeros(2), part, narrow_wide)
    np.testing.assert_allclose(after.covariance, np.diag([1.0, 4.0, 9.0, 9.0]), atol=1e-12)
    np.testing.assert_array_equal(after.mean, START.mean)
