"""Each rule by hand: an agent is put where it breaks one, and the event comes once, when that begins."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.roads.graph.poses import lane_poses
from sim_suite.driving.rules.judge import BLOCKED_TICKS, DEVIATION_M, SPEED_TOLERANCE_MPS
from sim_suite.driving.world import layout as col
from sim_suite.driving.world import terrain as tr
from sim_suite.driving.world.kinds import GREEN, OFF, RED, TICK_S, YELLOW, EventKind
from sim_suite.driving.world.world import World, WorldOptions
from tests.driving.actors_by_hand import agent_world, put, run
from tests.driving.sensors.scenes import prepared


def straight_lane(town):
    """The longest two-way lane for cars that is straight, and has no changes of lane."""
    graph, terrain = prepared(town).graph, prepared(town).ground.terrain
    bends = np.maximum.reduceat(np.abs(graph.points.curvature), graph.lanes.first_point[:-1])
    good = (terrain.lane[:-1, tr.DRIVEN] == 1) & (terrain.lane[:-1, tr.ONCOMING] >= 0) & (graph.lanes.junction < 0)
    return int(np.argmax(np.where(good & (bends < 1e-4), graph.lanes.length_m, 0.0)))


def place(world, lane, arc, lateral=0.0, turned=0.0, speed=0.0):
    """Move the agent there."""
    pose = lane_poses(world.map.graph, lane, arc, lateral)
    body = world.state.body[0, 0]
    body[[col.X, col.Y, col.YAW]] = pose.x[0], pose.y[0], pose.heading[0] + turned
    body[[col.SPEED, col.SLIP, col.STEER, col.YAW_RATE]] = speed, 0.0, 0.0, 0.0
    body[col.ARC] = arc


def half_width(world, lane):
    return float(world.map.graph.points.width[world.map.graph.lanes.first_point[lane]]) / 2


def limit(world, lane):
    return float(world.ground.terrain.point[world.map.graph.lanes.first_point[lane], tr.LIMIT])


BREACHES = {
    "off_road": lambda world, lane: place(world, lane, 30.0, lateral=-half_width(world, lane) - 0.6, speed=2.0),
    "wrong_way": lambda world, lane: place(world, lane, 30.0, turned=math.pi, speed=3.0),
    "speeding": lambda world, lane: place(world, lane, 30.0, speed=limit(world, lane) + 3.0),
    "lane_invasion": lambda world, lane: place(world, lane, 30.0, lateral=-half_width(world, lane) + 0.7, speed=2.0),
    "route_deviation": lambda world, lane: place(world, lane, 30.0, lateral=31.0),
}
"""Each lasts as long as the agent is put back there."""


def solid_on_the_right(world, lane):
    return int(world.ground.terrain.point[world.map.graph.lanes.first_point[lane], tr.CHANGE]) & tr.SOLID_RIGHT


@pytest.mark.parametrize("name", sorted(BREACHES))
def test_an_event_is_noted_once_when_it_begins_and_again_after_it_ended(name):
    lane = straight_lane("t_junction")
    world = agent_world("t_junction", [lane], start=2.0)
    assert solid_on_the_right(world, lane)
    kind = EventKind[name.upper()]
    seen = []
    for breach in (False, True, True, True, False, False, True, True):
        if breach:
            BREACHES[name](world, lane)
        else:
            place(world, lane, 30.0, speed=2.0)
        events = [event for event in run(world, 1) if event.kind == kind]
        seen.append(len(events))
        if events:
            body = world.state.body[0, 0]
            assert events[0].tick == world.state.world[0, col.TICK] == len(seen)
            assert (events[0].actor, events[0].partner) == (0, -1)
            assert (events[0].x, events[0].y) == (body[col.X], body[col.Y])
    assert seen == [0, 1, 0, 0, 0, 0, 1, 0]
    assert world.state.tally[0, 0, kind] == 2


def test_in_its_lane_at_the_limit_nobody_breaks_a_rule():
    lane = straight_lane("t_junction")
    world = agent_world("t_junction", [lane], start=2.0)
    for _ in range(5):
        place(world, lane, 30.0, speed=limit(world, lane))
        assert run(world, 1) == []


def noted(town, lane, kind, **where):
    """Whether one tick at a place notes an event of a kind; its value."""
    world = agent_world(town, [lane], start=2.0)
    place(world, lane, 30.0, **where)
    return [event.value for event in run(world, 1) if event.kind == kind]


def test_a_hands_breadth_beside_the_road_is_on_it():
    lane = straight_lane("t_junction")
    world = agent_world("t_junction", [lane])
    edge = half_width(world, lane) - 0.9  # its right side on the border
    assert noted("t_junction", lane, EventKind.OFF_ROAD, lateral=-edge - 0.1) == []
    assert noted("t_junction", lane, EventKind.OFF_ROAD, lateral=-edge - 0.9) == [0.0]


def test_speeding_begins_beyond_the_tolerance_and_says_by_how_much():
    lane = straight_lane("t_junction")
    allowed = limit(agent_world("t_junction", [lane]), lane)
    tolerance = float(SPEED_TOLERANCE_MPS)
    assert noted("t_junction", lane, EventKind.SPEEDING, speed=allowed + tolerance - 0.1) == []
    assert noted("t_junction", lane, EventKind.SPEEDING, speed=allowed + tolerance + 0.2) == [
        pytest.approx(tolerance + 0.2, abs=0.1)
    ]


@pytest.mark.parametrize(("turned", "speed", "wrong"), [(3.0, 3.0, True), (1.4, 3.0, False), (math.pi, 0.2, False)])
def test_the_wrong_way_is_against_the_lane_and_moving(turned, speed, wrong):
    """On a lane, the one that runs the heading's way is preferred: within the street's half the centre decides."""
    lane = straight_lane("t_junction")
    found = noted("t_junction", lane, EventKind.WRONG_WAY, turned=turned, speed=speed)
    assert bool(found) == wrong


def test_on_the_oncoming_lane_one_drives_the_wrong_way():
    lane = straight_lane("t_junction")
    world = agent_world("t_junction", [lane])
    across = 2 * half_width(world, lane)
    assert noted("t_junction", lane, EventKind.WRONG_WAY, lateral=across, speed=5.0)
    assert not noted("t_junction", lane, EventKind.WRONG_WAY, lateral=0.3 * across, speed=5.0)


def test_route_deviation_begins_at_30_m_and_says_how_far():
    lane = straight_lane("t_junction")
    most = float(DEVIATION_M)
    assert noted("t_junction", lane, EventKind.ROUTE_DEVIATION, lateral=most - 1.0) == []
    assert noted("t_junction", lane, EventKind.ROUTE_DEVIATION, lateral=most + 1.0) == [pytest.approx(31.0, abs=0.1)]


def line_of(town, kind):
    """(lane, arc) of a stop line of a kind, far enough from its lane's start."""
    stops = prepared(town).graph.stop_lines
    lanes = np.repeat(np.arange(len(stops.first) - 1), np.diff(stops.first))
    chosen = np.flatnonzero((stops.kind == kind) & (stops.arc_m > 15.0))[0]
    return int(lanes[chosen]), float(stops.arc_m[chosen])


def onward(town, lane):
    graph = prepared(town).graph
    return [lane, int(graph.successors.lane[graph.successors.first[lane]])]


@pytest.mark.parametrize(("light", "times"), [(RED, 1), (YELLOW, 0), (GREEN, 0), (OFF, 0)])
def test_passing_a_line_at_red_is_noted_when_the_front_passes(light, times):
    lane, arc = line_of("crossroads", SignalKind.LIGHT)
    world = agent_world("crossroads", onward("crossroads", lane))
    world.state.lights[:] = light
    half = float(world.state.body[0, 0, col.LENGTH]) / 2
    place(world, lane, arc - half - 1.2, speed=10.0)  # half a metre a tick: the third passes
    events = [event for event in run(world, 20) if event.kind == EventKind.RED_LIGHT]
    assert [event.tick for event in events] == [3] * times


def test_standing_before_a_red_light_breaks_nothing():
    lane, arc = line_of("crossroads", SignalKind.LIGHT)
    world = agent_world("crossroads", onward("crossroads", lane))
    world.state.lights[:] = RED
    half = float(world.state.body[0, 0, col.LENGTH]) / 2
    place(world, lane, arc - half - 0.3)
    world.state.controls[0, 0] = 0.0, 0.0, 1.0
    assert run(world, 30) == []


def test_passing_a_stop_sign_without_stopping_is_noted():
    lane, arc = line_of("t_junction", SignalKind.STOP)
    world = agent_world("t_junction", onward("t_junction", lane))
    half = float(world.state.body[0, 0, col.LENGTH]) / 2
    place(world, lane, arc - half - 1.2, speed=10.0)
    events = [event.tick for event in run(world, 20) if event.kind == EventKind.STOP_SIGN]
    assert events == [3]


@pytest.mark.parametrize(("before", "times"), [(1.0, 0), (9.0, 1)])
def test_who_has_stood_near_the_line_may_pass_the_stop_sign(before, times):
    lane, arc = line_of("t_junction", SignalKind.STOP)
    world = agent_world("t_junction", onward("t_junction", lane))
    half = float(world.state.body[0, 0, col.LENGTH]) / 2
    place(world, lane, arc - half - before)
    world.state.controls[0, 0] = 0.0, 0.0, 1.0
    run(world, 5)
    world.state.controls[0, 0] = 0.0, 0.0, 0.0
    place(world, lane, arc - half - before, speed=10.0)
    assert sum(event.kind == EventKind.STOP_SIGN for event in run(world, 25)) == times


def test_blocked_after_standing_for_180_s_and_once():
    lane = straight_lane("t_junction")
    world = agent_world("t_junction", [lane], start=30.0)
    world.state.controls[0, 0] = 0.0, 0.0, 1.0
    world.step(BLOCKED_TICKS - 1)
    assert world.events(0) == []
    world.step(1)
    assert [(event.kind, event.tick) for event in world.events(0)] == [(EventKind.BLOCKED, 3600)]
    world.step(2000)
    assert world.events(0) == []
    place(world, lane, 30.0, speed=2.0)
    world.step(1)
    assert world.state.mind[0, 0, col.WAIT] == 0


def test_the_route_is_done_at_its_end():
    lane = straight_lane("t_junction")
    world = agent_world("t_junction", [lane], start=2.0, end=40.0)
    place(world, lane, 38.2, speed=5.0)  # a quarter of a metre a tick
    events = run(world, 40)
    assert [(event.kind, event.tick) for event in events] == [(EventKind.ROUTE_DONE, 4)]
    assert world.state.body[0, 0, col.ROUTE_ARC] == pytest.approx(38.0, abs=0.01)


def test_metres_of_the_route_never_fall():
    lane = straight_lane("t_junction")
    world = agent_world("t_junction", [lane], start=2.0)
    behind = []
    for arc in (10.0, 20.0, 15.0, 12.0, 30.0):
        place(world, lane, arc)
        run(world, 1)
        behind.append(float(world.state.body[0, 0, col.ROUTE_ARC]))
    assert behind == pytest.approx([8.0, 18.0, 18.0, 18.0, 28.0], abs=0.01)


def test_rules_are_watched_for_traffic_where_everybody_is_judged():
    lane = straight_lane("t_junction")
    for judge_all, expected in ((False, 0), (True, 1)):
        world = World(prepared("t_junction"), 1, WorldOptions(agents=0, vehicles=0, spare=1, judge_all=judge_all))
        world.reset([0])
        put(world, 0, [lane], 30.0, speed=limit(world, lane) + 4.0)
        events = [event for event in run(world, 3) if event.kind == EventKind.SPEEDING]
        assert len(events) == expected


def test_a_tick_is_what_it_says():
    lane = straight_lane("t_junction")
    world = agent_world("t_junction", [lane], start=2.0)
    place(world, lane, 30.0, speed=10.0)
    run(world, 1)
    assert world.state.body[0, 0, col.ARC] == pytest.approx(30.0 + 10.0 * TICK_S, abs=0.02)
