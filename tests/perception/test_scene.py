"""Scenes: boxes found by hand, the truth unchanged, errors as often and as far as they are asked for."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.scene import COLUMN, HEADING, LENGTH, ROW, WIDTH, Scene, boxes_in, corners_of, frames_of_others
from perception.sources import Errors, SceneOptions, Truth, perceived, source_of
from sim_suite.driving.sensors.raster.intensity import VEHICLE_VALUE
from sim_suite.driving.sensors.raster.raster_spec import preset
from sim_suite.errors import SuiteError

SPEC = preset("small")
OTHERS = frames_of_others(SPEC)


def raster_with(*corners):
    """All road; a car of 9 x 4 pixels at each (row, column), standing."""
    raster = np.zeros(SPEC.shape, np.uint8)
    raster[SPEC.channels.index("road")] = 255
    raster[SPEC.channels.index("ego"), 91:100, 62:66] = 255
    for row, column in corners:
        raster[OTHERS, row : row + 9, column : column + 4] = VEHICLE_VALUE
    return raster


def dice(*seed):
    return np.random.default_rng(seed)


def test_boxes_of_upright_and_lying_cars_by_hand():
    plane = np.zeros((40, 40), np.uint8)
    plane[3:12, 10:14], plane[20:24, 5:15], plane[30, 30] = 150, 150, 255
    boxes = boxes_in(plane, 0.5)
    np.testing.assert_allclose(boxes[0], [7.5, 12.0, 0.0, 4.5, 2.0], atol=1e-5)
    np.testing.assert_allclose(np.delete(boxes[1], HEADING), [22.0, 10.0, 5.0, 2.0], atol=1e-5)
    assert abs(boxes[1, HEADING]) == pytest.approx(math.pi / 2)
    np.testing.assert_allclose(boxes[2, [ROW, COLUMN, LENGTH, WIDTH]], [30.5, 30.5, 0.5, 0.5], atol=1e-5)
    assert len(boxes_in(np.zeros((4, 4), np.uint8), 0.5)) == 0


@given(
    heading=st.floats(-1.5, 1.5), row=st.floats(30.0, 70.0), column=st.floats(30.0, 70.0), length=st.floats(12.0, 20.0)
)
@settings(max_examples=40, deadline=None)
def test_a_box_that_is_drawn_is_found_again(heading, row, column, length):
    """Within the pixel that drawing rounds to: 1 pixel in place, its diagonal at either side in size, 0.15 rad."""
    box = np.array([row, column, heading, length, 5.0], np.float32)
    plane = np.zeros((100, 100), np.uint8)
    corners = corners_of(box, 1.0)[:, ::-1] - 0.5
    cv2.fillConvexPoly(plane, np.rint(corners * 16).astype(np.int32), 150, shift=4)
    (found,) = boxes_in(plane, 1.0)
    assert np.abs(found[[ROW, COLUMN]] - box[[ROW, COLUMN]]).max() < 1.0
    assert np.abs(found[[LENGTH, WIDTH]] - box[[LENGTH, WIDTH]]).max() < 2.83
    off = (found[HEADING] - heading + math.pi / 2) % math.pi - math.pi / 2
    assert abs(off) < 0.15


def test_corners_by_hand():
    """Heading a quarter turn to the left of up: the front is at lower columns, its left corner below."""
    corners = corners_of(np.array([10.0, 20.0, math.pi / 2, 4.0, 2.0], np.float32), 1.0)
    np.testing.assert_allclose(corners, [[11, 18], [11, 22], [9, 22], [9, 18]], atol=1e-5)


def test_the_truth_is_as_it_is():
    raster = raster_with((20, 30), (60, 80))
    scene = Truth(SPEC).see(raster, dice(0))
    assert np.array_equal(scene.as_bytes(), raster)
    assert scene.boxes.shape == (2, 5)
    assert (scene.confidences == 1.0).all()
    batch = raster[None]
    assert perceived(Truth(SPEC), batch, [dice(0)]) is batch


def test_without_errors_errors_are_the_truth():
    raster = raster_with((20, 30), (60, 80))
    source = Errors(SPEC, SceneOptions("errors", missed=0.0, jitter_m=0.0, false=0.0))
    assert np.array_equal(source.see(raster, dice(1)).as_bytes(), raster)


def test_whoever_is_missed_is_missed_in_all_frames_and_nothing_else_changes():
    raster = raster_with((20, 30), (60, 80))
    source = Errors(SPEC, SceneOptions("errors", missed=1.0, jitter_m=0.0, false=0.0))
    scene = source.see(raster, dice(1))
    assert not scene.raster[OTHERS].any()
    rest = np.delete(np.arange(SPEC.shape[0]), OTHERS)
    assert np.array_equal(scene.as_bytes()[rest], raster[rest])
    assert len(scene.boxes) == 0


def test_so_many_are_missed_and_so_far_off_are_the_others():
    raster = raster_with((20, 30))
    options = SceneOptions("errors", missed=0.3, jitter_m=1.0, false=0.0)
    scenes = [Errors(SPEC, options).see(raster, dice(7, k)) for k in range(400)]
    seen = [scene.boxes[0] for scene in scenes if len(scene.boxes)]
    assert len(seen) / 400 == pytest.approx(0.7, abs=0.07), "three standard deviations"
    places = np.stack(seen)[:, [ROW, COLUMN]] * SPEC.metres_per_pixel
    # A blob that is moved between pixels grows by up to one: its rectangle's centre lies within half a pixel.
    assert places.mean(0) == pytest.approx([24.5 * 0.5, 32.0 * 0.5], abs=0.3)
    assert places.std(0) == pytest.approx([1.0, 1.0], abs=0.2)
    one = next(scene.raster for scene in scenes if len(scene.boxes))
    assert np.array_equal(one[OTHERS[0]], one[OTHERS[-1]]), "frames are moved together"


def test_false_cars_stand_on_the_road_and_are_as_many_as_asked_for():
    raster = raster_with()
    raster[SPEC.channels.index("road"), :, 64:] = 0
    options = SceneOptions("errors", missed=0.0, jitter_m=0.0, false=0.5)
    scenes = [Errors(SPEC, options).see(raster, dice(3, k)) for k in range(300)]
    boxes = [scene.boxes for scene in scenes]
    assert sum(map(len, boxes)) / 300 == pytest.approx(0.5, abs=0.13), "three standard deviations"
    for scene, found in zip(scenes, boxes, strict=True):
        assert (found[:, COLUMN] < 70).all()
        assert (scene.confidences == 0.0).all(), "nobody is there"
        assert np.array_equal(scene.raster[OTHERS[0]], scene.raster[OTHERS[-1]])


def test_equal_dice_give_equal_errors_and_others_differ():
    raster = raster_with((20, 30), (60, 80))
    source = source_of(SceneOptions("errors", missed=0.5, jitter_m=1.0, false=1.0), SPEC)
    a, b, c = (source.see(raster, dice(seed)).as_bytes() for seed in (5, 5, 6))
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)


class Blind:
    """A module of somebody's own."""

    def __init__(self, spec):
        self.spec = spec

    def see(self, raster, dice):
        return Scene(
            self.spec, np.zeros(self.spec.shape, np.float32), np.zeros((0, 5), np.float32), np.zeros(0, np.float32)
        )


def test_a_module_of_ones_own_is_asked():
    source = source_of(SceneOptions("tests.perception.test_scene:Blind"), SPEC)
    assert not perceived(source, raster_with((20, 30))[None], [dice(0)]).any()
    with pytest.raises(SuiteError, match="has no method see"):
        source_of(SceneOptions("pathlib:Path"), "x")


def test_what_is_no_scene_is_refused():
    shape, boxes, none = SPEC.shape, np.zeros((0, 5), np.float32), np.zeros(0, np.float32)
    with pytest.raises(SuiteError, match=r"raster is float32 \(12, 128, 128\), not uint8"):
        Scene(SPEC, np.zeros(shape, np.uint8), boxes, none)
    with pytest.raises(SuiteError, match=r"raster lies in 0\.\.1, not in 0\.\.255"):
        Scene(SPEC, np.array(np.arange(np.prod(shape)).reshape(shape) % 256, np.float32), boxes, none)
    with pytest.raises(SuiteError, match=r"boxes are \[n, 5\]"):
        Scene(SPEC, np.zeros(shape, np.float32), boxes, np.zeros(1, np.float32))
    with pytest.raises(SuiteError, match="source is 'truth', 'errors' or"):
        SceneOptions("trooth")
    with pytest.raises(SuiteError, match="missed must be 0 to 1"):
        SceneOptions(missed=2.0)
