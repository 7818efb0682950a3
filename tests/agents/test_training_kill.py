"""`kill -9` a training run, then `--resume`: the checkpoint must be the same to the byte."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from agents.registry import entries

RUNS = {
    "q-learning": ["--env", "FrozenLake8x8-v1", "--set", "steps=400000"],
    "dqn": ["--env", "CartPole-v1", "--device", "cpu", "--set", "steps=4000", "report_every=100"],
    "ddqn": ["--env", "CartPole-v1", "--device", "cpu", "--set", "steps=4000", "report_every=100", "replay.alpha=0.6", "overlap=true"],
    "pqn": ["--env", "CartPole-v1", "--device", "cpu", "--set", "steps=12000", "report_every=300"],
    "alphazero": [
        "--env", "sim_suite/TicTacToe-v0", "--device", "cpu", "--set", "steps=4000", "round_steps=100", "precision=float32",
        "network.channels=8", "network.blocks=1", "play.simulations=8", "play.games=16", "play.workers=2",
    ],
}  # fmt: skip
"""By method: what to train it on, reporting forty times or more."""
KILLS = [
    ("q-learning", 2),
    ("q-learning", 12),
    ("q-learning", 25),
    ("dqn", 2),
    ("dqn", 25),
    ("ddqn", 12),
    ("pqn", 12),
    ("alphazero", 12),
]
VALUE_BASED = "agents.value_based.methods:METHODS"


def train(*words):
    return [sys.executable, "-m", "sim_suite.cli.main", "train", *words]


def checkpoint_of(run):
    return {path.name: path.read_bytes() for path in sorted((run / "checkpoint").iterdir())}


def test_every_value_based_method_is_killed():
    assert {name for name, entry in entries().items() if entry.method == VALUE_BASED} <= dict(KILLS).keys()


@pytest.mark.slow
@pytest.mark.parametrize(("method", "lines"), KILLS)
def test_a_killed_run_goes_on_to_the_same_checkpoint(tmp_path, method, lines):
    """The kill falls when the metrics have grown to that many lines, wherever the learner is then."""
    words = [method, *RUNS[method], "--seed", "5", "--out"]
    subprocess.run(train(*words, tmp_path / "whole"), check=True, capture_output=True)
    process = subprocess.Popen(train(*words, tmp_path / "broken"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    metrics = tmp_path / "broken" / "metrics.jsonl"
    while process.poll() is None and (not metrics.exists() or metrics.read_text().count("\n") < lines):
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "the run ended before it could be killed"
    subprocess.run(train("--resume", tmp_path / "broken"), check=True, capture_output=True, env={**os.environ})
    assert checkpoint_of(tmp_path / "broken") == checkpoint_of(tmp_path / "whole")
