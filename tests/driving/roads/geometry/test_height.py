"""Heights of the road's surface by hand."""

from __future__ import annotations

import math

import pytest

from sim_suite.driving.roads.geometry.height import lane_height, road_height
from sim_suite.driving.roads.geometry.packing import pack_roads
from sim_suite.driving.roads.opendrive.model import Crossfall, Cubic, Geometry, Lane, LaneSection, Line, ShapeRecord
from tests.driving.roads.geometry.one_road import lanes, one_road


def tables_of(*section_lanes, **more):
    sections = (LaneSection(0.0, section_lanes or lanes(1, -1)),)
    return pack_roads(one_road(Geometry(0.0, 0.0, 0.0, 0.0, 100.0, Line()), sections=sections, **more))


def test_elevation_and_super_elevation():
    tables = tables_of(elevations=(Cubic(0.0, 5.0, 0.1), Cubic(50.0, 10.0)), superelevations=(Cubic(0.0, 0.2),))
    assert road_height(tables, 0, 20.0, 0.0) == pytest.approx(7.0)
    assert road_height(tables, 0, 20.0, 3.0) == pytest.approx(7.0 + 3.0 * math.tan(0.2))
    assert road_height(tables, 0, 60.0, -3.0) == pytest.approx(10.0 - 3.0 * math.tan(0.2))


def test_crossfall_falls_outwards_on_its_side():
    tables = tables_of(crossfalls=(Crossfall("left", Cubic(0.0, 0.1)), Crossfall("right", Cubic(0.0, 0.3))))
    assert road_height(tables, 0, 5.0, 2.0) == pytest.approx(-2.0 * math.tan(0.1))
    assert road_height(tables, 0, 5.0, -2.0) == pytest.approx(-2.0 * math.tan(0.3))


SHAPES = (
    ShapeRecord(10.0, -4.0, 1.0, 0.5, 0.0, 0.0),
    ShapeRecord(10.0, 0.0, 3.0, 0.0, 0.25, 0.0),
    ShapeRecord(30.0, -4.0, 0.0, 0.0, 0.0, 0.0),
)


@pytest.mark.parametrize(
    ("s", "t", "height"),
    [
        (0.0, -2.0, 2.0),  # the first cross-section holds before it
        (10.0, -2.0, 2.0),
        (10.0, 2.0, 4.0),
        (10.0, -9.0, 1.0),  # level beyond its first t
        (20.0, 2.0, 2.0),  # half-way to the flat one
        (30.0, 2.0, 0.0),
        (90.0, -2.0, 0.0),
    ],
)
def test_lateral_shapes_are_linear_between_cross_sections(s, t, height):
    assert road_height(tables_of(shapes=SHAPES), 0, s, t) == pytest.approx(height)


def test_level_lanes_stay_at_the_height_where_the_slope_ends():
    section_lanes = (
        Lane(2, "sidewalk", (Cubic(0.0, 2.0),), level=True),
        *lanes(1),
        Lane(-1, "driving", (Cubic(0.0, 3.0),)),
        Lane(-2, "curb", (Cubic(0.0, 1.0),), level=True),
        Lane(-3, "sidewalk", (Cubic(0.0, 2.0),), level=True),
    )
    tables = tables_of(*section_lanes, superelevations=(Cubic(0.0, 0.1),))
    slope = math.tan(0.1)
    assert lane_height(tables, 0, 5.0, 4.5) == pytest.approx(3.5 * slope)
    assert lane_height(tables, 1, 5.0, 1.75) == pytest.approx(1.75 * slope)
    assert lane_height(tables, 3, 5.0, -3.5) == lane_height(tables, 4, 5.0, -5.0) == pytest.approx(-3.0 * slope)
