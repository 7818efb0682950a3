"""Routes: by hand, against networkx on random maps, and what holds for any shortest way."""

from __future__ import annotations

import itertools
import math

import networkx as nx
import numpy as np
import pytest

from sim_suite.driving.roads.graph.kinds import CHANGE_LEFT, CHANGE_RIGHT
from sim_suite.driving.roads.routes.network import DEFAULT_SPEED_MPS, LEFT, RIGHT
from sim_suite.driving.roads.routes.planner import LANE_CHANGE_COST, RoutePlanner
from sim_suite.driving.roads.routes.route import LanePosition, Manoeuvre
from sim_suite.errors import SuiteError
from tests.driving.roads.lanes_by_hand import Strip, graph_of
from tests.driving.roads.routes.strips import QUARTER, highway, ring

FOLLOW, CHANGE_L, CHANGE_R, TURN_L, TURN_R, STRAIGHT = Manoeuvre


@pytest.fixture(scope="module")
def on_highway():
    return RoutePlanner(graph_of(highway()))


@pytest.fixture(scope="module")
def on_ring():
    return RoutePlanner(graph_of(ring()))


def test_straight_on_by_hand(on_highway):
    route = on_highway.search(LanePosition(1, 30.0), LanePosition(5, 40.0))
    assert route.lane.tolist() == [1, 5]
    assert route.from_arc_m.tolist() == [30.0, 0.0]
    assert route.to_arc_m.tolist() == [200.0, 40.0]
    assert route.manoeuvre.tolist() == [FOLLOW, FOLLOW]
    assert route.length_m == pytest.approx(210.0)
    assert route.duration_s == pytest.approx(170 / 20 + 40 / DEFAULT_SPEED_MPS)


def test_two_changes_by_hand(on_highway):
    route = on_highway.search(LanePosition(2, 0.0), LanePosition(4, 50.0))
    changes = route.manoeuvre == CHANGE_L
    assert changes.sum() == route.num_changes == 2
    assert route.lane[changes].tolist() == [1, 0]
    assert route.from_lane[changes].tolist() == [2, 1]
    assert route.leg_length_m[changes] == pytest.approx([25.0, 25.0])
    assert route.length_m == pytest.approx(250.0)
    for leg in range(1, len(route.lane)):
        if route.from_lane[leg] == route.lane[leg - 1] and route.lane[leg] not in (4, 5, 6):
            assert route.from_arc_m[leg] == pytest.approx(route.to_arc_m[leg - 1])


def test_the_fast_lane_is_worth_two_changes_where_time_counts(on_highway):
    start, goal = LanePosition(2, 0.0), LanePosition(2, 200.0)
    assert on_highway.search(start, goal, "length").num_changes == 0
    assert on_highway.search(start, goal, "time", lane_change_cost=60.0).num_changes == 0
    cheap = on_highway.search(start, goal, "time", lane_change_cost=0.0)
    assert cheap.num_changes == 4
    # 25 m for each change at the mean of both lanes' times, 100 m left in the lane of 30 m/s.
    assert cheap.duration_s == pytest.approx(100 / 30 + 25 * (1 / 10 + 1 / 20) + 25 * (1 / 20 + 1 / 30))


def test_changes_need_room_and_leave(on_highway):
    near = on_highway.search(LanePosition(1, 0.0), LanePosition(2, 12.0))
    assert near.manoeuvre.tolist() == [CHANGE_R]
    assert near.to_arc_m.tolist() == [12.0]
    with pytest.raises(SuiteError, match="no lawful way"):
        on_highway.search(LanePosition(1, 0.0), LanePosition(2, 8.0))
    with pytest.raises(SuiteError, match="no lawful way"):
        on_highway.search(LanePosition(4, 0.0), LanePosition(5, 90.0))


def test_what_cannot_be_reached_is_said_with_what_can(on_highway):
    with pytest.raises(SuiteError, match=r"1 of 6 lanes \(0.10 of 0.90 km\).*: 1/0/-1"):
        on_highway.search(LanePosition(4, 10.0), LanePosition(0, 5.0))
    assert on_highway.reachable_lanes(LanePosition(4, 10.0)).tolist() == [4]
    assert on_highway.reachable_lanes(LanePosition(1, 0.0)).tolist() == [0, 1, 2, 4, 5, 6]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (LanePosition(3, 1.0), "none that routes may use"),
        (LanePosition(99, 1.0), "map has lanes 0 to 6"),
        (LanePosition(0, 201.0), "length is 200 m"),
        (LanePosition(0, math.nan), "at nan m"),
    ],
)
def test_places_off_the_network_are_refused(on_highway, place, words):
    with pytest.raises(SuiteError, match=words):
        on_highway.search(place, LanePosition(0, 1.0))


def test_unknown_costs_are_refused(on_highway):
    with pytest.raises(SuiteError, match="Did you mean 'length'"):
        on_highway.search(LanePosition(0, 0.0), LanePosition(0, 1.0), "lenght")
    with pytest.raises(SuiteError, match="cannot cost"):
        on_highway.search(LanePosition(0, 0.0), LanePosition(0, 1.0), lane_change_cost=math.nan)


def test_turns_are_named(on_ring):
    start = LanePosition(0, 20.0)
    assert on_ring.search(start, LanePosition(4, 5.0)).manoeuvre.tolist() == [FOLLOW, TURN_L, FOLLOW]
    assert on_ring.search(start, LanePosition(5, 5.0)).manoeuvre.tolist() == [FOLLOW, STRAIGHT, FOLLOW]
    right = on_ring.search(start, LanePosition(7, 5.0))
    assert right.lane.tolist() == [0, 3, 6, 7]
    assert right.manoeuvre.tolist() == [FOLLOW, TURN_R, TURN_R, FOLLOW], "45 degrees twice are one turn to the right"


def test_a_goal_just_behind_is_a_way_round(on_ring):
    route = on_ring.search(LanePosition(0, 20.0), LanePosition(0, 19.0))
    assert route.lane.tolist() == [0, 3, 6, 7, 0]
    assert route.length_m == pytest.approx(50 + QUARTER + 100 - 1)
    here = on_ring.search(LanePosition(0, 20.0), LanePosition(0, 20.0))
    assert (here.length_m, here.lane.tolist()) == (0.0, [0])


def random_city(rng, side=5):
    """One-way streets between random neighbours of a lattice, some of them with a second lane."""
    strips, starts = [], {}
    for (i, j), (di, dj) in itertools.product(np.ndindex(side, side), ((1, 0), (0, 1), (-1, 0), (0, -1))):
        if 0 <= i + di < side and 0 <= j + dj < side and rng.random() < 0.6:
            road, lanes = len(strips), 1 + (rng.random() < 0.5)
            length, speed = float(rng.uniform(40, 120)), float(rng.uniform(5, 30))
            for lane in range(lanes):
                beside = {"right": road + 1} if lane == 0 and lanes == 2 else {"left": road} if lane == 1 else {}
                change = CHANGE_RIGHT if lane == 0 else CHANGE_LEFT
                strip = Strip(100 * i, 100 * j - 3.5 * lane, math.atan2(dj, di), length, speed=speed, change=change,
                              road=road, step=5.0, **beside)  # fmt: skip
                starts.setdefault((i, j), []).append(len(strips))
                strips.append((strip, (i + di, j + dj)))
    return [
        Strip(**{**vars(strip), "successors": tuple(t for t in starts.get(to, ()) if rng.random() < 0.7)})
        for strip, to in strips
    ]


@pytest.mark.parametrize("seed", range(6))
def test_costs_equal_those_of_networkx(seed):
    """From gate to gate, where both search the same network."""
    rng = np.random.default_rng(seed)
    planner = RoutePlanner(graph_of(random_city(rng)))
    net = planner.network
    for cost, lengths in (("length", net.edge_length_m), ("time", net.edge_time_s)):
        penalty = np.where(np.isin(net.edge_kind, (LEFT, RIGHT)), LANE_CHANGE_COST[cost], 0.0)
        reference = nx.MultiDiGraph()
        reference.add_nodes_from(range(len(net.node_lane)))
        reference.add_weighted_edges_from(
            zip(net.edge_from.tolist(), net.edge_to.tolist(), lengths + penalty, strict=True)
        )
        for source in rng.choice(net.first_node[:-1], 8):
            start = LanePosition(int(net.node_lane[source]), float(net.node_arc_m[source]))
            expected = nx.single_source_dijkstra_path_length(reference, int(source))
            for goal in rng.choice(net.first_node[:-1], 8):
                place = LanePosition(int(net.node_lane[goal]), float(net.node_arc_m[goal]))
                if goal not in expected:
                    with pytest.raises(SuiteError, match="no lawful way"):
                        planner.search(start, place, cost)
                    continue
                route = planner.search(start, place, cost)
                found = route.length_m if cost == "length" else route.duration_s
                assert found + route.num_changes * LANE_CHANGE_COST[cost] == pytest.approx(expected[goal])


def test_tables_equal_searches_and_ways_through_a_third_place_are_no_shorter():
    rng = np.random.default_rng(3)
    planner = RoutePlanner(graph_of(random_city(rng)))
    lanes = planner.graph.lanes
    places = [
        LanePosition(int(i), float(rng.uniform(0, lanes.length_m[i]))) for i in rng.integers(0, len(lanes.kind), 14)
    ]
    cost = np.array([[table.at(a) for table in map(planner.distances_to, places)] for a in places])
    for a, b in itertools.product(range(len(places)), repeat=2):
        if math.isfinite(cost[a, b]):
            route = planner.search(places[a], places[b])
            assert route.length_m + route.num_changes * LANE_CHANGE_COST["length"] == pytest.approx(cost[a, b])
    assert np.isinf(cost).any()
    assert np.isfinite(cost).sum() > 40
    # Through gates, where no change can be cut in two.
    net = planner.network
    for gate in rng.choice(len(net.node_lane), 20):
        middle = LanePosition(int(net.node_lane[gate]), float(net.node_arc_m[gate]))
        to_middle = planner.distances_to(middle)
        onward = np.array([table.at(middle) for table in map(planner.distances_to, places)])
        through = np.array([to_middle.at(a) for a in places])[:, None] + onward
        assert np.all(cost <= through + 1e-9)


def test_backwards_on_the_reversed_network_costs_the_same(on_ring):
    """The table is a search over reversed edges; from lane starts it equals forward searches."""
    table = on_ring.distances_to(LanePosition(7, 60.0), "time")
    forward = on_ring.search(LanePosition(0, 0.0), LanePosition(7, 60.0), "time")
    assert table.at(LanePosition(0, 0.0)) == pytest.approx(forward.duration_s)
    assert forward.duration_s == pytest.approx(50 / 10 + QUARTER / DEFAULT_SPEED_MPS + 60 / 20)
    assert table.at(LanePosition(4, 0.0)) == math.inf
