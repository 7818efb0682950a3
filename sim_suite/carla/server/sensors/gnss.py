"""The GNSS receiver: latitude, longitude and altitude of where it is. Source: CARLA's documentation of sensor.other.gnss; its sphere
and Mercator projection about the map's origin, as its scripts and the CARLA leaderboard's agents undo it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Final

import numpy as np

from sim_suite.carla.server.blueprints.kinds import Setting
from sim_suite.carla.server.sensors.kinds import Moment, SensorKind
from sim_suite.carla.wire.layout import AttributeType, StreamType
from sim_suite.carla.wire.streams import gnss_payload
from sim_suite.carla.wire.values import Vector

EARTH_RADIUS_M: Final = 6378137.0
"""Equatorial, WGS 84."""
DEFAULT_ORIGIN_DEG: Final = (42.0, 2.0)
"""Where CARLA puts maps that do not say."""
_AXES: Final = ("lat", "lon", "alt")


def origin_of(geo_reference: str) -> tuple[float, float]:
    """(latitude, longitude) in degrees of a map's origin, from the PROJ string of its header."""
    found = {key: float(value) for key, value in re.findall(r"\+(lat_0|lon_0)=([-+\d.eE]+)", geo_reference)}
    return found.get("lat_0", DEFAULT_ORIGIN_DEG[0]), found.get("lon_0", DEFAULT_ORIGIN_DEG[1])


def geolocation(place: Vector, origin_deg: tuple[float, float]) -> tuple[float, float, float]:
    """(latitude, longitude in degrees, altitude in metres) of a place in CARLA's frame."""
    scaled = math.cos(math.radians(origin_deg[0])) * EARTH_RADIUS_M
    east = scaled * math.radians(origin_deg[1]) + place.x
    north = scaled * math.log(math.tan(math.radians(90.0 + origin_deg[0]) / 2.0)) - place.y
    latitude = 2.0 * math.degrees(math.atan(math.exp(north / scaled))) - 90.0
    return latitude, math.degrees(east / scaled), place.z


class Gnss:
    """One receiver. Noise and bias are set by its attributes, drawn from its own seed."""

    def __init__(self, attributes: Mapping[str, str]) -> None:
        """attributes: values by name."""
        self._spread = np.array([float(attributes[f"noise_{axis}_stddev"]) for axis in _AXES])
        self._bias = np.array([float(attributes[f"noise_{axis}_bias"]) for axis in _AXES])
        self._random = np.random.default_rng(int(attributes["noise_seed"]))

    def read(self, moment: Moment) -> list[bytes]:
        """One reading."""
        exact = geolocation(moment.pose.location, moment.episode.origin_deg)
        noise = self._bias + (self._spread * self._random.standard_normal(3) if self._spread.any() else 0.0)
        latitude, longitude, altitude = (float(value) for value in np.add(exact, noise))
        return [gnss_payload(moment.header(StreamType.GNSS), latitude, longitude, altitude)]


GNSS: Final = SensorKind(
    "sensor.other.gnss",
    StreamType.GNSS,
    (
        *(Setting(f"noise_{axis}_{what}", AttributeType.FLOAT, "0.0") for axis in _AXES for what in ("bias", "stddev")),
        Setting("noise_seed", AttributeType.INT, "0"),
    ),
    Gnss,
)
