"""Where a driver may change lanes: marks, and a lane beside that is for traffic, runs the same way and is wide enough."""

from __future__ import annotations

import pytest

from sim_suite.driving.roads.graph.kinds import CHANGE_LEFT, CHANGE_RIGHT
from sim_suite.driving.roads.graph.topology.changes import MIN_WIDTH_M, allowed_changes
from sim_suite.driving.roads.graph.topology.marks import mark_borders
from sim_suite.driving.roads.opendrive.model import Cubic, RoadMark
from tests.driving.roads.graph.straight import document, lane, lanes_of, road, section

BROKEN = (RoadMark(0.0, "broken"),)


def changes(doc):
    """{lane id: list of bits at its points}."""
    lanes, points = lanes_of(doc)
    bits = allowed_changes(lanes, mark_borders(doc, lanes, points.road_s), points.road_s, points.width)
    return {
        name: bits[lanes.first_point[k] : lanes.first_point[k + 1]].tolist()
        for k, name in enumerate(lanes.lane_id.tolist())
    }


@pytest.mark.parametrize("rule", ["RHT", "LHT"])
def test_three_lanes_one_way_and_one_the_other(rule):
    members = [lane(k, road_marks=BROKEN) for k in (1, -1, -2, -3)]
    found = {name: set(bits) for name, bits in changes(document(road("1", section(*members), rule=rule))).items()}
    inward, outward = (CHANGE_LEFT, CHANGE_RIGHT) if rule == "RHT" else (CHANGE_RIGHT, CHANGE_LEFT)
    assert found == {1: {0}, -1: {outward}, -2: {inward | outward}, -3: {inward}}


@pytest.mark.parametrize(
    ("kind", "allowed"), [("driving", True), ("bus", True), ("exit", True), ("shoulder", False), ("parking", False)]
)
def test_only_into_lanes_for_traffic(kind, allowed):
    found = changes(document(road("1", section(lane(-1, road_marks=BROKEN), lane(-2, kind=kind)))))
    assert set(found[-1]) == {CHANGE_RIGHT if allowed else 0}
    assert set(found[-2]) == {CHANGE_LEFT if allowed else 0}


def test_a_shoulder_is_no_place_to_change_from():
    found = changes(
        document(road("1", section(lane(-1, kind="shoulder", road_marks=BROKEN), lane(-2, kind="shoulder"))))
    )
    assert set(found[-1]) == set(found[-2]) == {0}


@pytest.mark.parametrize("side", [-1, 1])
def test_not_into_a_lane_that_has_not_opened(side):
    """The outer lane opens from nothing to 3 m over 100 m: wide enough from half-way on. Points every 10 m."""
    opening = lane(2 * side, width=(Cubic(0.0, 0.0, 0.03),))
    found = changes(document(road("1", section(lane(side, road_marks=BROKEN), opening))))
    assert MIN_WIDTH_M == 1.5
    along = found[side] if side < 0 else found[side][::-1]
    assert along == [0] * 5 + [CHANGE_RIGHT] * 6
    assert set(found[2 * side]) == {CHANGE_LEFT}


def test_oncoming_traffic_is_never_changed_into():
    centre = section(lane(1), lane(-1))
    found = changes(document(road("1", centre)))  # no marks at all: nothing forbids to cross
    assert set(found[1]) == set(found[-1]) == {0}
