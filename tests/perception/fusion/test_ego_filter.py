"""Where the ego is: what is believed at the start by sampling, Jacobians against finite differences, drives with and without errors."""

from __future__ import annotations

import math

import numpy as np
import pytest

from perception.fusion.ego import (
    ACCEL_BIAS,
    BIAS_X,
    GYRO_BIAS,
    SCALE,
    SIZE,
    SPEED,
    YAW,
    EgoFilter,
    X,
    Y,
)
from perception.fusion.kalman import Belief
from sim_suite.driving.sensors.navigation.gnss import GnssSpec
from sim_suite.driving.sensors.navigation.imu import ImuSpec
from sim_suite.driving.sensors.navigation.odometry import OdometrySpec

NOTHING = EgoFilter(
    GnssSpec(0.0, 0.0, 0.0, 0.0), ImuSpec(**dict.fromkeys(vars(ImuSpec()), 0.0)), OdometrySpec(0.0, 0.0)
)
REAR = np.array([1.4])


def moved(mean, accel=0.7, turn=0.4, dt_s=0.05):
    return NOTHING.predict(Belief(mean, np.zeros((*mean.shape, SIZE))), *map(np.atleast_1d, (accel, turn)), REAR, dt_s)


def test_what_the_first_readings_say_is_as_uncertain_as_they_are():
    dice, count = np.random.default_rng(0), 200_000
    ego = EgoFilter(GnssSpec(1.5, bias_m=0.8), ImuSpec(), OdometrySpec(0.02, 0.1))
    true_yaw, true_speed = 0.6, 12.0
    n = dice.normal(size=(count, SIZE))
    bias, scale = 0.8 * n[:, 4:6], 0.02 * n[:, 8]
    heading, speed = true_yaw + 0.035 * n[:, 2], true_speed * (1 + scale) + 0.1 * n[:, 3]
    centre = REAR * np.array([math.cos(true_yaw), math.sin(true_yaw)])
    belief = ego.begin(centre + bias + 1.5 * n[:, :2], heading, speed, np.full(count, 1.4))
    true = np.stack([*np.zeros((2, count)), np.full(count, true_yaw), np.full(count, true_speed), *bias.T,
                     0.2 * n[:, 6], 8.7e-3 * n[:, 7], scale], axis=1)  # fmt: skip
    off = belief.mean - true
    found, said = np.cov(off.T), belief.covariance.mean(axis=0)
    scales = np.sqrt(np.diag(said))
    assert found / np.outer(scales, scales) == pytest.approx(said / np.outer(scales, scales), abs=0.02)


def test_the_jacobian_of_the_motion_is_its_slope():
    mean = np.array([3.0, -4.0, 0.8, 9.0, 0.3, -0.2, 0.15, 0.02, 0.01])
    for column in range(SIZE):
        # A belief that is uncertain in one number alone: after the step its covariance is the square of the Jacobian's column.
        one = np.eye(SIZE)[column]
        found = NOTHING.predict(Belief(mean, np.outer(one, one)), np.array(0.7), np.array(0.4), np.array(1.4), 0.05)
        slope = (moved(mean[None] + 1e-5 * one).mean - moved(mean[None] - 1e-5 * one).mean)[0] / 2e-5
        assert found.covariance == pytest.approx(np.outer(slope, slope), abs=1e-6)


def test_the_process_noise_is_what_noisy_readings_do():
    dice, count, dt_s = np.random.default_rng(1), 200_000, 0.05
    ego = EgoFilter(
        NOTHING.gnss, ImuSpec(**(vars(NOTHING.imu) | {"accel_noise": 0.2, "gyro_noise": 0.05})), NOTHING.odometry
    )
    mean = np.array([0.0, 0.0, 0.3, 15.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    said = ego.predict(
        Belief(mean, np.zeros((SIZE, SIZE))), np.array(0.7), np.array(0.4), np.array(1.4), dt_s
    ).covariance
    accel = 0.7 + 0.2 / math.sqrt(dt_s) * dice.normal(size=count)
    turn = 0.4 + 0.05 / math.sqrt(dt_s) * dice.normal(size=count)
    many = Belief(np.broadcast_to(mean, (count, SIZE)), np.zeros((count, SIZE, SIZE)))
    found = np.cov(NOTHING.predict(many, accel, turn, np.full(count, 1.4), dt_s).mean.T)
    for row, column in ((X, X), (Y, Y), (YAW, YAW), (SPEED, SPEED), (YAW, Y), (SPEED, X)):
        assert found[row, column] == pytest.approx(said[row, column], rel=0.03)


def test_readings_without_errors_lead_exactly_round_a_circle():
    # 10 m/s at 0.5 rad/s round a circle of 20 m, felt at a centre 1.4 m before the axle, where the turn pulls inwards.
    dt_s, rate, speed = 0.05, 0.5, 10.0
    belief = Belief(np.array([[0.0, 0.0, 0.0, speed, *np.zeros(5)]]), np.zeros((1, SIZE, SIZE)))
    for _ in range(200):
        belief = NOTHING.predict(belief, np.array([-(rate**2) * 1.4]), np.array([rate]), REAR, dt_s)
    angle = 200 * dt_s * rate
    assert belief.mean[0, [X, Y]] == pytest.approx([20 * math.sin(angle), 20 * (1 - math.cos(angle))], abs=2e-3)
    assert belief.mean[0, SPEED] == pytest.approx(speed)
    assert math.cos(belief.mean[0, YAW] - angle) == pytest.approx(1.0)


def test_a_fix_moves_place_and_bias_by_their_shares():
    # Variances 4 of the place, 1 of the bias and 4 of the fix: of 9 m of surprise the place takes 4, the bias 1.
    ego = EgoFilter(GnssSpec(noise_m=2.0))
    covariance = np.diag([4.0, 4.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0])
    belief = Belief(np.zeros(SIZE), covariance)
    after, innovation = ego.update_gnss(belief, np.array([9.0 + 1.4, 0.0]), np.array(1.4))
    assert after.mean[[X, BIAS_X]] == pytest.approx([4.0, 1.0])
    assert innovation.residual == pytest.approx([9.0, 0.0])
    unused, _ = ego.update_gnss(
        Belief(belief.mean[None], covariance[None]), np.full((1, 2), np.nan), REAR, np.array([False])
    )
    assert np.array_equal(unused.mean[0], belief.mean)


def test_wheels_and_compass_correct_what_they_see():
    belief = Belief(np.array([0.0, 0.0, 3.1, 10.0, *np.zeros(5)]), np.diag([1, 1, 0.04, 0.5, 0, 0, 0, 0, 0.01]) * 1.0)
    after, innovation = EgoFilter().update_compass(belief, np.array(-3.1))
    assert innovation.residual[0] == pytest.approx(2 * math.pi - 6.2)
    assert -math.pi <= after.mean[YAW] < math.pi
    after, _ = EgoFilter(odometry=OdometrySpec(noise_mps=0.1)).update_wheels(belief, np.array(11.0))
    # H is (1, 10) over speed and share, with variances 0.5 and 0.01: S = 0.5 + 1 + 0.01.
    assert after.mean[SPEED] - 10.0 == pytest.approx(0.5 / 1.51)
    assert after.mean[SCALE] == pytest.approx(0.1 / 1.51)
    assert after.mean[[ACCEL_BIAS, GYRO_BIAS]].tolist() == [0.0, 0.0]


def test_what_is_matched_of_the_pose_is_turned_into_the_vehicles_frame():
    ego, yaw = EgoFilter(), 0.7
    belief = ego.begin(np.array([[3.0, 4.0]]), np.array([yaw]), np.array([8.0]), REAR)
    known = ego.covariance_of_pose(belief, REAR)[0]
    # A fix's noise and bias are alike in all directions; the heading is the compass's.
    around = GnssSpec().noise_m ** 2 + GnssSpec().bias_m ** 2
    np.testing.assert_allclose(known, np.diag([around, around, ImuSpec().compass_noise ** 2]), atol=1e-12)
    off = np.array([[0.5, -0.2, 0.01]])
    after = ego.replace_pose(belief, off, 0.25 * known[None], REAR)
    turned = yaw + 0.01
    centre = after.mean[0, [X, Y]] + REAR * np.array([math.cos(turned), math.sin(turned)])
    expected = [3.0 + 0.5 * math.cos(yaw) + 0.2 * math.sin(yaw), 4.0 + 0.5 * math.sin(yaw) - 0.2 * math.cos(yaw)]
    np.testing.assert_allclose(centre, expected, atol=1e-3)  # a turn moves the rear axle on a circle
    assert after.mean[0, YAW] == pytest.approx(turned)
    np.testing.assert_allclose(ego.covariance_of_pose(after, REAR)[0], 0.25 * known, rtol=0.02, atol=1e-4)
