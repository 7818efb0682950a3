"""`sim-suite train chauffeurnet --episodes`: from the wheel to the agent, as the lines are typed."""

from __future__ import annotations

import json
import tomllib

import pytest

from sim_suite.cli.main import main
from sim_suite.episodes.store.dataset import Dataset

DRIVING = "sim_suite/Driving-v0"
TINY = (
    "stride=4", "waypoints=3", "sizes.maps=[4,8,8,8]", "sizes.dilations=[1]", "sizes.fold=2", "sizes.hidden=8", "sizes.meta=8",
    "updates=2", "report_every=1", "precision=float32", "threads=1", "judged_batches=1", "judged_worlds=1", "feed.batch_size=4",
    'feed.experience.maps=["curves"]', "feed.experience.practice=0", "feed.experience.worlds=2", "feed.experience.seconds=5",
)  # fmt: skip


def test_driving_of_ones_own_becomes_an_agent(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    (tmp_path / "wheel.jsonl").write_text(
        '{"at_s": 0.2, "keys": ["up"]}\n{"at_s": 3.0, "commands": ["reset"]}\n', encoding="utf-8"
    )
    assert main(["drive", DRIVING, "--out", "data/mine", "--input", "wheel.jsonl", "--fast"]) == 0
    steps = Dataset(tmp_path / "data" / "mine").entries[0].by
    assert steps[0] > 20
    assert steps[1:] == (0, 0)
    capsys.readouterr()
    words = ["train", "chauffeurnet", DRIVING, "--episodes", "data/mine", "--out", "run", "--json", "--set", *TINY]
    assert main([*words, "feed.recorded=0.5"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["checkpoint"], said["steps"]) == ("run/checkpoint", 8)
    written = tomllib.loads((tmp_path / "run" / "config.toml").read_text())
    assert (written["env"], written["config"]["episodes"]) == (DRIVING, ["data/mine"])
    assert written["config"]["feed"]["recorded"] == 0.5
    assert main(["train", "--resume", "run"]) == 0, "a run that has ended goes on to its end"


def test_a_recipe_and_the_fast_network_learn_from_episodes_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for number, words in enumerate((["chauffeurnet", "--recipe", "small"], ["chauffeurnet-fast"])):
        assert main(["train", *words, "--episodes", "sample:driving", "--out", f"run-{number}", "--set", *TINY]) == 0
    written = tomllib.loads((tmp_path / "run-0" / "config.toml").read_text())
    assert (written["name"], written["config"]["losses"]["box"]) == ("chauffeurnet-small", 50.0)


def test_recorded_laps_are_learned_from_by_the_settings_of_their_world(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "chauffeurnet", "--episodes", "sample:car-racing", "--out", "run", "--set", *TINY]) == 0
    written = tomllib.loads((tmp_path / "run" / "config.toml").read_text())
    assert (written["env"], written["config"]["raster"]) == ("sim_suite/CarRacing-v0", "car_racing")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["chauffeurnet", DRIVING, "--episodes", "sample:car-racing"],
            "holds no states of driving worlds; name folders that do",
        ),
        (["chauffeurnet", DRIVING, "--episodes", "nowhere"], "nowhere holds no episodes"),
        (
            ["chauffeurnet", "sim_suite/CarRacing-v0", "--episodes", "sample:driving"],
            "is of sim_suite/Driving-v0, and the run is to learn CarRacing-v3 or sim_suite/CarRacing-v0",
        ),
        (["chauffeurnet", DRIVING, "--set", "feed.recorded=0.5"], "no episodes are named: --episodes data/mine"),
        (["chauffeurnet", "--episodes", "sample:driving", "--resume", "run"], "with --resume the recipe"),
        (["q-learning", "--episodes", "sample:driving"], "with `dagger` or with `chauffeurnet`"),
    ],
)
def test_what_was_asked_wrongly_is_said_in_a_line(tmp_path, monkeypatch, capsys, words, message):
    monkeypatch.chdir(tmp_path)
    assert main(["train", *words]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert len(said.strip().splitlines()) == 1
    assert not (tmp_path / "runs").exists()
