"""`kill -9` a training run, then `--resume`: the checkpoint must be the same to the byte."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest


def train(*words):
    return [sys.executable, "-m", "sim_suite.cli.main", "train", *words]


def checkpoint_of(run):
    return {path.name: path.read_bytes() for path in sorted((run / "checkpoint").iterdir())}


@pytest.mark.slow
@pytest.mark.parametrize("lines", [2, 12, 25])
def test_a_killed_run_goes_on_to_the_same_checkpoint(tmp_path, lines):
    """The kill falls when the metrics have grown to that many lines, wherever the learner is then."""
    words = ["q-learning", "--env", "FrozenLake8x8-v1", "--set", "steps=400000", "--seed", "5", "--out"]
    subprocess.run(train(*words, tmp_path / "whole"), check=True, capture_output=True)
    process = subprocess.Popen(train(*words, tmp_path / "broken"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    metrics = tmp_path / "broken" / "metrics.jsonl"
    while process.poll() is None and (not metrics.exists() or metrics.read_text().count("\n") < lines):
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "the run ended before it could be killed"
    subprocess.run(train("--resume", tmp_path / "broken"), check=True, capture_output=True, env={**os.environ})
    assert checkpoint_of(tmp_path / "broken") == checkpoint_of(tmp_path / "whole")
