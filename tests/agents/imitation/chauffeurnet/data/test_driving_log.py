"""Which rows of a log are moments, at which the agent stands long, and at which it approaches a light or sign."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.roads.graph.layout import StopLines
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.layout import SPEED, WAIT
from tests.agents.imitation.chauffeurnet.data.drives_by_hand import straight_log


def test_moments_have_their_future_in_the_same_episode():
    log = straight_log(episodes=2, rows=13)
    assert log.moments(10).tolist() == [0, 1, 2, 13, 14, 15]
    assert log.episode_of(np.array([0, 12, 13, 25])).tolist() == [0, 0, 1, 1]
    log.end[0] = 11
    assert log.moments(10).tolist() == [0, 13, 14, 15]
    log.end[0] = 0
    assert log.moments(10).tolist() == [13, 14, 15]


def test_no_moment_has_a_future_that_is_not_to_be_learned_from():
    log = straight_log(rows=20)
    log.learned[5] = False
    assert log.moments(4).tolist() == [0, 1, *range(6, 16)]


def test_long_standing():
    log = straight_log(speed=0.0, rows=30)
    log.mind[:, 0, WAIT] = 4 * np.arange(30)
    log.body[25:, 0, SPEED] = 3.0
    rows = log.moments(10)
    assert rows[log.is_standing(rows, 10)].tolist() == []
    log.body[28:, 0, SPEED], log.body[25:28, 0, SPEED] = 3.0, 0.1
    assert rows[log.is_standing(rows, 10)].tolist() == [15, 16, 17], "who sets off within two seconds is worth seeing"


def with_lines(log, lanes, arcs):
    """The log on a map where traffic is held on these lanes at these arcs, and nowhere else."""
    graph = log.driving_map.graph
    first = np.searchsorted(lanes, np.arange(graph.num_lanes + 1)).astype(np.int32)
    lines = StopLines(
        first, np.array(arcs), np.full(len(arcs), SignalKind.STOP, np.uint8), np.zeros(len(arcs), np.int32)
    )
    road_map = replace(log.driving_map.road_map, graph=replace(graph, stop_lines=lines))
    return replace(log, driving_map=log.driving_map._replace(road_map=road_map))


def test_how_far_ahead_the_next_line_on_the_route_lies():
    """The route: lane 2 from 20 to 120 m, then lane 1 from 0 to 80 m. Lines: before it, at its 70th and 130th metre, on lane 3."""
    log = with_lines(straight_log(rows=8), [1, 2, 2, 3], [30.0, 10.0, 90.0, 5.0])
    log.legs[0, 0, :2] = 2, 1
    log.leg_span[0, 0, :2] = (20.0, 120.0), (0.0, 80.0)
    log.leg_arc[0, 0, :3] = 0.0, 100.0, 180.0
    log.body[:, 0, col.ROUTE_ARC] = 0.0, 19.5, 20.5, 70.0, 70.5, 79.5, 81.0, 131.0
    rows = np.array([7, 6, 5, 4, 3, 2, 1, 0])
    assert log.line_ahead_m(rows).tolist() == [np.inf, 49.0, 50.5, 59.5, 0.0, 49.5, 50.5, 70.0]
    assert np.isinf(straight_log().line_ahead_m(np.arange(4))).all(), "there is no line on the street"
