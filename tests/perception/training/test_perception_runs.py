"""Runs of every registered perception task: resumed, killed, saved, damaged, named."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import EntryPoint

import pytest
import torch

import sim_suite.plugins as plugins
from perception import recipe as recipes
from perception.recipe import Recipe
from perception.registry import entries, entry
from perception.task_entry import TaskEntry
from perception.training import checkpoint
from perception.training.run import begin, go, resume, run_folder
from sim_suite.errors import DamagedFileError, SuiteError, UnknownNameError
from sim_suite.files import read_json, write_json
from sim_suite.settings import build_config, parse_settings, with_settings

NAMES = sorted(entries())


def tiny(name, *more, seed=0):
    """What a task names for its trial."""
    return Recipe(name, seed, with_settings({}, parse_settings([*entry(name).trial, *more])))


def checkpoint_of(run):
    return {path.name: path.read_bytes() for path in sorted((run / "checkpoint").iterdir())}


@pytest.mark.parametrize("name", NAMES)
def test_a_run_that_was_stopped_goes_on_to_the_same_bytes(tmp_path, name):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    go(begin(tiny(name), whole, "cpu"))
    go(begin(tiny(name), broken, "cpu"), enough=lambda metrics: True)
    assert checkpoint_of(broken) != checkpoint_of(whole)
    run = resume(broken, "cpu")
    assert 0 < run.resumed_at < run.learner.total_steps
    torch.manual_seed(99)
    told = []
    go(run, lambda done, total, metrics: told.append(done))
    assert told[-1] == run.learner.total_steps
    assert checkpoint_of(broken) == checkpoint_of(whole)
    assert (broken / "metrics.jsonl").read_bytes() == (whole / "metrics.jsonl").read_bytes()
    assert '"held_out_' in (whole / "metrics.jsonl").read_text().splitlines()[-1]


@pytest.mark.parametrize("name", NAMES)
def test_a_trained_network_is_loaded_as_it_was(tmp_path, name):
    run = begin(tiny(name, "training.updates=1"), tmp_path / "run", "cpu")
    folder = go(run)
    for named in (folder, tmp_path / "run"):
        trained = checkpoint.load(str(named))
        assert trained.description.task == name
        assert trained.description.classes == trained.task.classes == run.task.classes
        assert not trained.network.training
        for key, value in run.learner.product.state_dict().items():
            assert torch.equal(trained.network.state_dict()[key], value)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path, name):
    """The kill falls when the metrics have grown to some lines, wherever the learner is then."""
    words = [sys.executable, "-m", "sim_suite.cli.main", "perception", "train"]
    settings = ["--set", *entry(name).trial, "training.updates=30", "--device", "cpu", "--out"]
    subprocess.run([*words, name, *settings, tmp_path / "whole"], check=True, capture_output=True)
    process = subprocess.Popen(
        [*words, name, *settings, tmp_path / "broken"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    metrics = tmp_path / "broken" / "metrics.jsonl"
    while process.poll() is None and (not metrics.exists() or metrics.read_text().count("\n") < 11):
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "the run ended before it could be killed"
    subprocess.run([*words, "--resume", tmp_path / "broken", "--device", "cpu"], check=True, capture_output=True)
    assert checkpoint_of(tmp_path / "broken") == checkpoint_of(tmp_path / "whole")
    assert metrics.read_bytes() == (tmp_path / "whole" / "metrics.jsonl").read_bytes()


def test_a_folder_holds_one_run(tmp_path):
    begin(tiny("segmentation"), tmp_path / "run", "cpu")
    with pytest.raises(SuiteError, match="holds a run already"):
        begin(tiny("segmentation"), tmp_path / "run", "cpu")
    with pytest.raises(SuiteError, match=r"holds no run: there is no config.toml"):
        resume(tmp_path)


def test_the_clock_names_the_folder_only(tmp_path):
    at = datetime(2026, 11, 29, 12, 0, 1, tzinfo=UTC)
    assert (
        run_folder(tmp_path, Recipe("segmentation", 7), at) == tmp_path / "perception/segmentation/20261129T120001Z-7"
    )
    assert run_folder(tmp_path, Recipe("segmentation", name="mine"), at).parent.name == "mine"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained") / "run"
    return go(begin(tiny("segmentation", "training.updates=1"), folder, "cpu"))


@pytest.fixture
def copied(trained, tmp_path):
    import shutil

    return shutil.copytree(trained, tmp_path / "copy")


def test_what_was_altered_is_named(copied):
    model = copied / checkpoint.MODEL
    whole = model.read_bytes()
    model.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(DamagedFileError, match=r"model\.safetensors does not match its recorded SHA-256"):
        checkpoint.load(str(copied))
    model.unlink()
    with pytest.raises(DamagedFileError, match=r"model\.safetensors is missing"):
        checkpoint.load(str(copied))


def test_an_altered_index_is_refused(copied):
    data = read_json(copied / checkpoint.INDEX)
    write_json(copied / checkpoint.INDEX, {**data, "classes": ["sky"]})
    with pytest.raises(DamagedFileError, match=r"perception.json was altered"):
        checkpoint.load(str(copied))
    write_json(copied / checkpoint.INDEX, {**data, "format": 9})
    with pytest.raises(SuiteError, match="has format 9; this version reads format 1"):
        checkpoint.load(str(copied))


def test_what_is_no_checkpoint_is_refused(tmp_path):
    with pytest.raises(SuiteError, match=r"is no perception checkpoint: it has no perception.json"):
        checkpoint.find(str(tmp_path))
    with pytest.raises(UnknownNameError, match="unknown zoo network 'nothing'"):
        checkpoint.find("zoo:nothing")


def test_a_use_may_change_settings(trained):
    loaded = checkpoint.load(str(trained), {"judging.frames": 2})
    assert loaded.task.config.judging.frames == 2
    with pytest.raises(UnknownNameError, match="judging"):
        checkpoint.load(str(trained), {"judging.pictures": 2})


@pytest.mark.parametrize("name", recipes.names())
def test_shipped_recipes_hold_together_and_name_their_arithmetic(name):
    recipe = recipes.load(name)
    config = build_config(entry(recipe.task).load().Config, recipe.config, name)
    assert recipe.summary
    # Equal bytes from machine to machine need all three.
    assert config.training.precision != "auto"
    assert config.training.layout != "auto"
    assert config.training.threads > 0
    assert recipes.parse({"task": recipe.task, "config": recipe.config}, "here", name) == replace(recipe, summary="")


@pytest.mark.parametrize("name", NAMES)
def test_the_recipe_of_a_task_is_one_of_its_own(name):
    if entry(name).recipe:
        assert recipes.load(entry(name).recipe).task == name


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"seed": 1}, "'task' is missing"),
        ({"task": "segmentatoin"}, "unknown perception task 'segmentatoin'. Did you mean 'segmentation'"),
        ({"task": "segmentation", "epochs": 3}, "unknown key in here 'epochs'"),
        ({"task": "segmentation", "seed": True}, "seed must be a int, not True"),
    ],
)
def test_recipes_are_refused_with_what_is_wrong(data, message):
    with pytest.raises(SuiteError, match=message):
        recipes.parse(data, "here", "")


def small_task():
    return [TaskEntry("small", "from elsewhere", "tests.perception.training.small_task:SmallTask")]


def test_a_plug_in_adds_a_task(tmp_path, monkeypatch):
    point = EntryPoint("theirs", f"{__name__}:small_task", "sim_suite.perception")
    monkeypatch.setattr(plugins, "entry_points", lambda group: [point] if group == "sim_suite.perception" else [])
    entries.cache_clear()
    try:
        folder = go(begin(Recipe("small"), tmp_path / "run", "cpu"))
        assert checkpoint.load(str(folder)).description.classes == ("left", "right")
    finally:
        entries.cache_clear()
