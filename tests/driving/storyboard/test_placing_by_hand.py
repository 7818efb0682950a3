"""Positions of every class, against the geometry of a straight street."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.roads.graph.poses import lane_poses
from sim_suite.driving.storyboard.elements import positions as p
from sim_suite.driving.storyboard.elements.entities import Entity
from sim_suite.driving.storyboard.numbers import P
from sim_suite.driving.storyboard.parameters import vary
from sim_suite.driving.storyboard.staging import cast as c
from sim_suite.driving.storyboard.staging.placing import NOWHERE_NEEDED, place
from sim_suite.driving.storyboard.staging.view import View
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.world import World, WorldOptions
from sim_suite.errors import SuiteError
from tests.driving.sensors.scenes import prepared
from tests.driving.storyboard.stages_by_hand import EAST, FAR_EAST, FAR_WEST, WEST, at, begin, play, scenario


@pytest.fixture
def stage():
    """ "car" at s = 60 of lane -1, heading east; "ego" at s = 60 of lane 1, heading west, 0.5 m to the north of its middle."""
    return play([*begin("car", at(-1, 60.0)), *begin("ego", at(1, 60.0, offset=0.5))])


def pose(position, stage):
    found = place(position, stage.view)
    return float(found.x[0]), float(found.y[0]), float(np.angle(np.exp(1j * found.yaw[0])))


def is_at(found, x, y, yaw):
    return (
        found[0] == pytest.approx(x, abs=1e-4)
        and found[1] == pytest.approx(y, abs=1e-4)
        and abs(math.remainder(found[2] - yaw, 2 * math.pi)) < 1e-5
    )


LEFT = p.Orientation(math.pi / 2)
NORTH = p.Orientation(math.pi / 2, "absolute")


@pytest.mark.parametrize(
    ("position", "x", "y", "yaw"),
    [
        (p.WorldPosition(3.0, 4.0, 0.5), 3.0, 4.0, 0.5),
        (at(-1, 30.0), 30.0, EAST, 0.0),
        (at(1, 30.0), 30.0, WEST, math.pi),
        (at(-2, 30.0, offset=0.5), 30.0, FAR_EAST + 0.5, 0.0),  # positive as t, whichever way traffic runs
        (at(2, 30.0, offset=0.5), 30.0, FAR_WEST + 0.5, math.pi),
        (at(1, 30.0, orientation=LEFT), 30.0, WEST, -math.pi / 2),
        (at(1, 30.0, orientation=NORTH), 30.0, WEST, math.pi / 2),
        (p.RoadPosition("a", 30.0, -4.0), 30.0, -4.0, 0.0),
        (p.RoadPosition("a", 130.0, 2.0, LEFT), 130.0, 2.0, -math.pi / 2),
        (p.RelativeWorldPosition("ego", 5.0, -1.0), 65.0, WEST + 0.5 - 1.0, math.pi),
        (p.RelativeWorldPosition("ego", 5.0, -1.0, NORTH), 65.0, WEST + 0.5 - 1.0, math.pi / 2),
        (p.RelativeObjectPosition("car", 5.0, 2.0), 65.0, EAST + 2.0, 0.0),
        (p.RelativeObjectPosition("ego", 5.0, 2.0, LEFT), 55.0, WEST + 0.5 - 2.0, -math.pi / 2),
        (p.RelativeRoadPosition("car", 10.0, 0.5), 70.0, EAST + 0.5, 0.0),
        (p.RelativeRoadPosition("ego", 10.0, 0.5), 50.0, WEST + 0.5 + 0.5, math.pi),
        (p.RelativeLanePosition("car", 0, 10.0), 70.0, EAST, 0.0),
        (p.RelativeLanePosition("car", -1, 10.0, 0.3), 70.0, FAR_EAST + 0.3, 0.0),
        (p.RelativeLanePosition("car", 1, 10.0), 70.0, WEST, math.pi),  # lane 0 does not count
        (p.RelativeLanePosition("car", 2, -10.0, 0.3), 50.0, FAR_WEST + 0.3, math.pi),
        (p.RelativeLanePosition("ego", 1, 10.0), 50.0, FAR_WEST, math.pi),
        (p.RelativeLanePosition("ego", -1, 10.0), 50.0, EAST, 0.0),
        (p.RelativeLanePosition("car", 0, 70.0), 130.0, EAST, 0.0),  # over the border of the sections
        (p.RelativeLanePosition("car", -1, 150.0), 210.0, FAR_EAST, 0.0),  # on the next road
        (p.RelativeLanePosition("car", 0, 250.0), 310.0, EAST, 0.0),  # beyond the end of the street
        (p.RelativeLanePosition("car", 0, -70.0), -10.0, EAST, 0.0),
    ],
)  # fmt: skip
def test_positions(position, x, y, yaw, stage):
    assert is_at(pose(position, stage), x, y, yaw), pose(position, stage)


def test_lanes_are_known_where_a_position_names_them(stage):
    found = place(at(1, 30.0, offset=0.5), stage.view)
    assert stage.map.graph.name_of(int(found.lane[0])) == "a/0/1"
    assert (found.arc_m[0], found.aside_m[0]) == (pytest.approx(90.0), pytest.approx(-0.5))
    assert place(p.WorldPosition(30.0, WEST), stage.view).lane[0] == -1
    assert place(p.RelativeLanePosition("car", 0, 250.0), stage.view).lane[0] == -1


def route(*waypoints):
    return p.Route("route", tuple(p.Waypoint(one) for one in waypoints))


def test_along_a_route(stage):
    east = route(at(-1, 20.0), at(-1, 150.0), p.LanePosition("b", -1, 50.0))
    for s, x in ((0.0, 20.0), (99.0, 119.0), (101.0, 121.0), (190.0, 210.0), (230.0, 250.0), (300.0, 250.0)):
        assert is_at(pose(p.RoutePosition(east, s), stage), x, EAST, 0.0), s
    assert is_at(pose(p.RoutePosition(east, 30.0, -2, 0.5), stage), 50.0, FAR_EAST + 0.5, 0.0)
    with pytest.raises(SuiteError, match="two waypoints"):
        pose(p.RoutePosition(route(at(-1, 20.0)), 1.0), stage)


def test_along_a_trajectory(stage):
    points = (p.WorldPosition(10.0, 40.0), p.WorldPosition(20.0, 40.0), p.WorldPosition(20.0, 60.0))
    way = p.Trajectory("way", p.Polyline(tuple(p.Vertex(one) for one in points)))
    assert is_at(pose(p.TrajectoryPosition(way, 4.0, 1.0), stage), 14.0, 41.0, 0.0)
    assert is_at(pose(p.TrajectoryPosition(way, 15.0, 1.0), stage), 19.0, 45.0, math.pi / 2)
    assert is_at(pose(p.TrajectoryPosition(way, 99.0), stage), 20.0, 60.0, math.pi / 2)


def test_left_hand_traffic_runs_the_other_way():
    driving_map = prepared("left_hand")
    said = scenario(begin("ego", p.LanePosition("1", 1, 50.0)))
    world = World(driving_map, 1, WorldOptions(agents=0, vehicles=0, spare=2))
    world.reset([0])
    view = View(driving_map, world.state, said, {})
    for lane_id, way in ((1, 1), (-1, -1)):
        found = place(p.LanePosition("1", lane_id, 50.0, 0.4), view)
        lane = int(found.lane[0])
        assert driving_map.graph.lanes.direction[lane] == way
        centre = lane_poses(driving_map.graph, lane, found.arc_m)
        aside = (found.y - centre.y) * np.cos(centre.heading) - (found.x - centre.x) * np.sin(centre.heading)
        assert aside[0] * way == pytest.approx(0.4)
        assert centre.road_s[0] == pytest.approx(50.0, abs=0.01)


def test_each_world_has_its_own_places():
    parameters = (vary("s", 0.0, 100.0, usual=10.0), vary("lane", -2.0, 2.0, usual=-1.0))
    values = {"s": np.array([10.0, 20.0, 30.0]), "lane": np.array([-1.0, -2.0, 1.0])}
    stage = play(begin("car", at(P.lane, P.s)), worlds=3, values=values, parameters=parameters)
    assert [stage.pose("car", w)[:2] for w in range(3)] == [(10.0, EAST), (20.0, FAR_EAST), (30.0, WEST)]
    found = place(p.RelativeLanePosition("car", P.lane / P.lane * -1, 5.0), stage.view, NOWHERE_NEEDED)
    assert found.x[[0, 2]].tolist() == pytest.approx([15.0, 25.0])
    assert found.y[[0, 2]].tolist() == pytest.approx([FAR_EAST, EAST])
    assert np.isnan(found.x[1])
    assert found.lane[1] == -1


def test_a_place_that_is_nowhere_is_an_error_where_it_is_needed(stage):
    away = p.RelativeLanePosition("car", -2, 5.0)
    with pytest.raises(SuiteError, match=r"there is no lane -3 beside lane a/0/-1; its road has -2, -1, 1, 2"):
        place(away, stage.view)
    assert np.isnan(place(away, stage.view, NOWHERE_NEEDED).x[0])
    stage.view.remove("car", stage.everywhere)
    for gone in (p.RelativeObjectPosition("car", 1.0, 0.0), p.RelativeWorldPosition("car", 1.0, 0.0)):
        with pytest.raises(SuiteError, match="'car' has no place yet"):
            place(gone, stage.view)
        assert np.isnan(place(gone, stage.view, NOWHERE_NEEDED).x[0])
    for gone in (p.RelativeLanePosition("car", 0), p.RelativeRoadPosition("car", 0.0, 0.0)):
        with pytest.raises(SuiteError, match="'car' is on no lane"):
            place(gone, stage.view)
        assert np.isnan(place(gone, stage.view, NOWHERE_NEEDED).y[0])


@pytest.mark.parametrize(("lane", "y", "way"), [(-1, EAST, 1), (1, WEST, -1)])
def test_positions_are_meant_for_a_point_that_may_lie_behind_the_middle_of_the_box(lane, y, way):
    car = Entity("car", ahead=1.4)
    stage = play(begin("car", at(lane, 60.0), 10.0), entities=(car,))
    assert stage.pose()[:2] == (pytest.approx(60.0 + 1.4 * way, abs=1e-4), pytest.approx(y))
    assert stage.view.point("car")[0][0] == pytest.approx(60.0, abs=1e-4)
    stage.tick(20)
    assert stage.pose()[0] == pytest.approx(60.0 + 11.4 * way, abs=1e-3)
    assert is_at(pose(p.RelativeLanePosition("car", 0, 5.0), stage), 60.0 + 15.0 * way, y, 0.0 if way > 0 else math.pi)


def test_a_box_may_reach_over_the_end_of_a_lane():
    stage = play(begin("car", at(-1, 119.0), 10.0), entities=(Entity("car", ahead=1.4),)).tick(20)
    assert stage.pose()[0] == pytest.approx(130.4, abs=1e-3)
    assert stage.mode() == c.ON_LANE


def test_sizes_are_as_said():
    parcel = Entity("car", "obstacle", 0.5, P.wide)
    stage = play(
        begin("car", at(-1, 60.0)), entities=(parcel,), values={"wide": np.array([0.75])},
        parameters=(vary("wide", 0, 1, usual=0.75),),
    )  # fmt: skip
    assert (stage.view.body("car", col.LENGTH)[0], stage.view.body("car", col.WIDTH)[0]) == (0.5, 0.75)
