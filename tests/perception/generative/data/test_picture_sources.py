"""Sources of pictures: functions of seed and number, held-out scenes apart, exact states, one scene under two conditions."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from perception.generative.data.car_racing import RaceOptions, RacePictures, seen
from perception.generative.data.options import DataOptions
from perception.generative.data.road_state import NAMES, TILES_AHEAD, road_state
from perception.generative.data.signs import SignPictures
from perception.generative.data.streets import NIGHT, StreetPictures, StreetViews
from perception.segmentation.driving.classes import SceneClass
from sim_suite.envs.car_racing.env import CarRacingEnv
from sim_suite.envs.car_racing.read_state import read_state
from sim_suite.envs.car_racing.state import CarRacingState
from sim_suite.errors import SuiteError, UnknownNameError

FEW = RaceOptions(worlds=2, steps=40, every=10, batches=2)


def on_a_circle(x, y, yaw, radius=50.0, tiles=90, **more):
    """A car on a road that turns left about the origin."""
    turns = 2 * math.pi * np.arange(tiles) / tiles
    centre = radius * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    known = {"forward_mps": 20.0, "left_mps": 0.0, "yaw_rate_rps": 0.4, "steer_rad": -0.1, **more}
    return CarRacingState(
        x_m=x, y_m=y, yaw_rad=yaw, wheel_omega_rps=(0.0,) * 4, centre=centre, half_width_m=6.0, visited=np.zeros(tiles, bool), tick=0,
        **known,
    )  # fmt: skip


def test_the_state_of_a_car_on_a_circle_by_hand():
    # At angle 0 the road runs north; two metres further in is to the left of it, and a whole turn of yaw changes nothing.
    state = dict(zip(NAMES, road_state(on_a_circle(48.0, 0.0, math.pi / 2 + 0.1 + 2 * math.pi)).tolist(), strict=True))
    assert state["offset_m"] == pytest.approx(2.0, abs=1e-5)
    assert state["heading_error_rad"] == pytest.approx(0.1, abs=1e-6)
    # Chords are shorter than arcs by sin(a) / a, a half of the angle between two tiles.
    half = math.pi / 90
    assert state["curvature_per_m"] == pytest.approx(half / math.sin(half) / 50.0, rel=1e-5)
    assert state["speed_mps"] == 20.0
    assert state["yaw_rate_rps"] == pytest.approx(0.4)
    assert state["steer_rad"] == pytest.approx(-0.1)


def test_a_road_that_turns_right_has_a_negative_curvature():
    left = on_a_circle(50.0, 0.0, math.pi / 2)
    right = CarRacingState(**{name: getattr(left, name) for name in left.__slots__} | {"centre": left.centre[::-1]})
    assert road_state(right)[NAMES.index("curvature_per_m")] == pytest.approx(
        -road_state(left)[NAMES.index("curvature_per_m")], rel=1e-5
    )
    assert len(left.centre) > TILES_AHEAD


def test_frames_of_car_racing_are_a_function_of_seed_and_number():
    source = RacePictures(FEW, 3)
    later, first = source.batch(2, 5), source.batch(0, 5)
    again = RacePictures(FEW, 3)
    for number, batch in ((0, first), (2, later)):
        for array, same in zip(batch, again.batch(number, 5), strict=True):
            assert np.array_equal(array, same)
    assert first.pictures.shape == (5, 64, 64, 3)
    assert first.state.shape == (5, len(NAMES))
    assert not np.array_equal(first.pictures, RacePictures(FEW, 4).batch(0, 5).pictures)


def test_the_state_is_that_of_the_frame():
    env = CarRacingEnv()
    frame, _ = env.reset(seed=500_000)
    shown = RacePictures(FEW, 0).held_out(1)
    assert np.array_equal(shown.pictures[0], seen(frame))
    assert np.array_equal(shown.state[0], road_state(read_state(env)))
    env.close()


def test_the_bar_is_cut_off_or_kept():
    frame = np.zeros((96, 96, 3), np.uint8)
    frame[84:] = 255
    assert seen(frame).max() == 0
    assert seen(frame, bar=True)[-8:].min() == 255
    halves = np.random.default_rng(0).integers(0, 256, (96, 96, 3), np.uint8)
    # Area means keep the mean of a picture, but for rounding.
    assert cv2.mean(seen(halves, bar=True)) == pytest.approx(cv2.mean(halves), abs=0.6)


def test_held_out_frames_do_not_depend_on_the_run():
    one, other = RacePictures(FEW, 0).held_out(2), RacePictures(RaceOptions(), 7).held_out(2)
    assert np.array_equal(one.pictures, other.pictures)
    assert len({picture.tobytes() for picture in one.pictures}) == 2


def test_signs_have_their_class_and_a_split():
    source = SignPictures(5)
    batch = source.batch(1, 6)
    assert batch.pictures.shape == (6, 32, 32, 3)
    assert batch.conditions.max() < len(source.conditions)
    held_out = source.held_out(70)
    assert np.array_equal(held_out.pictures[:20], SignPictures(9).held_out(20).pictures)
    assert len({picture.tobytes() for picture in [*held_out.pictures, *source.training(20).pictures]}) == 90


@pytest.fixture(scope="module")
def streets():
    return StreetPictures(StreetViews(looks=NIGHT, towns=1, worlds=1, moments=2, cars=3, batches=1), 1)


def test_a_pair_is_one_scene_by_day_and_by_night(streets):
    pairs = streets.pairs(0, 4)
    assert pairs.first.shape == pairs.second.shape == (4, 64, 64, 3)
    assert pairs.labels.shape == (4, 64, 64)
    assert (pairs.first.mean(axis=(1, 2, 3)) > 2 * pairs.second.mean(axis=(1, 2, 3))).all()
    sky = pairs.labels == SceneClass.SKY
    assert pairs.first[sky].mean() > pairs.second[sky].mean() + 80
    assert np.array_equal(streets.pairs(0, 4).second, pairs.second)


def test_streets_are_shown_in_the_look_that_is_named(streets):
    shown = streets.training(6)
    assert streets.conditions == NIGHT
    assert shown.conditions.tolist() == [0, 1, 0, 1, 0, 1]
    assert shown.state.shape == (6, 0)
    assert shown.pictures[shown.conditions == 0].mean() > 2 * shown.pictures[shown.conditions == 1].mean()


def test_options_of_streets_are_refused_with_what_is_wrong():
    with pytest.raises(UnknownNameError, match=r"unknown style 'nigth'. Did you mean 'night'"):
        StreetViews(looks=("nigth",))
    with pytest.raises(SuiteError, match="'downpour' is held out, never to be trained on; choose looks of noon"):
        StreetViews(looks=("noon", "downpour"))
    with pytest.raises(SuiteError, match="looks must name one style or more"):
        StreetViews(looks=())
    alone = StreetPictures(StreetViews(looks=("noon",), towns=1, worlds=1, moments=1, cars=1), 0)
    with pytest.raises(SuiteError, match="pairs need two looks, and there is 'noon' alone"):
        alone.pairs(0, 1)
    with pytest.raises(SuiteError, match="worlds must lie in 1 to 256, not be 0"):
        RaceOptions(worlds=0)


@pytest.mark.parametrize(
    ("source", "kind"), [("car_racing", RacePictures), ("streets", StreetPictures), ("signs", SignPictures)]
)
def test_a_source_is_opened_by_name(source, kind):
    assert isinstance(DataOptions(source=source).open(0), kind)
