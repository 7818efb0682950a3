"""Centre lines of lanes: rings and tapers by hand, and as derivatives of the positions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_suite.driving.roads.geometry.lane_line import MAX_CURVATURE, centre
from sim_suite.driving.roads.geometry.packing import pack_roads
from sim_suite.driving.roads.opendrive.model import Cubic, Geometry, Lane, LaneSection, Line, Spiral
from tests.driving.roads.geometry.one_road import lanes, one_road, poses


def straight(*section_lanes, **more):
    road = Geometry(0.0, 0.0, 0.0, 0.0, 100.0, Line())
    return pack_roads(one_road(road, sections=(LaneSection(0.0, section_lanes),), **more))


def test_lanes_of_a_ring_have_their_own_radius():
    tables = straight(*lanes(1, -1))
    assert centre(tables, 0, 5.0, 0.02, 0.0) == pytest.approx((1.75, 0.965, 0.0, 1.0 / 48.25, 3.5, 0.0))
    assert centre(tables, 1, 5.0, 0.02, 0.0) == pytest.approx((-1.75, 1.035, 0.0, 1.0 / 51.75, 3.5, 0.0))


def test_a_taper_turns_by_the_angle_of_its_slope():
    tables = straight(Lane(0, "none"), Lane(-1, "driving", (Cubic(0.0, 2.0, 0.4),)))
    t, speed, tangent, bend, width, spreading = centre(tables, 0, 10.0, 0.0, 0.0)
    assert (t, width, spreading) == pytest.approx((-3.0, 6.0, 0.4))
    assert (speed, tangent, bend) == pytest.approx((math.hypot(1.0, 0.2), -math.atan(0.2), 0.0))


def test_a_lane_beyond_the_centre_of_the_bend_keeps_the_roads_sense():
    tables = straight(*lanes(1, width=8.0))  # centre at t = 4, centre of the bend at t = 2
    t, speed, tangent, bend, _, _ = centre(tables, 0, 1.0, 0.5, 0.0)
    assert (t, speed, tangent, bend) == pytest.approx((4.0, 1.0, 0.0, 0.5))


def test_curvature_is_limited_at_the_centre_of_the_bend():
    tables = straight(*lanes(1, width=8.0))
    assert abs(centre(tables, 0, 1.0, 0.25 - 1e-5, 0.0)[3]) == MAX_CURVATURE


@given(
    st.floats(-0.05, 0.05), st.floats(-0.05, 0.05), st.floats(-0.2, 0.2), st.floats(-0.01, 0.01), st.floats(1.0, 99.0)
)
@settings(max_examples=60, deadline=None)
def test_tangent_curvature_and_speed_are_derivatives_of_the_positions(start, end, slope, swing, s):
    spiral = Geometry(0.0, 0.0, 0.0, 0.0, 100.0, Spiral(start, end))
    section = LaneSection(0.0, (Lane(0, "none"), Lane(-1, "driving", (Cubic(0.0, 3.0),))))
    tables = pack_roads(
        one_road(spiral, sections=(section,), lane_offsets=(Cubic(0.0, 0.0, slope, swing, -swing / 150),))
    )
    h, places = 1e-3, []
    for place in (s - h, s, s + h):
        (x, y, heading, curvature, rate), = poses(tables, place)  # fmt: skip
        t, speed, tangent, bend, _, _ = centre(tables, 0, place, curvature, rate)
        places.append((x - t * math.sin(heading), y + t * math.cos(heading), heading + tangent))
        if place == s:
            forward, expected = 1.0 - curvature * t, (speed, heading + tangent, bend)
    if forward < 0.1:
        return  # at the centre of the bend there is no tangent
    (x0, y0, h0), _, (x1, y1, h1) = places
    assert math.hypot(x1 - x0, y1 - y0) / (2 * h) == pytest.approx(expected[0], rel=1e-5)
    assert abs(math.remainder(math.atan2(y1 - y0, x1 - x0) - expected[1], 2 * math.pi)) < 1e-5
    assert (h1 - h0) / (2 * h) / expected[0] == pytest.approx(np.clip(expected[2], -10, 10), abs=1e-4, rel=1e-3)
