"""Borders of lanes across the road, added up by hand."""

from __future__ import annotations

import pytest

from sim_suite.driving.roads.geometry.cross_section import cubic_at, lane_span
from sim_suite.driving.roads.geometry.packing import pack_roads
from sim_suite.driving.roads.opendrive.model import Cubic, Geometry, Lane, LaneSection, Line
from tests.driving.roads.geometry.one_road import one_road


def tables_of(*lanes, start=10.0, **more):
    road = Geometry(0.0, 0.0, 0.0, 0.0, 100.0, Line())
    return pack_roads(one_road(road, sections=(LaneSection(start, lanes),), **more))


LEFT = (Lane(2, "driving", (Cubic(0.0, 3.0),)), Lane(1, "driving", (Cubic(0.0, 2.0, 0.1),)))
RIGHT = (Lane(-1, "driving", (Cubic(0.0, 3.0, 0.0, 0.01), Cubic(20.0, 7.0))), Lane(-2, "driving", (Cubic(0.0, 1.0),)))


def test_widths_add_up_from_the_offset_centre_outwards():
    tables = tables_of(*LEFT, Lane(0, "none"), *RIGHT, lane_offsets=(Cubic(0.0, 0.5, 0.02),))
    s = 20.0  # 10 m into the section: lane 1 is 3 wide, lane -1 is 4; the offset is 0.9
    assert lane_span(tables, 1, s) == pytest.approx((0.9, 0.02, 0.0, 3.9, 0.12, 0.0))
    assert lane_span(tables, 0, s) == pytest.approx((3.9, 0.12, 0.0, 6.9, 0.12, 0.0))
    assert lane_span(tables, 2, s) == pytest.approx((0.9, 0.02, 0.0, -3.1, 0.02 - 0.2, -0.02))
    assert lane_span(tables, 3, s) == pytest.approx((-3.1, -0.18, -0.02, -4.1, -0.18, -0.02))


def test_the_last_record_at_or_before_s_holds():
    tables = tables_of(Lane(0, "none"), *RIGHT)
    assert lane_span(tables, 0, 29.999)[3] == pytest.approx(-3.0 - 0.01 * 19.999**2)
    assert lane_span(tables, 0, 30.0)[3] == pytest.approx(-7.0)


@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["distance", "t"])
def test_borders_are_measured_from_the_centre_whatever_their_sign(sign):
    lanes = [Lane(-k, "driving", borders=(Cubic(0.0, sign * 3.0 * k, sign * 0.1),)) for k in (1, 2)]
    tables = tables_of(Lane(0, "none"), *lanes)
    assert lane_span(tables, 1, 20.0) == pytest.approx((-4.0, -0.1, 0.0, -7.0, -0.1, 0.0))


def test_a_negative_width_counts_as_none():
    tables = tables_of(
        Lane(0, "none"), Lane(-1, "driving", (Cubic(0.0, 1.0, -0.1),)), Lane(-2, "driving", (Cubic(0.0, 3.0),))
    )
    assert lane_span(tables, 0, 30.0) == (0.0,) * 6
    assert lane_span(tables, 1, 30.0) == (0.0, 0.0, 0.0, -3.0, 0.0, 0.0)


def test_profiles_are_zero_until_their_first_record():
    tables = tables_of(Lane(0, "none"), *RIGHT, lane_offsets=(Cubic(50.0, 2.0, 1.0),))
    assert cubic_at(tables.lane_offset, 0, 49.0) == (0.0, 0.0, 0.0)
    assert cubic_at(tables.lane_offset, 0, 51.0) == (3.0, 1.0, 0.0)
