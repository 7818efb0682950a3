"""Recordings killed at random instants: nothing that was finished is lost, nothing corrupt is admitted."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from sim_suite.envs.making import make
from sim_suite.episodes.recording.recorder import RecordEpisodes
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.folder import Recording
from sim_suite.studies.recording_kills import ENV, LONGEST, TRACKS, _differences, actions, length, unkilled


def killed(folder, count: int, seed: int) -> dict[str, object]:
    """What the study says, run in a process of its own: it forks."""
    command = [sys.executable, "-m", "sim_suite.studies.recording_kills", "--count", str(count)]
    done = subprocess.run(
        [*command, "--seed", str(seed), "--out", str(folder)], check=False, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_a_kill_or_two_cost_nothing_that_was_finished(tmp_path):
    found = killed(tmp_path / "d", count=2, seed=0)
    assert (found["kills"], found["faults"]) == (2, [])


@pytest.mark.slow
def test_twenty_kills_cost_nothing_that_was_finished(tmp_path):
    found = killed(tmp_path / "d", count=20, seed=1)
    assert (found["kills"], found["faults"]) == (20, [])
    assert found["finished"]
    assert found["recovered"]
    assert Dataset(tmp_path / "d").check() == {}


def test_the_study_would_notice_an_episode_that_is_another(tmp_path):
    with Recording(tmp_path / "d") as recording, RecordEpisodes(make(ENV), recording, recorded_at=lambda: "0-0") as env:
        env.reset(seed=0)
        for action in actions(0)[: length(0)]:
            env.step(action)
    whole = unkilled()
    (entry,) = Dataset(tmp_path / "d").entries
    with Dataset(tmp_path / "d").open(entry) as episode:
        assert _differences(episode, whole) == []
    for track in whole:
        track["reward"] = track["reward"] + 1.0
    with Dataset(tmp_path / "d").open(entry) as episode:
        assert _differences(episode, whole) == ["its reward is not what was driven"]


def test_episodes_of_the_study_are_of_different_lengths():
    assert len({length(episode) for episode in range(20)}) > 15
    assert all(1 <= length(episode) <= LONGEST for episode in range(300))
    assert TRACKS > 1
