"""Where a map lies on the Earth: its plane to latitude, longitude and altitude on WGS84, and back. Source: ASAM OpenDRIVE 1.8
(`geoReference` is a PROJ string); B. Hofmann-Wellenhof et al., "GNSS - Global Navigation Satellite Systems", 2008, for the tangent plane.

Maps with `+proj=tmerc` or `+proj=utm` are projected as they say; a map without georeference lies in a plane that touches the Earth at
a place of ours. Datums other than WGS84 are refused: they lie up to hundreds of metres aside.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.sensors.navigation.transverse_mercator import WGS84, Ellipsoid, TransverseMercator
from sim_suite.errors import SuiteError

Floats = NDArray[np.float64]
Place = tuple[Floats, Floats, Floats]
NOWHERE_DEG: Final = (49.0, 8.0)
"""Latitude and longitude of the origin of maps without georeference: those that generated maps have."""
_UTM_SCALE: Final = 0.9996
_UTM_EAST_M: Final = 500_000.0
_UTM_SOUTH_M: Final = 10_000_000.0
_SAME_DATUM: Final = ("WGS84", "GRS80")
"""GRS80's axis is 0.1 mm shorter."""
_HEIGHT_STEPS: Final = 6
"""Each divides the error of the latitude by 150 or more."""


class Georeference(Protocol):
    """A map's plane (east_m, north_m, up_m) and the Earth (latitude_deg, longitude_deg, altitude_m); arrays of one shape."""

    def to_geodetic(self, east: Floats, north: Floats, up: Floats) -> Place:
        """Of places in the map's plane."""

    def to_map(self, latitude: Floats, longitude: Floats, altitude: Floats) -> Place:
        """Of places on the Earth."""


@dataclass(frozen=True)
class Projected:
    """A plane of a projection; heights are altitudes."""

    projection: TransverseMercator

    def to_geodetic(self, east: Floats, north: Floats, up: Floats) -> Place:
        """See `Georeference`."""
        return *self.projection.unproject(east, north), np.asarray(up, np.float64)

    def to_map(self, latitude: Floats, longitude: Floats, altitude: Floats) -> Place:
        """See `Georeference`."""
        return *self.projection.project(latitude, longitude), np.asarray(altitude, np.float64)


@dataclass(frozen=True)
class TangentPlane:
    """East, north and up of a place on the ellipsoid, along straight lines."""

    latitude_deg: float
    longitude_deg: float
    ellipsoid: Ellipsoid = WGS84

    def to_geodetic(self, east: Floats, north: Floats, up: Floats) -> Place:
        """See `Georeference`."""
        x0, y0, z0 = _to_geocentric(self.latitude_deg, self.longitude_deg, 0.0, self.ellipsoid)
        sin_phi, cos_phi, sin_lam, cos_lam = self._turn()
        x = x0 - sin_lam * east - sin_phi * cos_lam * north + cos_phi * cos_lam * up
        y = y0 + cos_lam * east - sin_phi * sin_lam * north + cos_phi * sin_lam * up
        z = z0 + cos_phi * north + sin_phi * up
        return _from_geocentric(x, y, z, self.ellipsoid)

    def to_map(self, latitude: Floats, longitude: Floats, altitude: Floats) -> Place:
        """See `Georeference`."""
        x0, y0, z0 = _to_geocentric(self.latitude_deg, self.longitude_deg, 0.0, self.ellipsoid)
        x, y, z = _to_geocentric(latitude, longitude, altitude, self.ellipsoid)
        dx, dy, dz = x - x0, y - y0, z - z0
        sin_phi, cos_phi, sin_lam, cos_lam = self._turn()
        east = -sin_lam * dx + cos_lam * dy
        north = -sin_phi * cos_lam * dx - sin_phi * sin_lam * dy + cos_phi * dz
        up = cos_phi * cos_lam * dx + cos_phi * sin_lam * dy + sin_phi * dz
        return east, north, up

    def _turn(self) -> tuple[float, float, float, float]:
        phi, lam = math.radians(self.latitude_deg), math.radians(self.longitude_deg)
        return math.sin(phi), math.cos(phi), math.sin(lam), math.cos(lam)


def read_georeference(text: str) -> Georeference:
    """Of a map's `geoReference`, "" where it has none. Raises SuiteError for a projection or a datum that is not known."""
    words = dict(word.lstrip("+").partition("=")[::2] for word in text.split())
    if not words:
        return TangentPlane(*NOWHERE_DEG)
    for key in ("datum", "ellps"):
        if words.get(key, "WGS84") not in _SAME_DATUM:
            raise SuiteError(f"the map's geoReference has +{key}={words[key]}; only WGS84 is known. Give it as WGS84.")
    if words.get("units", "m") != "m":
        raise SuiteError(f"the map's geoReference has +units={words['units']}; give +units=m.")
    if words.get("proj") == "utm":
        zone = _number(words, "zone", None)
        if not 1 <= zone <= 60:
            raise SuiteError(f"the map's geoReference has +zone={words['zone']}; give 1 to 60.")
        south = _UTM_SOUTH_M if "south" in words else 0.0
        return Projected(TransverseMercator(0.0, 6.0 * zone - 183.0, _UTM_SCALE, _UTM_EAST_M, south))
    if words.get("proj") == "tmerc":
        scale = _number(words, "k_0" if "k_0" in words else "k", 1.0)
        return Projected(
            TransverseMercator(
                _number(words, "lat_0", 0.0), _number(words, "lon_0", 0.0), scale,
                _number(words, "x_0", 0.0), _number(words, "y_0", 0.0),
            )
        )  # fmt: skip
    raise SuiteError(
        f"the map's geoReference is {text!r}; known are +proj=tmerc and +proj=utm. Give the sensor a georeference of your own."
    )


def _number(words: dict[str, str], key: str, default: float | None) -> float:
    text = words.get(key, "" if default is None else str(default))
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise SuiteError(f"the map's geoReference has +{key}={text}; give a number.")
    return value


def _to_geocentric(
    latitude: Floats | float, longitude: Floats | float, altitude: Floats | float, ellipsoid: Ellipsoid
) -> Place:
    phi, lam, square = np.radians(latitude), np.radians(longitude), ellipsoid.eccentricity**2
    normal = ellipsoid.semi_major_m / np.sqrt(1.0 - square * np.sin(phi) ** 2)
    across = (normal + altitude) * np.cos(phi)
    return across * np.cos(lam), across * np.sin(lam), (normal * (1.0 - square) + altitude) * np.sin(phi)


def _from_geocentric(x: Floats, y: Floats, z: Floats, ellipsoid: Ellipsoid) -> Place:
    square, across = ellipsoid.eccentricity**2, np.hypot(x, y)
    phi = np.arctan2(z, across * (1.0 - square))
    for _ in range(_HEIGHT_STEPS):
        normal = ellipsoid.semi_major_m / np.sqrt(1.0 - square * np.sin(phi) ** 2)
        phi = np.arctan2(z + square * normal * np.sin(phi), across)
    # The height as a length along the normal, which holds at the poles too.
    normal = ellipsoid.semi_major_m / np.sqrt(1.0 - square * np.sin(phi) ** 2)
    foot = ellipsoid.semi_major_m**2 / normal
    altitude = across * np.cos(phi) + z * np.sin(phi) - foot
    return np.degrees(phi), np.degrees(np.arctan2(y, x)), altitude
