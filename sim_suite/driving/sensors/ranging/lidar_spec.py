"""What a spinning lidar measures: its rays, its reach, its errors. Source: ours; angles and attenuation as of CARLA's
`sensor.lidar.ray_cast`, reach and noise as of a Velodyne HDL-32E (data sheet: 32 rays from 10.67 degrees up to 30.67 down, 100 m, 2 cm).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_outside


@dataclass(frozen=True)
class LidarSpec:
    """A lidar on an actor's roof. Checked when built."""

    channels: int = 32
    """Rays one above the other, 1 to 256."""
    points: int = 1000
    """Of each channel in a rotation, 1 to 16,384."""
    upper_deg: float = 10.0
    """Of the highest ray, above level ..."""
    lower_deg: float = -30.0
    """... and of the lowest; both -89 to 89."""
    range_m: float = 100.0
    """Nothing farther away answers, 1 to 1,000 m."""
    noise_m: float = 0.02
    """Deviation (1 sigma) of a distance, 0 to 10."""
    dropout: float = 0.0
    """Share of answers that are lost, 0 to 1."""
    attenuation: float = 0.004
    """Intensity is exp(-attenuation * distance), 1/m, 0 to 1."""
    ahead_m: float = 0.0
    """Of the centre of the actor's box, -50 to 50 m ..."""
    left_m: float = 0.0
    up_m: float = 1.9
    """... and above the ground, 0.01 to 50 m."""

    def __post_init__(self) -> None:
        for name, low, high in (
            ("channels", 1, 256), ("points", 1, 16_384), ("upper_deg", -89.0, 89.0), ("lower_deg", -89.0, 89.0),
            ("range_m", 1.0, 1000.0), ("noise_m", 0.0, 10.0), ("dropout", 0.0, 1.0), ("attenuation", 0.0, 1.0),
            ("ahead_m", -50.0, 50.0), ("left_m", -50.0, 50.0), ("up_m", 0.01, 50.0),
        ):  # fmt: skip
            refuse_outside(self, name, low, high)
        if self.lower_deg > self.upper_deg:
            raise SuiteError(f"lower_deg is {self.lower_deg:g}, above upper_deg, {self.upper_deg:g}. Exchange them.")

    @property
    def capacity(self) -> int:
        """Points that a scan can have."""
        return self.channels * self.points


class LidarRays(NamedTuple):
    """Directions for kernels, float32. Ray number point * channels + channel."""

    sin: NDArray[np.float32]
    """[channels] Of elevations, the highest first ..."""
    cos: NDArray[np.float32]
    tan: NDArray[np.float32]
    azimuth_cos: NDArray[np.float32]
    """[points] ... and of azimuths from ahead, counter-clockwise."""
    azimuth_sin: NDArray[np.float32]


def rays_of(spec: LidarSpec) -> LidarRays:
    """Equal steps of elevation, both ends included, and of azimuth."""
    up = np.radians(np.linspace(spec.upper_deg, spec.lower_deg, spec.channels))
    around = 2.0 * np.pi * np.arange(spec.points) / spec.points
    return LidarRays(
        *(values.astype(np.float32) for values in (np.sin(up), np.cos(up), np.tan(up), np.cos(around), np.sin(around)))
    )
