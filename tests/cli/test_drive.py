"""`sim-suite drive` from the command line: files that drive, autopilots, choices, and what it says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from sim_suite.cli.main import main
from sim_suite.envs.making import make
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.folder import Recording

RACING, DRIVING = "sim_suite/CarRacing-v0", "sim_suite/Driving-v0"
START = [{"at_s": 0, "keys": ["up"]}, {"at_s": 0.6, "keys": ["up", "left"]}, {"at_s": 1.0, "commands": ["reset"]}]


@pytest.fixture
def drive(capsys, tmp_path):
    """Drives as lines say, as fast as it goes; (status, standard output, standard error)."""

    def ask(lines, *words, env_id=RACING, fast=True):
        path = tmp_path / "lap.jsonl"
        path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        seat = ["--input", str(path), *(["--fast"] if fast else [])] if lines else []
        status = main(["drive", env_id, "--out", str(tmp_path / "laps"), *seat, *map(str, words)])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return ask


def columns(folder, number, *names):
    dataset = Dataset(folder)
    with dataset.open(dataset.entries[number]) as episode:
        return [episode.read(name) for name in names]


def test_equal_files_give_equal_episodes_and_the_next_line_is_named(drive, tmp_path):
    for _ in range(2):
        status, out, err = drive(START, "--driver", "ada", "--consent", "share", "--tag", "wet")
        assert status == 0
        assert "seed 0, return" in out
        assert "0 of" in out
        assert f"sim-suite train bc --episodes {tmp_path / 'laps'}" in err.replace("\n", "")
    first, second = Dataset(tmp_path / "laps").entries
    assert (first.driver, first.consent, first.tags, first.steps, first.end) == (
        "ada",
        "share",
        ("wet",),
        50,
        "stopped",
    )
    assert [a.tobytes() for a in columns(tmp_path / "laps", 0, "action", "observation", "time_s")] == [
        a.tobytes() for a in columns(tmp_path / "laps", 1, "action", "observation", "time_s")
    ]
    assert second.steps == 50


def test_in_real_time_with_the_dummy_driver_the_same_is_driven(drive, tmp_path):
    started = time.monotonic()
    status, _, err = drive(START, fast=False)
    assert status == 0, err
    assert time.monotonic() - started >= 0.98
    drive(START)
    a, b = (columns(tmp_path / "laps", number, "action", "observation") for number in (0, 1))
    assert np.array_equal(a[0][:, 1], b[0][:, 1])
    assert np.array_equal(a[1], b[1])


def test_driving_records_states_with_its_choices_and_goes_the_same_way_again(drive, tmp_path):
    words = ("--map", "crossroads", "t_junction", "--traffic", "light", "--weather", "rain", "--episodes", 2, "--json")
    lines = [{"at_s": 0, "keys": ["up"]}, {"at_s": 1, "commands": ["next_weather"]}, {"at_s": 2, "commands": ["reset"]}]
    status, out, err = drive([*lines, {"at": "end", "commands": ["next_map"]}], *words, env_id=DRIVING)
    assert status == 0, err
    made = json.loads(out)
    assert made["session"]["steps"] == 40
    dataset = Dataset(tmp_path / "laps")
    seen = []
    for entry in dataset.entries:
        with dataset.open(entry) as episode:
            seen.append(
                (
                    entry.seed,
                    episode.head.world["map"],
                    episode.head.options["weather"],
                    episode.head.options["vehicles_per_km"],
                )
            )
            with make(DRIVING, kwargs=dict(episode.head.env.kwargs)) as env:
                env.reset(seed=entry.seed, options=dict(episode.head.options))
                for number, action in enumerate(episode.read("action")):
                    assert np.array_equal(env.unwrapped.live_state.body[0], episode.read("state.body")[number])
                    env.step(action)
    assert seen == [(0, "crossroads", "rain", 6.0), (1, "t_junction", "storm", 6.0)]


def test_an_autopilot_drives_until_a_touch_and_the_next_line_resumes_it(drive, tmp_path):
    lines = [
        {"step": 20, "keys": ["up"]},
        {"step": 30, "keys": []},
        {"step": 35, "commands": ["autopilot"]},
        {"step": 50, "commands": ["reset"]},
    ]
    status, _, err = drive(lines, "--autopilot", "car-racing-pursuit")
    assert status == 0, err
    actor, action = columns(tmp_path / "laps", 0, "actor", "action")
    assert actor.tolist() == [2] * 20 + [0] * 15 + [2] * 15
    with Dataset(tmp_path / "laps").open(Dataset(tmp_path / "laps").entries[0]) as episode:
        assert (episode.head.agent.name, episode.head.agent.expert, episode.head.driver.pseudonym) == (
            "car-racing-pursuit",
            True,
            "me",
        )
    from agents.naming import build, find
    from sim_suite.envs.car_racing.read_state import read_state

    expert = build(find("car-racing-pursuit"), RACING, {}, seed=0)
    with make(RACING) as env:
        env.reset(seed=0)
        memory = None
        for number, one in enumerate(action):
            wished, memory = expert.predict([read_state(env)], memory, np.array([number == 0]), True)
            if actor[number]:
                assert np.array_equal(one, wished[0].astype(np.float32))
            env.step(one)
    drive(lines, "--autopilot", "random")
    assert columns(tmp_path / "laps", 1, "actor")[0].tolist() == [1] * 20 + [0] * 15 + [1] * 15


@pytest.mark.parametrize(
    ("words", "env_id", "message"),
    [
        (("--episodes", "0"), RACING, "--episodes must be 1 or more"),
        (("--web", "0"), RACING, "are two seats"),
        ((), "CartPole-v1", "nothing to drive"),
        (("--weather", "rain"), RACING, "are for sim_suite/Driving-v0"),
        (("--weather", "rian"), DRIVING, "Did you mean 'rain'"),
        (("--map", "crosroads"), DRIVING, "Did you mean 'crossroads'"),
        (("--map", "crossroads", "--set", "map=town_1km"), DRIVING, "say the same"),
        (("--set", "action=discrete"), DRIVING, "no wheel and pedals"),
        (("--autopilot", "idm"), RACING, "idm is made for"),
        (("--driver", "two words"), RACING, "pseudonym is a word"),
    ],
)
def test_what_cannot_be_is_said_in_a_line_and_nothing_is_made(drive, tmp_path, words, env_id, message):
    status, _, err = drive(START, *words, env_id=env_id)
    assert status == 2
    assert message in err
    assert not (tmp_path / "laps").exists()


def test_without_input_and_display_other_seats_are_named(drive, tmp_path, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    if sys.platform == "linux":
        status, _, err = drive([])
        assert status == 2
        assert "--web 8080" in err
        assert "--input FILE" in err
        assert not (tmp_path / "laps").exists()
    assert drive([], "--fast")[0] == 2
    assert main(["drive", RACING]) == 2


def test_a_folder_that_somebody_else_writes_to(drive, tmp_path):
    with Recording(tmp_path / "laps"):
        status, _, err = drive(START)
    assert status == 2
    assert "another process is recording" in err


def test_seeds_of_the_leaderboard_are_noted(drive):
    assert "the leaderboard's" in drive(START, "--seed", 10_000)[2]
    assert "the leaderboard's" in drive(START, "--seed", 9_999, "--episodes", 2)[2]
    assert "the leaderboard's" not in drive(START, "--seed", 9_999)[2]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_keeps_what_was_driven(tmp_path):
    path = tmp_path / "long.jsonl"
    path.write_text('{"at_s": 0, "keys": ["up"]}\n', encoding="utf-8")
    words = [
        sys.executable,
        "-m",
        "sim_suite.cli.main",
        "drive",
        RACING,
        "--out",
        str(tmp_path / "laps"),
        "--input",
        str(path),
    ]
    environment = {**os.environ, "SDL_VIDEODRIVER": "dummy"}
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as game:
        try:
            while not list((tmp_path / "laps").glob("*/*.episode")) and game.poll() is None:
                time.sleep(0.05)
            time.sleep(0.3)
            game.send_signal(signal.SIGINT)
            out, err = game.communicate(timeout=60)
        finally:
            game.kill()
    assert game.returncode == 0, err
    assert "1 kept" in out
    (entry,) = Dataset(tmp_path / "laps").entries
    assert entry.end == "stopped"
    assert entry.steps > 0


LOOKERS = '''
"""Agents that write down what they see."""

from pathlib import Path

import numpy as np

from agents.interface import Interface
from sim_suite.envs.views import View

SEEN = []


class Pixels:
    interface = Interface(View("pixels", grey=True, stack=3), "continuous")

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        SEEN.append(np.array(observation[0]))
        steps = 0 if episode_start[0] else state + 1
        return np.array([[0.0, min(steps / 100, 1.0), 0.0]], np.float32), steps


class Raster:
    interface = Interface(View("raster"), "continuous")

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        SEEN.append(np.array(observation[0]))
        return np.array([[0.0, 0.5]], np.float32), None
'''


def test_an_autopilot_sees_through_its_view_also_while_a_person_drives(drive, tmp_path):
    (tmp_path / "lookers.py").write_text(LOOKERS, encoding="utf-8")
    lines = [
        {"step": 5, "keys": ["up"]},
        {"step": 8, "keys": []},
        {"step": 9, "commands": ["autopilot"]},
        {"step": 14, "commands": ["reset"]},
    ]
    status, _, err = drive(lines, "--autopilot", f"{tmp_path / 'lookers.py'}:Pixels", "--episodes", 2)
    assert status == 0, err
    seen = next(module for name, module in sys.modules.items() if name.startswith("sim_suite_user_lookers")).SEEN
    frames, action, actor = columns(tmp_path / "laps", 0, "observation", "action", "actor")
    grey = frames.astype(float) @ (0.299, 0.587, 0.114)
    assert len(seen) == 28
    for step in range(2, 14):
        assert np.abs(seen[step] - grey[step - 2 : step + 1]).max() < 2.0
    assert action[actor == 1, 1] == pytest.approx(
        [k / 100 for k in (0, 1, 2, 3, 4, 9, 10, 11, 12, 13)]
    )  # its memory goes on
    assert columns(tmp_path / "laps", 1, "action")[0][0, 1] == 0.0  # and begins anew
    seen.clear()
    status, _, err = drive(
        lines, "--autopilot", f"{tmp_path / 'lookers.py'}:Raster", "--map", "crossroads", env_id=DRIVING
    )
    assert status == 0, err
    assert {picture.shape[0] for picture in seen} == {12}
    assert any(picture.any() for picture in seen)
