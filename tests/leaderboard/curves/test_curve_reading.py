"""Metrics of a run read back: what is there, what is left out, what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.leaderboard.curves.reading import read_run, records
from sim_suite.leaderboard.curves.telling import spans_decades, telling


def test_each_metric_is_a_curve_over_the_steps_at_which_it_was_reported(write_run):
    rows = [
        (0, {"loss": 4.0}),
        (10, {"loss": 2.0, "episode_return": 1.0}),
        (10, {"loss": 3.0}),
        (20, {"loss": float("nan")}),
    ]
    run = read_run(write_run("run", rows, seed=3, settings={"gamma": 0.9}))
    assert (run.agent, run.env, run.seed) == ("q-learning", "FrozenLake-v1", 3)
    assert run.settings == {"config.gamma": 0.9}
    assert run.curves["loss"].steps.tolist() == [0, 10]
    assert run.curves["loss"].values.tolist() == [4.0, 3.0]
    assert run.curves["loss"].left_out == 1
    assert run.curves["episode_return"].steps.tolist() == [10]
    assert run.curves["loss"].steps.dtype == np.int64


def test_a_line_that_is_being_written_is_passed_over(write_run):
    folder = write_run("run", [(0, {"loss": 4.0}), (10, {"loss": 2.0})])
    path = folder / "metrics.jsonl"
    path.write_text(path.read_text() + '{"loss": 1.0, "st')
    assert list(records(path)) == [(0, {"loss": 4.0}), (10, {"loss": 2.0})]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "metrics.jsonl:2: not a record"),
        ('{"loss": 1.0}', "metrics.jsonl:2: not a record"),
        ('{"step": 5, "loss": "low"}', "metrics.jsonl:2: not a record"),
        ("[1, 2]", "metrics.jsonl:2: not a record"),
        ('{"step": -1, "loss": 1.0}', "'loss' go back from step 0 to step -1"),
    ],
)
def test_what_is_damaged_is_refused_with_its_line(write_run, line, said):
    folder = write_run("run", [(0, {"loss": 4.0})])
    path = folder / "metrics.jsonl"
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(DamagedFileError, match=said):
        read_run(folder)


def test_a_folder_without_a_run_is_refused(tmp_path, write_run):
    with pytest.raises(SuiteError, match=r"holds no training run: there is no metrics\.jsonl"):
        read_run(tmp_path)
    with pytest.raises(SuiteError, match="holds no record yet"):
        read_run(write_run("empty", []))
    folder = write_run("bare", [(0, {"loss": 4.0})])
    (folder / "config.toml").unlink()
    with pytest.raises(SuiteError, match="does not say what was trained"):
        read_run(folder)
    (folder / "config.toml").write_text('agent = "bc"\n')
    with pytest.raises(DamagedFileError, match="settings lack agent, env or a whole seed"):
        read_run(folder)


def test_returns_tell_most_then_what_was_held_out_then_losses():
    names = [
        "epsilon",
        "policy_loss",
        "loss",
        "held_out_road",
        "held_out_m",
        "held_out_box",
        "episode_return",
        "value_loss",
    ]
    first = ["episode_return", "held_out_m", "held_out_box", "loss", "value_loss"]
    assert telling(names) == [*first, "held_out_road", "policy_loss"]
    assert telling(names, ["epsilon", "missing", "loss"]) == [
        "epsilon",
        "loss",
        *(n for n in telling(names) if n != "loss"),
    ]
    assert telling(["delta", "sweep"]) == ["delta"]
    assert telling([]) == []


def test_a_logarithmic_axis_is_for_positive_values_far_apart_and_never_for_returns():
    assert spans_decades("loss", 0.01, 1.01)
    assert not spans_decades("loss", 0.01, 1.0)
    assert not spans_decades("loss", 0.0, 1.0)
    assert not spans_decades("loss", -1.0, 1000.0)
    assert not spans_decades("episode_return", 0.01, 500.0)


def test_the_logs_of_the_zoo_can_be_read():
    from agents.naming import ZOO

    folders = [path.parent for path in ZOO.glob("*/metrics.jsonl")]
    assert folders
    for folder in folders:
        run = read_run(folder)
        last = json.loads((folder / "metrics.jsonl").read_text().splitlines()[-1])
        assert max(int(curve.steps[-1]) for curve in run.curves.values()) == last["step"]
