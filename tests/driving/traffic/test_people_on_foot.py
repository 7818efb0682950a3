"""People and vehicles at crosswalks: a walker begins when each vehicle can stop, and vehicles stop for who is on it."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.roads.graph.projection import project
from sim_suite.driving.world import layout as col
from sim_suite.driving.world import terrain as tr
from sim_suite.driving.world.kinds import GREEN, PEDESTRIAN, RED, SCRIPT, TRAFFIC, EventKind
from sim_suite.driving.world.layout import CROSSING, WAITING, WALKING
from sim_suite.driving.world.spawn import begin_actor
from sim_suite.driving.world.world import World, WorldOptions
from tests.driving.actors_by_hand import empty_world, lane_named, put, run
from tests.driving.sensors.scenes import prepared


def put_walker(world, slot, crosswalk, phase=WAITING, share=0.0):
    """On a crosswalk: waiting at its first end, or on its way, a share of it behind."""
    begin_actor(world.state, 0, slot, PEDESTRIAN, TRAFFIC)
    row = world.ground.terrain.crosswalk_f[crosswalk]
    body, mind = world.state.body[0, slot], world.state.mind[0, slot]
    body[col.X] = row[tr.AX] + share * (row[tr.BX] - row[tr.AX])
    body[col.Y] = row[tr.AY] + share * (row[tr.BY] - row[tr.AY])
    end = (tr.BX, tr.BY) if phase == CROSSING else (tr.AX, tr.AY)
    body[[col.GOAL_X, col.GOAL_Y, col.WISH]] = row[end[0]], row[end[1]], 1.4
    mind[[col.CROSSWALK, col.PHASE, col.LEG]] = crosswalk, phase, 1


def approach(world, slot, before, speed):
    """A vehicle whose front is so far before the roundabout's crosswalk 0, on the way in; the arc of that."""
    lane = lane_named(world, "1/0/1")
    rows = range(
        world.ground.terrain.lane[lane, tr.FIRST_CROSSING], world.ground.terrain.lane[lane + 1, tr.FIRST_CROSSING]
    )
    assert [int(world.ground.terrain.crossing[row, 0]) for row in rows] == [0]
    begin = float(world.ground.terrain.crossing_f[rows[0], tr.CROSS_FROM])
    put(world, slot, [lane], begin - before - 2.25, speed=speed)
    return lane, begin


def phases(world, slot, ticks):
    """Phase after each tick, and all events."""
    seen, events = [], []
    for _ in range(ticks):
        events += run(world, 1)
        seen.append(int(world.state.mind[0, slot, col.PHASE]))
    return seen, events


def test_where_nobody_comes_a_walker_crosses_at_once():
    world = empty_world("roundabout", 1)
    put_walker(world, 0, 0)
    seen: list[int] = []
    while WALKING not in seen:
        seen += phases(world, 0, 1)[0]
        assert len(seen) < 240
    assert CROSSING in seen[:20]
    row = world.ground.terrain.crosswalk_f[0]
    there = np.hypot(*(world.state.body[0, 0, [col.X, col.Y]] - row[[tr.BX, tr.BY]]))
    back = np.hypot(*(world.state.body[0, 0, [col.X, col.Y]] - row[[tr.AX, tr.AY]]))
    assert there < back


def test_a_walker_lets_one_pass_that_cannot_stop():
    world = empty_world("roundabout", 2)
    put_walker(world, 0, 0)
    lane, begin = approach(world, 1, 8.0, 9.0)
    body = world.state.body[0]
    for _ in range(200):
        run(world, 1)
        if world.state.mind[0, 0, col.PHASE] == CROSSING:
            break
    assert world.state.mind[0, 0, col.PHASE] == CROSSING
    assert world.state.mind[0, 1, col.LANE] != lane or body[1, col.ARC] - body[1, col.LENGTH] / 2 > begin


@pytest.mark.parametrize("share", [0.0, 0.3])
@pytest.mark.parametrize("before", [22.0, 35.0])
def test_a_vehicle_stops_for_who_is_on_the_crosswalk_and_then_goes_on(share, before):
    world = empty_world("roundabout", 2)
    put_walker(world, 0, 0, CROSSING, share)
    lane, begin = approach(world, 1, before, 9.0)
    low, high = world.ground.terrain.crossing_f[world.ground.terrain.lane[lane, tr.FIRST_CROSSING], 2:]
    row = world.ground.terrain.crosswalk_f[0]
    body, mind, events = world.state.body[0], world.state.mind[0], []
    for _ in range(400):
        events += run(world, 1)
        place = np.hypot(*(body[0, [col.X, col.Y]] - row[[tr.AX, tr.AY]]))
        on = mind[0, col.PHASE] == CROSSING and low < place < high
        front = body[1, col.ARC] + body[1, col.LENGTH] / 2
        assert not (on and mind[1, col.LANE] == lane and begin < front and body[1, col.SPEED] > 0.3)
    assert not any(event.kind == EventKind.COLLISION for event in events)
    assert mind[1, col.LANE] != lane


@pytest.mark.parametrize(("light", "crosses"), [(GREEN, False), (RED, True)])
def test_a_walker_waits_while_vehicles_have_green(light, crosses):
    world = empty_world("crossroads", 1)
    assert world.ground.terrain.crosswalk[0, tr.WALK_GROUP] >= 0
    put_walker(world, 0, 0)
    world.state.lights[:] = light
    seen, _ = phases(world, 0, 100)
    assert (CROSSING in seen) == crosses


def test_a_vehicle_on_the_crosswalk_is_waited_for():
    world = empty_world("roundabout", 2)
    put_walker(world, 0, 0)
    lane, begin = approach(world, 1, 0.0, 0.0)
    put(world, 1, [lane], begin + 1.0, control=SCRIPT)
    seen, _ = phases(world, 0, 200)
    assert CROSSING not in seen


@pytest.mark.parametrize("town", ["crossroads", "village", "left_hand"])
def test_people_stay_on_sidewalks_and_crosswalks(town):
    """Hardly ever is one who follows a sidewalk on a lane for cars: where sidewalks go on across a mouth of a street."""
    world = World(prepared(town), 1, WorldOptions(agents=0, vehicles=0, pedestrians=40))
    world.reset([3])
    walking = 0
    for _ in range(30):
        world.step(40)
        body, mind = world.state.body[0], world.state.mind[0]
        there = (mind[:, col.CONTROL] == TRAFFIC) & (mind[:, col.PHASE] == WALKING) & (mind[:, col.CROSSWALK] < 0)
        walking += int(there.sum())
        place = project(world.ground.grid, body[there, col.X], body[there, col.Y], max_distance_m=5.0)
        inside = (place.lane >= 0) & place.inside
        assert inside.mean() < 0.1
    assert walking > 100
    assert (world.state.body[0, :, col.SPEED] > 0.5).any()
