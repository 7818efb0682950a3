"""Networks of YOLO: shapes and sizes, what they decode, that they learn, and that OpenCV finds the same boxes in what is exported."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from perception.detection.darknet.network import DarknetNetwork
from perception.detection.darknet.yolov3 import yolov3, yolov3_tiny
from perception.detection.detections import Truths
from perception.detection.detector import Detector, DetectorOptions
from perception.detection.exporting import export_yolo
from perception.detection.losses.targets import targets_of
from perception.detection.networks.small import SmallSizes, SmallYolo
from perception.detection.networks.yolo_v1 import V1Sizes, YoloV1
from perception.detection.opencv_dnn import OpenCvPredictor
from perception.detection.running import TorchPredictor
from sim_suite.errors import DamagedFileError, SuiteError

ANCHORS = tuple((float(side), float(side) * 0.8) for side in (4, 6, 8, 12, 16, 20, 28, 36, 48))
NAMES = ("car", "person")


def small(seed=0):
    torch.manual_seed(seed)
    return SmallYolo(2, ANCHORS, SmallSizes((4, 8, 8, 16), (1, 1, 1), (8, 8, 8)))


def test_the_small_network_is_as_large_as_it_says():
    network = SmallYolo(6, ANCHORS)
    assert sum(each.numel() for each in network.parameters()) == 484_323
    maps = network.eval()(torch.zeros(1, 3, 128, 96))
    assert [tuple(each.shape) for each in maps] == [(1, 33, 32, 24), (1, 33, 16, 12), (1, 33, 8, 6)]
    assert network.decoded(torch.zeros(2, 3, 128, 96)).shape == (2, 3 * 21 * 48, 11)


def test_at_first_hardly_anything_is_an_object():
    with torch.no_grad():
        said = small().eval().decoded(torch.rand(1, 3, 64, 64))
    assert float(said[..., 4].mean()) == pytest.approx(0.01, abs=0.005)


def test_yolo_v1_tells_all_cells_from_the_whole_picture():
    network = YoloV1(3, V1Sizes(cells=4, widths=(4, 8, 8), squeezed=4, units=16)).eval()
    assert network(torch.zeros(2, 3, 32, 32)).shape == (2, 4, 4, 13)
    with torch.no_grad():
        said = network.decoded(torch.rand(2, 3, 32, 32))
    assert said.shape == (2, 32, 8)
    assert float(said[..., 4:].min()) >= 0.0
    assert float(said[..., 4:].max()) <= 1.0
    with pytest.raises(SuiteError, match="looks at pictures of 32 x 32, not at 48 x 32"):
        network(torch.zeros(1, 3, 48, 32))


def test_sizes_that_do_not_hold_together_are_refused():
    with pytest.raises(SuiteError, match="has 9 anchors, not 3"):
        SmallYolo(2, ANCHORS[:3])
    with pytest.raises(SuiteError, match="widths must be 4 numbers"):
        SmallSizes(widths=(4, 8))
    with pytest.raises(SuiteError, match="widths must be even"):
        SmallSizes(widths=(4, 8, 9, 16))
    with pytest.raises(SuiteError, match="cells must be 1 or more"):
        V1Sizes(cells=0)
    with pytest.raises(SuiteError, match="dropout"):
        V1Sizes(dropout=1.0)


def two_pictures():
    """A red and a green rectangle on grey; their boxes."""
    pictures = torch.full((2, 3, 64, 64), 0.5)
    pictures[0, 0, 10:30, 20:44], pictures[1, 1, 40:52, 8:20] = 1.0, 1.0
    boxes = (np.array([[20, 10, 44, 30]], np.float32), np.array([[8, 40, 20, 52]], np.float32))
    truths = [Truths(box, np.array([k]), np.zeros(1, np.bool_)) for k, box in enumerate(boxes)]
    return pictures, truths


@pytest.mark.parametrize("kind", ["small", "v1"])
def test_it_learns_two_pictures_by_heart(kind):
    torch.manual_seed(1)
    network = small(1) if kind == "small" else YoloV1(2, V1Sizes(4, 2, (8, 8, 8, 8), 8, 32, dropout=0.0))
    pictures, truths = two_pictures()
    optimizer = torch.optim.Adam(network.parameters(), 0.01)
    for _ in range(60):
        optimizer.zero_grad()
        loss, _ = network.loss(pictures, targets_of(truths, (64, 64)))
        loss.backward()
        optimizer.step()
    # By statistics of the batch, since running ones lag behind so few steps.
    with torch.no_grad():
        said = network.decoded(pictures)
    for picture, truth in enumerate(truths):
        best = said[picture, (said[picture, :, 4] * said[picture, :, 5:].amax(1)).argmax()]
        x0, y0, x1, y1 = truth.boxes[0]
        np.testing.assert_allclose(best[:4], [(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0], atol=2.5)
        assert int(best[5:].argmax()) == picture


EXPORTED = {
    "small": (small, (64, 48)),
    "v1": (lambda: YoloV1(2, V1Sizes(cells=4, widths=(4, 8, 8), squeezed=4, units=16)), (32, 32)),
    "yolov3": (lambda: DarknetNetwork(yolov3(2, (64, 64), filters=2, blocks=(1, 1, 1, 1, 1))), (64, 64)),
    "yolov3-tiny": (lambda: DarknetNetwork(yolov3_tiny(2, (64, 64), filters=2)), (64, 64)),
}


@pytest.mark.parametrize("name", EXPORTED)
def test_opencv_finds_the_boxes_that_torch_finds(name, tmp_path):
    torch.manual_seed(3)
    build, size = EXPORTED[name]
    network = build().eval()
    for layer in network.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(layer.running_mean, -0.2, 0.2)
            torch.nn.init.uniform_(layer.running_var, 0.5, 2.0)
            torch.nn.init.uniform_(layer.weight, 0.5, 1.5)
    path = export_yolo(network, NAMES, size, tmp_path / "net.onnx")
    picture = np.random.default_rng(5).integers(0, 256, (90, 120, 3), np.uint8)
    ours, theirs = TorchPredictor(network, NAMES, size), OpenCvPredictor(path)
    assert (theirs.classes, theirs.size) == (NAMES, size)
    # A threshold that some dozen boxes pass, halfway between two scores, so that rounding cannot move one across.
    said = ours.predict(np.random.default_rng(6).random((2, 3, *size), np.float32))
    np.testing.assert_allclose(
        theirs.predict(np.random.default_rng(6).random((2, 3, *size), np.float32)), said, atol=1e-3, rtol=1e-3
    )
    scores = np.unique(said[..., 4:5] * said[..., 5:])[::-1]
    options = DetectorOptions(confidence=float(scores[min(30, len(scores) - 1)]), nms_iou=0.45)
    one, other = (Detector(predictor, options).detect(picture) for predictor in (ours, theirs))
    assert len(one) == len(other)
    np.testing.assert_allclose(one.boxes, other.boxes, atol=1e-2)
    np.testing.assert_allclose(one.scores, other.scores, atol=1e-4)
    np.testing.assert_array_equal(one.classes, other.classes)


def test_an_exported_file_that_was_altered_or_is_missing_is_refused(tmp_path):
    path = export_yolo(small(), NAMES, (32, 32), tmp_path / "net.onnx")
    assert json.loads(path.with_suffix(".json").read_text())["classes"] == list(NAMES)
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(DamagedFileError, match="SHA-256"):
        OpenCvPredictor(path)
    with pytest.raises(SuiteError, match="does not exist"):
        OpenCvPredictor(tmp_path / "none.onnx")
    with pytest.raises(SuiteError, match=r"must end in \.onnx"):
        export_yolo(small(), NAMES, (32, 32), tmp_path / "net.pt")


@pytest.mark.parametrize(
    ("build", "size", "message"),
    [
        (small, (64, 40), "multiples of 16, not at 64 x 40"),
        (
            lambda: YoloV1(2, V1Sizes(cells=4, widths=(4, 8, 8), squeezed=4, units=16)),
            (64, 64),
            "32 x 32, not at 64 x 64",
        ),
        (lambda: DarknetNetwork(yolov3_tiny(2, (64, 64), filters=2)), (48, 64), "multiples of 32, not at 48 x 64"),
    ],
)
def test_sizes_that_a_network_cannot_look_at_are_refused(build, size, message, tmp_path):
    with pytest.raises(SuiteError, match=message):
        TorchPredictor(build(), NAMES, size)
    with pytest.raises(SuiteError, match=message):
        export_yolo(build(), NAMES, size, tmp_path / "net.onnx")


def test_as_many_names_as_classes():
    with pytest.raises(SuiteError, match="1 names for 2 classes"):
        TorchPredictor(small(), ("car",), (64, 64))
