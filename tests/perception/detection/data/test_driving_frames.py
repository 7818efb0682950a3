"""Frames of streets: boxes are exact to the pixel, scenes follow from seed, part and town, training and held-out ones are apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from perception.detection.data.driving import CLASSES, CameraSpec, DrivingFrames, DrivingSource, truths_in
from sim_suite.driving.sensors.camera.camera_spec import Mount
from sim_suite.driving.sensors.camera.styles import HELD_OUT, TRAINING
from sim_suite.driving.sensors.solids.semantics import Tag
from sim_suite.errors import SuiteError

SMALL = DrivingFrames(
    towns=1, held_out_towns=1, worlds=2, moments=2, vehicles=20, pedestrians=10, parked=4, warm_up_ticks=60
)


def test_boxes_are_about_all_pixels_of_a_thing_by_hand():
    semantic, instance = np.full((10, 14), int(Tag.ROAD), np.uint8), np.zeros((10, 14), np.int32)
    semantic[2:6, 3:8], instance[2:6, 3:8] = Tag.CAR, 5
    semantic[5:9, 10:12], instance[5:9, 10:12] = Tag.BICYCLE, 2
    semantic[3:5, 10:11], instance[3:5, 10:11] = Tag.RIDER, 2
    semantic[0:9, 13], instance[0:9, 13] = Tag.POLE, 99
    semantic[0:2, 12:14], instance[0:2, 12:14] = Tag.TRAFFIC_SIGN, 99
    truths = truths_in(semantic, instance, np.array([], np.int32), least_side=2.0, least_pixels=5)
    np.testing.assert_array_equal(truths.boxes, [[10, 3, 12, 9], [3, 2, 8, 6], [12, 0, 14, 2]])
    assert [CLASSES[number] for number in truths.classes] == ["cyclist", "car", "traffic sign"]
    assert truths.crowd.tolist() == [False, False, True]
    hidden = np.array([5], np.int32)
    assert truths_in(semantic, instance, hidden, least_side=3.0, least_pixels=0).crowd.tolist() == [True, True, True]
    assert len(truths_in(np.zeros_like(semantic), np.zeros_like(instance), hidden, 1.0, 1)) == 0


@pytest.fixture(scope="module")
def frames():
    return DrivingSource(SMALL, 3).training()


def test_frames_show_streets_with_things_in_them(frames):
    assert frames.pictures.shape == (4, 128, 128, 3)
    assert all(picture.std() > 5 for picture in frames.pictures)
    assert sum(len(truths) for truths in frames.truths) > 0
    for truths in frames.truths:
        assert (truths.boxes[:, :2] >= 0).all()
        assert (truths.boxes[:, 2:] <= 128).all()
        assert (truths.boxes[:, 2:] > truths.boxes[:, :2]).all()


def test_the_same_seed_gives_the_same_bytes_and_towns_do_not_depend_on_their_number(frames):
    more = DrivingSource(replace(SMALL, towns=2), 3).training()
    np.testing.assert_array_equal(more.pictures[:4], frames.pictures)
    for one, other in zip(more.truths, frames.truths, strict=False):
        np.testing.assert_array_equal(one.boxes, other.boxes)
    assert not np.array_equal(more.pictures[4:], frames.pictures)


def test_a_seed_of_the_set_decides_and_looks_are_those_named(frames):
    named = DrivingSource(replace(SMALL, set_seed=3), 8).training()
    np.testing.assert_array_equal(named.pictures, frames.pictures)
    noon, night = (DrivingSource(replace(SMALL, looks=(look,)), 3).training() for look in ("noon", "night"))
    assert noon.pictures.mean() > 2 * night.pictures.mean()
    with pytest.raises(SuiteError, match="style for training"):
        replace(SMALL, looks=("fog",))


def test_held_out_scenes_are_others_and_so_are_held_out_styles(frames):
    assert not TRAINING.keys() & HELD_OUT.keys()
    held_out = DrivingSource(SMALL, 3).held_out()
    for name, part in DrivingSource(SMALL, 4).held_out().items():
        np.testing.assert_array_equal(part.pictures, held_out[name].pictures)
    assert list(held_out) == ["new_scenes", "new_styles"]
    for part in held_out.values():
        assert len(part) == 4
        assert not any(np.array_equal(picture, other) for picture in part.pictures for other in frames.pictures)


def test_options_that_make_no_frames_are_refused():
    with pytest.raises(SuiteError, match="worlds must be 1 or more, not 0"):
        DrivingFrames(worlds=0)
    with pytest.raises(SuiteError, match="least_side must be 0 or more"):
        DrivingFrames(least_side=-1)
    with pytest.raises(SuiteError, match="one camera, not 2"):
        DrivingFrames(camera=CameraSpec(mounts=(Mount(), Mount(yaw_deg=90.0))))
