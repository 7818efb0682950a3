"""`sim-suite curves`: what it writes, and that a mistake is one line."""

from __future__ import annotations

import json

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from agents.naming import ZOO
from sim_suite.cli.main import main

RUN = str(ZOO / "frozen-lake-4x4-q-learning")
OTHER = str(ZOO / "frozen-lake-8x8-q-learning")


def test_it_writes_a_page_a_table_a_picture_and_event_files(tmp_path, capsys):
    words = ["curves", RUN, f"large={OTHER}", "--metric", "episode_return", "epsilon", "--json"]
    targets = ["--out", tmp_path / "c.html", "--png", tmp_path / "c.png", "--tensorboard", tmp_path / "events"]
    assert main([*words, *map(str, targets)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["runs"], said["labels"]) == (2, ["q-learning", "large"])
    assert said["metrics"] == ["episode_return", "epsilon"]
    assert "<!doctype html>" in (tmp_path / "c.html").read_text()[:20]
    assert (tmp_path / "c.csv").read_text().startswith("metric,label,run,")
    assert (tmp_path / "c.png").stat().st_size > 1000
    accumulator = EventAccumulator(str(tmp_path / "events/large/frozen-lake-8x8-q-learning")).Reload()
    assert len(accumulator.Scalars("episode_return")) == 50


def test_the_page_lies_in_runs_where_nothing_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["curves", RUN]) == 0
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["curves.csv", "curves.html"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "no runs to draw"),
        (["nowhere"], "nowhere holds no training run"),
        ([RUN, "--out", "curves.svg"], "--out names a file that ends in .html, not 'curves.svg'"),
        ([RUN, "--png", "curves"], "--png names a file that ends in .png, not 'curves'"),
        ([RUN, "--metric", "epsilom"], "unknown metric 'epsilom'. Did you mean 'epsilon' or 'episode'?"),
        ([RUN, "--smooth", "0"], "--smooth is a number of records, 1 or more, not 0"),
        ([RUN, OTHER, "--label", "a"], "trained on FrozenLake-v1 and FrozenLake8x8-v1"),
        ([RUN, RUN], "stands twice"),
    ],
)
def test_a_mistake_is_one_line_and_writes_nothing(words, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["curves", *words]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("error: ")
    assert said in printed.err
    assert printed.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_taken_folders_of_event_files_are_refused(tmp_path, capsys):
    words = ["curves", RUN, "--tensorboard", str(tmp_path / "events")]
    assert main(words) == 0
    assert main(words) == 2
    assert "exists already. Remove it, or name another --tensorboard DIR." in capsys.readouterr().err
