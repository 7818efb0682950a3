"""Gates and edges by hand: where they stand, what they cost, and which changes they allow."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.roads.graph.kinds import CHANGE_LEFT, CHANGE_RIGHT
from sim_suite.driving.roads.routes.network import ALONG, DEFAULT_SPEED_MPS, LEFT, ONWARD, RIGHT, build_network
from tests.driving.roads.lanes_by_hand import Strip, altered, graph_of
from tests.driving.roads.routes.strips import highway


def edges_from(net, node):
    rows = range(net.first_edge[node], net.first_edge[node + 1])
    return {(int(net.edge_kind[e]), int(net.edge_to[e])): (net.edge_length_m[e], net.edge_time_s[e]) for e in rows}


def test_gates_and_edges_of_the_highway():
    net = build_network(graph_of(highway()))
    assert np.diff(net.first_node).tolist() == [9, 9, 9, 0, 5, 5, 5], "none on the bus lane"
    assert net.node_arc_m[:9] == pytest.approx(np.arange(9) * 25.0)
    assert net.node_time_s[9:18] == pytest.approx(np.arange(9) * 25 / 20)
    middle = edges_from(net, 10)
    assert middle[ALONG, 11] == pytest.approx((25.0, 25 / 20))
    assert middle[LEFT, 2] == pytest.approx((25.0, 0.5 * (25 / 30 + 25 / 20)))
    assert middle[RIGHT, 20] == pytest.approx((25.0, 0.5 * (25 / 10 + 25 / 20)))
    assert len(middle) == 3
    assert edges_from(net, 17) == {(ONWARD, int(net.first_node[5])): (0.0, 0.0)}
    assert edges_from(net, 19).keys() == {(ALONG, 20), (LEFT, 11)}, "the bus lane to the right is out of use"
    assert net.node_time_s[net.first_node[5] - 1] == pytest.approx(100 / DEFAULT_SPEED_MPS)


def test_back_edges_are_the_edges_read_backwards():
    net = build_network(graph_of(highway()))
    for node in range(len(net.node_lane)):
        back = net.back_edge[net.first_back[node] : net.first_back[node + 1]]
        assert sorted(back.tolist()) == np.flatnonzero(net.edge_to == node).tolist()


def test_a_change_must_be_allowed_all_the_way():
    """Two lanes of 100 m; the marks forbid changes from 40 m to 60 m: in the gates' intervals from 25 to 75 m."""
    graph = graph_of([
        Strip(0, 0, 0, 100, road=0, right=1, change=CHANGE_RIGHT), Strip(0, -3.5, 0, 100, road=0, left=0, change=CHANGE_LEFT)
    ])  # fmt: skip
    change = graph.points.change.copy()
    change[40:61] = 0
    net = build_network(altered(graph, "points", change=change))
    assert net.node_change[:5].tolist() == [CHANGE_RIGHT, 0, 0, CHANGE_RIGHT, 0]
    assert net.node_change[5:].tolist() == [CHANGE_LEFT] * 4 + [0]


def test_no_change_into_oncoming_traffic_nor_on_short_stretches():
    strips = [
        Strip(0, 0, 0, 9, road=0, left=1, change=CHANGE_LEFT),
        Strip(0, 3.5, 0, 9, road=0, right=0, change=CHANGE_RIGHT),
    ]
    assert not build_network(graph_of(strips)).node_change.any()
    longer = graph_of([Strip(**{**vars(strip), "length": 50}) for strip in strips])
    assert build_network(longer).node_change.any()
    oncoming = altered(longer, "lanes", direction=np.array([1, -1], np.int8))
    assert not build_network(oncoming).node_change.any()
