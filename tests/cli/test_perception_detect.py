"""`sim-suite perception detect`, `export` and `anchors`: pictures, films, Darknet's files, and what is asked for wrongly."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
import torch

from perception.detection.darknet.cfg import format_cfg
from perception.detection.darknet.network import DarknetNetwork
from perception.detection.darknet.weights import write_weights
from perception.detection.darknet.yolov3 import yolov3_tiny
from perception.registry import entry
from sim_suite.cli.main import main
from sim_suite.episodes.replay.film import write_film


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A picture, a film, Darknet's files of a tiny network that finds something everywhere, a run of the trial's settings."""
    folder = tmp_path_factory.mktemp("detect")
    dice = np.random.default_rng(0)
    pictures = dice.integers(0, 256, (5, 48, 64, 3), np.uint8)
    assert cv2.imwrite(str(folder / "street.png"), pictures[0])
    write_film(folder / "drive.webm", pictures, 10.0)
    torch.manual_seed(0)
    network = DarknetNetwork(yolov3_tiny(2, (64, 64), filters=2))
    for name, value in network.named_parameters():
        if name.endswith("convolution.bias"):
            torch.nn.init.constant_(value, 2.0)
    write_weights(folder / "net.weights", network)
    (folder / "net.cfg").write_text(format_cfg(network.network))
    (folder / "my.names").write_text("dog\nbicycle\n\n")
    settings = ["--set", *entry("yolo").trial]
    assert main(["perception", "train", "yolo", *settings, "--out", str(folder / "run"), "--json"]) == 0
    return folder


def darknet(folder):
    return ["--weights", str(folder / "net.weights"), "--cfg", str(folder / "net.cfg")]


def detect(folder, capsys, *words):
    capsys.readouterr()
    assert main(["perception", "detect", *words, "--json", "--out", str(folder / "out")]) == 0
    return json.loads(capsys.readouterr().out)


def test_darknets_files_find_named_things_in_a_picture(folder, capsys):
    (result,) = detect(
        folder, capsys, str(folder / "street.png"), *darknet(folder), "--names", str(folder / "my.names")
    )
    assert len(result["detections"]) > 0
    assert {found["class"] for found in result["detections"]} <= {"dog", "bicycle"}
    for found in result["detections"]:
        x0, y0, x1, y1 = found["box"]
        assert 0 <= x0 <= x1 <= 64
        assert 0 <= y0 <= y1 <= 48
        assert 0.5 < found["confidence"] <= 1
    picture = cv2.imread(result["out"])
    assert picture.shape == (480, 640, 3)
    assert (picture != cv2.resize(cv2.imread(str(folder / "street.png")), (640, 480))).any()


def test_without_names_classes_are_numbers_and_people_read_a_line(folder, capsys):
    words = [str(folder / "street.png"), *darknet(folder), "--out", str(folder / "out")]
    assert main(["perception", "detect", *words]) == 0
    assert "class 0" in capsys.readouterr().out
    assert main(["perception", "detect", *words, "--confidence", "1"]) == 0
    assert "nothing found" in capsys.readouterr().out


def test_a_film_is_drawn_frame_by_frame(folder, capsys):
    (result,) = detect(folder, capsys, str(folder / "drive.webm"), *darknet(folder))
    assert len(result["frames"]) == 5
    assert result["fps"] == pytest.approx(10.0)
    capture = cv2.VideoCapture(result["out"])
    assert capture.read()[1].shape == (480, 640, 3)


def test_a_run_and_what_is_exported_from_it_find_the_same(folder, capsys):
    onnx = folder / "net.onnx"
    assert main(["perception", "export", str(folder / "run"), "--out", str(onnx)]) == 0
    words = [str(folder / "street.png"), "--confidence", "0.003"]
    (ours,) = detect(folder, capsys, *words, "--network", str(folder / "run"))
    (theirs,) = detect(folder, capsys, *words, "--network", str(onnx))
    assert len(ours["detections"]) == len(theirs["detections"]) > 0
    for one, other in zip(ours["detections"], theirs["detections"], strict=True):
        assert one["class"] == other["class"]
        np.testing.assert_allclose(one["box"], other["box"], atol=0.01)


def test_darknets_network_is_exported_too(folder, capsys):
    assert main(["perception", "export", *darknet(folder), "--out", str(folder / "tiny.onnx"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"out": str(folder / "tiny.onnx"), "classes": ["class 0", "class 1"], "size": [64, 64]}


def test_anchors_of_a_recipe(capsys):
    words = ["yolo-shapes", "--set", "shapes.frames=30", "--count", "3", "--json"]
    assert main(["perception", "anchors", *words]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["anchors"]) == 6
    assert all(8 <= side <= 28 for side in told["anchors"])
    assert 0.8 < told["mean_iou"] <= 1
    assert main(["perception", "anchors", "segmentation-car-racing"]) == 2
    assert "has no anchors" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "name at least one picture"),
        (["none.png", "DARKNET"], "none.png does not exist"),
        (["net.cfg", "DARKNET"], "is no picture that OpenCV can read"),
        (["none.mp4", "DARKNET"], "none.mp4 does not exist"),
        (["broken.mp4", "DARKNET"], "is no film that OpenCV can read"),
        (["street.png", "--weights", "net.weights"], "--cfg is missing"),
        (["street.png", "--cfg", "net.cfg"], "--weights is missing"),
        (["street.png", "--names", "my.names"], "--names goes with --weights"),
        (["street.png", "DARKNET", "--names", "one.names"], "1 names for 2 classes"),
        (["street.png", "DARKNET", "--names", "none.names"], "none.names does not exist"),
        (["street.png", "DARKNET", "--network", "run"], "leave out --network"),
        (["street.png", "--weights", "short.weights", "--cfg", "net.cfg"], "shorter than"),
        (["street.png", "--network", "none.onnx"], "none.onnx does not exist"),
        (["street.png", "--network", "nowhere"], "is no perception checkpoint"),
        (["street.png", "--network", "run", "--size", "40", "64"], "multiples of 16, not at 40 x 64"),
        (["street.png", "DARKNET", "--confidence", "2"], "confidence must lie in 0..1"),
        (["street.png", "DARKNET", "--out", "."], "would be overwritten"),
    ],
)
def test_what_is_asked_for_wrongly_is_told_in_one_line(folder, capsys, monkeypatch, words, message):
    monkeypatch.chdir(folder)
    (folder / "one.names").write_text("dog\n")
    (folder / "broken.mp4").write_bytes(b"no film")
    (folder / "short.weights").write_bytes((folder / "net.weights").read_bytes()[:-8])
    spelled = [part for word in words for part in (darknet(folder) if word == "DARKNET" else [word])]
    capsys.readouterr()
    assert main(["perception", "detect", *spelled]) == 2
    told = capsys.readouterr().err.strip().splitlines()
    assert message in told[-1]
    assert told[-1].startswith("error: ")
