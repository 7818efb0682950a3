"""How well a car's satellite receiver and compass know where it is and which way it heads, by name. Source: beside each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from sim_suite.driving.sensors.navigation.gnss import GnssSpec
from sim_suite.driving.sensors.navigation.imu import ImuSpec
from sim_suite.errors import UnknownNameError


class Positioning(NamedTuple):
    """A receiver, and an inertial unit with a compass."""

    gnss: GnssSpec
    imu: ImuSpec


POSITIONING: Final[Mapping[str, Positioning]] = MappingProxyType({
    "rtk": Positioning(GnssSpec(noise_m=0.02, vertical_noise_m=0.04, walk=0.001), ImuSpec(compass_noise=0.007)),
    "gnss": Positioning(GnssSpec(), ImuSpec()),
})  # fmt: skip
"""`rtk`: phases against a reference station's, good to one or two centimetres (Kaplan and Hegarty, "Understanding GPS/GNSS", 3rd ed. 2017,
chapter 12), by two antennas: where they are off by a centimetre each, 2 m apart, the heading is off by 0.4 degrees. The walk is ours.
`gnss`: a receiver by itself, and a magnetic compass."""


def positioning(name: str) -> Positioning:
    """One of `POSITIONING`. Raises UnknownNameError."""
    if name not in POSITIONING:
        raise UnknownNameError("positioning", name, POSITIONING)
    return POSITIONING[name]
