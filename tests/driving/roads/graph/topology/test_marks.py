"""Marks as the lanes on both sides of a border see them, and who may cross."""

from __future__ import annotations

import pytest

from sim_suite.driving.roads.graph.kinds import MarkKind
from sim_suite.driving.roads.graph.topology.marks import MOST_DASHES, mark_borders
from sim_suite.driving.roads.opendrive.model import LaneSection, MarkLine, RoadMark
from tests.driving.roads.graph.straight import document, lane, lanes_of, road, section


def four_lanes(marks, centre=(), rule="RHT"):
    """Lanes 2 to -2; marks: {lane id: marks on its outer border}."""
    return document(
        road(
            "1",
            with_centre(section(*[lane(k, road_marks=tuple(marks.get(k, ()))) for k in (2, 1, -1, -2)]), centre),
            rule=rule,
        )
    )


def with_centre(part, marks):
    return LaneSection(part.s, tuple(lane(0, road_marks=tuple(marks)) if one.id == 0 else one for one in part.lanes))


def borders(doc, point=0):
    """{lane id: (left mark, right mark, may cross left, may cross right)} at a point of each lane, in the order of travel."""
    lanes, points = lanes_of(doc)
    found = mark_borders(doc, lanes, points.road_s)
    result = {}
    for number, name in enumerate(lanes.lane_id.tolist()):
        k = lanes.first_point[number] + point
        result[name] = (
            MarkKind(found.left_mark[k]), MarkKind(found.right_mark[k]),
            bool(found.may_cross_left[k]), bool(found.may_cross_right[k]),
        )  # fmt: skip
    return result


def test_each_border_is_seen_from_both_lanes():
    seen = borders(four_lanes({2: [RoadMark(0.0, "curb")], -1: [RoadMark(0.0, "broken")], -2: [RoadMark(0.0, "solid")]},
                              centre=[RoadMark(0.0, "solid solid")]))  # fmt: skip
    assert seen[-1] == (MarkKind.SOLID_SOLID, MarkKind.BROKEN, False, True)
    assert seen[-2] == (MarkKind.BROKEN, MarkKind.SOLID, True, False)
    assert seen[1] == (MarkKind.SOLID_SOLID, MarkKind.NONE, False, True)
    assert seen[2] == (MarkKind.NONE, MarkKind.CURB, True, False)


@pytest.mark.parametrize("rule", ["RHT", "LHT"])
@pytest.mark.parametrize(("inner", "outer"), [(-1, -2), (1, 2)])
def test_solid_broken_counts_from_the_inside(inner, outer, rule):
    """The solid line lies next to the inner lane, which must not cross; the outer one has the broken line and may."""
    seen = borders(four_lanes({inner: [RoadMark(0.0, "solid broken")]}, rule=rule))
    inner_side = 1 if rule == "RHT" else 0  # the outer lane lies to the right in right-hand traffic
    assert seen[inner][inner_side] is MarkKind.BROKEN_SOLID
    assert not seen[inner][inner_side + 2]
    assert seen[outer][1 - inner_side] is MarkKind.SOLID_BROKEN
    assert seen[outer][1 - inner_side + 2]


def test_solid_broken_on_the_centre_line_counts_from_the_left():
    seen = borders(four_lanes({}, centre=[RoadMark(0.0, "solid broken")]))
    assert seen[1][0] is MarkKind.BROKEN_SOLID
    assert seen[-1][0] is MarkKind.SOLID_BROKEN
    assert (seen[1][2], seen[-1][2]) == (False, True)


@pytest.mark.parametrize(
    ("said", "up", "down"),
    [("increase", True, False), ("decrease", False, True), ("both", True, True), ("none", False, False)],
)
def test_lane_change_speaks_of_rising_ids_and_overrules_the_type(said, up, down):
    right = borders(four_lanes({-1: [RoadMark(0.0, "solid", lane_change=said)]}))
    assert (right[-2][2], right[-1][3]) == (up, down)
    left = borders(four_lanes({1: [RoadMark(0.0, "solid", lane_change=said)]}))
    assert (left[1][3], left[2][2]) == (up, down)


@pytest.mark.parametrize(
    ("mark", "crossable"),
    [("none", True), ("broken", True), ("broken broken", True), ("botts dots", True), ("custom", True), ("solid", False),
     ("solid solid", False), ("grass", False), ("curb", False), ("edge", False)],
)  # fmt: skip
def test_a_missing_lane_change_follows_the_type(mark, crossable):
    seen = borders(four_lanes({-1: [RoadMark(0.0, mark)]}))
    assert seen[-1][3] is seen[-2][2] is crossable


def test_marks_change_along_the_section_in_either_direction():
    """Points lie every 5 m of a section from 50 to 100 m; the mark begins 20 m into it, after a piece without one."""
    part = section(lane(1), lane(-1), s=50.0)
    doc = document(
        road("1", section(lane(1), lane(-1)), with_centre(part, [RoadMark(20.0, "solid"), RoadMark(40.0, "broken")]))
    )
    lanes, points = lanes_of(doc)
    seen = mark_borders(doc, lanes, points.road_s).left_mark
    along = [MarkKind(kind).name for kind in seen[lanes.first_point[3] : lanes.first_point[4]]]
    assert along == ["NONE"] * 4 + ["SOLID"] * 4 + ["BROKEN"] * 3
    against = [MarkKind(kind).name for kind in seen[lanes.first_point[2] : lanes.first_point[3]]]
    assert against == along[::-1]


def test_patterns_of_broken_lines_as_the_file_states_them():
    stated = (MarkLine(0.0, 0.0), MarkLine(4.0, 8.0), MarkLine(1.0, 1.0), MarkLine(2.0, None))
    doc = four_lanes({-1: [RoadMark(0.0, "broken", lines=stated)], -2: [RoadMark(0.0, "broken")]})
    lanes, points = lanes_of(doc)
    dashes = mark_borders(doc, lanes, points.road_s).dashes
    assert list(zip(dashes.line_m, dashes.gap_m, strict=True)) == [(3.0, 6.0), (4.0, 8.0)]
    first = {name: lanes.first_point[number] for number, name in enumerate(lanes.lane_id.tolist())}
    assert [(dashes.left[first[name]], dashes.right[first[name]]) for name in (1, -1, -2)] == [(0, 0), (0, 1), (1, 0)]


def test_more_patterns_than_a_byte_can_number_are_the_usual_one():
    parts = [
        section(lane(-1, road_marks=(RoadMark(0.0, "broken", lines=(MarkLine(1.0 + k, 1.0),)),)), s=float(k))
        for k in range(300)
    ]
    doc = document(road("1", *parts, length=300.0))
    lanes, points = lanes_of(doc)
    dashes = mark_borders(doc, lanes, points.road_s).dashes
    assert len(dashes.line_m) == MOST_DASHES + 1
    assert (dashes.right[0], dashes.right[lanes.first_point[254]], dashes.right[-1]) == (1, 255, 0)
