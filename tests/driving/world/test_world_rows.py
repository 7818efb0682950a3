"""A world's rows: what a snapshot keeps, what a reset touches, what the order of slots means, how much memory they take."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.roads.graph.poses import lane_poses
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import NO_CONTROL, TRAFFIC, EventKind
from sim_suite.driving.world.layout import MAX_EVENTS, State, new_state
from sim_suite.driving.world.world import World, WorldOptions
from sim_suite.errors import SuiteError
from tests.driving.actors_by_hand import agent_world, route_along
from tests.driving.sensors.scenes import prepared

CROWDED = WorldOptions(agents=1, vehicles=12, pedestrians=5, parked=2, judge_all=True, route_m=(60.0, 150.0))


def world_of(town="crossroads", worlds=1, options=CROWDED, seed=11):
    world = World(prepared(town), worlds, options)
    world.reset(np.arange(worlds) + seed)
    return world


@pytest.mark.parametrize("town", ["crossroads", "village"])
def test_what_follows_a_restored_snapshot_is_what_followed_it(town):
    world = world_of(town, worlds=3)
    world.step(100)
    kept = world.snapshot()
    world.step(150)
    then = world.snapshot()
    world.restore(kept)
    world.step(150)
    for name, array, expected in zip(State._fields, world.state, then, strict=True):
        assert array.tobytes() == expected.tobytes(), name


def test_a_snapshot_of_some_worlds_goes_on_in_others():
    world = world_of(worlds=3)
    world.step(60)
    world.restore(world.snapshot([2]), [0])
    world.step(60)
    for name, array in zip(State._fields, world.state, strict=True):
        assert np.array_equal(array[0], array[2]), name
    assert not np.array_equal(world.state.body[0], world.state.body[1])


def test_a_snapshot_is_a_copy():
    world = world_of()
    kept = world.snapshot()
    before = kept.body.copy()
    world.step(20)
    assert np.array_equal(kept.body, before)


def test_reset_of_some_leaves_the_others_untouched():
    world = world_of(worlds=4)
    world.step(50)
    before = world.snapshot()
    world.reset([11, 99], which=[2, 0])
    for name, array, kept in zip(State._fields, world.state, before, strict=True):
        assert np.array_equal(array[[1, 3]], kept[[1, 3]]), name
    assert world.state.world[[2, 0], col.TICK].tolist() == [0, 0]
    world.step(30)
    fresh = world_of(worlds=1)
    fresh.step(30)
    for name in ("body", "mind", "path", "legs"):
        assert np.array_equal(getattr(world.state, name)[2], getattr(fresh.state, name)[0]), name


def permuted(state: State, order: np.ndarray) -> State:
    """World 0 with its actors in another order of slots."""
    whole = {name: getattr(state, name) for name in ("body", "mind", "path", "span", "controls", "trail")}
    return state._replace(**{name: array[:, order] for name, array in whole.items()})


@pytest.mark.parametrize(("town", "seed"), [("crossroads", 11), ("crossroads", 12), ("village", 3), ("roundabout", 4)])
def test_the_order_of_slots_changes_nothing(town, seed):
    options = WorldOptions(agents=0, vehicles=14, pedestrians=6, parked=2)
    first = world_of(town, options=options, seed=seed)
    second = world_of(town, options=options, seed=seed)
    order = np.random.default_rng(seed).permutation(options.actors)
    second.restore(permuted(first.state, order))
    first.step(200)
    second.step(200)
    for name in ("body", "mind", "path", "span"):
        assert np.array_equal(getattr(first.state, name)[:, order], getattr(second.state, name)), name


def test_routes_by_hand_are_followed():
    graph = prepared("crossroads").graph
    into = int(
        np.flatnonzero((graph.lanes.junction < 0) & (graph.lanes.kind == 1) & (np.diff(graph.successors.first) > 1))[0]
    )
    through = int(graph.successors.lane[graph.successors.first[into]])
    out = int(graph.successors.lane[graph.successors.first[through]])
    lanes = [into, through, out]
    start = float(graph.lanes.length_m[into]) - 20.0
    world = agent_world("crossroads", lanes, start=start, end=30.0)
    state = world.state
    assert state.legs[0, 0, :4].tolist() == [*lanes, -1]
    through_m = float(graph.lanes.length_m[through])
    assert np.allclose(state.leg_arc[0, 0, :4], [0.0, 20.0, 20.0 + through_m, 50.0 + through_m], atol=1e-3)
    assert np.allclose(state.leg_span[0, 0, :3], [(start, start + 20.0), (0.0, through_m), (0.0, 30.0)], atol=1e-3)
    assert state.path[0, 0, :4].tolist() == [*lanes, -1]
    begin = lane_poses(graph, into, start)
    assert np.allclose(state.body[0, 0, [col.X, col.Y, col.YAW]], [begin.x[0], begin.y[0], begin.heading[0]], atol=0.01)


def test_a_route_with_more_lanes_than_there_is_room_for_is_refused():
    world = World(prepared("crossroads"), 1, WorldOptions(vehicles=0, max_legs=1))
    graph = world.map.graph
    into = int(
        np.flatnonzero((graph.lanes.junction < 0) & (graph.lanes.kind == 1) & (np.diff(graph.successors.first) > 0))[0]
    )
    through = int(graph.successors.lane[graph.successors.first[into]])
    with pytest.raises(SuiteError, match="max_legs=2"):
        world.reset([0], routes=[[route_along(graph, [into, through])]])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"vehicles": -1}, "negative"),
        ({"agents": 0, "vehicles": 0}, "at least one actor"),
        ({"route_m": (0.0, 10.0)}, "route_m"),
        ({"route_m": (20.0, 10.0)}, "route_m"),
        ({"route_m": (20.0, float("inf"))}, "route_m"),
        ({"start_speed_mps": -1.0}, "start_speed_mps"),
        ({"start_speed_mps": 100.0}, "start_speed_mps"),
        ({"max_legs": 0}, "negative"),
    ],
)
def test_options_out_of_range_are_refused(options, message):
    with pytest.raises(SuiteError, match=message):
        WorldOptions(**options)


def test_worlds_seeds_and_routes_must_match():
    world = world_of(worlds=2)
    with pytest.raises(SuiteError, match="2 worlds"):
        world.reset([1])
    with pytest.raises(SuiteError, match="negative"):
        world.reset([1, -4])
    with pytest.raises(SuiteError, match="2 worlds"):
        world.reset([1, 2], routes=[[]])
    with pytest.raises(SuiteError, match="1 routes"):
        world.reset([1, 2], routes=[[], []])
    with pytest.raises(SuiteError, match="num_worlds"):
        World(prepared("crossroads"), 0)


def test_the_speed_at_the_start_is_the_agents():
    world = world_of(options=WorldOptions(vehicles=0, start_speed_mps=7.5))
    assert world.state.body[0, 0, col.SPEED] == 7.5


def test_everybody_begins_apart_and_with_a_number_of_its_own():
    world = world_of("village", worlds=8, options=WorldOptions(agents=2, vehicles=20, pedestrians=10, parked=8))
    for w in range(8):
        there = world.state.mind[w, :, col.CONTROL] != NO_CONTROL
        numbers = world.state.mind[w, there, col.ID]
        assert len(set(numbers.tolist())) == there.sum()
    world.step(1)
    assert not any(event.kind == EventKind.COLLISION for w in range(8) for event in world.events(w))


def test_the_list_of_events_holds_so_many_and_counts_on():
    world = World(prepared("crossroads"), 1, WorldOptions(agents=0, vehicles=0, spare=100, judge_all=True))
    world.reset([0])
    state = world.state
    state.mind[0, :, col.CONTROL], state.mind[0, :, col.ID] = TRAFFIC, np.arange(100)
    state.body[0, :, [col.LENGTH, col.WIDTH, col.WHEELBASE]] = np.array([4.5, 1.8, 2.6])[:, None]
    state.body[0, :, col.X] = 10.0 * np.arange(100) + 3000.0  # in the fields
    state.path[0, :, 0] = 0
    state.span[0, :, 0, 1] = 1.0
    state.mind[0, :, col.LANE] = 0
    world.step()
    assert len(world.events(0)) == MAX_EVENTS
    assert state.world[0, col.NUM_EVENTS_NOW] >= 100
    world.step()
    assert len(world.events(0)) < MAX_EVENTS


def test_four_thousand_worlds_of_64_take_at_most_128_mb():
    largest = max(len(prepared(town).graph.group_ids) for town in ("crossroads", "village", "town_1km"))
    one = new_state(1, 64, 1, largest, max_legs=WorldOptions().max_legs)
    assert 4096 * sum(array.nbytes for array in one) <= 128e6
    assert sum(a.nbytes for a in new_state(3, 64, 1, largest, max_legs=64)) == 3 * sum(a.nbytes for a in one)
