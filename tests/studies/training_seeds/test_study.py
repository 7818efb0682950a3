"""The study: what is done is kept and never done again; killed or out of time, it goes on to the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from agents import checkpoint
from agents.interface import Interface
from sim_suite.envs.views import VECTOR
from sim_suite.files import read_journal
from sim_suite.leaderboard import suite as suites
from sim_suite.leaderboard.jobs import Job, do_job
from sim_suite.studies.training_seeds import running
from sim_suite.studies.training_seeds.__main__ import main
from sim_suite.studies.training_seeds.endings import count_endings
from sim_suite.studies.training_seeds.running import do, runs_of
from sim_suite.studies.training_seeds.writing import write
from tests.studies.training_seeds.tiny import lay_out, plan, results


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A study that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    assert main([str(lay_out(folder)), "--out", str(folder / "out")]) == 0
    return folder


def test_runs_of_peers_come_last(whole):
    names = [run.name for run in runs_of(plan(whole), whole / "out")]
    assert names == ["ours-3", "ours-4", "theirs-3"]
    assert [run.name for run in runs_of(plan(whole), whole / "out", only=["theirs"])] == ["theirs-3"]


def test_it_scores_what_the_leaderboard_scores(whole):
    run = runs_of(plan(whole), whole / "out")[1]
    task = suites.load(str(whole / "suite.toml")).task("pole")
    rows = list(do_job(Job(task, "a", 0, str(run.folder), trust=False, episodes=(0, 1, 2))))
    assert [row.episode_return for row in rows] == [episode.episode_return for episode in run.episodes()]
    assert [row.seed for row in rows] == [episode.seed for episode in run.episodes()] == [10_000, 10_001, 10_002]


def test_settings_of_the_plan_reach_the_run(whole):
    run = runs_of(plan(whole), whole / "out")[2]
    description = checkpoint.load(run.folder / "checkpoint")[1]
    assert description.config["network"]["hidden"] == [4]
    assert description.config["learning_rate"] == 1e-5
    assert description.training["seed"] == 3


def test_what_is_done_is_left_alone(whole, capsys):
    before = {path: path.stat().st_mtime_ns for path in (whole / "out").rglob("*") if path.parent.name != "out"}
    kept = results(whole / "out")
    assert main([str(whole / "plan.toml"), "--out", str(whole / "out")]) == 0
    assert results(whole / "out") == kept
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert "| A2C | 400 | 3, 4 |" in capsys.readouterr().out


def test_clock_time_is_kept_apart(whole):
    out = whole / "out"
    assert len(read_journal(out / "timing.journal")) == 3
    assert "| ours | 2 |" in (out / "timing.md").read_text()
    assert b"processor" not in (out / "table.json").read_bytes() + (out / "table.md").read_bytes()


@pytest.mark.slow
def test_two_processes_find_the_same(whole, tmp_path):
    out = tmp_path / "out"
    assert main([str(whole / "plan.toml"), "--out", str(out), "--workers", "2"]) == 0
    assert results(out) == results(whole / "out")


def test_out_of_time_it_goes_on_to_the_same_bytes(whole, tmp_path, monkeypatch):
    """The clock is asked after each line of metrics and before each episode, and says stop each seventh time."""
    out, asked = tmp_path / "out", 0

    def clock():
        nonlocal asked
        asked += 1
        return float(asked % 7 == 0)

    monkeypatch.setattr(running.time, "monotonic", clock)
    left, starts = runs_of(plan(whole), out), 0
    while left := [run for run in left if not do(run, end_s=1.0)]:
        starts += 1
        assert starts < 50, "it goes forward"
    assert starts > 3
    write(plan(whole), out)
    assert results(out) == results(whole / "out")
    assert "| ours |" not in (out / "timing.md").read_text(), "broken runs tell no time"


@pytest.mark.slow
def test_killed_it_goes_on_to_the_same_bytes(whole, tmp_path):
    out = tmp_path / "out"
    words = [sys.executable, "-m", "sim_suite.studies.training_seeds", str(whole / "plan.toml"), "--out", str(out)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, start_new_session=True) as process:
        while not list(out.glob("runs/*/state")) and process.poll() is None:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
    assert main([str(whole / "plan.toml"), "--out", str(out)]) == 0
    assert results(out) == results(whole / "out")


def test_time_that_is_up_is_told(whole, tmp_path):
    assert main([str(whole / "plan.toml"), "--out", str(tmp_path / "out"), "--minutes", "0"]) == 75
    assert not (tmp_path / "out" / "runs").exists()
    assert (tmp_path / "out" / "table.md").read_text().startswith("# plan")


def test_a_run_with_other_settings_is_refused(whole, tmp_path, capsys):
    out = tmp_path / "out"
    path = lay_out(tmp_path)
    assert main([str(path), "--out", str(out), "--only", "theirs"]) == 0
    path.write_text(path.read_text().replace("learning_rate = 1e-5", "learning_rate = 2e-5"))
    assert main([str(path), "--out", str(out), "--only", "theirs"]) == 2
    assert "was trained by other settings than the plan's (config differ)" in capsys.readouterr().err
    lay_out(tmp_path)
    suite = tmp_path / "suite.toml"
    suite.write_text(suite.read_text().replace("episodes = 3", "episodes = 3\nfirst_seed = 20000"))
    assert main([str(path), "--out", str(out), "--only", "theirs"]) == 2
    assert "judged on seed 10000" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--only", "our"], "unknown entry of plan 'our'. Did you mean 'ours'"),
        (["--workers", "0"], "--workers must be 1 or more, not 0"),
    ],
)
def test_what_was_asked_is_refused(whole, tmp_path, capsys, words, message):
    assert main([str(whole / "plan.toml"), "--out", str(tmp_path), *words]) == 2
    assert message in capsys.readouterr().err


class Rocker:
    """Rocks the car where it began right of -0.5, which its state remembers, and else does nothing."""

    interface = Interface(VECTOR, "continuous")

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        began = observation[:, 0] if state is None else np.where(episode_start, observation[:, 0], state)
        force = np.where(began > -0.5, np.where(observation[:, 1] >= 0, 1.0, -1.0), 0.0)
        return force[:, None].astype(np.float32), began


def test_endings_are_counted_episode_by_episode(monkeypatch):
    """Whoever rocks reaches the flag, whoever does nothing never does; the starts are Gymnasium's own."""
    import gymnasium as gym

    from sim_suite.studies.training_seeds import endings

    monkeypatch.setattr(endings, "WORLDS", 7)
    task = suites.load("classic").task("mountain-car-continuous")
    env = gym.make(task.env).unwrapped
    right = sum(env.reset(seed=task.seed(episode))[0][0] > -0.5 for episode in range(20))
    assert 0 < right < 20
    assert count_endings(Rocker(), task, 20) == right
