"""The transverse Mercator projection of an ellipsoid and its inverse, by Krüger's series. Source: C. F. F. Karney, "Transverse Mercator
with an accuracy of a few nanometers", J. Geodesy 85, 2011: equations 7 to 11 and 14 to 21, series of order 4 (35 and 36).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_NEWTON_STEPS: Final = 4
"""Equation 19 converges quadratically: two give 1e-16 on the Earth."""


@dataclass(frozen=True)
class Ellipsoid:
    """A flattened sphere."""

    semi_major_m: float
    flattening: float

    @property
    def eccentricity(self) -> float:
        """First eccentricity."""
        return math.sqrt(self.flattening * (2.0 - self.flattening))


WGS84: Final = Ellipsoid(6378137.0, 1.0 / 298.257223563)
"""NIMA TR8350.2, table 3.1."""


@dataclass(frozen=True)
class TransverseMercator:
    """A projection about a central meridian. Angles in degrees, lengths in metres."""

    latitude_deg: float
    longitude_deg: float
    scale: float = 1.0
    false_east_m: float = 0.0
    false_north_m: float = 0.0
    ellipsoid: Ellipsoid = WGS84

    def project(self, latitude_deg: Floats, longitude_deg: Floats) -> tuple[Floats, Floats]:
        """(east, north) of places; arrays of any shape."""
        xi, eta = _to_sphere(np.radians(latitude_deg), np.radians(longitude_deg - self.longitude_deg), self.ellipsoid)
        east, north = self._stretched(xi, eta)
        return east + self.false_east_m, north - self._first_north() + self.false_north_m

    def unproject(self, east: Floats, north: Floats) -> tuple[Floats, Floats]:
        """(latitude, longitude) of places in the plane; arrays of any shape."""
        unit = self.scale * _radius(self.ellipsoid)
        xi = (north - self.false_north_m + self._first_north()) / unit
        eta = (east - self.false_east_m) / unit
        sums_xi, sums_eta = np.zeros_like(xi), np.zeros_like(eta)
        for j, beta in enumerate(_inverse_series(self.ellipsoid), 1):
            sums_xi = sums_xi + beta * np.sin(2 * j * xi) * np.cosh(2 * j * eta)
            sums_eta = sums_eta + beta * np.cos(2 * j * xi) * np.sinh(2 * j * eta)
        xi, eta = xi - sums_xi, eta - sums_eta
        conformal = np.sin(xi) / np.hypot(np.sinh(eta), np.cos(xi))
        longitude = np.degrees(np.arctan2(np.sinh(eta), np.cos(xi))) + self.longitude_deg
        return np.degrees(np.arctan(_geodetic(conformal, self.ellipsoid))), longitude

    def _first_north(self) -> float:
        """Where the latitude of origin lies without false northing."""
        xi, eta = _to_sphere(np.asarray(np.radians(self.latitude_deg)), np.zeros(()), self.ellipsoid)
        return float(self._stretched(xi, eta)[1])

    def _stretched(self, xi: Floats, eta: Floats) -> tuple[Floats, Floats]:
        unit = self.scale * _radius(self.ellipsoid)
        sums_xi, sums_eta = np.zeros_like(xi), np.zeros_like(eta)
        for j, alpha in enumerate(_series(self.ellipsoid), 1):
            sums_xi = sums_xi + alpha * np.sin(2 * j * xi) * np.cosh(2 * j * eta)
            sums_eta = sums_eta + alpha * np.cos(2 * j * xi) * np.sinh(2 * j * eta)
        return unit * (eta + sums_eta), unit * (xi + sums_xi)


def _to_sphere(phi: Floats, lam: Floats, ellipsoid: Ellipsoid) -> tuple[Floats, Floats]:
    """(xi', eta'): the spherical transverse Mercator projection of the conformal sphere (equations 7 to 10)."""
    conformal = _conformal(np.tan(phi), ellipsoid)
    xi = np.arctan2(conformal, np.cos(lam))
    eta = np.arcsinh(np.sin(lam) / np.hypot(conformal, np.cos(lam)))
    return xi, eta


def _conformal(tau: Floats, ellipsoid: Ellipsoid) -> Floats:
    """Tangent of the conformal latitude, of the tangent of the geodetic one."""
    e = ellipsoid.eccentricity
    sigma = np.sinh(e * np.arctanh(e * tau / np.hypot(1.0, tau)))
    found: Floats = tau * np.hypot(1.0, sigma) - sigma * np.hypot(1.0, tau)
    return found


def _geodetic(conformal: Floats, ellipsoid: Ellipsoid) -> Floats:
    """The inverse of `_conformal`, by Newton's method (equations 19 to 21)."""
    square = ellipsoid.eccentricity**2
    tau = np.asarray(conformal, np.float64)
    for _ in range(_NEWTON_STEPS):
        seen = _conformal(tau, ellipsoid)
        slope = (1.0 + (1.0 - square) * tau * tau) / ((1.0 - square) * np.hypot(1.0, tau))
        tau = tau + (conformal - seen) / np.hypot(1.0, seen) * slope
    return tau


def _radius(ellipsoid: Ellipsoid) -> float:
    """A of equation 14: the meridian's length over a full turn."""
    n = _third_flattening(ellipsoid)
    return ellipsoid.semi_major_m / (1.0 + n) * (1.0 + n**2 / 4.0 + n**4 / 64.0)


def _third_flattening(ellipsoid: Ellipsoid) -> float:
    return ellipsoid.flattening / (2.0 - ellipsoid.flattening)


def _series(ellipsoid: Ellipsoid) -> tuple[float, float, float, float]:
    """Alpha of equation 35."""
    n = _third_flattening(ellipsoid)
    return (
        n / 2 - 2 / 3 * n**2 + 5 / 16 * n**3 + 41 / 180 * n**4,
        13 / 48 * n**2 - 3 / 5 * n**3 + 557 / 1440 * n**4,
        61 / 240 * n**3 - 103 / 140 * n**4,
        49561 / 161280 * n**4,
    )


def _inverse_series(ellipsoid: Ellipsoid) -> tuple[float, float, float, float]:
    """Beta of equation 36."""
    n = _third_flattening(ellipsoid)
    return (
        n / 2 - 2 / 3 * n**2 + 37 / 96 * n**3 - 1 / 360 * n**4,
        1 / 48 * n**2 + 1 / 15 * n**3 - 437 / 1440 * n**4,
        17 / 480 * n**3 - 37 / 840 * n**4,
        4397 / 161280 * n**4,
    )
