"""Signs: the list of styles that results hold for, faces, and what perspective, light, weather and camera do, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from perception.classification.signs.backdrops import backdrop
from perception.classification.signs.canvas import SIDE, Canvas
from perception.classification.signs.faces import BLACK, NAMES, WHITE, draw
from perception.classification.signs.registry import digest, styles
from perception.classification.signs.rendering import PIXELS, render
from perception.classification.signs.source import SignSource
from perception.classification.signs.style import Backdrop, Paint, Style
from perception.classification.source import SIDE as CROP
from sim_suite.errors import SuiteError

PAINT = Paint()
PLAIN = Style(
    "plain",
    Backdrop((60, 90, 120), (60, 90, 120), "sky"),
    spread=0.0,
    size=(0.9, 0.9),
    swing_deg=0.0,
    roll_deg=0.0,
    brightness=(1.0, 1.0),
    gradient=0.0,
    glow=0.0,
    blur_px=0.0,
    noise=0.0,
)


def shown(name="no_entry", seed=0, **changed):
    return render(name, replace(PLAIN, **changed), np.random.default_rng(seed))


def near(picture, colour, by=6):
    return np.abs(picture.astype(int) - colour).max(axis=-1) <= by


def test_results_hold_for_this_list():
    """Whoever changes it trains and measures anew."""
    assert digest() == "ccfda421fb1df75a34ee17a75661b344fa354d3f2ebeb25ffb95c060002c07ad"


def test_held_out_styles_are_others():
    training, held_out = styles()
    assert (len(training), len(held_out)) == (24, 8)
    names = [one.name for one in (*training, *held_out)]
    assert len(set(names)) == len(names)
    assert not {one.backdrop for one in training} & {one.backdrop for one in held_out}


def test_sixteen_faces_differ():
    faces = [draw(name, PAINT) for name in NAMES]
    assert len(NAMES) == 16
    assert all(face.shape == (SIDE, SIDE, 4) and face.dtype == np.uint8 for face in faces)
    for number, face in enumerate(faces):
        for other in faces[:number]:
            assert np.abs(face.astype(int) - other).mean() > 0.5


def test_colours_of_a_face_are_times_what_it_covers():
    face = draw("no_entry", PAINT).astype(int)
    assert (face[..., :3].max(axis=-1) <= face[..., 3]).all()
    middle = SIDE // 2
    assert face[middle, middle].tolist() == [*WHITE, 255]
    assert face[SIDE // 4, middle].tolist() == [*PAINT.red, 255]
    assert face[0, 0].tolist() == [0, 0, 0, 0]


def test_a_disc_covers_what_its_radius_says():
    canvas = Canvas()
    canvas.disc((0.0, 0.0), 0.5, (100, 100, 100))
    covered = canvas.face()[..., 3].sum() / 255 / SIDE**2
    assert covered == pytest.approx(np.pi * 0.25 / 4, rel=0.01)


def test_a_polygon_lies_where_its_points_say():
    canvas = Canvas()
    canvas.polygon([(0.0, -1.0), (1.0, -1.0), (1.0, 0.0), (0.0, 0.0)], (100, 100, 100))
    face = canvas.face()[..., 3].astype(int)
    rows, columns = face.mean(axis=1), face.mean(axis=0)
    centre = [float((line * np.arange(SIDE)).sum() / line.sum()) for line in (rows, columns)]
    assert centre == pytest.approx([SIDE / 4 - 0.5, 3 * SIDE / 4 - 0.5], abs=0.3)


def test_left_and_right_are_mirrored():
    for name in ("curve", "turn"):
        left, right = draw(f"{name}_left", PAINT).astype(int), draw(f"{name}_right", PAINT).astype(int)
        assert np.abs(left[:, ::-1] - right).mean() < 2.0
        assert np.abs(left - right).mean() > 3.0
    arrow = near(draw("turn_left", PAINT)[..., :3], WHITE)[:, 12:-12]  # within the white edge
    assert (
        arrow[:, : SIDE // 4].any(axis=1).sum() > arrow[:, SIDE // 2 :].any(axis=1).sum()
    )  # the head is the wide part


def test_each_light_shines_at_its_height():
    for name, row in (("light_red", 0.23), ("light_yellow", 0.5), ("light_green", 0.77)):
        face = draw(name, PAINT)[..., :3].max(axis=-1)
        rows, _ = np.nonzero(face > 150)
        assert rows.mean() / SIDE == pytest.approx(row, abs=0.02)


def test_faces_take_their_paint():
    painted = Paint(
        red=(1, 2, 3), blue=(4, 5, 6), ground=(7, 8, 9), yellow=(10, 11, 12), housing=(13, 14, 15), board=True
    )
    for name, colour in (
        ("stop", painted.red), ("one_way", painted.blue), ("speed_limit_50", painted.ground),
        ("priority_road", painted.yellow), ("light_red", painted.housing), ("light_green", WHITE), ("speed_limit_70", BLACK),
    ):  # fmt: skip
        assert near(draw(name, painted)[..., :3], colour, 0).sum() > 50, name


def test_a_plain_sign_has_its_size_its_place_and_its_colours():
    picture = shown()
    sign = ~near(picture, (60, 90, 120))
    rows, columns = np.nonzero(sign)
    # A disc of 0.95 half sides, 0.9 of a crop.
    assert np.ptp(rows) + 1 == pytest.approx(0.95 * 0.9 * PIXELS, abs=1.5)
    assert sign.sum() == pytest.approx(np.pi * (0.95 * 0.9 * PIXELS / 2) ** 2, rel=0.1)  # edges count whole
    assert near(picture, PAINT.red).sum() > 100
    assert near(picture, WHITE).sum() > 50
    room = PIXELS * (1 - 0.9) / 2 + 1
    assert abs(rows.mean() - (PIXELS - 1) / 2) <= room + 0.2
    assert abs(columns.mean() - (PIXELS - 1) / 2) <= room + 0.2


def test_a_swing_makes_it_narrower_by_the_cosine_and_a_roll_turns_it():
    def widths(**changed):
        found = []
        for seed in range(60):
            rows, columns = np.nonzero(~near(shown("no_entry", seed, size=(0.7, 0.7), **changed), (60, 90, 120)))
            found.append((np.ptp(columns) + 1) / (np.ptp(rows) + 1))
        return np.array(found)

    assert np.abs(widths() - 1).max() < 0.1
    swung = widths(swing_deg=60.0)
    assert swung.min() < 0.75  # half at the most, but the vertical turns too
    assert swung.max() > 0.9
    bars = [
        np.polyfit(*np.nonzero(near(shown("no_entry", seed, roll_deg=20.0), WHITE, 20))[::-1], 1)[0]
        for seed in range(30)
    ]
    assert max(bars) == pytest.approx(np.tan(np.deg2rad(20)), abs=0.12)
    assert min(bars) == pytest.approx(-np.tan(np.deg2rad(20)), abs=0.12)


def test_light_falls_on_all_but_what_shines():
    full, half = shown("light_green").astype(int), shown("light_green", brightness=(0.5, 0.5)).astype(int)
    assert np.abs(half[:8] - full[:8] / 2).max() <= 1  # far above the lens
    green = shown("light_green", brightness=(0.2, 0.2))[..., 1]
    assert green.max() > 140
    assert shown("light_green", glow=1.0)[..., 1].mean() > shown("light_green")[..., 1].mean() + 10


@pytest.mark.parametrize("seed", range(4))
def test_gradient_shade_haze_and_fading_stay_within_what_they_say(seed):
    behind = near(shown(seed=seed), (60, 90, 120), 0)
    levels = shown(seed=seed, gradient=0.5)[behind][:, 2] / 120
    assert levels.min() >= 0.5 - 0.01
    assert levels.max() <= 1.5 + 0.01
    assert np.ptp(levels) > 0.3
    assert set(np.unique(shown(seed=seed, shade=0.5)[behind][:, 2])) <= {60, 120}
    hazy = shown(seed=seed, haze=0.8)[behind].astype(int)
    assert np.ptp(hazy, axis=0).max() == 0
    assert 60 <= hazy[0, 0] <= 60 + 0.8 * 90
    faded = shown(seed=seed, fade=0.6)
    assert near(faded[behind], (60, 90, 120), 1).all()  # what is behind does not bleach
    assert faded[~behind].std() < shown(seed=seed)[~behind].std()


def test_dirt_lies_on_the_sign_alone_and_posts_before_all():
    behind = near(shown(), (60, 90, 120), 0)
    stained = [shown(dirt=5, seed=seed) for seed in range(12)]
    assert any((picture != shown(seed=seed)).any() for seed, picture in enumerate(stained))
    for seed, picture in enumerate(stained):
        clean = near(shown(seed=seed), (60, 90, 120), 0)
        assert near(picture[clean], (60, 90, 120), 0).all()
    hidden = [shown(hidden=0.5, seed=seed) != shown(seed=seed) for seed in range(12)]
    assert any(one.any(axis=-1)[behind].any() for one in hidden)
    assert all(one.any(axis=-1).any(axis=1).sum() >= PIXELS / 2 for one in hidden)  # from edge to edge


def test_noise_blur_motion_and_rain():
    behind = near(shown(), (60, 90, 120), 0)
    assert shown(noise=10.0)[behind].astype(float).std(axis=0) == pytest.approx([10.0] * 3, rel=0.15)

    def edges(**changed):
        return np.mean([np.abs(np.diff(shown(seed=seed, **changed).astype(int), axis=1)).max() for seed in range(20)])

    assert edges(blur_px=1.5) < 0.85 * edges()
    assert edges(motion_px=6.0) < 0.85 * edges()
    mean = shown(motion_px=6.0).astype(float).mean()
    assert mean == pytest.approx(shown().astype(float).mean(), rel=0.05)  # a streak keeps the light
    wet = [(shown(rain=40, seed=seed) != shown(seed=seed)).any(axis=-1).sum() for seed in range(10)]
    assert min(wet) < max(wet) <= 40 * 12


@pytest.mark.parametrize("pattern", ["sky", "foliage", "bricks", "windows", "street"])
def test_backdrops_mix_their_two_colours(pattern):
    look = Backdrop((0, 0, 0), (200, 200, 200), pattern, 8.0)
    plane = backdrop(look, 64, 0.0, np.random.default_rng(3))
    assert plane.shape == (64, 64, 3)
    assert plane.dtype == np.float32
    assert plane.min() >= 0.0
    assert plane.max() <= 200.001
    assert plane.std() > 20
    if pattern in ("bricks", "windows"):
        assert set(np.unique(plane)) == {0.0, 200.0}


@pytest.mark.parametrize("look", [*styles().training, *styles().held_out], ids=lambda one: one.name)
def test_a_picture_is_a_function_of_its_seed(look):
    one, other = (render("stop", look, np.random.default_rng(seed)) for seed in (5, 6))
    assert np.array_equal(one, render("stop", look, np.random.default_rng(5)))
    assert not np.array_equal(one, other)
    assert one.dtype == np.uint8
    assert one.shape == (CROP, CROP, 3)


def test_example_i_is_a_function_of_seed_and_i():
    source = SignSource(4)
    whole = source.batch(0, 12)
    for number in (2, 0, 1):  # in any order, in batches of another size
        part = SignSource(4).batch(number, 4)
        assert np.array_equal(part.pictures, whole.pictures[4 * number : 4 * number + 4])
        assert np.array_equal(part.labels, whole.labels[4 * number : 4 * number + 4])
    assert not np.array_equal(whole.pictures, SignSource(5).batch(0, 12).pictures)
    assert not np.array_equal(whole.pictures, source.batch(1, 12).pictures)
    assert set(source.batch(0, 200).labels.tolist()) == set(range(16))


def test_held_out_pictures_are_the_same_for_every_run_and_classes_take_turns():
    one, other = (list(SignSource(seed).held_out(17)) for seed in (1, 2))
    assert [seen.style for seen in one] == [style.name for style in styles().held_out]
    for mine, theirs in zip(one, other, strict=True):
        assert np.array_equal(mine.shown.pictures, theirs.shown.pictures)
        assert mine.shown.labels.tolist() == [*range(16), 0]
    assert not np.array_equal(one[0].shown.pictures[0], one[0].shown.pictures[16])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"size": (0.9, 0.5)}, "size must be two rising numbers"),
        ({"brightness": (0.1, 1.0)}, "brightness"),
        ({"hidden": 0.6}, "hidden"),
        ({"rain": 41}, "rain"),
        ({"motion_px": 7.0}, "motion_px"),
    ],
)
def test_styles_are_refused_by_name(changed, message):
    with pytest.raises(SuiteError, match=message):
        replace(PLAIN, **changed)


def test_paint_and_backdrops_are_refused_by_name():
    with pytest.raises(SuiteError, match="0 to 255"):
        Paint(red=(0, 0, 256))
    with pytest.raises(SuiteError, match="border"):
        Paint(border=0.3)
    with pytest.raises(SuiteError, match="period_px"):
        Backdrop((0, 0, 0), (0, 0, 0), "bricks", 1.0)
