"""Dual carriageways: lanes that open and merge."""

import pytest

from sim_suite.driving.roads.towns.blends import blend
from sim_suite.driving.roads.towns.draft import Draft, End
from sim_suite.driving.roads.towns.highways import (
    HIGHWAY_LANE_M,
    MERGE_M,
    RAMP_LANE_M,
    Carriageway,
    end_of_highway,
    ramp,
)
from sim_suite.driving.roads.towns.paths import Path, Pose
from sim_suite.driving.roads.towns.profiles import street


@pytest.fixture
def lane():
    draft = Draft("highway")
    return Carriageway(draft, Path(Pose(0.0, 0.0, 0.0)).straight(900.0), "eastbound", until=50.0)


def lanes_of(road):
    return sum(strip.kind == "driving" for strip in road.stretches[0][1].right)


def test_an_exit_lane_opens_runs_along_and_parts(lane):
    pose = lane.open_exit()
    begin = 50.0 + 2 * MERGE_M + RAMP_LANE_M
    assert pose.x == pytest.approx(begin)
    assert pose.y < -2 * HIGHWAY_LANE_M
    off = lane.draft.road(blend(pose, pose.ahead(80.0).beside(-20.0)), ramp())
    lane.leave(End(off, "start"), until=400.0)
    first, beside, _, after = (road for road in lane.draft.roads if road.junction == "-1")
    assert [lanes_of(road) for road in (first, beside, after)] == [2, 3, 2]
    assert beside.length == pytest.approx(RAMP_LANE_M)
    assert after.path.start.x == pytest.approx(begin)
    assert off.links["start"].element_id == first.links["end"].element_id[:-1] + "2"


def test_an_entry_lane_merges_and_gives_way(lane):
    pose = lane.entry_pose()
    on = lane.draft.road(blend(pose.ahead(-80.0).beside(-20.0), Pose(50.0, pose.y, 0.0)), ramp())
    lane.enter(End(on, "end"), until=500.0)
    merge = lane.draft.junctions[-1]
    roads = {road.id: road for road in lane.draft.roads}
    (priority,) = merge.priorities
    high, low = roads[priority.high], roads[priority.low]
    assert high.lane_links["end", -1] == low.lane_links["end", -1] == -2
    assert (high.lane_links["start", -1], low.lane_links["start", -1]) == (-2, -3)
    assert high.path.sharpest == 0.0 < low.path.sharpest


def test_where_a_highway_ends_its_lanes_become_one():
    draft = Draft("highway")
    east = Carriageway(draft, Path(Pose(0.0, -3.0, 0.0)).straight(100.0), "eastbound", until=100.0)
    west = Carriageway(draft, Path(Pose(100.0, 3.0, 3.141592653589793)).straight(100.0), "westbound", until=100.0)
    road = draft.road(Path(Pose(150.0, 0.0, 0.0)).straight(50.0), street(1))
    end_of_highway(draft, east.tail, End(road, "start"), west.head, name="end")
    links = [link for connection in draft.junctions[0].connections for link in connection.lane_links]
    assert len([link for link in links if link.to_lane == -1]) == 4
