"""The inertial unit: acceleration with gravity, rates of turn and compass, in the sensor's own frame. Source: CARLA's documentation
of sensor.other.imu.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from sim_suite.carla.server.blueprints.kinds import Setting
from sim_suite.carla.server.sensors.kinds import Moment, SensorKind
from sim_suite.carla.wire.layout import AttributeType, StreamType
from sim_suite.carla.wire.streams import imu_payload
from sim_suite.carla.wire.values import Vector

GRAVITY: Final = 9.81
"""m/s^2, as in the vehicles' dynamics."""
_AXES: Final = ("x", "y", "z")


def compass_rad(yaw_deg: float) -> float:
    """[0, 2 pi), clockwise from north. CARLA's north is its -y."""
    return math.radians(yaw_deg + 90.0) % math.tau


def in_sensor_frame(vector: Vector, pitch_deg: float, yaw_deg: float, roll_deg: float) -> Vector:
    """A vector of CARLA's world frame along the sensor's own axes: yaw, then pitch (nose up), then roll are undone."""
    cos, sin = math.cos(math.radians(yaw_deg)), math.sin(math.radians(yaw_deg))
    x, y, z = cos * vector.x + sin * vector.y, cos * vector.y - sin * vector.x, vector.z
    cos, sin = math.cos(math.radians(pitch_deg)), math.sin(math.radians(pitch_deg))
    x, z = cos * x + sin * z, cos * z - sin * x
    cos, sin = math.cos(math.radians(roll_deg)), math.sin(math.radians(roll_deg))
    return Vector(x, cos * y - sin * z, cos * z + sin * y)


class Imu:
    """One unit. Noise and bias are set by its attributes, drawn from its own seed."""

    def __init__(self, attributes: Mapping[str, str]) -> None:
        """attributes: values by name."""
        names = [f"noise_accel_stddev_{axis}" for axis in _AXES] + [f"noise_gyro_stddev_{axis}" for axis in _AXES]
        self._spread = np.array([float(attributes[name]) for name in names])
        self._bias = np.array([0.0] * 3 + [float(attributes[f"noise_gyro_bias_{axis}"]) for axis in _AXES])
        self._random = np.random.default_rng(int(attributes["noise_seed"]))

    def read(self, moment: Moment) -> list[bytes]:
        """One reading."""
        pose, motion = moment.pose, moment.episode.motion_of(moment.actor.parent)
        lifted = Vector(motion.acceleration.x, motion.acceleration.y, motion.acceleration.z + GRAVITY)
        turning = Vector(*(math.radians(value) for value in motion.angular_deg))
        parts = [in_sensor_frame(one, pose.pitch, pose.yaw, pose.roll) for one in (lifted, turning)]
        noise = self._bias + (self._spread * self._random.standard_normal(6) if self._spread.any() else 0.0)
        read = [float(value) for value in np.concatenate(parts) + noise]
        header = moment.header(StreamType.IMU)
        return [imu_payload(header, Vector(*read[:3]), Vector(*read[3:]), compass_rad(pose.yaw))]


IMU: Final = SensorKind(
    "sensor.other.imu",
    StreamType.IMU,
    (
        *(Setting(f"noise_accel_stddev_{axis}", AttributeType.FLOAT, "0.0") for axis in _AXES),
        *(
            Setting(f"noise_gyro_{what}_{axis}", AttributeType.FLOAT, "0.0")
            for axis in _AXES
            for what in ("stddev", "bias")
        ),
        Setting("noise_seed", AttributeType.INT, "0"),
    ),
    Imu,
)
