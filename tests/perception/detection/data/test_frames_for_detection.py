"""Frames and how they are varied: boxes stay about what they were about; colours alone find coloured things."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.detection.average_precision import average_precision
from perception.detection.data.augmenting import AugmentOptions, augmented
from perception.detection.data.colour_contours import ColourContours
from perception.detection.data.frames import Frames
from perception.detection.data.shapes import Shapes, ShapesOptions
from perception.detection.data.telling import TellTerminal
from perception.detection.detections import Truths
from sim_suite.errors import SuiteError

FEW = ShapesOptions(frames=6, held_out_frames=3)


def test_pictures_depend_on_the_seed_and_their_number_alone():
    one, more = Shapes(FEW, 3).training(), Shapes(ShapesOptions(frames=8), 3).training()
    np.testing.assert_array_equal(one.pictures, more.pictures[:6])
    assert not np.array_equal(one.pictures[:3], Shapes(FEW, 3).held_out()["new_shapes"].pictures)
    assert not np.array_equal(one.pictures, Shapes(FEW, 4).training().pictures)
    same, too = (Shapes(FEW, seed).held_out()["new_shapes"].pictures for seed in (3, 4))
    np.testing.assert_array_equal(same, too)


def test_boxes_are_about_shapes_and_these_do_not_touch():
    frames = Shapes(ShapesOptions(frames=40), 0).training()
    for picture, truths in zip(frames.pictures, frames.truths, strict=True):
        assert len(truths)
        for box, number in zip(truths.boxes.astype(int), truths.classes, strict=True):
            inside = picture[box[1] : box[3], box[0] : box[2]].reshape(-1, 3)
            colours, counts = np.unique(inside, axis=0, return_counts=True)
            filled = np.all(picture == colours[counts.argmax()], axis=2)
            found = np.argwhere(filled)[:, ::-1]
            assert np.abs(found.min(0) - box[:2]).max() <= 1
            assert np.abs(found.max(0) + 1 - box[2:]).max() <= 1
            share = counts.max() / len(inside)
            assert share == pytest.approx({0: 1.0, 1: np.pi / 4, 2: 0.5}[int(number)], abs=0.13)


def test_who_waits_is_told_after_two_seconds_and_not_too_often(capsys, monkeypatch):
    times = iter([0.0, 1.0, 2.5, 3.0, 5.0])
    tell = TellTerminal("training", lambda: next(times))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    for done in range(1, 5):
        tell(done, 4)
    told = capsys.readouterr().err.splitlines()
    assert told == [f"sim-suite: {done} of 4 frames of training are drawn." for done in (2, 4)]


def with_a_square():
    """Black, a white square at (8..20, 10..16)."""
    picture = np.zeros((32, 40, 3), np.uint8)
    picture[10:16, 8:20] = 255
    return picture, Truths(np.array([[8, 10, 20, 16]], np.float32), np.array([1]), np.zeros(1, np.bool_))


def test_nothing_is_changed_by_no_options():
    picture, truths = with_a_square()
    same, there = augmented(picture, truths, AugmentOptions(0, 0, 0, 0), np.random.default_rng(0))
    np.testing.assert_array_equal(same, picture)
    np.testing.assert_array_equal(there.boxes, truths.boxes)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_boxes_stay_about_their_things(seed):
    picture, truths = with_a_square()
    varied, there = augmented(picture, truths, AugmentOptions(0.5, 0.4, 0, 0), np.random.default_rng(seed))
    assert varied.shape == picture.shape
    assert varied.dtype == np.uint8
    lit = np.argwhere((varied == 255).all(2))[:, ::-1]
    if len(there) and not there.crowd[0]:
        (x0, y0, x1, y1) = there.boxes[0]
        assert np.abs(lit.min(0) - (x0, y0)).max() <= 1.5
        assert np.abs(lit.max(0) + 1 - (x1, y1)).max() <= 1.5
        assert there.classes.tolist() == [1]
    assert all(0 <= side <= limit for box in there.boxes for side, limit in zip(box, (40, 32, 40, 32), strict=True))


def test_light_and_colours_are_changed_within_their_limits():
    picture, truths = with_a_square()
    picture[picture > 0] = 100
    seen = [
        augmented(picture, truths, AugmentOptions(0, 0, 0.2, 0.1), np.random.default_rng(seed))[0][12, 10]
        for seed in range(40)
    ]
    assert np.min(seen) >= 71
    assert np.max(seen) <= 132
    assert np.ptp(seen, axis=0).min() > 20


def test_options_out_of_range_are_refused():
    with pytest.raises(SuiteError, match=r"zoom must lie in 0\.\.0\.9, not 1"):
        AugmentOptions(zoom=1)
    with pytest.raises(SuiteError, match="frames must be 1 or more"):
        ShapesOptions(frames=0)
    with pytest.raises(SuiteError, match="sides"):
        ShapesOptions(sides=(20, 90))
    with pytest.raises(SuiteError, match="1 truths for pictures"):
        Frames(np.zeros((2, 4, 4, 3), np.uint8), (with_a_square()[1],))


def test_colours_find_what_has_a_colour_of_its_own():
    dice = np.random.default_rng(0)
    pictures, truths = [], []
    for _ in range(30):
        picture = dice.integers(0, 100, (48, 48, 3)).astype(np.uint8)
        boxes = []
        for number, colour in enumerate(((250, 0, 0), (0, 250, 0))):
            x, y = dice.integers(0, 20, 2) + np.array([24 * number, 0])
            picture[y : y + 10, x : x + 12] = colour
            boxes.append((x, y, x + 12, y + 10))
        pictures.append(picture)
        truths.append(Truths(np.array(boxes, np.float32), np.array([0, 1]), np.zeros(2, np.bool_)))
    frames = Frames(np.stack(pictures), tuple(truths))
    baseline = ColourContours(frames.first(20), 2)
    found = [baseline.detect(picture) for picture in frames.pictures[20:]]
    assert average_precision(found, frames.truths[20:], 2).ap50 > 0.95
    assert len(baseline.detect(np.zeros((48, 48, 3), np.uint8))) == 0


def test_colours_do_not_find_shapes():
    frames = Shapes(ShapesOptions(frames=60), 0).training()
    baseline = ColourContours(frames, 3)
    (held_out,) = Shapes(ShapesOptions(held_out_frames=20), 0).held_out().values()
    found = [baseline.detect(picture) for picture in held_out.pictures]
    assert average_precision(found, held_out.truths, 3).ap50 < 0.3
