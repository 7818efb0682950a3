"""`sim-suite perception classify`: names of pictures, and what is asked for wrongly."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from perception.registry import entry
from sim_suite.cli.main import main


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("classify")
    dice = np.random.default_rng(0)
    for number, size in enumerate(((32, 32), (80, 60), (9, 12))):
        assert cv2.imwrite(str(folder / f"{number}.png"), dice.integers(0, 256, (*size, 3), np.uint8))
    (folder / "broken.png").write_bytes(b"no picture")
    (folder / "empty.png").write_bytes(b"")
    settings = ["--set", *entry("classification").trial]
    assert main(["perception", "train", "classification", *settings, "--out", str(folder / "run"), "--json"]) == 0
    return folder


def images(folder):
    return [str(folder / f"{number}.png") for number in range(3)]


def test_each_picture_has_its_classes_the_likeliest_first(folder, capsys):
    capsys.readouterr()
    words = [*images(folder), "--network", str(folder / "run"), "--top", "3", "--json"]
    assert main(["perception", "classify", *words]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["image"] for one in told] == images(folder)
    for one in told:
        confidences = [found["confidence"] for found in one["classes"]]
        assert len(confidences) == 3
        assert confidences == sorted(confidences, reverse=True)
        assert 0 < sum(confidences) < 1


def test_colours_are_not_swapped(folder, capsys):
    """The same as of the array itself."""
    from perception.classification.opening import open_classifier

    picture = cv2.imread(images(folder)[0])[..., ::-1]
    said = open_classifier(str(folder / "run")).classify(picture[None].copy())
    capsys.readouterr()
    assert main(["perception", "classify", images(folder)[0], "--network", str(folder / "run"), "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert one["classes"][0]["confidence"] == float(said.confidences[0])


def test_people_read_a_table(folder, capsys):
    assert main(["perception", "classify", *images(folder), "--network", str(folder / "run"), "--top", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + 3 * 2
    assert lines[1].startswith(str(folder / "0.png")[:10])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "name at least one picture"),
        (["none.png"], "none.png does not exist"),
        (["broken.png"], "is no picture that OpenCV can read"),
        (["empty.png"], "is no picture that OpenCV can read"),
        (["0.png", "--top", "0"], "--top must be 1 or more"),
        (["0.png", "--network", "nowhere"], "nowhere is no perception checkpoint"),
    ],
)
def test_what_is_asked_for_wrongly_is_told_in_one_line(folder, capsys, monkeypatch, words, message):
    monkeypatch.chdir(folder)
    capsys.readouterr()
    network = [] if "--network" in words else ["--network", "run"]
    assert main(["perception", "classify", *words, *network]) == 2
    told = capsys.readouterr().err.strip().splitlines()
    assert message in told[-1]
    assert told[-1].startswith("error: ")


def test_data_that_is_not_there_ends_training_in_one_line(tmp_path, capsys):
    words = ["--set", *entry("classification").trial, f"data=mnist:{tmp_path}", "--out", str(tmp_path / "run")]
    assert main(["perception", "train", "classification", *words]) == 2
    assert "has no train-images-idx3-ubyte" in capsys.readouterr().err.strip().splitlines()[-1]
