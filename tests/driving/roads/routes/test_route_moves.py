"""How places between gates are joined to the network; gates of the first lanes lie at 0, 25, ... 200 m."""

from __future__ import annotations

import pytest

from sim_suite.driving.roads.routes.moves import Moves
from sim_suite.driving.roads.routes.network import ALONG, LEFT, ONWARD, RIGHT, build_network
from sim_suite.driving.roads.routes.route import LanePosition
from sim_suite.errors import SuiteError
from tests.driving.roads.lanes_by_hand import graph_of
from tests.driving.roads.routes.strips import highway


@pytest.fixture(scope="module")
def moves():
    graph = graph_of(highway())
    return Moves(graph, build_network(graph))


def brief(accesses, net):
    """(lane and arc of the gate, lane, kind, length) of each."""
    return [
        (int(net.node_lane[a.node]), float(net.node_arc_m[a.node]), a.piece.lane, a.piece.kind, a.piece.length_m)
        for a in accesses
    ]


def test_exits_lead_to_the_next_gate_of_the_lane_and_of_those_beside(moves):
    assert brief(moves.exits(LanePosition(1, 30.0)), moves.network) == [
        (1, 50.0, 1, ALONG, 20.0), (0, 50.0, 0, LEFT, 20.0), (2, 50.0, 2, RIGHT, 20.0)
    ]  # fmt: skip


def test_entries_come_from_the_gate_before(moves):
    assert brief(moves.entries(LanePosition(1, 40.0)), moves.network) == [
        (1, 25.0, 1, ALONG, 15.0), (0, 25.0, 1, RIGHT, 15.0), (2, 25.0, 1, LEFT, 15.0)
    ]  # fmt: skip


def test_changes_need_room_and_marks(moves):
    assert [a.piece.kind for a in moves.exits(LanePosition(1, 41.0))] == [ALONG]
    assert [a.piece.kind for a in moves.entries(LanePosition(1, 34.0))] == [ALONG]
    assert [a.piece.kind for a in moves.exits(LanePosition(5, 10.0))] == [ALONG]


def test_durations_are_those_of_both_lanes(moves):
    """Lane 0 is driven at 30 m/s, lane 1 at 20 m/s."""
    along, left, _ = (access.piece for access in moves.exits(LanePosition(1, 25.0)))
    assert along.duration_s == pytest.approx(25 / 20)
    assert left.duration_s == pytest.approx(0.5 * (25 / 20 + 25 / 30))


def test_direct_ways_lie_within_one_interval_and_ahead(moves):
    def direct(*places):
        piece = moves.direct(*(LanePosition(*place) for place in places))
        return piece and (piece.lane, piece.from_lane, piece.kind, piece.length_m)

    assert direct((1, 30.0), (1, 45.0)) == (1, 1, ALONG, 15.0)
    assert direct((1, 45.0), (1, 30.0)) is None
    assert direct((1, 30.0), (1, 55.0)) is None
    assert direct((1, 30.0), (2, 45.0)) == (2, 1, RIGHT, 15.0)
    assert direct((1, 30.0), (2, 36.0)) is None
    assert direct((0, 30.0), (2, 45.0)) is None


def test_edges_are_pieces_too(moves):
    net = moves.network
    for edge in range(len(net.edge_to)):
        piece = moves.piece(edge)
        assert piece.kind == net.edge_kind[edge]
        assert piece.from_lane == net.node_lane[net.edge_from[edge]]
        assert piece.to_arc_m - piece.from_arc_m == pytest.approx(0.0 if piece.kind == ONWARD else 25.0)


def test_places_are_checked(moves):
    assert moves.checked(LanePosition(1, 200.0 + 1e-7), "goal") == (1, 200.0)
    for place, what in (((99, 0.0), "lanes 0 to 6"), ((3, 5.0), "routes may use"), ((1, 201.0), "length is 200 m")):
        with pytest.raises(SuiteError, match=what):
            moves.checked(LanePosition(*place), "start")
