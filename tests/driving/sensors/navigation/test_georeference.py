"""Places on the Earth: published examples of projections, round trips, and both kinds of planes against each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_suite.driving.sensors.navigation.georeference import NOWHERE_DEG, Projected, TangentPlane, read_georeference
from sim_suite.driving.sensors.navigation.transverse_mercator import WGS84, Ellipsoid, TransverseMercator
from sim_suite.errors import SuiteError

TOWN = "+proj=tmerc +lat_0=49 +lon_0=8 +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"


def degrees(whole, minutes, seconds):
    return np.float64(whole + minutes / 60 + seconds / 3600)


def test_snyders_example():
    # J. P. Snyder, "Map Projections: A Working Manual", USGS 1395, 1987, page 269; Clarke's ellipsoid of 1866.
    square = 0.00676866
    clarke = Ellipsoid(6378206.4, 1.0 - np.sqrt(1.0 - square))
    found = TransverseMercator(0.0, -75.0, 0.9996, ellipsoid=clarke).project(np.float64(40.5), np.float64(-73.5))
    assert found == pytest.approx((127_106.5, 4_484_124.4), abs=0.06)


def test_the_ordnance_surveys_example():
    # "A guide to coordinate systems in Great Britain", annexe C: Caister water tower, Airy's ellipsoid.
    airy = Ellipsoid(6377563.396, 1.0 - 6356256.909 / 6377563.396)
    grid = TransverseMercator(49.0, -2.0, 0.9996012717, 400_000.0, -100_000.0, airy)
    place = degrees(52, 39, 27.2531), degrees(1, 43, 4.5177)
    assert grid.project(*place) == pytest.approx((651_409.903, 313_177.270), abs=0.001)
    assert grid.unproject(np.float64(651_409.903), np.float64(313_177.270)) == pytest.approx(place, abs=1e-8)


def test_the_meridian_is_as_long_as_it_is():
    # From the equator to the pole on WGS84: 10,001,965.729 m.
    assert TransverseMercator(0.0, 0.0).project(np.float64(90.0), np.float64(0.0))[1] == pytest.approx(
        10_001_965.729, abs=0.001
    )


@settings(max_examples=80, deadline=None)
@given(st.floats(-20_000, 20_000), st.floats(-20_000, 20_000), st.floats(-100, 3000), st.floats(-80, 80), st.booleans())
def test_round_trips_close(east, north, up, latitude, projected):
    way = Projected(TransverseMercator(latitude, 8.0)) if projected else TangentPlane(latitude, 8.0)
    place = np.array(east), np.array(north), np.array(up)
    assert np.array(way.to_map(*way.to_geodetic(*place))) == pytest.approx(np.array(place), abs=1e-6)


def test_both_planes_agree_near_the_origin():
    # Within 1 km the plane lies 8 cm below the sphere, and lengths differ by 1e-8 of them.
    east, north, up = np.array([0.0, 300.0, -700.0]), np.array([0.0, 500.0, 700.0]), np.zeros(3)
    flat = np.array(TangentPlane(49.0, 8.0).to_geodetic(east, north, up))
    bent = np.array(read_georeference(TOWN).to_geodetic(east, north, up))
    assert flat[:2] == pytest.approx(bent[:2], abs=1e-7)  # degrees: a centimetre
    radius = 6.38e6
    assert flat[2] == pytest.approx((east**2 + north**2) / (2 * radius), abs=1e-3)


def test_the_tangent_plane_by_hand():
    # On the equator at longitude 0, up is the first axis: 100 m up are 100 m of altitude; east turns by an angle of the radius.
    found = TangentPlane(0.0, 0.0).to_geodetic(np.array([0.0, 1000.0]), np.zeros(2), np.array([100.0, 0.0]))
    assert found[2] == pytest.approx([100.0, np.hypot(WGS84.semi_major_m, 1000.0) - WGS84.semi_major_m], abs=1e-6)
    assert found[1] == pytest.approx([0.0, np.degrees(np.arctan(1000.0 / WGS84.semi_major_m))], abs=1e-12)


def test_what_a_file_says_is_read():
    assert read_georeference("") == TangentPlane(*NOWHERE_DEG)
    assert read_georeference(TOWN) == Projected(TransverseMercator(49.0, 8.0))
    zone = read_georeference("+proj=utm +zone=32 +south +ellps=GRS80")
    assert zone == Projected(TransverseMercator(0.0, 9.0, 0.9996, 500_000.0, 10_000_000.0))
    own = read_georeference("+proj=tmerc +lat_0=1 +lon_0=2 +k_0=0.5 +x_0=3 +y_0=4")
    assert own == Projected(TransverseMercator(1.0, 2.0, 0.5, 3.0, 4.0))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("+proj=merc +lon_0=1", r"\+proj=tmerc and \+proj=utm"),
        ("+proj=utm +zone=61", "1 to 60"),
        ("+proj=utm", "give a number"),
        ("+proj=tmerc +lat_0=nan", "give a number"),
        ("+proj=tmerc +ellps=bessel", "only WGS84"),
        ("+proj=tmerc +units=us-ft", r"\+units=m"),
    ],
)
def test_what_is_not_known_is_refused(text, what):
    with pytest.raises(SuiteError, match=what):
        read_georeference(text)
