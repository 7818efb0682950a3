"""`sim-suite perception translate`: pictures and films in another look, and what is asked for wrongly."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from perception.generative.gan.opening import open_maker, open_translator
from perception.reading import Film
from perception.registry import entry
from perception.training.checkpoint import Description, save
from sim_suite.cli.main import main
from sim_suite.episodes.replay.film import write_film
from sim_suite.errors import SuiteError
from sim_suite.settings import build_config, parse_settings, plain_config, with_settings
from tests.perception.classification.another_task import save_of_another_task


def untrained(folder, name, *settings):
    """A checkpoint without any training."""
    kind = entry(name).load()
    config = build_config(kind.Config, with_settings({}, parse_settings([*entry(name).trial, *settings])), "here")
    task = kind(config, 0)
    save(folder, task.product(task.network()), Description(name, plain_config(config), task.classes))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("translate")
    pictures = np.random.default_rng(0).integers(0, 256, (18, 30, 42, 3), np.uint8)
    assert cv2.imwrite(str(folder / "street.png"), pictures[0][..., ::-1])
    write_film(folder / "drive.webm", pictures, 10.0)
    untrained(folder / "cyclegan", "cyclegan")
    untrained(folder / "paired", "pix2pix", "source=first")
    untrained(folder / "labels", "pix2pix")
    untrained(folder / "gan", "gan")
    save_of_another_task(folder / "segmentation")
    return folder


@pytest.fixture(autouse=True)
def inside(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    capsys.readouterr()


@pytest.mark.parametrize(("network", "look"), [("cyclegan", "noon"), ("cyclegan", "drizzle"), ("paired", "drizzle")])
def test_a_picture_and_a_film_are_translated(network, look, tmp_path, capsys):
    words = ["street.png", "drive.webm", "--to", look, "--network", network, "--out", str(tmp_path), "--json"]
    assert main(["perception", "translate", *words]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["out"] for one in told] == [str(tmp_path / "street.png"), str(tmp_path / "drive.webm")]
    expected = open_translator(network).translate(cv2.imread("street.png")[None, ..., ::-1].copy(), look)[0]
    assert np.array_equal(cv2.imread(told[0]["out"])[..., ::-1], expected)
    frames = list(Film(tmp_path / "drive.webm"))
    assert len(frames) == 18
    assert frames[0].shape == (30, 42, 3)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--to", "night"], "name at least one picture or film"),
        (["street.png", "--to", "dawn", "--network", "cyclegan"], "unknown look 'dawn'"),
        (["street.png", "--to", "noon", "--network", "paired"], "unknown look 'noon'"),
        (["street.png", "--to", "noon", "--network", "labels"], "of pix2pix with source=first"),
        (["street.png", "--to", "noon", "--network", "segmentation"], "it was trained for 'segmentation'"),
        (["none.png", "--to", "drizzle", "--network", "cyclegan"], "none.png does not exist"),
        (["street.png", "--to", "drizzle", "--network", "cyclegan", "--out", "."], "street.png would be overwritten"),
    ],
)
def test_what_is_asked_wrongly_is_one_line(words, message, capsys):
    assert main(["perception", "translate", *words]) == 2
    told = capsys.readouterr().err.strip().splitlines()
    assert message in " ".join(told)
    assert told[-1].startswith("error: ")


def test_makers_are_opened_by_name():
    maker = open_maker("gan")
    assert maker.make(np.array([maker.conditions.index("stop")]), 0).pictures.shape == (1, 32, 32, 3)
    with pytest.raises(SuiteError, match="was trained for 'cyclegan'; name a checkpoint of gan"):
        open_maker("cyclegan")
