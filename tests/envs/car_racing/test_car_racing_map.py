"""CarRacing's raster by hand on a small track, against another library's point-in-polygon, and as environments hand it out."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.path import Path as Polygon

from sim_suite.driving.sensors.raster.intensity import FULL, OLDEST_POSE_VALUE, SIDEWALK_VALUE
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec, preset
from sim_suite.driving.world.layout import YAW, X, Y
from sim_suite.envs.car_racing.map_raster import (
    LOST_M,
    TrackRasteriser,
    Tracks,
    car_bodies,
    read_track,
    tile_at,
)
from sim_suite.envs.car_racing.map_view import SCALES
from sim_suite.envs.car_racing.read_state import read_state
from sim_suite.envs.catalog import card
from sim_suite.envs.making import drawn_by, look, make
from sim_suite.envs.views import View
from sim_suite.errors import UnknownNameError

SPEC = RasterSpec(("road", "route", "ego", "past_poses"), (16, 16), 1.0, (12, 8), past_points=3)
ROAD, ROUTE, EGO, PAST = range(4)
NORTH = math.pi / 2
BOTH = View("both", raster="car_racing")


def straight(tiles=8, left=-2.0, right=3.0):
    """A road north of tiles 4 m long, tile 0 from y = -4 to 0; beside tile 1 a kerb to the right, 1 m wide."""
    quads = [[(left, y), (right, y), (right, y - 4.0), (left, y - 4.0)] for y in 4.0 * np.arange(tiles)]
    kerb = [(right, 4.0), (right + 1.0, 4.0), (right + 1.0, 0.0), (right, 0.0)]
    return Tracks(np.array([*quads, kerb], np.float64), np.array([0, tiles + 1]), np.array([tiles]))


def drawn(track, pose=(0.0, 0.0, NORTH), tile=1, trail=None, spec=SPEC, rotation=0.0, points=None, which=0):
    body, _ = car_bodies(1)
    body[0, 0, [X, Y, YAW]] = pose
    places = np.ones((1, 1, 3, 4), np.float32)
    places[0, 0, :, :3] = pose if trail is None else trail
    out = np.full((1, *spec.shape), 77, np.uint8)
    TrackRasteriser(spec).draw(
        track, np.array([which]), np.array([tile]), body, places, out, np.array([rotation], np.float32),
        None if points is None else np.array([points], np.int32),
    )  # fmt: skip
    return out[0]


def test_a_straight_road_by_hand():
    planes = drawn(straight())
    # The car is at row 12, column 8; a metre a pixel; the road from 4 m behind, 2 m to its left and 3 m to its right.
    road = np.zeros((16, 16), np.uint8)
    road[:, 6:11] = FULL
    road[8:12, 11] = SIDEWALK_VALUE
    np.testing.assert_array_equal(planes[ROAD], road)
    route = np.zeros((16, 16), np.uint8)
    route[:12, 6:11] = FULL
    np.testing.assert_array_equal(planes[ROUTE], route)
    # 5.0 m by 2.76 m about (12, 8): the middles within 2.5 and 1.38.
    ego = np.zeros((16, 16), np.uint8)
    ego[9:15, 7:9] = FULL
    np.testing.assert_array_equal(planes[EGO], ego)


def test_the_route_begins_at_the_cars_tile_and_goes_round():
    assert drawn(straight(), tile=2)[ROUTE][8:].sum() == 0
    # After tile 7 comes tile 0, which lies behind the car.
    assert (drawn(straight(), tile=7)[ROUTE][12:, 6:11] == FULL).all()


def test_past_poses_fade_and_are_left_out_when_that_is_asked_for():
    trail = [(0.0, 0.0, NORTH), (0.0, -1.0, NORTH), (2.0, -2.0, NORTH)]
    planes = drawn(straight(), trail=trail)
    # A dot is 1.42 pixels wide about its place, a corner of four pixels.
    assert (planes[PAST][11:13, 7:9] == FULL).all()
    assert (planes[PAST][13, 7:9] == (FULL + OLDEST_POSE_VALUE + 1) // 2).all()
    assert (planes[PAST][13:15, 9:11] == OLDEST_POSE_VALUE).all()
    assert np.count_nonzero(drawn(straight(), trail=trail, points=1)[PAST]) == 4


@pytest.mark.parametrize("seed", range(3))
def test_pixels_are_those_whose_middle_lies_in_a_polygon(seed):
    """Against matplotlib, on a real track, from a turned car."""
    with make("sim_suite/CarRacing-v0") as env:
        env.reset(seed=seed)
        track, state = read_track(env.unwrapped), read_state(env)
    rng, spec = np.random.default_rng(seed), preset("car_racing")
    tile = int(rng.integers(len(state.centre)))
    x, y = (float(np.float32(value)) for value in state.centre[tile])
    yaw, turn = (float(np.float32(value)) for value in rng.uniform(-3.0, 3.0, 2))
    planes = drawn(track, (x, y, yaw), tile, spec=replace(spec, past_points=3), rotation=turn)
    row, column = np.mgrid[0:96, 0:96] + 0.5
    ahead, right = (80 - row) * 1.25, (column - 48) * 1.25
    up = yaw + turn
    world = np.stack([x + ahead * np.cos(up) + right * np.sin(up), y + ahead * np.sin(up) - right * np.cos(up)], -1)
    wanted = np.zeros((2, 96 * 96), np.uint8)
    for number, quad in enumerate(track.quads):
        inside = Polygon(quad).contains_points(world.reshape(-1, 2))
        value = FULL if number < track.kerbs[0] else SIDEWALK_VALUE
        wanted[0] = np.maximum(wanted[0], inside * np.uint8(value))
        if (number - tile) % track.kerbs[0] <= int(preset("car_racing").reach_m / 3.5) and number < track.kerbs[0]:
            wanted[1] |= inside * np.uint8(FULL)
    for plane, mask in zip((ROAD, ROUTE), wanted, strict=True):
        assert np.count_nonzero(mask) > 150
        assert np.count_nonzero(planes[plane].reshape(-1) != mask) <= 3, "middles on an edge may fall either way"


def test_tracks_are_told_apart():
    both = Tracks.joined([straight(), straight(tiles=5, left=-5.0, right=-3.0)])
    np.testing.assert_array_equal(drawn(both, which=0), drawn(straight()))
    np.testing.assert_array_equal(drawn(both, which=1), drawn(straight(tiles=5, left=-5.0, right=-3.0)))


def test_the_next_tile_is_sought_near_the_last():
    angle = 2 * np.pi * np.arange(100) / 100
    centre = np.stack([60.0 * np.cos(angle), 20.0 * np.sin(angle)], axis=1)  # two straights 40 m apart at most
    assert tile_at(centre, *centre[7], 5) == 7
    assert tile_at(centre, *centre[2], 98) == 2, "round the loop"
    assert tile_at(centre, *(centre[25] - (0.0, LOST_M - 5.0)), 25) in range(22, 38), (
        "on the grass, though another tile is nearer"
    )
    assert tile_at(centre, *centre[75], 25) == 75, "where it left that part for good"


def test_a_raster_with_what_there_is_not_is_refused():
    with pytest.raises(UnknownNameError, match=r"'actors_0'.*Its preset is 'car_racing'"):
        TrackRasteriser(RasterSpec(("road", "actors_0"), (16, 16), 1.0, (8, 8)))


@pytest.mark.parametrize("env_id", ["sim_suite/CarRacing-v0", "CarRacing-v3"])
def test_environments_hand_out_raster_and_instruments(env_id):
    with make(env_id, BOTH) as env:
        first, _ = env.reset(seed=3)
        rasteriser, (body, _) = TrackRasteriser(preset("car_racing")), car_bodies(1)
        poses = []
        for _ in range(25):
            state = read_state(env)
            poses.append((state.x_m, state.y_m, state.yaw_rad))
            seen, *_ = env.step(np.array([0.3, 1.0, 0.0], np.float32))
        state = read_state(env)
        poses.append((state.x_m, state.y_m, state.yaw_rad))
        track = read_track(env.unwrapped)
    assert (first["raster"][PAST] > 0).sum() == 4, "it has stood where it stands"
    assert first["vector"][0] == 0.0
    trail = np.ones((1, 1, 5, 4), np.float32)
    trail[0, 0, :, :3] = [poses[max(25 - 10 * age, 0)] for age in range(5)]
    body[0, 0, [X, Y, YAW]] = poses[-1]
    wanted = np.empty((1, *preset("car_racing").shape), np.uint8)
    tile = tile_at(state.centre, state.x_m, state.y_m, 0)
    rasteriser.draw(track, np.zeros(1, np.int64), np.array([tile]), body, trail, wanted)
    np.testing.assert_array_equal(seen["raster"], wanted[0])
    told = (state.forward_mps, state.left_mps, state.yaw_rate_rps, state.steer_rad, *state.wheel_omega_rps)
    np.testing.assert_allclose(seen["vector"] * SCALES, told, rtol=1e-6, atol=1e-6)
    assert seen["vector"].dtype == np.float32


def test_what_the_environment_does_not_draw_itself_lies_on_top():
    """So that a recorder below it keeps the environment's own frames."""
    assert drawn_by(card("sim_suite/CarRacing-v0"), BOTH) is None
    assert drawn_by(card("sim_suite/Driving-v0"), View("both")) == View("both")
    assert drawn_by(card("sim_suite/Driving-v0"), View("vector")) is None
    with make("sim_suite/CarRacing-v0") as plain:
        seen = look(plain, card("sim_suite/CarRacing-v0"), BOTH)
        observation, _ = seen.reset(seed=1)
        assert observation in seen.observation_space
        assert plain.observation_space.shape == (96, 96, 3)


def test_the_view_of_a_raster_alone_is_the_same_raster():
    with make("sim_suite/CarRacing-v0", View("raster")) as one, make("sim_suite/CarRacing-v0", BOTH) as other:
        np.testing.assert_array_equal(one.reset(seed=1)[0], other.reset(seed=1)[0]["raster"])
        assert one.observation_space == other.observation_space["raster"]
