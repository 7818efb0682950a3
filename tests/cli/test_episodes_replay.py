"""`sim-suite episodes replay`: seen in a window, filmed, and held to what was recorded."""

from __future__ import annotations

import json

import pytest

from sim_suite.cli.main import main
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.version import SIM_VERSION
from tests.episodes.altering import recorded, rewritten


def ask(capsys, *words):
    status = main(["episodes", "replay", *map(str, words)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


@pytest.fixture(scope="module")
def poles(tmp_path_factory):
    return recorded(tmp_path_factory.mktemp("replay") / "poles", "CartPole-v1", seeds=(3, 4, 5))


def test_what_is_as_it_was_is_said_to_be(capsys, poles):
    status, out, err = ask(capsys, poles, "--verify")
    steps = sum(entry.steps for entry in Dataset(poles).entries)
    assert status == 0
    assert out.splitlines()[-1] == f"3 of 3 episodes are equal to the last bit, {steps} steps"
    assert f"next: sim-suite train bc --episodes {poles}" in err
    status, out, _ = ask(capsys, f"{poles}#-1", "--verify", "--json")
    (found,) = json.loads(out)["compared"]
    assert (status, found["file"], found["equal"]) == (0, "000002.episode", True)


def test_the_first_difference_is_named_with_status_1(capsys, poles, tmp_path):
    def bend(columns):
        columns["reward"][4] = 1.5

    changed = rewritten(poles, tmp_path / "bent", bend)
    status, out, err = ask(capsys, f"{changed}#000001", "--verify")
    assert status == 1
    assert out.splitlines()[0] == ("000001.episode: the reward differs at step 4: 1.5 was recorded, 1.0 comes out now.")
    assert "--check" in err


def test_what_another_version_recorded_is_not_compared(capsys, poles, tmp_path):
    old = rewritten(poles, tmp_path / "old", head={"sim_version": 0})
    status, out, _ = ask(capsys, old, "--verify")
    assert status == 2
    assert f"recorded under simulation version 0; this is {SIM_VERSION}" in out
    status, out, _ = ask(capsys, old, "--verify", "--json")
    assert (status, len(json.loads(out)["not_compared"])) == (2, 3)


def test_a_damaged_file_is_named_with_status_1(capsys, poles, tmp_path):
    broken = rewritten(poles, tmp_path / "broken")
    (broken / "episodes" / "000001.episode").write_bytes(b"torn")
    status, out, err = ask(capsys, broken, "--verify", "--json")
    assert (status, list(json.loads(out)["damaged"])) == (1, ["000001.episode"])
    assert "damaged:" in err
    status, _, err = ask(capsys, f"{broken}#000001")
    assert status == 2
    assert "Restore it from a copy" in err


def test_one_episode_is_filmed(capsys, poles, tmp_path):
    status, out, _ = ask(capsys, f"{poles}#0", "--video", tmp_path / "pole.mp4", "--json")
    made = json.loads(out)
    assert (status, made["frames"], made["fps"]) == (0, Dataset(poles).entries[0].steps + 1, 50.0)
    assert (tmp_path / "pole.mp4").stat().st_size > 1000


def test_a_window_shows_all(capsys, poles):
    status, out, _ = ask(capsys, poles, "--speed", 50, "--json")
    assert (status, json.loads(out)["shown"]) == (0, ["000000.episode", "000001.episode", "000002.episode"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("{}#7",), "has the episodes 0 to 2, not 7"),
        (("{}#000009",), "000000.episode to 000002.episode, but not 000009.episode"),
        (("{}#left",), "unknown episode 'left'"),
        (("{}/nowhere",), "holds no episodes"),
        (("{}", "--video", "x.mp4"), "has 3 episodes, a film shows one"),
        (("{}#0", "--video", "x.avi"), "ends in .mp4 or .webm"),
        (("{}#0", "--video", "x.mp4", "--verify"), "give one of them"),
        (("{}", "--speed", "0"), "--speed must lie"),
    ],
)
def test_what_cannot_be_done_is_said(capsys, poles, words, said):
    status, _, err = ask(capsys, *(word.format(poles) for word in words))
    assert status == 2
    assert said in err
