"""Routes of the ego and of actors: past waypoints, straight on, and to where the road ends."""

import numpy as np
import pytest
from stages_by_hand import street

from sim_suite.driving.roads.opendrive.writer import to_xml
from sim_suite.driving.roads.routes.route import LanePosition as OnOne
from sim_suite.driving.storyboard.criteria import ReachesGoal
from sim_suite.driving.storyboard.elements import actions as a
from sim_suite.driving.storyboard.elements import positions as p
from sim_suite.driving.storyboard.elements.entities import Entity
from sim_suite.driving.storyboard.elements.story import InitAction, Storyboard
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.driving.storyboard.staging.places import OnLane
from sim_suite.driving.storyboard.staging.routing import END_M, RouteTable
from sim_suite.envs.scenarios.stage import Stage, stage_options


def stage_of(*waypoints, goal=None, start=None, map_name="crossing_bare"):
    init = [InitAction("ego", a.TeleportAction(start or p.LanePosition("1", -1, 60.0)))]
    if waypoints:
        route = p.Route("way", tuple(p.Waypoint(one) for one in waypoints))
        init.append(InitAction("ego", a.AssignRouteAction(route)))
    scenario = Scenario("way", map_name, (Entity("ego"),), Storyboard(tuple(init)), (ReachesGoal(),), goal=goal)
    stage = Stage(scenario, 1, stage_options(scenario))
    stage.begin({}, traced=False)
    return stage


def legs_of(stage):
    legs = stage.fleet.state.legs[0, 0]
    count = int((legs >= 0).sum())
    roads = [stage.fleet.map.graph.name_of(int(lane)).split("/")[0] for lane in legs[:count]]
    return roads, float(stage.fleet.state.leg_arc[0, 0, count])


def test_a_route_leads_past_its_waypoints():
    straight, far = legs_of(stage_of(goal=p.LanePosition("1", -1, 140.0)))
    assert straight == ["1"]
    assert far == pytest.approx(80.0, abs=0.01)
    middle = p.LanePosition("1", -1, 100.0)
    past, length = legs_of(stage_of(middle, p.LanePosition("1", -1, 140.0)))
    assert past == ["1"], "legs along one lane are one leg"
    assert length == pytest.approx(far, abs=0.02)


def test_a_first_waypoint_that_lies_just_behind_has_been_passed():
    behind, goal = p.LanePosition("1", -1, 58.6), p.LanePosition("1", -1, 140.0)
    roads, length = legs_of(stage_of(behind, goal))
    assert roads == ["1"]
    assert length == pytest.approx(80.0, abs=0.02)


def test_a_detour_is_driven_where_a_waypoint_asks_for_it():
    view = stage_of().view
    graph = view.map.graph
    table = RouteTable(view)
    driven = [
        lane for lane in range(graph.num_lanes) if graph.lanes.kind[lane] == 1 and graph.lanes.length_m[lane] > 25
    ]
    start = OnLane(np.array([driven[0]], np.int32), np.array([5.0]))
    rounds = [
        (middle, table.through(start, [OnLane(np.array([middle], np.int32), np.array([10.0])), start._replace(arc_m=np.array([20.0]))]))
        for middle in driven[1:]
    ]  # fmt: skip
    for middle, (route,) in rounds:
        assert middle in route.lane.tolist()
        assert route.start == OnOne(driven[0], 5.0)
        assert route.goal == OnOne(driven[0], 20.0)
        assert route.length_m == pytest.approx(float((route.to_arc_m - route.from_arc_m).sum()), rel=0.02)
        # Where a leg ends the next one begins.
        gone_on = np.flatnonzero(route.lane[1:] == route.lane[:-1])
        assert np.allclose(route.to_arc_m[gone_on], route.from_arc_m[gone_on + 1])


def test_a_route_without_a_goal_ends_before_the_road_does(tmp_path):
    path = tmp_path / "street.xodr"
    path.write_text(to_xml(street()), encoding="utf-8")
    stage = stage_of(start=p.LanePosition("a", -1, 20.0), map_name=str(path))
    count = int((stage.fleet.state.legs[0, 0] >= 0).sum())
    lane = int(stage.fleet.state.legs[0, 0, count - 1])
    end = float(stage.fleet.state.leg_span[0, 0, count - 1, 1])
    assert end == pytest.approx(float(stage.fleet.map.graph.lanes.length_m[lane]) - END_M, abs=1e-3)
