"""The measures of these tests can fail: each finds what it looks for."""

import networkx as nx
import pytest

from sim_suite.driving.roads.towns.draft import Draft, End
from sim_suite.driving.roads.towns.lessons_streets import loop_straight
from sim_suite.driving.roads.towns.paths import Path, Pose
from sim_suite.driving.roads.towns.profiles import street
from tests.driving.roads.towns.quality import build_graph, overlaps, reachability, worst_joint


def crossing_roads(turn):
    draft = Draft("two")
    for start in (Pose(-50.0, 0.0, 0.0), Pose(0.0, -50.0, turn)):
        road = draft.road(Path(start).straight(100.0), street(1))
        draft.join(End(road, "end"), End(road, "start"))
    return build_graph(draft.finish()).graph


def test_roads_that_cross_without_a_junction_are_seen():
    assert overlaps(crossing_roads(1.57)) == {(0, 1)}


def test_a_gap_between_linked_lanes_is_seen():
    gap, turn, widening = worst_joint(crossing_roads(1.57))
    assert gap == pytest.approx(100.0)
    assert turn == widening == pytest.approx(0.0)


def test_a_loop_is_closed_only_with_its_lane_changes():
    graph = build_graph(loop_straight()).graph
    town = reachability(graph)
    assert nx.is_strongly_connected(town)
    roads = graph.lanes.road
    town.remove_edges_from([(a, b) for a, b in town.edges if roads[a] == roads[b]])
    assert not nx.is_strongly_connected(town)
