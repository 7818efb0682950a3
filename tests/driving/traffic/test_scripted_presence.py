"""Vehicles that a storyboard moves are noted where they are expected, so that those who must yield to them can."""

import math

import numpy as np
import pytest

from sim_suite.driving.roads.graph.projection import project_onto
from sim_suite.driving.traffic.presence import (
    ALONG,
    ASIDE,
    AT,
    BESIDE,
    COMING,
    EXPECT_S,
    HALF_ACROSS,
    ON,
    SORT,
    UNDER,
    WHO,
    new_presence,
    note_all,
)
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import SCRIPT, TRAFFIC
from sim_suite.driving.world.terrain import BESIDE_LEFT, JUNCTION, LANE_TURN
from tests.driving.actors_by_hand import empty_world, lane_named, put

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


def notes_of(world, sort):
    """Lane and place of the notes of one sort."""
    graph, state = world.map.graph, world.state
    presence = new_presence(1, 1, graph.num_lanes, 1)
    note_all(presence, 0, state.body[0], state.mind[0], state.path[0], state.span[0], 1, world.ground.terrain)
    rows = [k for k in range(presence.used[0]) if presence.note[0, k, SORT] == sort]
    return {int(presence.note[0, k, UNDER]): presence.place[0, k] for k in rows}


def curved_street(**how):
    """A world with one actor far along a street that bends unevenly, its lane, and the oncoming lane beside."""
    world = empty_world("crossing_bare", 1)
    lane = lane_named(world, "1/1/1")
    put(world, 0, [lane], 300.0, **how)
    return world, lane, int(world.ground.terrain.lane[lane, BESIDE_LEFT])


def test_who_heads_across_a_lane_claims_what_he_will_cross_on_the_lane_beside_too():
    world, lane, oncoming = curved_street(lateral=-2.0, speed=2.0, control=SCRIPT, turned=math.pi / 2)
    half = float(world.state.body[0, 0, col.LENGTH]) / 2
    on, beside = notes_of(world, ON)[lane], notes_of(world, BESIDE)[oncoming]
    until = -2.0 + 2.0 * float(EXPECT_S)
    assert on[ASIDE] - on[HALF_ACROSS] == pytest.approx(-2.0 - half, abs=1e-3)
    assert on[ASIDE] + on[HALF_ACROSS] == pytest.approx(until + half, abs=1e-3)
    # The middles of the lanes are 3.5 m apart, and left of one is left of the other.
    assert beside[ASIDE] == pytest.approx(3.5 - on[ASIDE], abs=0.01)
    assert beside[HALF_ACROSS] == on[HALF_ACROSS]


@pytest.mark.parametrize("control", [SCRIPT, TRAFFIC])
def test_who_reaches_into_the_oncoming_lane_is_noted_there_where_it_is(control):
    world, _, oncoming = curved_street(lateral=1.5, speed=8.0, control=control)
    world.state.mind[0, 0, col.SIDE_LANE] = oncoming
    x, y = (world.state.body[0, 0, [col.X, col.Y]]).tolist()
    terrain = world.ground.terrain
    places = np.array([x]) + terrain.origin_x, np.array([y]) + terrain.origin_y
    foot = project_onto(world.ground.grid, oncoming, *places)
    beside = notes_of(world, BESIDE)[oncoming]
    assert beside[AT] == pytest.approx(foot.arc_m[0], abs=0.05)
    assert beside[ASIDE] == pytest.approx(2.0, abs=0.01)
    assert beside[ALONG] == pytest.approx(-8.0)
