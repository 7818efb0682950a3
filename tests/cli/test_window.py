"""Playing by hand and watching: which keys mean what, and a real window on a virtual display."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import gymnasium as gym
import numpy as np
import pytest

from sim_suite.cli.window import action_of, require_display
from sim_suite.envs.catalog import cards
from sim_suite.envs.making import make
from sim_suite.errors import SuiteError
from tests.system import requires_system


@pytest.mark.parametrize(
    ("env_id", "keys", "expected"),
    [
        ("CartPole-v1", {"right"}, 1),
        ("CartPole-v1", {"left"}, 0),
        ("FrozenLake-v1", {"up"}, 3),
        ("FrozenLake-v1", {"2"}, 2),
        ("sim_suite/BreakoutDeterministic-v0", {"space", "left"}, 1),
        ("sim_suite/BreakoutDeterministic-v0", {"left"}, 3),
        ("sim_suite/CarRacingDiscrete-v0", {"up"}, 3),
        ("sim_suite/CarRacing-v0", {"left", "up"}, [-1, 1, 0]),
        ("sim_suite/CarRacing-v0", {"right", "down"}, [1, 0, 0.8]),
        ("Pendulum-v1", {"right"}, [2]),
        ("MountainCarContinuous-v0", set(), [0]),
    ],
)
def test_keys_mean_actions(env_id, keys, expected):
    with make(env_id) as env:
        action = action_of(env_id, env.action_space, keys)
        assert action in env.action_space
    np.testing.assert_allclose(action, expected)


@pytest.mark.parametrize("env_id", cards())
def test_every_environment_can_be_played_by_hand(env_id):
    with make(env_id) as env:
        for keys in (set(), {"left"}, {"right"}, {"up"}, {"down"}, {"space"}, {"1"}):
            assert action_of(env_id, env.action_space, keys) in env.action_space


def test_left_and_right_differ_in_continuous_worlds():
    space = gym.spaces.Box(-2, 2, (1,))
    assert action_of("Pendulum-v1", space, {"left"}) == -2
    assert action_of("Pendulum-v1", space, {"left", "right"}) == 0


def test_without_a_display_the_advice_is_to_film(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    if sys.platform == "linux":
        with pytest.raises(SuiteError, match=r"no display to open a window on\. Film instead"):
            require_display()


def test_a_person_plays_in_a_window_until_escape(tmp_path):
    """A real window on Xvfb; xdotool holds a key down, then presses escape."""
    xvfb, xdotool = requires_system("Xvfb"), requires_system("xdotool")
    number = 90 + os.getpid() % 900
    with subprocess.Popen(
        [xvfb, f":{number}", "-noreset", "-screen", "0", "1024x768x24"], stderr=subprocess.DEVNULL
    ) as server:
        try:
            # by its class: this xdotool cannot read the titles that SDL writes
            environment = {**os.environ, "DISPLAY": f":{number}", "SDL_VIDEO_X11_WMCLASS": "sim-suite"}
            environment.pop("SDL_VIDEODRIVER", None)
            command = [sys.executable, "-m", "sim_suite.cli.main", "play", "sim_suite/CarRacing-v0", "--json"]
            with subprocess.Popen(
                command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            ) as game:

                def key(*words):
                    return subprocess.run(
                        [xdotool, *words], env=environment, capture_output=True, text=True
                    ).stdout.strip()

                window = ""
                while not window and game.poll() is None:
                    window = key("search", "--class", "sim-suite")
                    time.sleep(0.1)
                key("windowfocus", window)
                key("keydown", "Up")
                time.sleep(1.5)
                key("keyup", "Up")
                while game.poll() is None:
                    key("windowfocus", window)
                    key("key", "Escape")
                    time.sleep(0.2)
                out, err = game.communicate(timeout=60)
        finally:
            server.terminate()
    assert game.returncode == 0, err
    assert '"length"' in out
    assert 5 < int(out.split('"length": ')[1].split(",")[0]) < 1000  # it ended by the key, not by itself
