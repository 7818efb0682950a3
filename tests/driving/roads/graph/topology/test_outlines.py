"""Outlines of objects in the world."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.driving.roads.geometry.packing import pack_roads
from sim_suite.driving.roads.graph.topology.outlines import convex_hull, outlines_of, rectangle, signed_area
from sim_suite.driving.roads.opendrive.furniture import Corner, Outline, RoadObject
from tests.driving.roads.graph.straight import document, lane, road, section

NORTH = pack_roads(document(road("1", section(lane(-1)), start=(100.0, 0.0), heading=math.pi / 2)))


def outline(item):
    return outlines_of(NORTH, [(0, item)])[0]


def near(corners):
    return [pytest.approx(corner, abs=1e-9) for corner in corners]


def test_a_box_by_length_and_width_turned_with_the_road_and_its_own_heading():
    made = outline(RoadObject("o", 20.0, -5.0, length=4.0, width=2.0, z_offset=0.5))
    assert made[:4] == (pytest.approx(105.0), pytest.approx(20.0), 0.5, pytest.approx(math.pi / 2))
    assert made.corners == near([(106.0, 18.0), (106.0, 22.0), (104.0, 22.0), (104.0, 18.0)])
    turned = outline(RoadObject("o", 20.0, -5.0, heading=-math.pi / 2, length=4.0, width=2.0))
    assert turned.corners == near([(103.0, 19.0), (107.0, 19.0), (107.0, 21.0), (103.0, 21.0)])


def test_corners_of_the_road():
    corners = tuple(Corner(False, s, t) for s, t in ((10.0, -3.0), (12.0, -3.0), (12.0, 3.0), (10.0, 3.0)))
    made = outline(RoadObject("o", 11.0, 0.0, outlines=(Outline(corners),)))
    assert made.corners == near([(103.0, 10.0), (103.0, 12.0), (97.0, 12.0), (97.0, 10.0)])


def test_corners_of_the_object_listed_clockwise_and_closed():
    corners = tuple(Corner(True, u, v) for u, v in ((0.0, 0.0), (0.0, 1.0), (2.0, 0.0), (0.0, 0.0)))
    made = outline(RoadObject("o", 10.0, 0.0, outlines=(Outline(corners),)))
    assert signed_area(made.corners) == pytest.approx(1.0)
    assert sorted(made.corners) == near([(99.0, 10.0), (100.0, 10.0), (100.0, 12.0)])


def test_the_largest_of_several_outlines_counts():
    small, large = (
        Outline(tuple(Corner(True, u, v) for u, v in ((0.0, 0.0), (r, 0.0), (r, r), (0.0, r)))) for r in (1.0, 3.0)
    )
    made = outline(RoadObject("o", 10.0, 0.0, outlines=(small, large, small)))
    assert signed_area(made.corners) == pytest.approx(9.0)


def test_a_pole_is_a_square_of_its_radius_and_nothing_has_no_corners():
    assert signed_area(outline(RoadObject("o", 10.0, 0.0, radius=0.5)).corners) == pytest.approx(1.0)
    assert outline(RoadObject("o", 10.0, 0.0)).corners == []


def test_an_outline_without_area_falls_back_on_the_box():
    line = Outline((Corner(True, 0.0, 0.0), Corner(True, 5.0, 0.0)))
    made = outline(RoadObject("o", 10.0, 0.0, length=2.0, width=1.0, outlines=(line,)))
    assert signed_area(made.corners) == pytest.approx(2.0)


COORDINATES = st.tuples(st.integers(-9, 9), st.integers(-9, 9)).map(lambda p: (float(p[0]), float(p[1])))


@given(st.lists(COORDINATES, max_size=12))
def test_a_hull_is_convex_and_holds_all_its_corners(corners):
    hull = convex_hull(corners)
    assert set(hull) <= set(corners)
    if len(hull) >= 3:
        for a, b in zip(hull, hull[1:] + hull[:1], strict=True):
            assert all((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]) >= 0.0 for x, y in corners)


def test_areas_far_from_the_origin_keep_their_digits():
    assert signed_area(rectangle(1e7, -1e7, 0.0, 2.0, 3.0)) == pytest.approx(6.0)
