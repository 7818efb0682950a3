"""Where the ego is, from GNSS, an inertial unit, a compass and wheels: an extended Kalman filter over nine numbers.

Source: the unicycle at the rear axle, which moves along its heading (R. Rajamani, "Vehicle Dynamics and Control", 2nd ed. 2012, section
2.2), with biases as states (P. D. Groves, "Principles of GNSS, Inertial, and Multisensor Integrated Navigation Systems", 2nd ed. 2013).

B vehicles at once. The inertial unit drives the prediction; GNSS, compass and wheels correct it. A bias of GNSS that never ends is
seen only against where the vehicle began; what is gained is that fixes are not believed more than they deserve.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from perception.fusion.kalman import Belief, Innovation, predict_to, replaced, update_by, wrapped
from sim_suite.driving.sensors.navigation.gnss import GnssSpec
from sim_suite.driving.sensors.navigation.imu import ImuSpec
from sim_suite.driving.sensors.navigation.odometry import OdometrySpec

Floats = NDArray[np.float64]
X, Y, YAW, SPEED, BIAS_X, BIAS_Y, ACCEL_BIAS, GYRO_BIAS, SCALE = range(9)
"""The state: the rear axle's middle (m, world frame), heading (rad), speed along it (m/s), GNSS bias (m), biases of the accelerometer ahead
(m/s^2) and of the gyroscope (rad/s), and the share by which wheels tell too much."""
SIZE: Final = 9
POSE: Final = (X, Y, YAW, SPEED)
"""The first of them: what a driver asks for."""


@dataclass(frozen=True)
class EgoFilter:
    """Of vehicles that carry sensors of these kinds. Every method is a function of what it is given."""

    gnss: GnssSpec = field(default_factory=GnssSpec)
    imu: ImuSpec = field(default_factory=ImuSpec)
    odometry: OdometrySpec = field(default_factory=OdometrySpec)

    def begin(self, fix: Floats, heading: Floats, speed: Floats, rear_m: Floats) -> Belief:
        """The belief after the first readings. fix: [B, 2] m, of the box's centre; heading: [B] rad; speed: [B] m/s, of the wheels.

        rear_m: [B] from the centre to the rear axle. Covariances follow from the sensors' errors to first order, with those between
        states that one reading gave: a place that is off by the bias of the fix.
        """
        cos, sin = np.cos(heading), np.sin(heading)
        mean = np.zeros((*heading.shape, SIZE))
        mean[..., X], mean[..., Y] = fix[..., 0] - rear_m * cos, fix[..., 1] - rear_m * sin
        mean[..., YAW], mean[..., SPEED] = heading, speed
        # By how much each state is off for each error: white noise of fix (2), compass and wheels, then the five biases.
        by = np.zeros((*heading.shape, SIZE, SIZE))
        by[..., X, 0] = by[..., Y, 1] = 1.0
        by[..., X, 2], by[..., Y, 2], by[..., YAW, 2] = rear_m * sin, -rear_m * cos, 1.0
        by[..., SPEED, 3] = 1.0
        for state in range(BIAS_X, SIZE):
            by[..., state, state] = 1.0
        by[..., X, BIAS_X] = by[..., Y, BIAS_Y] = -1.0
        by[..., SPEED, SCALE] = -speed
        deviations = np.array([
            self.gnss.noise_m, self.gnss.noise_m, self.imu.compass_noise, self.odometry.noise_mps, self.gnss.bias_m,
            self.gnss.bias_m, self.imu.accel_bias, self.imu.gyro_bias, self.odometry.scale,
        ])  # fmt: skip
        spread = by * deviations
        return Belief(mean, spread @ np.swapaxes(spread, -1, -2))

    def predict(self, belief: Belief, accel: Floats, turn: Floats, rear_m: Floats, dt_s: float) -> Belief:
        """The belief dt_s seconds later. accel, turn: [B] what the inertial unit at the centre felt meanwhile: ahead m/s^2, yaw rad/s."""
        mean = belief.mean
        rate = turn - mean[..., GYRO_BIAS]
        # The centre, rear_m before the axle, is also pulled inwards by the turn.
        push = accel - mean[..., ACCEL_BIAS] + rate * rate * rear_m
        way = mean[..., SPEED] * dt_s + 0.5 * push * dt_s**2
        cos, sin = np.cos(mean[..., YAW] + 0.5 * rate * dt_s), np.sin(mean[..., YAW] + 0.5 * rate * dt_s)
        after = mean.copy()
        after[..., X] += way * cos
        after[..., Y] += way * sin
        after[..., YAW] = wrapped(mean[..., YAW] + rate * dt_s)
        after[..., SPEED] += push * dt_s
        by_push = np.zeros_like(mean)
        by_push[..., X], by_push[..., Y], by_push[..., SPEED] = 0.5 * dt_s**2 * cos, 0.5 * dt_s**2 * sin, dt_s
        by_turn = (2.0 * rate * rear_m)[..., None] * by_push
        by_turn[..., X] -= 0.5 * dt_s * way * sin
        by_turn[..., Y] += 0.5 * dt_s * way * cos
        by_turn[..., YAW] += dt_s
        jacobian = np.zeros((*mean.shape, SIZE)) + np.eye(SIZE)
        jacobian[..., X, YAW], jacobian[..., Y, YAW] = -way * sin, way * cos
        jacobian[..., X, SPEED], jacobian[..., Y, SPEED] = dt_s * cos, dt_s * sin
        jacobian[..., :, ACCEL_BIAS] -= by_push
        jacobian[..., :, GYRO_BIAS] -= by_turn
        return predict_to(belief, after, jacobian, self._noise(by_push, by_turn, dt_s))

    def update_gnss(
        self, belief: Belief, fix: Floats, rear_m: Floats, used: NDArray[np.bool_] | None = None
    ) -> tuple[Belief, Innovation]:
        """After a fix [B, 2] of the centre, m; used: [B] where there is one."""
        mean = belief.mean
        cos, sin = np.cos(mean[..., YAW]), np.sin(mean[..., YAW])
        expected = mean[..., [X, Y]] + mean[..., [BIAS_X, BIAS_Y]] + rear_m[..., None] * np.stack([cos, sin], axis=-1)
        jacobian = np.zeros((*mean.shape[:-1], 2, SIZE))
        jacobian[..., 0, X] = jacobian[..., 1, Y] = jacobian[..., 0, BIAS_X] = jacobian[..., 1, BIAS_Y] = 1.0
        jacobian[..., 0, YAW], jacobian[..., 1, YAW] = -rear_m * sin, rear_m * cos
        return self._corrected(belief, fix - expected, jacobian, self.gnss.noise_m, used)

    def update_compass(self, belief: Belief, heading: Floats) -> tuple[Belief, Innovation]:
        """After a heading [B], rad counter-clockwise from east."""
        jacobian = np.zeros((*heading.shape, 1, SIZE))
        jacobian[..., 0, YAW] = 1.0
        residual = wrapped(heading - belief.mean[..., YAW])[..., None]
        return self._corrected(belief, residual, jacobian, self.imu.compass_noise, None)

    def update_wheels(self, belief: Belief, speed: Floats) -> tuple[Belief, Innovation]:
        """After what wheels tell [B], m/s."""
        mean = belief.mean
        jacobian = np.zeros((*speed.shape, 1, SIZE))
        jacobian[..., 0, SPEED], jacobian[..., 0, SCALE] = 1.0 + mean[..., SCALE], mean[..., SPEED]
        residual = (speed - mean[..., SPEED] * (1.0 + mean[..., SCALE]))[..., None]
        return self._corrected(belief, residual, jacobian, self.odometry.noise_mps, None)

    def covariance_of_pose(self, belief: Belief, rear_m: Floats) -> Floats:
        """[B, 3, 3] Of the centre's place ahead and to the left, m, and of its heading, rad, in the vehicle's frame."""
        part = _pose_part(belief.mean, rear_m)
        found: Floats = part @ belief.covariance @ np.swapaxes(part, -1, -2)
        return found

    def replace_pose(self, belief: Belief, off: Floats, covariance: Floats, rear_m: Floats) -> Belief:
        """After something that began with `covariance_of_pose` has matched the pose.

        off: [B, 3] ahead, left, m, and turn, rad, of the centre's mean from where it was believed, in the vehicle's frame; covariance:
        [B, 3, 3] of them now.
        """
        after = replaced(belief, off, _pose_part(belief.mean, rear_m), covariance)
        after.mean[..., YAW] = wrapped(after.mean[..., YAW])
        return after

    def _corrected(
        self, belief: Belief, residual: Floats, jacobian: Floats, deviation: float, used: NDArray[np.bool_] | None
    ) -> tuple[Belief, Innovation]:
        after, innovation = update_by(belief, residual, jacobian, deviation**2 * np.eye(residual.shape[-1]), used)
        after.mean[..., YAW] = wrapped(after.mean[..., YAW])
        return after, innovation

    def _noise(self, by_push: Floats, by_turn: Floats, dt_s: float) -> Floats:
        """Q [B, 9, 9]: white noise of the inertial unit through the motion, and the walks of the biases."""
        spread = np.stack([
            self.imu.accel_noise / np.sqrt(dt_s) * by_push, self.imu.gyro_noise / np.sqrt(dt_s) * by_turn
        ], axis=-1)  # fmt: skip
        walks = np.zeros(SIZE)
        walks[[BIAS_X, BIAS_Y]] = self.gnss.walk**2 * dt_s
        walks[ACCEL_BIAS], walks[GYRO_BIAS] = self.imu.accel_walk**2 * dt_s, self.imu.gyro_walk**2 * dt_s
        noise: Floats = spread @ np.swapaxes(spread, -1, -2) + np.diag(walks)
        return noise


def _pose_part(mean: Floats, rear_m: Floats) -> Floats:
    """[B, 3, 9] By how much the centre moves ahead and to the left, and turns, as each state does."""
    cos, sin = np.cos(mean[..., YAW]), np.sin(mean[..., YAW])
    part = np.zeros((*mean.shape[:-1], 3, SIZE))
    part[..., 0, X], part[..., 0, Y] = cos, sin
    part[..., 1, X], part[..., 1, Y] = -sin, cos
    part[..., 1, YAW] = rear_m
    part[..., 2, YAW] = 1.0
    return part
