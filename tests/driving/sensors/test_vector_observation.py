"""The vector that an agent sees: numbers by hand on a straight road, and what must not change it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.roads.maps import load_map
from sim_suite.driving.sensors import vector_observation as seen
from sim_suite.driving.world import kinds
from sim_suite.driving.world import layout as col
from sim_suite.driving.world import terrain as land

PLACES = 4
FIRST = seen.FIRST_ACTOR


@pytest.fixture(scope="module")
def terrain():
    return land.prepare(load_map("crossroads")).ground.terrain


@pytest.fixture(scope="module")
def approach(terrain):
    """A straight lane that ends at a light, and the way on."""
    for lane in range(len(terrain.lane_f)):
        stops = range(terrain.lane[lane, land.FIRST_STOP], terrain.lane[lane + 1, land.FIRST_STOP])
        points = terrain.point[terrain.lane[lane, land.FIRST_POINT] : terrain.lane[lane + 1, land.FIRST_POINT]]
        lit = [s for s in stops if terrain.stop[s, land.STOP_KIND] == SignalKind.LIGHT]
        if lit and terrain.lane[lane, land.JUNCTION] < 0 and terrain.lane_f[lane, land.LANE_LENGTH] > 60:
            near_end = points[-int(30 / terrain.lane_f[lane, land.LANE_STEP]) :]
            if np.abs(near_end[:, land.CURVATURE]).max() < 1e-4:
                return lane, int(terrain.successor[terrain.lane[lane, land.FIRST_SUCCESSOR]]), lit[0]
    raise AssertionError("the map has no straight lane that leads to a light")


def world_on(terrain, approach, before_end_m=28.0, worlds=1):
    """The ego on the lane's centre, so far before its end."""
    lane, way_on, _ = approach
    state = col.new_state(worlds, 6, 1, len(terrain.programme), max_legs=8)
    length = terrain.lane_f[lane, land.LANE_LENGTH]
    arc = length - before_end_m
    k = terrain.lane[lane, land.FIRST_POINT] + int(arc / terrain.lane_f[lane, land.LANE_STEP])
    arc = (k - terrain.lane[lane, land.FIRST_POINT]) * terrain.lane_f[lane, land.LANE_STEP]
    own = state.body[:, 0]
    own[:, col.X], own[:, col.Y] = terrain.point[k, land.PX], terrain.point[k, land.PY]
    own[:, col.YAW], own[:, col.ARC], own[:, col.LANE_ARC] = terrain.point[k, land.HEADING], arc, arc
    own[:, col.LENGTH], own[:, col.WIDTH], own[:, col.SPEED_LIMIT] = 4.5, 1.8, 12.0
    state.world[:, col.NUM_ACTORS] = 6
    state.mind[:, 0, col.CONTROL], state.mind[:, 0, col.LANE] = kinds.AGENT, lane
    state.path[:, 0, :2] = lane, way_on
    state.span[:, 0, :2, 1] = length, terrain.lane_f[way_on, land.LANE_LENGTH]
    state.legs[:, 0, :2] = lane, way_on
    state.leg_arc[:, 0, 1:3] = length - arc, length - arc + 30.0
    return state


def add(state, slot, ahead_m, left_m, number, **columns):
    own, body = state.body[0, 0], state.body[0, slot]
    cos, sin = math.cos(own[col.YAW]), math.sin(own[col.YAW])
    body[col.X] = own[col.X] + ahead_m * cos - left_m * sin
    body[col.Y] = own[col.Y] + ahead_m * sin + left_m * cos
    body[col.YAW] = own[col.YAW]
    state.mind[0, slot, col.CONTROL], state.mind[0, slot, col.ID] = kinds.TRAFFIC, number
    for name, value in columns.items():
        where = state.mind if name in ("KIND", "SIGNALS") else state.body
        where[0, slot, getattr(col, name)] = value


def seen_by(state, hidden=()):
    visible = np.ones((state.num_worlds, 1, 6), np.uint8)
    visible[:, :, list(hidden)] = 0
    return visible


def look(state, terrain, hidden=()):
    out = np.full((state.num_worlds, seen.observation_size(PLACES)), np.nan, np.float32)
    seen.observe(state, terrain, seen_by(state, hidden), 0, out)
    assert np.all(np.abs(out) <= 1.0)
    return out[0]


def test_own_motion_is_scaled_and_cut(terrain, approach):
    state = world_on(terrain, approach)
    own = state.body[0, 0]
    own[col.SPEED], own[col.ACCEL], own[col.STEER], own[col.YAW_RATE], own[col.SLIP] = 9.0, -3.0, 0.2, 0.3, 0.1
    own[col.LATERAL], own[col.HEADING_ERROR], own[col.ROUTE_ARC] = 1.0, math.pi / 4, 20.0
    state.controls[0, 0] = 0.5, 0.0, 0.25
    state.weather[0] = 0.5, 150.0, 0.3, 0.0
    got = look(state, terrain)
    left = state.leg_arc[0, 0, 2] - 20.0
    assert got[:12] == pytest.approx([0.3, -0.3, 0.2, 0.2, 0.1, 0.5, -0.25, 0.2, 0.25, 0.4, 0.3, left / 200.0])
    assert got[29:32] == pytest.approx([0.5, 0.5, 0.3])
    own[col.SPEED] = 100.0
    assert look(state, terrain)[0] == 1.0


def test_the_lane_borders_follow_the_place_on_the_lane(terrain, approach):
    state = world_on(terrain, approach)
    on_centre = look(state, terrain)
    state.body[0, 0, col.LANE_LATERAL] = 0.5
    aside = look(state, terrain)
    assert on_centre[12] == 1.0
    assert on_centre[13] == on_centre[14]
    assert aside[13:15] - on_centre[13:15] == pytest.approx([-0.1, 0.1], abs=1e-6)
    state.mind[0, 0, col.LANE] = -1
    assert not look(state, terrain)[12:19].any()


def test_points_of_a_straight_path_lie_ahead(terrain, approach):
    state = world_on(terrain, approach)
    points = look(state, terrain)[seen.NUM_OWN : FIRST].reshape(seen.NUM_POINTS, seen.POINT_NUMBERS)
    on_lane = seen.POINTS_M < 25.0
    assert points[on_lane, 0] == pytest.approx(seen.POINTS_M[on_lane] / 80.0, abs=1e-3)
    assert np.abs(points[on_lane, 1]).max() < 1e-3
    state.path[0, 0, 1] = -1  # the path ends with the lane
    points = look(state, terrain)[seen.NUM_OWN : FIRST].reshape(seen.NUM_POINTS, seen.POINT_NUMBERS)
    left = state.span[0, 0, 0, 1] - state.body[0, 0, col.ARC]
    assert points[-1, 0] == pytest.approx(left / 80.0, abs=1e-3)


@pytest.mark.parametrize(
    ("light", "numbers"), [(kinds.GREEN, (1, 0, 0)), (kinds.YELLOW, (0, 1, 0)), (kinds.RED, (0, 0, 1)), (kinds.OFF, (0, 0, 0))]
)  # fmt: skip
def test_a_light_ahead_is_seen_with_its_distance_from_the_front(terrain, approach, light, numbers):
    state = world_on(terrain, approach)
    stop = approach[2]
    state.lights[0, terrain.stop[stop, land.STOP_GROUP]] = light
    got = look(state, terrain)
    ahead = terrain.stop_arc[stop] - state.body[0, 0, col.ARC] - 2.25
    assert got[21] == pytest.approx(ahead / 100.0, abs=1e-5)
    assert tuple(got[22:25]) == numbers
    state.body[0, 0, col.ARC] = terrain.stop_arc[stop] - 2.0  # the front is past it
    assert not look(state, terrain)[22:28].any()


def test_other_actors_are_told_of_in_the_vehicles_frame(terrain, approach):
    state = world_on(terrain, approach)
    state.body[0, 0, col.SPEED] = 6.0
    add(state, 3, 20.0, -4.0, 7, SPEED=9.0, LENGTH=8.0, WIDTH=2.0, KIND=kinds.TRUCK, SIGNALS=kinds.LEFT_INDICATOR)
    got = look(state, terrain)[FIRST : FIRST + seen.ACTOR_NUMBERS]
    expected = [1, 0.25, -0.05, 1, 0, 0.1, 0, 0.4, 0.5, 1, 0, 0, 0, 0, 1, 0]
    assert got == pytest.approx(expected, abs=1e-5)
    assert not look(state, terrain)[FIRST + seen.ACTOR_NUMBERS :].any()


def test_the_nearest_come_first_and_slots_do_not_matter(terrain, approach):
    state = world_on(terrain, approach)
    for slot, (ahead, number) in enumerate([(30.0, 4), (10.0, 9), (-10.0, 2), (50.0, 1), (200.0, 3)], start=1):
        add(state, slot, ahead, 0.0, number)
    got = look(state, terrain)
    ahead = got[FIRST + 1 :: seen.ACTOR_NUMBERS] * 80.0
    assert sorted(ahead[:2]) == pytest.approx([-10.0, 10.0], abs=1e-3)
    assert ahead[2:] == pytest.approx([30.0, 50.0], abs=1e-3)
    order = [0, 5, 3, 1, 4, 2]
    for array in (state.body, state.mind):
        array[0] = array[0, order]
    assert np.array_equal(look(state, terrain), got)


def test_fog_hides_what_is_beyond_it(terrain, approach):
    state = world_on(terrain, approach)
    add(state, 1, 30.0, 0.0, 1)
    assert look(state, terrain)[FIRST] == 1.0
    state.weather[0, col.VISIBILITY] = 25.0
    assert look(state, terrain)[FIRST] == 0.0


def test_who_is_hidden_is_left_out(terrain, approach):
    state = world_on(terrain, approach)
    add(state, 1, 10.0, 0.0, 1)
    add(state, 2, 30.0, 0.0, 2)
    got = look(state, terrain, hidden=[1])
    assert got[FIRST + 1] * 80.0 == pytest.approx(30.0, abs=1e-3)
    assert not got[FIRST + seen.ACTOR_NUMBERS :].any()


def test_many_worlds_on_threads_equal_one(terrain, approach):
    state = world_on(terrain, approach, worlds=100)
    state.body[:, 0, col.SPEED] = np.arange(100) / 10
    together = np.empty((100, seen.observation_size(PLACES)), np.float32)
    alone = np.empty_like(together)
    seen.observe(state, terrain, seen_by(state), 0, together)
    seen.observe_worlds(state, terrain, seen_by(state), 0, alone, 0, 100)
    assert np.array_equal(together, alone)
    assert len(np.unique(together[:, 0])) == 100
