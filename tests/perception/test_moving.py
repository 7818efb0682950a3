"""Others on a raster and their motion: drawn by hand to the pixel, and held against the worlds that rasters are drawn from."""

from __future__ import annotations

import numpy as np
import pytest

from perception.moving import (
    IS_PERSON,
    OTHER,
    OTHER_HEADING,
    OTHER_LENGTH,
    OTHER_WIDTH,
    OTHER_X,
    OTHER_Y,
    SPEED_X,
    SPEED_Y,
    others_in,
)
from sim_suite.driving.dynamics.vehicles import LENGTH_M, PARAMETERS, WIDTH_M
from sim_suite.driving.sensors.raster.intensity import PEDESTRIAN_VALUE, VEHICLE_VALUE
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec, preset
from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import CAR
from sim_suite.envs.driving.env import DrivingEnv

SPEC = preset("small")
NOW = SPEC.channels.index("actors_0")


def drawn(*rectangles, step=(0, 0), value=VEHICLE_VALUE):
    """A raster with (top, left, rows, columns) now, which moved by step (rows, columns) from frame to frame."""
    raster = np.zeros(SPEC.shape, np.uint8)
    for frame in range(4):
        for top, left, rows, columns in rectangles:
            row, column = top - frame * step[0], left - frame * step[1]
            raster[NOW + frame, row : row + rows, column : column + columns] = value
    return raster


def test_a_car_ahead_that_drives_off_to_the_left():
    """Rows 58 to 66 lie 16 to 11.5 m ahead of row 96; two rows and a column in 0.2 s are 5 m/s ahead and 2.5 m/s to the left."""
    (other,) = others_in(drawn((58, 62, 9, 4), step=(-2, -1)), SPEC)
    assert other[[OTHER_X, OTHER_Y]] == pytest.approx([(96 - 62.5) * 0.5, 0.0])
    assert other[[SPEED_X, SPEED_Y]] == pytest.approx([5.0, 2.5])
    assert other[[OTHER_LENGTH, OTHER_WIDTH]] == pytest.approx([4.25, 1.75])
    assert (other[OTHER_HEADING], other[IS_PERSON]) == pytest.approx((0.0, 0.0), abs=1e-6)


def test_people_are_told_from_vehicles_and_what_stands_from_what_moves():
    people = drawn((80, 70, 1, 1), value=PEDESTRIAN_VALUE)
    (other,) = others_in(np.maximum(people, drawn()), SPEC)
    assert other[[IS_PERSON, SPEED_X, SPEED_Y]].tolist() == [1.0, 0.0, 0.0]
    assert other[[OTHER_LENGTH, OTHER_WIDTH]] == pytest.approx([0.25, 0.25])


def test_who_is_seen_in_part_or_only_now_is_left_out_or_stands():
    assert others_in(drawn((0, 60, 9, 4)), SPEC).shape == (0, OTHER)
    assert others_in(drawn((60, 124, 9, 4)), SPEC).shape == (0, OTHER)
    sudden = drawn((60, 60, 9, 4))
    sudden[NOW + 1 :] = 0
    assert others_in(sudden, SPEC)[0, [SPEED_X, SPEED_Y]].tolist() == [0.0, 0.0]
    leapt = drawn((60, 60, 9, 4), step=(-12, 0))  # 30 m/s
    assert others_in(leapt, SPEC)[0, [SPEED_X, SPEED_Y]].tolist() == [0.0, 0.0]


def test_those_in_a_queue_are_not_taken_for_each_other():
    """Seven metres apart at 7.5 m/s: in 0.2 s each is nearest to itself, in 0.6 s to the next one."""
    queue = others_in(drawn((30, 62, 9, 4), (44, 62, 9, 4), (58, 62, 9, 4), step=(-3, 0)), SPEC)
    assert queue[:, SPEED_X] == pytest.approx([7.5, 7.5, 7.5])


def test_a_raster_without_others_has_none():
    plain = RasterSpec(("road", "ego"), (32, 32), 0.5, (16, 16))
    assert others_in(np.full(plain.shape, 255, np.uint8), plain).shape == (0, OTHER)


def test_it_finds_the_cars_of_a_world_where_they_are_and_how_they_move():
    """Boxes to a pixel, speeds to 1 m/s, of three quarters of the cars about, at the least: some touch, some are seen in part."""
    env = DrivingEnv(map="village", actors=48, vehicles_per_km=40.0, observation="raster", raster="small")
    looked = found = 0
    for seed in range(12):
        raster, _ = env.reset(seed=seed)
        for _ in range(30):
            raster, *_ = env.step(np.array([0.0, 0.1], np.float32))
        body = env.unwrapped._fleet.state.body[0]
        ego, others = body[0], others_in(np.asarray(raster), SPEC)
        cos, sin = np.cos(ego[layout.YAW]), np.sin(ego[layout.YAW])
        for car in body[1:]:
            dx, dy = car[layout.X] - ego[layout.X], car[layout.Y] - ego[layout.Y]
            x, y = dx * cos + dy * sin, -dx * sin + dy * cos
            if car[layout.LENGTH] < 3.0 or not (-5.0 < x < 40.0 and abs(y) < 25.0):
                continue
            looked += 1
            turn, speed = car[layout.YAW] - ego[layout.YAW], car[layout.SPEED]
            wanted = np.array([x, y, speed * np.cos(turn), speed * np.sin(turn)])
            off = np.abs(others[:, [OTHER_X, OTHER_Y, SPEED_X, SPEED_Y]] - wanted)
            found += bool(((off[:, :2] < 0.5).all(1) & (off[:, 2:] < 1.0).all(1)).any())
    assert looked >= 10
    assert found >= 0.75 * looked


def test_a_cars_size_is_met_within_half_a_pixel():
    rows, columns = round(PARAMETERS[CAR, LENGTH_M] / 0.5), round(PARAMETERS[CAR, WIDTH_M] / 0.5)
    (other,) = others_in(drawn((58, 62, rows, columns)), SPEC)
    assert other[OTHER_LENGTH] == pytest.approx(PARAMETERS[CAR, LENGTH_M], abs=0.3)
    assert other[OTHER_WIDTH] == pytest.approx(PARAMETERS[CAR, WIDTH_M], abs=0.3)
