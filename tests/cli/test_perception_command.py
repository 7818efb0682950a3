"""`sim-suite perception`: list, train, resume, evaluate, and how each says what is wrong."""

from __future__ import annotations

import json

import cv2
import pytest

from perception import recipe as recipes
from perception.registry import entries, entry
from perception.training.checkpoint import zoo_names
from sim_suite.cli.main import main
from sim_suite.leaderboard.curves.reading import PERCEPTION, read_run
from sim_suite.toml_files import read_toml

TINY = ("--set", *entry("segmentation").trial)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("perception") / "run"
    assert main(["perception", "train", "segmentation", *TINY, "--out", str(folder), "--seed", "2", "--json"]) == 0
    return folder


def test_list_names_tasks_recipes_and_the_zoo(capsys):
    assert main(["perception", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["name"] for row in rows} == {*entries(), *recipes.names(), *(f"zoo:{name}" for name in zoo_names())}
    assert all(row["summary"] for row in rows)
    assert main(["perception", "list"]) == 0
    assert "segmentation" in capsys.readouterr().out


def test_training_takes_the_recipe_and_what_is_set(run):
    kept = recipes.parse(read_toml(run / "config.toml"), "here", "")
    assert (kept.task, kept.seed, kept.name) == ("segmentation", 2, entry("segmentation").recipe)
    assert kept.config["width"] == 4
    assert kept.config["dice"] == recipes.load(kept.name).config["dice"]


def test_a_finished_run_is_resumed_without_doing_anything(run, capsys):
    before = (run / "checkpoint" / "model.safetensors").read_bytes()
    assert main(["perception", "train", "--resume", str(run)]) == 0
    assert "finished before, at step 8" in capsys.readouterr().out
    assert (run / "checkpoint" / "model.safetensors").read_bytes() == before


def test_its_curves_can_be_drawn(run):
    read = read_run(run)
    assert (read.agent, read.env, read.seed) == ("segmentation", PERCEPTION, 2)
    assert read.curves["held_out_miou"].steps.tolist() == [8]


def test_evaluate_tells_what_the_last_line_of_training_told(run, capsys, tmp_path):
    picture = tmp_path / "seen.png"
    assert main(["perception", "evaluate", str(run), "--picture", str(picture), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    last = json.loads((run / "metrics.jsonl").read_text().splitlines()[-1])
    assert {f"held_out_{name}": value for name, value in told["metrics"].items()} == {
        name: value for name, value in last.items() if name.startswith("held_out_")
    }
    assert told["training"]["steps"] == 8
    assert cv2.imread(str(picture)).std() > 10


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["train"], "name a recipe or a task"),
        (["train", "segmentatoin"], "unknown perception recipe 'segmentatoin'"),
        (["train", "segmentation", "--recipe", "moon"], "unknown perception recipe 'moon'"),
        (["train", "segmentation-car-racing", "--recipe", "x"], "--recipe goes with a task"),
        (["train", "segmentation", "--seed", "-1"], "--seed must be 0 or more, not -1"),
        (["train", "segmentation", "--set", "widht=3"], "unknown setting in settings of segmentation 'widht'"),
        (["train", "segmentation", "--set", "levels=7"], "multiples of 64, not 96 x 96"),
        (["train", "segmentation", "--set", "class_weights=[1.0]"], "class_weights must have 5 numbers"),
        (["train", "segmentation", "--resume", "runs/x"], "leave out the name"),
        (["evaluate", "zoo:nothing"], "unknown zoo network"),
    ],
)
def test_what_is_asked_wrongly_is_one_line(words, message, capsys):
    assert main(["perception", *words]) == 2
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1
