"""How well a car's satellite receiver knows where it is, by the kind of receiver. Source: beside each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sim_suite.driving.sensors.navigation.gnss import GnssSpec
from sim_suite.errors import UnknownNameError

POSITIONING: Final[Mapping[str, GnssSpec]] = MappingProxyType({
    "rtk": GnssSpec(noise_m=0.02, vertical_noise_m=0.04, walk=0.001),
    "gnss": GnssSpec(),
})  # fmt: skip
"""`rtk`: phases against a reference station's, good to one or two centimetres (Kaplan and Hegarty, "Understanding GPS/GNSS", 3rd ed. 2017,
chapter 12); the walk is ours. `gnss`: a receiver by itself."""


def positioning(name: str) -> GnssSpec:
    """One of `POSITIONING`. Raises UnknownNameError."""
    if name not in POSITIONING:
        raise UnknownNameError("positioning", name, POSITIONING)
    return POSITIONING[name]
