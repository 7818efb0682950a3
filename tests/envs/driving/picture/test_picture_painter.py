"""Whole pictures: the same every time, of every shipped map, in every weather, without growing memory."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from sim_suite.driving.roads.maps import map_names
from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import CAR, NO_CONTROL, PEDESTRIAN
from sim_suite.envs.driving.picture.camera import Camera, Follower
from sim_suite.envs.driving.picture.hud import Hud
from sim_suite.envs.driving.picture.painter import Painter
from sim_suite.envs.driving.picture.style import PictureStyle
from tests.envs.driving.picture.picture_scenes import painter, prepared, put, world

VIEW = Camera(0.0, -30.0, up=1.4, scale=6.0, width=320, height=240)


def street():
    state = world()
    put(state, 0, CAR, 1.8, -40.0, np.pi / 2, agent=True)
    put(state, 1, CAR, -1.8, -20.0, -np.pi / 2)
    put(state, 2, PEDESTRIAN, 5.5, -30.0)
    return state


def test_pictures_are_the_same_whatever_was_painted_before():
    state = street()
    state.weather[0] = 0.7, 120.0, 0.6, 0.5
    first = painter("crossroads").paint(state, 0, VIEW, Hud(9.0, 13.9))
    assert first.shape == (240, 320, 3)
    assert first.dtype == np.uint8
    painter("crossroads").paint(state, 0, Camera(30.0, 30.0, scale=3.0))
    np.testing.assert_array_equal(painter("crossroads").paint(state, 0, VIEW, Hud(9.0, 13.9)), first)
    fresh = Painter(prepared("crossroads"))
    np.testing.assert_array_equal(fresh.paint(state, 0, VIEW, Hud(9.0, 13.9)), first)


def test_painting_changes_no_state():
    state = street()
    before = [array.copy() for array in state]
    painter("crossroads").paint(state, 0, VIEW)
    for array, old in zip(state, before, strict=True):
        np.testing.assert_array_equal(array, old)


@pytest.mark.parametrize("name", map_names())
def test_every_shipped_map_paints(name):
    driving_map = prepared(name)
    lane = int(driving_map.ground.terrain.spawn_lane[0])
    x, y, yaw = driving_map.ground.terrain.point[driving_map.ground.terrain.lane[lane, 0], :3].tolist()
    state = world(name)
    put(state, 0, CAR, x, y, yaw, agent=True)
    state.legs[0, 0, 0], state.leg_span[0, 0, 0] = lane, (0.0, driving_map.ground.terrain.lane_f[lane, 0])
    state.leg_arc[0, 0, 1] = driving_map.ground.terrain.lane_f[lane, 0]
    view = Follower(320, 240).view(x, y, yaw, 8.0, 0.05)
    image = Painter(driving_map).paint(state, 0, view, Hud(8.0, 13.9))
    assert len(np.unique(image.reshape(-1, 3), axis=0)) > 500, "not a blank sheet"


def test_night_is_darker_but_not_before_headlights():
    state = street()
    day = painter("crossroads").paint(state, 0, VIEW)
    state.weather[0, layout.DARKNESS] = 1.0
    night = painter("crossroads").paint(state, 0, VIEW)
    assert night.mean() < 0.55 * day.mean()
    column, row = np.rint(VIEW.to_pixels(np.array((1.8, -32.0)))).astype(int)
    ahead = np.s_[row - 2 : row + 3, column - 2 : column + 3]
    column, row = np.rint(VIEW.to_pixels(np.array((1.8, -48.0)))).astype(int)
    behind = np.s_[row - 2 : row + 3, column - 2 : column + 3]
    assert night[ahead].mean() / day[ahead].mean() > 2.0 * night[behind].mean() / day[behind].mean()


def test_rain_and_fog_show():
    state = street()
    clear = painter("crossroads").paint(state, 0, VIEW)
    state.weather[0, layout.RAIN] = 1.0
    wet = painter("crossroads").paint(state, 0, VIEW)
    assert (wet != clear).any()
    state.world[0, layout.TICK] = 1
    assert (painter("crossroads").paint(state, 0, VIEW) != wet).any(), "drops fall"
    state.weather[0, layout.RAIN], state.weather[0, layout.VISIBILITY] = 0.0, 30.0
    fog = painter("crossroads").paint(state, 0, VIEW)
    assert fog[:20].std() < 0.5 * clear[:20].std(), "far away one sees less"


def test_plan_and_route_are_drawn():
    state = street()
    bare = painter("crossroads").paint(state, 0, VIEW)
    plan = np.column_stack((np.full(8, 1.8), np.linspace(-38.0, -24.0, 8)))
    drawn = painter("crossroads").paint(state, 0, VIEW, plan=plan)
    column, row = np.rint(VIEW.to_pixels(plan[4])).astype(int)
    assert np.abs(drawn[row, column].astype(int) - PictureStyle().plan).max() < 40
    assert (bare[row, column] != drawn[row, column]).any()


def test_plans_that_lie_far_out_or_are_no_numbers_do_no_harm():
    state = street()
    plan = np.array([(1.8, -38.0, 0.0), (1.8, -30.0, 0.0), (np.nan, 0.0, 0.0), (1e30, -1e30, 0.0)])
    assert painter("crossroads").paint(state, 0, VIEW, plan=plan).shape == (240, 320, 3)
    bare = painter("crossroads").paint(state, 0, VIEW)
    np.testing.assert_array_equal(painter("crossroads").paint(state, 0, VIEW, plan=plan[:0]), bare)


def test_places_count_from_the_terrains_origin():
    """The same street in a world whose arrays count from another origin looks the same."""
    there = prepared("crossroads")
    terrain, state = there.ground.terrain, street()
    state.mind[0, 2, layout.CONTROL] = NO_CONTROL  # a walker's step follows from its coordinates
    lane = int(terrain.spawn_lane[0])
    state.legs[0, 0, 0], state.leg_span[0, 0, 0], state.leg_arc[0, 0, 1] = lane, (0.0, 40.0), 40.0
    expected = painter("crossroads").paint(state, 0, VIEW)
    point = terrain.point.copy()
    point[:, 0] -= 64.0
    moved = there._replace(ground=there.ground._replace(terrain=terrain._replace(point=point, origin_x=64.0)))
    state.body[0, :2, layout.X] -= 64.0
    np.testing.assert_array_equal(Painter(moved).paint(state, 0, VIEW), expected)


def test_memory_stays_within_its_bound():
    own = Painter(prepared("crossroads"), PictureStyle(cache_bytes=4_000_000))
    state, follower = street(), Follower(320, 240)

    def drive(frames: range) -> None:
        for frame in frames:
            state.world[0, layout.TICK] = frame
            state.body[0, 0, layout.Y] = -100.0 + frame % 200
            view = follower.view(1.8, -100.0 + frame % 200, np.pi / 2, 10.0, 0.05)
            own.paint(state, 0, view, Hud(10.0, 13.9, time_s=(frame % 40) / 10))
            assert own.num_bytes < 4_000_000 + 5_000_000, "the cache and one view"

    drive(range(200))
    tracemalloc.start()
    drive(range(200, 210))
    before = tracemalloc.get_traced_memory()[0]
    drive(range(210, 400))
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 4_000_000, "squares come and go; nothing else is kept"


def test_it_needs_neither_torch_nor_pygame():
    code = "import sys; import sim_suite.envs.driving.picture.painter; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert not {"torch", "pygame", "carla"} & set(run.stdout.split())
