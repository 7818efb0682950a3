"""`kill -9` a run of World Models in each of its stages, then `--resume`: the run must be the same to the byte."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from tests.agents.stopping import files_of
from tests.agents.world_models.tiny_vision import kept_in

RECIPE = """
agent = "world-models"
env = "sim_suite/CarRacing-v0"
env_kwargs = {{ max_episode_steps = 30 }}

[config]
vision = "{vision}"
hold = 2
precision = "float32"
threads = 1
gathering = {{ rollouts = 12, steps = 30 }}
memory = {{ units = 4, gaussians = 2, updates = 40, batch_size = 2, window = 4, report_every = 1 }}
evolution = {{ generations = 12, population = 4, tracks = 1, limit = 20, worlds = 2, judge_every = 4, judge_tracks = 1 }}
"""


def train(*words):
    return [sys.executable, "-m", "sim_suite.cli.main", "train", *words]


@pytest.mark.slow
def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path):
    """The kill falls when the metrics have grown to so many lines, wherever the learner is then: 12 drives, 40 updates, 12 generations."""
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(RECIPE.format(vision=kept_in(tmp_path / "v")))
    subprocess.run(train(recipe, "--device", "cpu", "--out", tmp_path / "whole"), check=True, capture_output=True)
    broken = tmp_path / "broken"
    words = train(recipe, "--device", "cpu", "--out", broken)
    for lines in (5, 30, 57):
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        metrics = broken / "metrics.jsonl"
        while process.poll() is None and (not metrics.exists() or metrics.read_text().count("\n") < lines):
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, "the run ended before it could be killed"
        words = train("--resume", broken, "--device", "cpu")
    subprocess.run(words, check=True, capture_output=True)
    assert files_of(broken) == files_of(tmp_path / "whole")
