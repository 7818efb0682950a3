"""Routes on shipped maps against our own road reader and planner, and turns by hand."""

from __future__ import annotations

import math
from functools import cache
from itertools import groupby, pairwise

import pytest

from agents.navigation.road_option import RoadOption, way_through
from sim_suite.driving.roads import load_map
from sim_suite.driving.roads.graph.poses import lane_poses
from sim_suite.driving.roads.routes.planner import RoutePlanner
from sim_suite.driving.roads.routes.route import Manoeuvre
from sim_suite.driving.roads.routes.sampling import RouteSampler
from tests.agents.navigation.children import answers

MAPS = ("crossing_lights", "roundabout", "town_1km", "highway", "left_hand", "village")
SEEDS = range(6)
PROJECTED_M = 0.2
"""LibCarla's nearest place on a lane is up to 0.16 m off in bends (measured)."""
RESOLUTION_M = 2.0
CHANGES = ("CHANGELANELEFT", "CHANGELANERIGHT")
CROSSING = {
    # From 60 m before the middle of the crossing, CARLA's frame: y is to the south.
    "straight": ([60.0, -1.75, -60.0, -1.75], "STRAIGHT"),
    "left": ([60.0, -1.75, -1.75, 60.0], "LEFT"),
    "right": ([60.0, -1.75, 1.75, -60.0], "RIGHT"),
}
BY_NAME = {
    "LEFT": Manoeuvre.TURN_LEFT,
    "RIGHT": Manoeuvre.TURN_RIGHT,
    "STRAIGHT": Manoeuvre.STRAIGHT,
    "LANEFOLLOW": Manoeuvre.FOLLOW,
    "CHANGELANELEFT": Manoeuvre.CHANGE_LEFT,
    "CHANGELANERIGHT": Manoeuvre.CHANGE_RIGHT,
}


@cache
def graph_of(name):
    """The lane graph, and its lanes by name."""
    graph = load_map(name).graph
    return graph, {graph.name_of(lane): lane for lane in range(graph.num_lanes)}


def drawn(name):
    """Our own shortest routes between places drawn by seed, and the places in CARLA's frame."""
    graph, _ = graph_of(name)
    planner = RoutePlanner(graph)
    sampler = RouteSampler(graph, planner.network)
    for seed in SEEDS:
        sample = sampler.sample_route(seed)
        if graph.lanes.junction[sample.goal.lane] >= 0:
            continue  # lanes lie over each other there: a place does not say which
        route = planner.search(sample.start, sample.goal)
        ends = lane_poses(graph, [route.start.lane, route.goal.lane], [route.start.arc_m, route.goal.arc_m])
        yield route, [ends.x[0], -ends.y[0], ends.x[1], -ends.y[1]]


@pytest.fixture(scope="module")
def routes():
    """By map: (our route, the place asked for, the route traced)."""
    pytest.importorskip("carla", reason="no carla wheel for this Python or machine")
    ours = {name: list(drawn(name)) for name in MAPS}
    queries = {name: [query for _, query in rows] for name, rows in ours.items()}
    queries["crossing_bare"] = [query for query, _ in CROSSING.values()]
    queries["straight_street"] = [[300.0, 1.75, 200.0, 1.75]]
    found = answers("tests.agents.navigation.routes_child", queries)
    both = {name: [(*row, route) for row, route in zip(ours[name], found[name], strict=True)] for name in MAPS}
    return both | {name: found[name] for name in ("crossing_bare", "straight_street")}


def length_m(route):
    return sum(math.dist(a[:2], b[:2]) for a, b in pairwise(route))


@pytest.mark.parametrize("name", MAPS)
def test_routes_begin_and_end_where_asked(routes, name):
    for _, (x, y, to_x, to_y), route in routes[name]:
        assert math.dist(route[0][:2], (x, y)) < PROJECTED_M
        assert math.dist(route[-1][:2], (to_x, to_y)) < PROJECTED_M


@pytest.mark.parametrize("name", MAPS)
def test_routes_are_as_long_as_ours(routes, name):
    for own, _, route in routes[name]:
        # A change is drawn as a chord here, and along the lanes there.
        assert length_m(route) == pytest.approx(own.length_m, rel=0.01, abs=1.0)


@pytest.mark.parametrize("name", MAPS)
def test_each_waypoint_lies_on_the_lane_before_or_one_that_follows_it_or_lies_beside(routes, name):
    graph, index = graph_of(name)
    follow = graph.successors
    for _, _, route in routes[name]:
        for before, after in pairwise(route):
            a, b = (index["/".join(map(str, row[2:5]))] for row in (before, after))
            step = math.dist(before[:2], after[:2])
            if after[5] in CHANGES and before[5] in CHANGES:
                assert b in (graph.lanes.left[a], graph.lanes.right[a])
                assert 9.0 < step < 30.0
            else:
                ways = follow.lane[follow.first[a] : follow.first[a + 1]]
                assert a == b or b in ways, f"{before} {after}"
                assert step < 1.5 * RESOLUTION_M


@pytest.mark.parametrize("name", MAPS)
def test_options_are_our_manoeuvres_where_the_lanes_are_the_same(routes, name):
    (graph, _), compared = graph_of(name), 0
    for own, _, route in routes[name]:
        lanes = [lane for lane, _ in groupby("/".join(map(str, row[2:5])) for row in route)]
        if lanes != [lane for lane, _ in groupby(graph.name_of(int(lane)) for lane in own.lane)] or own.num_changes:
            continue
        compared += 1
        ways = [way for way, _ in groupby(own.manoeuvre.tolist())]
        assert [BY_NAME[way] for way, _ in groupby(row[5] for row in route)] == ways
    assert compared > 0


@pytest.mark.parametrize("turn", CROSSING)
def test_turns_at_a_crossing_by_hand(routes, turn):
    route = routes["crossing_bare"][list(CROSSING).index(turn)]
    assert [option for option, _ in groupby(row[5] for row in route)] == ["LANEFOLLOW", CROSSING[turn][1], "LANEFOLLOW"]


def test_a_place_behind_is_reached_around_a_block(routes):
    (route,) = routes["straight_street"]
    assert length_m(route) > 500.0


def test_turns_add_up_over_the_lanes_of_a_junction():
    assert way_through([(0.0, 30.0)]) == RoadOption.STRAIGHT
    assert way_through([(0.0, 30.0), (30.0, 60.0)]) == RoadOption.RIGHT
    assert way_through([(10.0, -80.0)]) == RoadOption.LEFT
    assert way_through([(350.0, 20.0), (20.0, 10.0)]) == RoadOption.STRAIGHT
    assert way_through([(-170.0, 130.0)]) == RoadOption.LEFT
