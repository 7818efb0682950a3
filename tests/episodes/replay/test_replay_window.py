"""A replay as a person sees it: a real window, real keys, its pixels held to what was recorded."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np

from sim_suite.episodes.store.dataset import Dataset
from tests.episodes.altering import recorded
from tests.screen import HEIGHT, WIDTH, virtual_screen

SIDE, STRIP = 480, 56
LEFT, TOP = (WIDTH - SIDE) // 2, (HEIGHT - SIDE - STRIP) // 2
"""Of the window: without a window manager it lies in the middle."""


def test_a_lap_is_watched_held_and_left(tmp_path):
    laps = recorded(tmp_path / "laps", "sim_suite/CarRacing-v0", (1, 2), steps=400)
    with Dataset(laps).open(Dataset(laps).entries[0]) as episode:
        stored = episode.read("observation")
    words = [sys.executable, "-m", "sim_suite.cli.main", "episodes", "replay", str(laps), "--speed", "0.25", "--json"]
    with virtual_screen(tmp_path) as screen:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        with subprocess.Popen(words, env=screen.environment, **pipes) as watching:

            def alive():
                assert watching.poll() is None, watching.communicate()
                return True

            def shown():
                """The number of the stored picture that is seen; None between two."""
                large = screen.picture()[TOP : TOP + SIDE, LEFT : LEFT + SIDE]
                same = np.flatnonzero((stored == large[2::5, 2::5]).all(axis=(1, 2, 3)))
                return int(same[0]) if len(same) else None

            screen.focus_window(alive)
            screen.wait_for(lambda: (shown() or 0) > 20, alive, "the car under way")
            screen.do("keydown", "space")
            screen.wait_for(lambda: shown() is not None and shown() == shown(), alive, "a picture that stands")
            held = [number for number in (shown() for _ in range(15)) if number is not None]
            assert len(set(held[3:])) == 1
            screen.do("keyup", "space")
            screen.wait_for(lambda: (shown() or 0) > held[-1] + 5, alive, "the car on its way again")
            strip = screen.picture()[TOP + SIDE : TOP + SIDE + STRIP, LEFT : LEFT + SIDE]
            assert len(np.unique(strip.reshape(-1, 3), axis=0)) > 10
            screen.do("key", "Escape")
            out, err = watching.communicate(timeout=30)
    assert watching.returncode == 0, err
    assert json.loads(out)["shown"] == ["000000.episode"]
