"""From predictions to boxes in a picture: thresholds, classes, suppression, the way back through the letterbox, drawing."""

from __future__ import annotations

import numpy as np
import pytest

from perception.detection.detections import Detections, Truths
from perception.detection.detector import Detector, DetectorOptions, select
from perception.detection.drawing import colour_of, contact_sheet, drawn
from sim_suite.errors import SuiteError


class Says:
    """A predictor that says the same of every picture."""

    classes, size = ("car", "person"), (32, 32)

    def __init__(self, *rows):
        self.rows = np.array(rows, np.float32).reshape(1, -1, 7)

    def predict(self, pictures):
        assert pictures.shape == (1, 3, 32, 32)
        assert pictures.dtype == np.float32
        return self.rows


CAR = (16, 16, 8, 4, 0.9, 0.8, 0.1)


def test_scores_are_objectness_times_class_and_both_classes_may_count():
    said = np.array([CAR, (4, 4, 2, 2, 0.5, 0.9, 0.7)], np.float32)
    found = select(said, DetectorOptions(confidence=0.3))
    np.testing.assert_allclose(found.scores, [0.72, 0.45, 0.35])
    assert found.classes.tolist() == [0, 0, 1]
    np.testing.assert_allclose(found.boxes, [[12, 14, 20, 18], [3, 3, 5, 5], [3, 3, 5, 5]])
    assert select(said, DetectorOptions(confidence=0.3, class_wise=False)).classes.tolist() == [0, 0]
    assert len(select(said, DetectorOptions(confidence=0.3, most=1))) == 1
    assert len(select(said, DetectorOptions(confidence=0.8))) == 0


def test_who_overlaps_a_surer_one_goes():
    near = (17, 16, 8, 4, 0.8, 0.8, 0.0)
    options = DetectorOptions(confidence=0.1, nms_iou=0.5)
    assert len(select(np.array([CAR, near], np.float32), options)) == 1
    assert len(select(np.array([CAR, near], np.float32), DetectorOptions(0.1, nms_iou=0.8))) == 2


def test_boxes_lie_in_the_pictures_own_pixels():
    """64 x 32 in 32 x 32: half as large, 8 rows of grey above."""
    found = Detector(Says(CAR)).detect(np.zeros((32, 64, 3), np.uint8))
    np.testing.assert_allclose(found.boxes, [[24, 12, 40, 20]], atol=1e-4)
    assert found.to_json(("car", "person")) == [{"class": "car", "confidence": 0.72, "box": [24.0, 12.0, 40.0, 20.0]}]


def test_nothing_is_found_where_nothing_is_said():
    assert len(Detector(Says()).detect(np.zeros((32, 32, 3), np.uint8))) == 0


def test_options_and_arrays_that_do_not_hold_together_are_refused():
    with pytest.raises(SuiteError, match=r"confidence must lie in 0\.\.1, not 1.5"):
        DetectorOptions(confidence=1.5)
    with pytest.raises(SuiteError, match="most must be 1 or more"):
        DetectorOptions(most=0)
    none = np.zeros(0, np.int64)
    with pytest.raises(SuiteError, match="scores and classes"):
        Detections(np.zeros((1, 4), np.float32), np.zeros(0, np.float32), none)
    with pytest.raises(SuiteError, match="classes and crowd"):
        Truths(np.zeros((1, 4), np.float32), none, np.zeros(1, np.bool_))


def test_boxes_are_drawn_where_they_are_and_the_picture_is_left_alone():
    picture = np.zeros((60, 80, 3), np.uint8)
    found = Detections(np.array([[20, 30, 50, 55]], np.float32), np.array([0.9], np.float32), np.array([1]))
    out = drawn(picture, found, ("car", "person"), labels=False)
    assert (picture == 0).all()
    touched = np.argwhere(out.any(2))
    assert touched.min(0).tolist() == [30, 20]
    assert touched.max(0).tolist() == [54, 49]
    assert out[40, 20].tolist() == list(colour_of(1))
    labelled = drawn(picture, found, ("car", "person"))
    assert labelled[:28].any()


def test_a_sheet_shows_what_was_found_and_in_white_what_was_missed():
    pictures = np.zeros((3, 20, 30, 3), np.uint8)
    none = Detections(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))
    one = Detections(np.array([[4, 5, 12, 15]], np.float32), np.array([0.9], np.float32), np.array([0]))
    lost = [np.zeros((0, 4), np.float32), np.zeros((0, 4), np.float32), np.array([[10, 8, 20, 18]], np.float32)]
    sheet = contact_sheet(pictures, [one, none, none], lost, ("car",), columns=2, enlarge=2)
    assert sheet.shape == (2 * 44 + 26, 124, 3)
    assert sheet[10, 8].tolist() == list(colour_of(0))
    assert not sheet[:40, 64:124].any()
    assert sheet[44 + 16, 20].tolist() == [255, 255, 255]
    assert sheet[44 + 35, 39].tolist() == [255, 255, 255]


def test_colours_of_classes_differ():
    colours = np.array([colour_of(number) for number in range(12)], int)
    apart = np.abs(colours[:, None] - colours[None]).sum(2) + 1000 * np.eye(12, dtype=int)
    assert apart.min() > 40
