"""TensorBoard's event files, read back by TensorBoard's own reader."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from sim_suite.cli.main import main
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.curves.reading import records
from sim_suite.leaderboard.curves.tensorboard import EventLog, convert, event_files

ROWS = [(0, {"loss": 4.0, "episode_return": 0.1}), (7, {"loss": -2.5e-7}), (2**40, {"loss": float("nan")})]


def read_back(folder):
    """{metric: [(step, value, time)]}"""
    accumulator = EventAccumulator(str(folder), size_guidance={"scalars": 0}).Reload()
    return {
        tag: [(event.step, event.value, event.wall_time) for event in accumulator.Scalars(tag)]
        for tag in accumulator.Tags()["scalars"]
    }


def scalars(rows):
    """The same of records, as single precision keeps them."""
    found = {}
    for step, metrics in rows:
        for name, value in metrics.items():
            found.setdefault(name, []).append((step, float(np.float32(value))))
    return found


def without_time(found):
    return {tag: [(step, value) for step, value, _ in events] for tag, events in found.items()}


def test_a_converted_run_reads_back_equal(tmp_path):
    convert(ROWS, tmp_path / "label" / "run", time_s=1234.5)
    found = read_back(tmp_path / "label" / "run")
    np.testing.assert_equal(without_time(found), scalars(ROWS))
    assert {time_s for events in found.values() for _, _, time_s in events} == {1234.5}
    assert [path.name for path in (tmp_path / "label").iterdir()] == ["run"]
    with pytest.raises(SuiteError, match="exists already"):
        convert(ROWS, tmp_path / "label" / "run", time_s=0.0)


def test_a_conversion_that_fails_leaves_nothing(tmp_path):
    def torn():
        yield ROWS[0]
        raise SuiteError("damaged")

    with pytest.raises(SuiteError, match="damaged"):
        convert(torn(), tmp_path / "run", time_s=0.0)
    assert list(tmp_path.iterdir()) == []


def test_a_new_log_takes_the_place_of_the_old(tmp_path):
    for count in (3, 1):
        with EventLog(tmp_path) as log:
            for step in range(count):
                log.add(step, {"loss": 1.0}, 0.0)
    assert len(event_files(tmp_path)) == 1
    assert len(read_back(tmp_path)["loss"]) == 1


def test_a_missing_package_is_one_line_that_says_how_to_install_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "tensorboard.summary.writer.event_file_writer", None)
    out = tmp_path / "run"
    assert main(["train", "q-learning", "FrozenLake-v1", "--set", "steps=100", "--out", str(out), "--tensorboard"]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("error: event files need the package tensorboard")
    assert 'pip install "sim-suite[tensorboard]"' in said
    assert not out.exists()


def test_training_writes_them_and_a_resumed_run_goes_on(tmp_path, monkeypatch):
    """Stopped after a few records and resumed with nothing but the state that was kept: the events are those of `metrics.jsonl`."""
    from sim_suite.cli import train

    out = tmp_path / "run"
    real = train.go

    def stopped(training, watch):
        seen = []
        return real(training, watch, enough=lambda metrics: seen.append(metrics) or len(seen) == 3)

    monkeypatch.setattr(train, "go", stopped)
    command = ["train", "q-learning", "FrozenLake-v1", "--set", "steps=20000", "--out", str(out), "--tensorboard"]
    assert main(command) == 0
    assert without_time(read_back(out)) == scalars(records(out / "metrics.jsonl"))
    monkeypatch.setattr(train, "go", real)
    assert main(["train", "--resume", str(out), "--tensorboard"]) == 0
    rows = list(records(out / "metrics.jsonl"))
    assert len(rows) > 3
    assert without_time(read_back(out)) == scalars(rows)
    assert len(event_files(out)) == 1
