"""Road users: the square that is cut out, who is seen well, that nobody is shown twice, and what is learned from and judged by."""

from __future__ import annotations

import numpy as np
import pytest

from perception.classification.config import ClassificationConfig
from perception.classification.road_users import filming, source
from perception.classification.road_users.cropping import INACCURACY, cut
from perception.classification.road_users.filming import CLASSES, LEAST_SIDE, VIEW, Crops, film, seen_well
from perception.classification.road_users.options import RoadUserOptions
from perception.classification.road_users.source import RoadUserSource
from perception.classification.source import SIDE
from perception.classification.task import ClassificationTask
from sim_suite.driving.sensors.camera.styles import HELD_OUT, TRAINING
from sim_suite.driving.sensors.camera.visible_boxes import Boxes
from sim_suite.errors import SuiteError


class Exact:
    """Draws the middle of what is asked for."""

    def uniform(self, low, high, count):
        return np.full(count, (low + high) / 2)


@pytest.fixture
def picture():
    return np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)


def test_a_square_of_a_fifth_more_than_the_longer_side_lies_about_the_box(picture):
    # 27 pixels make a square of 32 (1.2 x 27 = 32.4), which needs no scaling: its middle is the box's, (35, 30.5).
    shown = cut(picture, np.array([25, 17, 45, 44]), Exact())
    assert np.array_equal(shown, picture[14 : 14 + SIDE, 19 : 19 + SIDE])
    assert not np.shares_memory(shown, picture)


@pytest.mark.parametrize(
    ("box", "top", "left"), [((0, 0, 27, 20), 0, 0), ((60, 33, 80, 60), 28, 48), ((0, 33, 20, 60), 28, 0)]
)
def test_at_the_edge_the_square_is_moved_inside(picture, box, top, left):
    assert np.array_equal(cut(picture, np.array(box), Exact()), picture[top : top + SIDE, left : left + SIDE])


def test_a_large_box_is_cut_at_the_picture_and_brought_to_a_crops_size(picture):
    assert cut(picture, np.array([2, 2, 78, 58]), Exact()).shape == (SIDE, SIDE, 3)
    assert cut(picture, np.array([2, 2, 4, 5]), Exact()).shape == (SIDE, SIDE, 3)


def test_squares_are_as_inaccurate_as_they_say():
    """Of a picture whose colours tell places: the middle is off by no more than INACCURACY of the box."""
    places = np.stack([*np.indices((200, 200)), np.zeros((200, 200))], axis=-1).astype(np.uint8)
    box = np.array([60, 70, 140, 120])  # 80 pixels
    middles = [cut(places, box, np.random.default_rng(seed)).reshape(-1, 3).mean(axis=0)[:2] for seed in range(100)]
    off = np.abs(np.array(middles) - (94.5, 99.5))
    assert off.max() <= 80 * INACCURACY + 1.0
    assert off.max() > 80 * INACCURACY / 2


def boxes(*rows):
    """(x0, y0, x1, y1, visible) each."""
    x0, y0, x1, y1, visible = (np.array(column) for column in zip(*rows, strict=True))
    zeros = np.zeros(len(rows), np.int32)
    return Boxes(zeros, zeros, x0, y0, x1, y1, zeros, zeros, zeros, visible.astype(np.float32))


def test_who_is_seen_well():
    rows, columns = VIEW.size
    told = seen_well(
        boxes(
            (10, 10, 10 + LEAST_SIDE, 12, 0.5),
            (10, 10, 9 + LEAST_SIDE, 12, 1.0),  # too small
            (10, 10, 40, 40, 0.49),  # hidden
            (0, 10, 40, 40, 1.0),  # cut off
            (10, 0, 40, 40, 1.0),
            (10, 10, columns, 40, 1.0),
            (10, 10, 40, rows, 1.0),
        )
    )
    assert told.tolist() == [True] + [False] * 6


def test_nobody_is_filmed_twice_and_the_same_chance_films_the_same(monkeypatch):
    seen = []

    def find(camera, state, instance, **how):
        found = filming_boxes(camera, state, instance, **how)
        for number in np.flatnonzero(seen_well(found)).tolist():
            mind = state.mind[found.picture[number], found.instance[number] - 1]
            seen.append((int(found.picture[number]), int(mind[filming.ID])))
        return found

    filming_boxes = filming.find_boxes
    monkeypatch.setattr(filming, "find_boxes", find)
    options, styles = RoadUserOptions(worlds=4, moments=4), list(TRAINING.values())
    one = film(options, styles, np.random.default_rng(3))
    assert len(one.labels) == len(set(seen)) < len(seen)
    assert one.pictures.shape == (len(one.labels), SIDE, SIDE, 3)
    assert set(one.labels.tolist()) <= set(range(len(CLASSES)))
    assert len(set(one.styles.tolist())) > 2
    assert one.pictures.std(axis=(1, 2, 3)).min() > 1.0
    again = film(options, styles, np.random.default_rng(3))
    assert all(np.array_equal(mine, theirs) for mine, theirs in zip(one, again, strict=True))


@pytest.fixture
def filmed(monkeypatch):
    """Towns of five road users a style, numbered by their grey; returns those that were filmed."""
    towns = []

    def fake(options, styles, dice):
        grey = 10 * len(towns) + np.arange(5)
        towns.append(options)
        labels = np.tile(np.arange(5), len(styles)).astype(np.uint8)
        pictures = np.broadcast_to(np.tile(grey, len(styles))[:, None, None, None], (len(labels), SIDE, SIDE, 3))
        return Crops(pictures.astype(np.uint8), labels, np.repeat(np.arange(len(styles)), 5).astype(np.uint8))

    monkeypatch.setattr(source, "film", fake)
    return towns


def test_held_out_are_all_styles_with_the_classes_in_turn_nobody_twice_whatever_the_seed(filmed):
    shown = list(RoadUserSource(RoadUserOptions(worlds=1), 7).held_out(12))
    assert [one.style for one in shown] == list(HELD_OUT)
    for one in shown:
        assert one.shown.labels.tolist() == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1]
        assert one.shown.pictures[:, 0, 0, 0].tolist() == [0, 1, 2, 3, 4, 10, 11, 12, 13, 14, 20, 21]
    assert filmed == [RoadUserOptions()] * 3  # of the defaults, and no more towns than it takes


def test_who_asks_for_more_than_the_towns_show_is_told(filmed, monkeypatch):
    monkeypatch.setattr(source, "MOST_TOWNS", 2)
    with pytest.raises(SuiteError, match=r"2 held-out towns show \[2, 2, 2, 2, 2\] of car, .* Lower judging.examples"):
        list(RoadUserSource(RoadUserOptions(), 0).held_out(15))


def test_a_batch_is_a_function_of_its_number_with_classes_drawn_evenly(filmed):
    one = RoadUserSource(RoadUserOptions(towns=2, exposed=0.0), 0)
    first, second = one.batch(0, 1000), one.batch(1, 1000)
    assert len(filmed) == 2
    assert np.bincount(first.labels).min() > 150
    assert (first.pictures[:, 0, 0, 0] % 10 == first.labels).all()
    assert not np.array_equal(first.labels, second.labels)
    again = one.batch(0, 1000)
    assert np.array_equal(first.pictures, again.pictures)
    exposed = RoadUserSource(RoadUserOptions(towns=2, exposed=1.0), 0).batch(0, 50)
    assert exposed.pictures.std(axis=(1, 2, 3)).max() > 1.0  # noise and balance of another camera


def test_towns_without_anybody_are_no_data(monkeypatch):
    nobody = Crops(np.zeros((0, SIDE, SIDE, 3), np.uint8), np.zeros(0, np.uint8), np.zeros(0, np.uint8))
    monkeypatch.setattr(source, "film", lambda options, styles, dice: nobody)
    with pytest.raises(SuiteError, match=r"no road user is seen in 1 towns; give more of road_users\.worlds"):
        RoadUserSource(RoadUserOptions(towns=1), 0).batch(0, 4)


def test_a_recipe_names_them(filmed):
    task = ClassificationTask(ClassificationConfig(data="road_users"), 0)
    assert task.classes == ("car", "truck", "bus", "cyclist", "pedestrian")
    assert task.batch(0)["pictures"].shape == (16, SIDE, SIDE, 3)
    for wrong in ({"towns": 0}, {"worlds": 300}, {"moments": 0}, {"exposed": 1.5}):
        with pytest.raises(SuiteError, match=next(iter(wrong))):
            RoadUserOptions(**wrong)
