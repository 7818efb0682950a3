"""`sim-suite train bc`: the lines of the main job, as they are typed."""

from __future__ import annotations

import json
import re

import pytest

from agents.registry import entry
from sim_suite.cli.main import main
from tests.agents.imitation.cloning_by_hand import write_bars

CAR = "sim_suite/CarRacing-v0"
QUICK = ("--set", "epochs=1", "policy=alvinn", "head=hill")


def test_the_lines_lead_from_one_to_the_next(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_bars(tmp_path / "data" / "laps", [30, 30])
    write_bars(tmp_path / "data" / "fixes", [20], seed=1)
    assert main(["train", "bc", "--episodes", "data/laps", *QUICK]) == 0
    said = capsys.readouterr().err
    line = re.search(rf"next: sim-suite drive {CAR} --autopilot (\S+) --out data/fixes", said)
    assert line, said
    run = line[1]
    (tmp_path / "take_over.jsonl").write_text(
        '{"at_s": 0.4, "keys": ["up"]}\n{"at_s": 0.8, "commands": ["reset"]}\n', encoding="utf-8"
    )
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    assert main(["drive", CAR, "--autopilot", run, "--out", "data/more", "--input", "take_over.jsonl", "--fast"]) == 0
    said = capsys.readouterr().err
    assert f"next: sim-suite train bc --episodes data/laps data/more --resume {run}\n" in said.replace("\r", "")
    words = ["train", "bc", "--episodes", "data/laps", "data/fixes", "--resume", run, "--out", "runs/second", "--json"]
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out)["checkpoint"] == "runs/second/checkpoint"
    assert main(["train", "--resume", "runs/second"]) == 0, "a run that has ended goes on to its end"
    assert "next: sim-suite leaderboard car-racing --agents bc=runs/second" in capsys.readouterr().err


@pytest.mark.slow
def test_the_leaderboard_takes_the_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_bars(tmp_path / "laps", [30])
    assert main(["train", "car-racing-bc", "--episodes", "laps", "--out", "run", *QUICK]) == 0
    (tmp_path / "one.toml").write_text(
        f'name = "one"\nversion = 1\n[[tasks]]\nname = "car-racing"\nenv = "{CAR}"\nepisodes = 1\n'
    )
    assert main(["leaderboard", "one.toml", "--agents", "bc=run", "--out", "board", "--workers", "1"]) == 0
    assert '"ok": 1' in (tmp_path / "board" / "scores.json").read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["bc"], "`bc` learns from recorded episodes: name their folders, `--episodes data/laps`"),
        (["bc", "--episodes", "nowhere"], "nowhere holds no episodes"),
        (["bc", "--episodes", "laps", "--env", CAR], "leave out --env"),
        (["q-learning", "--episodes", "laps"], "goes with `bc` or one of its recipes"),
        (["frozenlake-4x4-q-learning", "--episodes", "laps"], "goes with `bc` or one of its recipes"),
        (["bc", "--episodes", "laps", "--resume", "laps"], "laps holds no run"),
        (["bc", "--episodes", "laps", "--set", "policy=resnet"], "policy"),
        (["car-racing-bc"], "data/expert holds no episodes"),
    ],
)
def test_what_was_asked_wrongly_is_said(tmp_path, monkeypatch, capsys, words, message):
    monkeypatch.chdir(tmp_path)
    write_bars(tmp_path / "laps", [10])
    assert main(["train", *words]) == 2
    assert message in capsys.readouterr().err


def test_the_registry_names_it():
    assert entry("bc").load_method().config.__name__ == "BcConfig"
