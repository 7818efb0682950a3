"""Where the car believes to be, reading after reading: `perception.fusion.ego` fed with what the observation's `navigation` holds.

Source: ours. Of one car; frame of the map.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perception.fusion.ego import SPEED, YAW, EgoFilter, X, Y
from perception.fusion.kalman import Belief, wrapped
from sim_suite.driving.dynamics.vehicles import PARAMETERS, REAR_M
from sim_suite.driving.sensors.navigation.gnss import GnssSpec
from sim_suite.driving.sensors.navigation.imu import ImuSpec
from sim_suite.driving.world.kinds import CAR, TICK_S
from sim_suite.envs.driving.sensing import (
    ACCEL,
    FIX_EAST,
    FIX_NOISE,
    FIX_NORTH,
    HEADING,
    HEADING_NOISE,
    TIME,
    TURN,
    WHEELS,
)

Floats = NDArray[np.float64]
_REAR_M: Final = np.array([float(PARAMETERS[CAR, REAR_M])])


class Ego(NamedTuple):
    """A belief of one car at a tick."""

    belief: Belief
    """mean [1, 9], covariance [1, 9, 9] (`perception.fusion.ego`)."""
    tick: int

    @property
    def pose(self) -> Floats:
        """[3] x and y of the box's centre, m, and yaw, rad."""
        mean = self.belief.mean[0]
        ahead = np.array([np.cos(mean[YAW]), np.sin(mean[YAW])])
        return np.append(mean[[X, Y]] + _REAR_M * ahead, mean[YAW])

    @property
    def covariance(self) -> Floats:
        """[3, 3] Of the pose in the vehicle's frame: ahead and left, m, turned, rad."""
        found: Floats = EgoFilter().covariance_of_pose(self.belief, _REAR_M)[0]
        return found

    @property
    def speed_mps(self) -> float:
        """Along the heading."""
        return float(self.belief.mean[0, SPEED])


def begin(readings: Floats) -> Ego:
    """After the first readings, [NAVIGATION]."""
    fix = readings[None, [FIX_EAST, FIX_NORTH]]
    belief = _filter(readings).begin(fix, wrapped(readings[[HEADING]]), readings[[WHEELS]], _REAR_M)
    return Ego(belief, int(readings[TIME]))


def move(ego: Ego, readings: Floats) -> Ego:
    """After the next readings."""
    by, tick = _filter(readings), int(readings[TIME])
    belief = by.predict(ego.belief, readings[[ACCEL]], readings[[TURN]], _REAR_M, (tick - ego.tick) * TICK_S)
    belief, _ = by.update_wheels(belief, readings[[WHEELS]])
    belief, _ = by.update_compass(belief, readings[[HEADING]])
    belief, _ = by.update_gnss(belief, readings[None, [FIX_EAST, FIX_NORTH]], _REAR_M)
    return Ego(belief, tick)


def matched(ego: Ego, off: Floats, covariance: Floats) -> Ego:
    """After the map has said where the car is: off: [3] and covariance: [3, 3] as `Ego.covariance` has them."""
    return ego._replace(belief=EgoFilter().replace_pose(ego.belief, off[None], covariance[None], _REAR_M))


def _filter(readings: Floats) -> EgoFilter:
    """Of a car whose receiver and compass state how far they are off."""
    return EgoFilter(
        gnss=GnssSpec(noise_m=float(readings[FIX_NOISE])), imu=ImuSpec(compass_noise=float(readings[HEADING_NOISE]))
    )
