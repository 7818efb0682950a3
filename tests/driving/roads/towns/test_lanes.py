"""Lane sections from cross-sections."""

import pytest

from sim_suite.driving.roads.opendrive.model import Cubic, RoadMark
from sim_suite.driving.roads.towns.lanes import ease, lane_sections
from sim_suite.driving.roads.towns.profiles import Profile, Strip, street, with_parking


def value(cubic, ds):
    return cubic.a + ds * (cubic.b + ds * (cubic.c + ds * cubic.d))


def test_easing_starts_and_ends_level():
    cubic = ease(2.0, 5.0, 10.0)
    assert [value(cubic, ds) for ds in (0.0, 5.0, 10.0)] == pytest.approx([2.0, 3.5, 5.0])
    assert (value(cubic, 1e-4) - 2.0) / 1e-4 == pytest.approx(0.0, abs=1e-4)
    assert ease(2.0, 2.0, 10.0) == Cubic(0.0, 2.0)


def test_lanes_are_ordered_from_left_to_right_and_marked():
    (section,) = lane_sections([(0.0, street(1))], 50.0, {}, marks=True)
    assert [(lane.id, lane.type) for lane in section.lanes] == [
        (2, "sidewalk"), (1, "driving"), (0, "none"), (-1, "driving"), (-2, "sidewalk"),
    ]  # fmt: skip
    assert section.lanes[2].road_marks == (RoadMark(0.0, "broken", width=0.12, lane_change="both"),)
    assert section.lanes[3].road_marks == (RoadMark(0.0, "solid", width=0.12, lane_change="none"),)
    assert section.lanes[4].road_marks == ()


def test_sections_link_lanes_of_the_same_key_and_ends_those_they_are_told():
    stretches = with_parking(street(1), street(1, parking_m=2.0), 100.0)
    first, middle, last = lane_sections(stretches, 100.0, {("start", -1): 7, ("end", 2): -9}, marks=True)
    lanes = {section.s: {lane.id: lane for lane in section.lanes} for section in (first, middle, last)}
    assert lanes[0.0][-1].predecessors == (7,)
    assert lanes[0.0][-2].successors == (-3,)
    assert lanes[14.0][-2].predecessors == lanes[14.0][-2].successors == ()
    assert lanes[14.0][3].successors == (2,)
    assert lanes[86.0][2].successors == (-9,)


def test_a_parking_lane_opens_and_closes():
    stretches = with_parking(street(1), street(1, parking_m=2.0), 100.0)
    middle = lane_sections(stretches, 100.0, {}, marks=True)[1]
    opening, full, closing = next(lane for lane in middle.lanes if lane.type == "parking").widths
    assert (opening.s, full.s, closing.s) == (0.0, 4.0, 68.0)
    assert [value(opening, 0.0), value(opening, 4.0), full.a] == pytest.approx([0.0, 2.0, 2.0])
    assert [value(closing, 0.0), value(closing, 4.0)] == pytest.approx([2.0, 0.0])


def test_connecting_roads_have_no_paint_but_kerbs():
    profile = Profile((), (Strip("driving", 3.5, "curb"), Strip("biking", 2.0, "solid")), "none")
    (section,) = lane_sections([(0.0, profile)], 20.0, {}, marks=False)
    assert [[mark.type for mark in lane.road_marks] for lane in section.lanes] == [[], ["curb"], []]
