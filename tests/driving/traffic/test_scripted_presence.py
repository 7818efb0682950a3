"""Vehicles that a storyboard moves are noted where they are expected, so that those who must yield to them can."""

import math

import numpy as np
import pytest

from sim_suite.driving.traffic.presence import AT, COMING, SORT, UNDER, WHO, new_presence, note_all
from sim_suite.driving.world.kinds import SCRIPT
from sim_suite.driving.world.terrain import JUNCTION, LANE_TURN
from tests.driving.actors_by_hand import empty_world, put

BEFORE_M = 30.0


def noted(turned=0.0, before_m=BEFORE_M):
    """(lanes before the junction's ways, lanes that a scripted car is noted as coming to, and where, the world)."""
    world = empty_world("crossroads", 1)
    graph, terrain = world.map.graph, world.ground.terrain
    forks = np.diff(graph.successors.first) >= 2
    way = int(np.flatnonzero(forks & (terrain.lane[: graph.num_lanes, JUNCTION] < 0))[0])
    put(world, 0, [way], graph.lanes.length_m[way] - before_m, speed=8.0, control=SCRIPT, turned=turned)
    presence = new_presence(1, 1, graph.num_lanes, 1)
    state = world.state
    note_all(presence, 0, state.body[0], state.mind[0], state.path[0], state.span[0], 1, terrain)
    rows = [k for k in range(presence.used[0]) if presence.note[0, k, SORT] == COMING]
    assert all(presence.note[0, k, WHO] == 0 for k in rows)
    ways = graph.successors.lane[graph.successors.first[way] : graph.successors.first[way + 1]]
    return ways, [int(presence.note[0, k, UNDER]) for k in rows], presence.place[0, rows, AT], world


def test_it_is_expected_to_go_straight_on():
    ways, lanes, at, world = noted()
    turns = np.abs(world.ground.terrain.lane_f[ways, LANE_TURN])
    assert lanes == [int(ways[np.argmin(turns)])]
    assert at == pytest.approx([-BEFORE_M], abs=1e-3)


def test_who_crosses_the_lane_or_drives_against_it_is_not_expected_there():
    for turned in (math.pi / 2, math.pi):
        assert noted(turned)[1] == []


def test_nobody_is_expected_from_far_away():
    assert noted(before_m=100.0)[1] == []
