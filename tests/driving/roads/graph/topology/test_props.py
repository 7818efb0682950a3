"""Objects along the roads: kinds, boxes, copies."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.roads.geometry.packing import pack_roads
from sim_suite.driving.roads.graph.kinds import PropKind
from sim_suite.driving.roads.graph.topology.props import MAX_PROPS, PROPS_AN_OBJECT, find_props, prop_kind_of
from sim_suite.driving.roads.opendrive.furniture import Corner, Outline, Repeat, RoadObject
from tests.driving.roads.graph.straight import document, lane, road, section


def props_of(*objects):
    doc = document(road("0", section(lane(-1))), road("1", section(lane(-1)), objects=objects))
    return find_props(doc, pack_roads(doc))


def corners(props, item):
    own = slice(props.first_corner[item], props.first_corner[item + 1])
    return np.c_[props.corner_x[own], props.corner_y[own]]


@pytest.mark.parametrize(
    ("item", "kind"),
    [({"type": "parkingSpace"}, PropKind.PARKING_SPACE), ({"type": "parking"}, PropKind.PARKING_SPACE),
     ({"type": "vegetation"}, PropKind.TREE), ({"type": "soundBarrier"}, PropKind.BARRIER), ({"type": "gantry"}, PropKind.POLE),
     ({"type": "van"}, PropKind.OBSTACLE), ({"type": "roadMark"}, PropKind.ROAD_MARK), ({"type": "building"}, PropKind.BUILDING),
     ({"type": "-1", "name": "Stencil_ArrowType4R"}, PropKind.ROAD_MARK), ({"type": "-1", "name": "StopLine"}, PropKind.ROAD_MARK),
     ({"type": "none", "name": "rail-pole"}, PropKind.POLE), ({"type": "guide-post"}, PropKind.POLE),
     ({"type": "", "name": "Unknown"}, PropKind.OTHER)],
)  # fmt: skip
def test_kinds(item, kind):
    assert prop_kind_of(RoadObject("o", 0.0, 0.0, **item)) is kind


def test_a_building_as_a_box():
    props, findings = props_of(
        RoadObject("b", 50.0, 20.0, "building", heading=0.1, length=12.0, width=8.0, height=9.0, z_offset=1.0)
    )
    assert findings == []
    row = [
        props.kind[0],
        props.x[0],
        props.y[0],
        props.z[0],
        props.heading[0],
        props.length_m[0],
        props.width_m[0],
        props.height_m[0],
    ]
    assert row == pytest.approx([PropKind.BUILDING, 50, 20, 1, 0.1, 12, 8, 9])
    assert props.road.tolist() == [1]
    assert np.hypot(*(corners(props, 0)[1] - corners(props, 0)[0])) == pytest.approx(12.0)


def test_crosswalks_are_not_among_them():
    props, _ = props_of(RoadObject("z", 50.0, 0.0, "crosswalk", length=4.0, width=4.0))
    assert len(props.kind) == 0
    assert props.first_corner.tolist() == [0]


def test_height_from_the_outline():
    outline = Outline((Corner(True, 0.0, 0.0, height=3.0), Corner(True, 1.0, 0.0, height=5.0), Corner(True, 0.0, 1.0)))
    assert props_of(RoadObject("o", 5.0, 0.0, outlines=(outline,)))[0].height_m.tolist() == [5.0]


def test_a_row_of_posts():
    """Every 10 m from 20 to 50 m, both ends included, moving outwards and growing."""
    row = Repeat(20.0, 30.0, 10.0, -4.0, -7.0, height_start=1.0, height_end=4.0, z_offset_start=0.0, z_offset_end=0.3)
    props, findings = props_of(RoadObject("p", 0.0, 0.0, "pole", radius=0.1, height=9.0, repeats=(row,)))
    assert findings == []
    assert props.x == pytest.approx([20, 30, 40, 50])
    assert props.y == pytest.approx([-4, -5, -6, -7])
    assert props.z == pytest.approx([0, 0.1, 0.2, 0.3])
    assert props.height_m == pytest.approx([1, 2, 3, 4])
    assert props.length_m == pytest.approx([0.2] * 4)


def test_copies_take_their_outline_along():
    outline = Outline(tuple(Corner(False, s, t) for s, t in ((10.0, 1.0), (11.0, 1.0), (11.0, 2.0), (10.0, 2.0))))
    row = Repeat(10.0, 20.0, 20.0, 1.0, 1.0)
    props, _ = props_of(RoadObject("o", 10.0, 1.0, outlines=(outline,), repeats=(row,)))
    assert corners(props, 1) == pytest.approx(np.array([[30, 1], [31, 1], [31, 2], [30, 2]]))


@pytest.mark.parametrize(
    ("length", "width", "ends"),
    [(0.0, 0.0, []), (4.0, 0.0, [[52, 3], [48, 3]]), (0.0, 2.0, [[50, 2], [50, 4]]),
     (-4.0, 2.0, [[48, 2], [52, 2], [52, 4], [48, 4]])],
)  # fmt: skip
def test_boxes_without_extent_and_turned_inside_out(length, width, ends):
    """A box beside one without extent keeps its own corners."""
    props, _ = props_of(
        RoadObject("a", 50.0, 3.0, length=length, width=width), RoadObject("b", 5.0, 0.0, length=1.0, width=1.0)
    )
    assert corners(props, 0).tolist() == ends
    assert corners(props, 1).tolist() == [[4.5, -0.5], [5.5, -0.5], [5.5, 0.5], [4.5, 0.5]]


def test_a_wall_without_width_is_a_line():
    props, _ = props_of(RoadObject("w", 0.0, 0.0, "barrier", repeats=(Repeat(10.0, 40.0, 0.0, -5.0, -5.0),)))
    assert corners(props, 0).tolist() == [[50.0, -5.0], [10.0, -5.0]]


def test_a_railing_is_one_body_along_the_road():
    rail = Repeat(10.0, 40.0, 0.0, -5.0, -5.0, width_start=0.5, width_end=0.5)
    props, _ = props_of(RoadObject("r", 0.0, 0.0, "railing", height=1.0, repeats=(rail,)))
    assert props.kind.tolist() == [PropKind.BARRIER]
    shape = corners(props, 0)
    assert (shape.min(axis=0).tolist(), shape.max(axis=0).tolist()) == ([10.0, -5.25], [50.0, -4.75])
    assert (props.x[0], props.y[0], props.length_m[0], props.width_m[0]) == (30.0, -5.0, 40.0, 0.5)


def test_repeats_stop_at_the_end_of_the_road_and_at_the_limit():
    assert len(props_of(RoadObject("p", 0.0, 0.0, repeats=(Repeat(90.0, 1e9, 5.0, 0.0, 0.0),)))[0].kind) == 3
    endless = RoadObject("p", 0.0, 0.0, repeats=(Repeat(0.0, 100.0, 1e-7, 0.0, 0.0),))
    props, findings = props_of(endless, endless)
    assert len(props.kind) == MAX_PROPS + 2 * PROPS_AN_OBJECT
    assert len(findings) == 2
    assert f"{MAX_PROPS + 2 * PROPS_AN_OBJECT} objects" in findings[0].message
