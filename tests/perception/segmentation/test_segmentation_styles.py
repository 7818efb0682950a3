"""Styles: the list that results hold for, painting by label, and that no table of colours tells classes apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from perception.augmentation.recolouring import BALANCE, GAIN, NOISE, expose, swap_channels
from perception.segmentation.car_racing.drives import DriveOptions, drive
from perception.segmentation.car_racing.source import FIRST_TRAINING_SEED, HELD_OUT_SEED, CarRacingSource
from perception.segmentation.styles.painting import CLASSES, paint
from perception.segmentation.styles.registry import digest, styles
from perception.segmentation.styles.style import Style, Surface
from sim_suite.envs.car_racing.labels import PixelClass
from sim_suite.errors import SuiteError

FLAT = Surface((10, 20, 30), (200, 210, 220), "flat")
PLAIN = Style(
    "plain",
    grass=FLAT,
    road=replace(FLAT, first=(60, 60, 60)),
    kerb=FLAT,
    car=FLAT,
    bar=FLAT,
    spread=0.0,
    gradient=0.0,
    noise=0.0,
)
SMALL = DriveOptions(worlds=2, steps=80, every=20, batches=3)


@pytest.fixture(scope="module")
def frames():
    return drive([HELD_OUT_SEED], 120, 40)


def painted(style, frames, which=2, *seed):
    return paint(frames.pictures[which], frames.labels[which], style, np.random.default_rng(seed))


def test_results_hold_for_this_list():
    """Whoever changes it trains and measures anew."""
    assert digest() == "1bf3aa963192b10b8db947bb939885ae2d5ebcf90fbe9901967808b1c43c65d5"


def test_held_out_styles_are_others():
    training, held_out = styles()
    assert (len(training), len(held_out)) == (24, 8)
    names = [one.name for one in (*training, *held_out)]
    assert len(set(names)) == len(names)
    pairs = {(one.grass.first, one.road.first) for one in training}
    assert not pairs & {(one.grass.first, one.road.first) for one in held_out}


def test_plain_surfaces_by_hand(frames):
    picture, labels = painted(PLAIN, frames), frames.labels[2]
    assert (picture[labels == PixelClass.GRASS] == (10, 20, 30)).all()
    assert (picture[labels == PixelClass.ROAD] == (60, 60, 60)).all()
    hull = {tuple(one) for one in picture[labels == PixelClass.CAR].tolist()}
    assert hull == {(10, 20, 30), (200, 210, 220)}


def test_brightness_haze_and_noise(frames):
    grass = frames.labels[2] == PixelClass.GRASS
    assert (painted(replace(PLAIN, brightness=0.5), frames)[grass] == (5, 10, 15)).all()
    hazy = painted(replace(PLAIN, haze=0.5), frames)
    assert hazy[0, 0].tolist() == [100, 108, 115]  # halfway from (10, 20, 30) to the haze's (190, 195, 200), to even
    noisy = painted(replace(PLAIN, road=replace(FLAT, first=(120, 120, 120)), noise=8.0), frames)
    assert noisy[frames.labels[2] == PixelClass.ROAD].std() == pytest.approx(8.0, rel=0.2)


def test_light_and_shadows_darken_by_what_they_say(frames):
    road = frames.labels[2] == PixelClass.ROAD
    style = replace(PLAIN, road=replace(FLAT, first=(100, 100, 100)))
    lit = painted(replace(style, gradient=0.4), frames, 2, 1)[..., 0]
    assert lit[road].min() >= 60
    assert lit[road].max() <= 140
    assert lit[road].max() - lit[road].min() > 15
    for seed in range(20):
        values = set(painted(replace(style, shadows=2, shade=0.5), frames, 2, seed)[road][:, 0].tolist())
        assert values <= {100, 50, 25}


@pytest.mark.parametrize("pattern", ["clouds", "grain", "stripes", "checks"])
def test_patterns_mix_the_two_colours(frames, pattern):
    style = replace(PLAIN, grass=Surface((0, 0, 0), (200, 200, 200), pattern, 6.0))
    grass = painted(style, frames)[frames.labels[2] == PixelClass.GRASS][:, 0]
    assert grass.std() > 20
    if pattern in ("stripes", "checks"):
        assert set(grass.tolist()) == {0, 200}


@pytest.mark.parametrize("look", [*styles().training, *styles().held_out], ids=lambda one: one.name)
def test_a_picture_is_a_function_of_its_seed(frames, look):
    one, other = painted(look, frames, 1, 5), painted(look, frames, 1, 6)
    assert np.array_equal(one, painted(look, frames, 1, 5))
    assert not np.array_equal(one, other)
    assert one.dtype == np.uint8
    assert one.shape == (96, 96, 3)


@pytest.mark.parametrize(
    ("changed", "message"),
    [({"shadows": 9}, "shadows"), ({"noise": -1.0}, "noise"), ({"brightness": 2.0}, "brightness")],
)
def test_styles_are_refused_by_name(changed, message):
    with pytest.raises(SuiteError, match=message):
        replace(PLAIN, **changed)
    with pytest.raises(SuiteError, match="0 to 255"):
        Surface((0, 0, 256), (0, 0, 0))


def test_drives_are_functions_of_their_seeds():
    both = drive([HELD_OUT_SEED, HELD_OUT_SEED + 1], 60, 20)
    alone = drive([HELD_OUT_SEED + 1], 60, 20)
    assert both.pictures.shape == (6, 96, 96, 3)
    assert np.array_equal(both.pictures[3:], alone.pictures)
    assert np.array_equal(both.labels[3:], alone.labels)


def test_a_batch_is_a_function_of_seed_and_number():
    source, again = CarRacingSource(SMALL, 4), CarRacingSource(SMALL, 4)
    batches = [source.batch(number, 3) for number in (0, 1, 3)]
    # Asked for in another order, over the border of a generation.
    for number, batch in ((3, batches[2]), (0, batches[0]), (1, batches[1])):
        same = again.batch(number, 3)
        assert np.array_equal(same.pictures, batch.pictures)
        assert np.array_equal(same.labels, batch.labels)
    assert not np.array_equal(batches[0].pictures, batches[1].pictures)
    assert not np.array_equal(batches[0].pictures, CarRacingSource(SMALL, 5).batch(0, 3).pictures)


def test_held_out_pictures_are_the_same_for_every_run():
    one, other = (next(iter(CarRacingSource(SMALL, seed).held_out(2))) for seed in (1, 2))
    assert one.style == styles().held_out[0].name
    assert np.array_equal(one.shown.pictures, other.shown.pictures)
    assert HELD_OUT_SEED + 100 < FIRST_TRAINING_SEED
    assert set(np.unique(one.shown.labels)) <= set(range(len(CLASSES)))


def test_channels_change_places_by_hand():
    pictures = np.tile(np.array([10, 20, 40], np.uint8), (64, 2, 2, 1))
    swap_channels(pictures, 0.0, np.random.default_rng(0))
    assert (pictures == (10, 20, 40)).all()
    swap_channels(pictures, 1.0, np.random.default_rng(0))
    colours = {tuple(one) for one in pictures[:, 0, 0].tolist()}
    places = {(a, b, c) for a in (10, 20, 40) for b in (10, 20, 40) for c in (10, 20, 40) if len({a, b, c}) == 3}
    assert colours == places | {(255 - a, 255 - b, 255 - c) for a, b, c in places}
    assert (pictures == pictures[:, :1, :1]).all()


def test_exposure_keeps_to_its_bounds():
    dice = np.random.default_rng(0)
    white, black, kept = (np.full((200, 4, 4, 3), value, np.uint8) for value in (255, 0, 90))
    expose(kept, 0.0, dice)
    assert (kept == 90).all()
    expose(white, 1.0, dice)
    darkest = 255 * GAIN[0] * np.exp(-4 * BALANCE) - 5 * 255 * NOISE
    assert darkest < white.min() < 255 * GAIN[0] * 1.3
    assert (white.reshape(200, -1).min(1) == 255).mean() > 0.2  # gains above 1 leave white white
    expose(black, 1.0, dice)
    assert 0 < black.max() < 5 * 255 * NOISE  # no light, and noise alone
    alike = np.full((1, 40, 40, 3), 90, np.uint8)
    again = alike.copy()
    expose(alike, 1.0, np.random.default_rng(7))
    expose(again, 1.0, np.random.default_rng(7))
    assert np.array_equal(alike, again)
