"""Traffic by itself for some minutes on every map that has a name; and around an agent."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.roads.graph.poses import lane_poses
from sim_suite.driving.roads.maps import map_names
from sim_suite.driving.world import layout as col
from sim_suite.driving.world import terrain as tr
from sim_suite.driving.world.kinds import BICYCLE, NO_CONTROL, TICKS_A_SECOND, TRAFFIC, EventKind
from sim_suite.driving.world.recycle import TOWED_TICKS
from sim_suite.driving.world.world import World, WorldOptions
from tests.driving.sensors.scenes import prepared

VEHICLES_A_KM, PEDESTRIANS, MOST = 15.0, 10, 150
MINUTE = 60 * TICKS_A_SECOND


def peopled(town, seed=5):
    driving_map = prepared(town)
    km = float(driving_map.ground.terrain.spawn_m[-1]) / 1000.0
    options = WorldOptions(
        agents=0, vehicles=min(max(round(km * VEHICLES_A_KM), 4), MOST), pedestrians=PEDESTRIANS, parked=4
    )
    world = World(driving_map, 1, options)
    world.reset([seed])
    return world


def vehicles(world):
    return (world.state.mind[0, :, col.CONTROL] == TRAFFIC) & (world.state.mind[0, :, col.KIND] <= BICYCLE)


def flow(town, minutes):
    """(collisions, longest standing in ticks, metres of each minute, vehicles)."""
    world = peopled(town)
    collisions, longest, metres = 0, 0, []
    for _ in range(minutes):
        driven = 0.0
        for _ in range(120):
            world.step(TICKS_A_SECOND // 2)
            collisions += sum(
                event.kind == EventKind.COLLISION and event.actor < event.partner for event in world.events(0)
            )
            moving = vehicles(world)
            driven += float(world.state.body[0, moving, col.SPEED].sum()) / 2
            longest = max(longest, int(world.state.mind[0, moving, col.WAIT].max(initial=0)))
        metres.append(driven)
    assert np.isfinite(world.state.body).all()
    return collisions, longest, metres, int(vehicles(world).sum())


@pytest.mark.parametrize("town", map_names())
def test_three_minutes_of_traffic(town):
    collisions, longest, metres, count = flow(town, 3)
    assert count > 0
    assert collisions <= 1 + count // 100
    assert longest < 2.5 * MINUTE
    assert metres[2] > 0.35 * metres[0]  # queues behind cyclists: 0.42 to 0.73 of it on `country_road`, seeds 1 to 8
    assert metres[2] / count > 60.0  # a metre a second each


@pytest.mark.slow
@pytest.mark.parametrize("town", ["crossroads", "village", "town_1km"])
def test_ten_minutes_of_traffic(town):
    collisions, longest, metres, count = flow(town, 10)
    assert collisions < 0.1 * count * 10 / 60 + 2
    assert longest < 3 * MINUTE
    assert sum(metres[7:]) > 0.8 * sum(metres[1:4])


BUBBLE = 120


def test_traffic_stays_around_an_agent_that_drives():
    """It is carried along its route at 10 m/s; whoever falls behind begins anew ahead, out of sight."""
    options = WorldOptions(vehicles=12, pedestrians=4, bubble_m=BUBBLE, route_m=(600.0, 1000.0))
    world = World(prepared("town_1km"), 1, options)
    world.reset([4])
    state, graph = world.state, prepared("town_1km").graph
    near, new, numbers = [], 0, set(state.mind[0, :, col.ID].tolist())
    leg_arc = state.leg_arc[0, 0]
    for second in range(50):
        at = 10.0 * second
        leg = int(np.searchsorted(leg_arc[1 : int((state.legs[0, 0] >= 0).sum()) + 1], at, side="right"))
        arc = float(state.leg_span[0, 0, leg, 0] + at - leg_arc[leg])
        pose = lane_poses(graph, int(state.legs[0, 0, leg]), arc)
        state.body[0, 0, [col.X, col.Y, col.YAW, col.SPEED]] = pose.x[0], pose.y[0], pose.heading[0], 0.0
        world.step(TICKS_A_SECOND)
        there = state.mind[0, 1:, col.CONTROL] != NO_CONTROL
        away = np.hypot(*(state.body[0, 1:, :2] - state.body[0, 0, :2])[there].T)
        near.append(int((away < 1.2 * BUBBLE).sum()))
        fresh = there & ~np.isin(state.mind[0, 1:, col.ID], list(numbers))
        for slot in np.flatnonzero(fresh) + 1:
            born = np.hypot(*(state.body[0, slot, :2] - state.body[0, 0, :2]))
            assert born > 0.3 * BUBBLE
            new += 1
        numbers |= set(state.mind[0, :, col.ID].tolist())
    assert np.mean(near[10:]) > 0.6 * 16
    assert new > 10


def test_who_has_collided_and_stands_is_taken_away():
    world = peopled("crossroads")
    world.step(200)
    state = world.state
    wreck = int(np.flatnonzero(vehicles(world))[0])
    number = state.mind[0, wreck, col.ID]
    state.mind[0, wreck, col.CONTACT] = 999
    for _ in range(40):
        state.body[0, wreck, col.SPEED], state.mind[0, wreck, col.WAIT] = 0.0, TOWED_TICKS + 1
        world.step(1)
        if state.mind[0, wreck, col.ID] != number:
            break
    assert state.mind[0, wreck, col.ID] != number


def test_vehicles_stay_on_their_lanes():
    world = peopled("town_1km")
    terrain = world.ground.terrain
    for _ in range(20):
        world.step(40)
        moving = vehicles(world)
        body, mind = world.state.body[0, moving], world.state.mind[0, moving]
        assert np.all(mind[:, col.LANE] == world.state.path[0, moving, 0])
        assert np.all(terrain.lane[mind[:, col.LANE], tr.DRIVEN] == 1)
        settled = world.state.world[0, col.TICK] - mind[:, col.CHANGED] > 100
        assert np.quantile(np.abs(body[settled, col.LATERAL]), 0.95) < 1.5
        assert np.abs(body[:, col.SPEED]).max() < 40.0
