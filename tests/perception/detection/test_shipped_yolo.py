"""The shipped YOLO on a picture of the guide: it finds what is there, through torch and through OpenCV alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import perception.detection
from perception.detection.boxes import pairwise_iou
from perception.detection.detector import Detector, DetectorOptions
from perception.detection.exporting import export_yolo
from perception.detection.opencv_dnn import OpenCvPredictor
from perception.detection.opening import load_yolo
from perception.detection.running import TorchPredictor
from perception.reading import read_picture


def test_it_finds_the_truck_of_the_guide_both_ways(tmp_path):
    """The last picture of the sheet, 256 x 256: a truck's rear from (57, 17) to (205, 203), and a light beside it."""
    sheet = read_picture(Path(perception.detection.__file__).parent / "detections.png")
    picture = sheet[260:516, 780:1036]
    network, task = load_yolo("zoo:yolo")
    path = export_yolo(network, task.classes, task.size, tmp_path / "yolo.onnx")
    predictors = (TorchPredictor(network, task.classes, task.size), OpenCvPredictor(path))
    ours, theirs = (Detector(one, DetectorOptions(confidence=0.3)).detect(picture) for one in predictors)
    trucks = ours.boxes[ours.classes == task.classes.index("truck")]
    assert pairwise_iou(trucks, np.array([[57.0, 17.0, 205.0, 203.0]])).max() > 0.85
    np.testing.assert_allclose(theirs.boxes, ours.boxes, atol=1e-2)
    np.testing.assert_allclose(theirs.scores, ours.scores, atol=1e-4)
    np.testing.assert_array_equal(theirs.classes, ours.classes)
