"""`kill -9` at random instants, then `--resume`: the results must not tell."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from sim_suite.leaderboard.results import RESULTS, SCORES

KILLS = int(os.environ.get("SIM_SUITE_KILLS", "10"))
SUITE = """
name = "kill"
version = 1
[[tasks]]
name = "cart-pole"
env = "CartPole-v1"
episodes = 60
[[tasks]]
name = "mountain-car"
env = "MountainCarContinuous-v0"
episodes = 30
[[tasks]]
name = "lake"
env = "FrozenLake-v1"
episodes = 60
"""


def command(suite, out, *more):
    agents = ["--agents", "random", "do-nothing", "mountain-car-pump"]
    return [
        sys.executable,
        "-m",
        "sim_suite.cli.main",
        "leaderboard",
        suite,
        *agents,
        "--out",
        out,
        "--no-clips",
        *more,
    ]


@pytest.mark.slow
def test_killed_and_resumed_equals_uninterrupted(tmp_path):
    """Each kill takes the process group along, so workers die too. Instants are drawn from start-up to past the end."""
    suite = tmp_path / "kill.toml"
    suite.write_text(SUITE)
    # The first run may compile kernels; the second tells how long a run takes.
    subprocess.run(command(suite, tmp_path / "first"), check=True, capture_output=True)
    started = time.monotonic()
    subprocess.run(command(suite, tmp_path / "whole"), check=True, capture_output=True)
    whole_seconds = time.monotonic() - started
    rng = np.random.default_rng(0)
    resumed = 0
    for attempt in range(KILLS):
        out = tmp_path / f"broken-{attempt}"
        process = subprocess.Popen(
            command(suite, out, "--resume"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(rng.uniform(0.2, 1.0) * whole_seconds)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        resumed += out.exists() and not (out / SCORES).exists()
        subprocess.run(command(suite, out, "--resume"), check=True, capture_output=True)
        for name in (RESULTS, SCORES):
            assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), (
                f"kill {attempt}: {name} differs"
            )
    assert resumed >= KILLS // 3, "too few kills fell into the middle of a run to prove anything"
