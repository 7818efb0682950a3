"""The ladder of generative networks: what climbs, and the whole way for a network that has learned next to nothing."""

from __future__ import annotations

import json

import cv2
import pytest

from perception.recipe import Recipe
from perception.registry import entry
from perception.training.run import begin, go
from sim_suite.cli.main import main as command
from sim_suite.settings import parse_settings, with_settings
from sim_suite.studies.generative_ladder import RUNGS, Climb, Ladder, main, table


@pytest.mark.parametrize(
    ("figure", "values", "climbs"),
    [
        ("fid", (4.0, 3.0, 2.0, 1.0), "yes"),
        ("fid", (4.0, 3.0, 3.0, 1.0), "level"),
        ("fid", (4.0, 3.0, 3.5, 1.0), "no"),
        ("kid", (1.0, 0.5, 0.2, -0.1), "yes"),
        ("coverage", (0.0, 0.1, 0.5, 0.9), "yes"),
        ("coverage", (0.0, 0.0, 0.5, 0.9), "level"),
        ("coverage", (0.0, 0.6, 0.5, 0.9), "no"),
    ],
)
def test_a_figure_climbs_where_every_rung_is_better(figure, values, climbs):
    assert Climb(figure, values).climbs == climbs


def test_the_table_marks_what_does_not_climb():
    found = Ladder(
        [Climb("fid", (4.0, 3.0, 2.0, 1.0)), Climb("recall", (1.0, 0.0, 0.5, 0.9))], {"features": "zoo:signs"}
    )
    header, fid, recall, note = table(found).splitlines()
    assert all(rung in header for rung in RUNGS)
    assert fid.split() == ["fid", "4.0000", "3.0000", "2.0000", "1.0000", "yes"]
    assert recall.split()[-1] == "no"
    assert note == "features: zoo:signs"


def test_the_whole_way(tmp_path, capsys):
    settings = with_settings({}, parse_settings([*entry("vae").trial, "training.updates=1", "training.warm_up=1"]))
    folder = go(begin(Recipe("vae", 0, settings), tmp_path / "run", "cpu"))
    assert main([str(folder), "--short", "1", "--pictures", "8", "--json"]) in (0, 1)
    told = json.loads(capsys.readouterr().out)
    assert set(told["figures"]) == {"fid", "kid", "precision", "recall", "density", "coverage"}
    assert told["figures"]["fid"]["noise"] > told["figures"]["fid"]["real"]
    # One update each, of the same seed: the short training is the training.
    assert told["figures"]["fid"]["trained"] == pytest.approx(told["figures"]["fid"]["short training"], rel=1e-3)
    assert told["notes"]["features"].startswith("zoo:signs, SHA-256 ")
    seen = tmp_path / "seen.png"
    assert command(["perception", "evaluate", str(folder), "--picture", str(seen)]) == 0
    said = capsys.readouterr()
    assert "fid_noise" in said.out
    assert f"features: {told['notes']['features']}" in said.err
    assert cv2.imread(str(seen)).std() > 10


def test_what_generates_nothing_is_refused(capsys):
    assert main(["zoo:signs", "--pictures", "8"]) == 2
    assert capsys.readouterr().err.startswith("error: ")
    assert main(["zoo:signs", "--short", "0"]) == 2
    assert "--short must be 1 or more, not 0" in capsys.readouterr().err
