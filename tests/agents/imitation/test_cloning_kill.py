"""`kill -9` a run that learns from episodes, then `--resume`: the checkpoint must be the same to the byte."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from tests.agents.imitation.cloning_by_hand import write_bars

VIEW = 'view={kind="pixels", grey=true, size=[48, 48]}'
WORDS = ("--set", "epochs=6", "batch_size=8", "dropout=0.5", VIEW, "hidden_rows=0", "shift_m=0.0", "turn_rad=0.0")


def train(*words):
    return [sys.executable, "-m", "sim_suite.cli.main", "train", *words]


def checkpoint_of(run):
    return {path.name: path.read_bytes() for path in sorted((run / "checkpoint").iterdir())}


@pytest.mark.slow
@pytest.mark.parametrize("lines", [1, 7])
def test_a_killed_run_goes_on_to_the_same_checkpoint(tmp_path, lines):
    """The kill falls when the metrics have grown to that many lines, wherever the learner is then."""
    laps = write_bars(tmp_path / "laps", [400, 400, 100])
    words = ["bc", "--episodes", str(laps), *WORDS, "--out"]
    subprocess.run(train(*words, tmp_path / "whole"), check=True, capture_output=True)
    process = subprocess.Popen(train(*words, tmp_path / "broken"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    metrics = tmp_path / "broken" / "metrics.jsonl"
    while process.poll() is None and (not metrics.exists() or metrics.read_text().count("\n") < lines):
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "the run ended before it could be killed"
    subprocess.run(train("--resume", tmp_path / "broken"), check=True, capture_output=True)
    assert checkpoint_of(tmp_path / "broken") == checkpoint_of(tmp_path / "whole")
