"""Metrics of episodes: from an environment's last info through journal and tables to page and terminal."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import gymnasium as gym
import numpy as np
import pytest
from rich.console import Console

from agents.simple import RandomAgent
from sim_suite.envs.making import make
from sim_suite.envs.views import VECTOR
from sim_suite.errors import SuiteError
from sim_suite.files import Journal, canonical_json, read_journal
from sim_suite.leaderboard import jobs
from sim_suite.leaderboard.compare import Options, compare
from sim_suite.leaderboard.episode import Row, play
from sim_suite.leaderboard.merge import merge
from sim_suite.leaderboard.records import JOURNAL, read
from sim_suite.leaderboard.report.labels import label
from sim_suite.leaderboard.report.terminal import section_table
from sim_suite.leaderboard.results import PAGE, RESULTS, SCORES
from sim_suite.leaderboard.suite import load, parse
from sim_suite.leaderboard.verify import verify

HERE = Options(workers=0, clips=False)
PLACE = {"task": "t", "entry": "e", "run": 0, "episode": 0}
TASK = {
    "name": "pole", "env": "CartPole-v1", "episodes": 5, "score": "driving_score_2_0", "random": 0.0, "reference": 100.0,
    "beside": ["min_ttc_s", "absent"],
}  # fmt: skip
SUITE = parse({"name": "judged", "version": 1, "tasks": [TASK]}, "here")


class Judged(gym.Wrapper):
    """Measures an episode: a score that grows with its length, one metric in every other episode."""

    metrics = None

    def reset(self, **options):
        self.steps = 0
        return self.env.reset(**options)

    def step(self, action):
        observation, reward, terminated, truncated, info = self.env.step(action)
        self.steps += 1
        if terminated or truncated:
            found = {"min_ttc_s": np.float32(0.5 * self.steps), "driving_score_2_0": min(2.0 * self.steps, 100)}
            if self.steps % 2:
                found["odd"] = 1
            info = {**info, "metrics": found if self.metrics is None else self.metrics}
        return observation, reward, terminated, truncated, info


@pytest.fixture
def judged(monkeypatch):
    monkeypatch.setattr(jobs, "make", lambda *args, **options: Judged(make(*args, **options)))


def played(metrics=None, **options):
    env = Judged(make("CartPole-v1"))
    env.metrics = metrics
    return play(env, RandomAgent(VECTOR, env.action_space, 0), seed=3, **PLACE, **options)


def test_metrics_are_those_of_the_last_step_as_plain_sorted_floats():
    row = played()
    assert row.metrics == {"driving_score_2_0": 2.0 * row.length, "min_ttc_s": 0.5 * row.length} | (
        {"odd": 1.0} if row.length % 2 else {}
    )
    assert list(row.metrics) == sorted(row.metrics)
    assert {type(value) for value in row.metrics.values()} == {float}
    assert played(watch=lambda env: False).metrics == {}


@pytest.mark.parametrize(
    ("metrics", "message"),
    [
        ({"a": float("nan")}, "the metric a is nan, which is not a finite number"),
        ({"a": float("inf")}, "the metric a is inf"),
        ({"Not A Name": 1.0}, "lower case, as in 'driving_score'"),
        ({"length": 1.0}, "no column of a row, not 'length'"),
        ({"a": "much"}, "TypeError"),
        ({"b": 1.0}, "no metric 'a', which the task is scored by; it has ['b']"),
    ],
)
def test_what_is_no_metric_is_the_environments_fault(metrics, message):
    row = played(metrics, required=("a",))
    assert row.outcome == "env_error"
    assert message in row.message
    assert row.metrics == {}


def test_the_journal_of_rows_without_metrics_is_what_it_was():
    plain = Row("t", "e", 0, 0, 1, "ok", 2.0, 3, True, "ab")
    assert "metrics" not in plain.to_dict()
    assert Row(**plain.to_dict()) == plain
    rich = replace(plain, metrics={"a": 1.5})
    assert Row(**json.loads(canonical_json(rich.to_dict()))) == rich


def test_a_metric_can_be_the_score_with_others_beside_it(judged, tmp_path):
    section = compare(SUITE, ["random", "cart-pole-lqr"], tmp_path, HERE)[0]
    rows = [row for row in read(tmp_path).sorted_rows() if row.entry == "random"]
    task = json.loads((tmp_path / SCORES).read_text())["sections"]["judged"]
    assert task["tasks"]["pole"]["score"] == "driving_score_2_0"
    found = task["entries"]["random"]["tasks"]["pole"]

    def mean(name):
        return np.mean([row.metrics[name] for row in rows if name in row.metrics])

    assert found["mean"]["value"] == pytest.approx(mean("driving_score_2_0"))
    assert found["normalised"]["value"] == pytest.approx(mean("driving_score_2_0") / 100)
    assert found["metrics"]["min_ttc_s"]["value"] == pytest.approx(mean("min_ttc_s"))
    assert found["metrics"]["min_ttc_s"]["low"] < found["metrics"]["min_ttc_s"]["value"]
    assert found["metrics"]["return"]["value"] == pytest.approx(np.mean([row.episode_return for row in rows]))
    odd = sum(row.length % 2 for row in rows)
    assert 0 < odd < 5
    assert found["metrics"]["odd"]["episodes"] == odd
    assert section.metrics(0) == ("driving_score_2_0", "min_ttc_s", "odd", "return")
    assert section.entries[0].label == "cart-pole-lqr"

    table = list(csv.DictReader(io.StringIO((tmp_path / RESULTS).read_text())))
    assert list(table[0])[-4:] == ["message", "driving_score_2_0", "min_ttc_s", "odd"]
    assert {row["odd"] for row in table if int(row["length"]) % 2 == 0} == {""}

    page = (tmp_path / PAGE).read_text()
    for words in (
        ">pole: driving score 2.0<",
        ">pole: min ttc [s]<",
        "Score: mean driving score 2.0 per episode",
        ">odd<",
    ):
        assert words in page, words
    for width in (60, 80, 160):
        out = io.StringIO()
        Console(file=out, width=width).print(section_table(section))
        assert "min ttc [s]" in " ".join(out.getvalue().split())
        assert "…" not in out.getvalue()
        assert max(map(len, out.getvalue().splitlines())) <= width


def test_with_several_tasks_each_column_says_to_which_it_belongs(judged, tmp_path):
    twin = replace(SUITE.tasks[0], name="other")
    section = compare(replace(SUITE, tasks=(*SUITE.tasks, twin)), ["random"], tmp_path, HERE)[0]
    out = io.StringIO()
    Console(file=out, width=300).print(section_table(section))
    words = " ".join(out.getvalue().split())
    assert words.count("other:") == words.count("pole:") == 3
    assert "How to read" in (page := (tmp_path / PAGE).read_text())
    assert "<dt>Metrics</dt>" in page


def test_an_environment_that_gives_no_score_has_failed(tmp_path):
    compare(SUITE, ["random"], tmp_path, HERE)
    assert {row.outcome for row in read(tmp_path).sorted_rows()} == {"env_error"}


def test_a_stopped_run_goes_on_to_the_same_bytes(judged, tmp_path):
    compare(SUITE, ["random"], tmp_path / "whole", HERE)
    raw = (tmp_path / "whole" / JOURNAL).read_bytes()
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / JOURNAL).write_bytes(raw[: len(raw) * 2 // 3])
    compare(SUITE, ["random"], tmp_path / "cut", replace(HERE, resume=True))
    for name in (RESULTS, SCORES, PAGE):
        assert (tmp_path / "cut" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def rewritten(folder, change):
    """The journal with each row changed."""
    records = read_journal(folder / JOURNAL)
    (folder / JOURNAL).unlink()
    with Journal(folder / JOURNAL) as journal:
        for record in records:
            journal.append(change(record) if record["kind"] == "row" else record)


def test_verify_compares_metrics_and_takes_rows_from_before_them(judged, tmp_path):
    plain = replace(SUITE, tasks=(replace(SUITE.tasks[0], score="", beside=()),))
    compare(plain, ["random"], tmp_path, HERE)
    assert verify(tmp_path, 10, seed=0, workers=0, trust=False).mismatches == []
    rewritten(
        tmp_path,
        lambda row: (
            {**row, "metrics": {**row["metrics"], "min_ttc_s": 9.0, "gone": 1.0}} if row["episode"] == 1 else row
        ),
    )
    found = verify(tmp_path, 10, seed=0, workers=0, trust=False).mismatches
    assert [(one.row.episode, one.field, one.recorded) for one in found] == [
        (1, "metrics.gone", 1.0), (1, "metrics.min_ttc_s", 9.0),
    ]  # fmt: skip
    assert found[0].played is None
    rewritten(tmp_path, lambda row: {key: value for key, value in row.items() if key != "metrics"})
    assert verify(tmp_path, 10, seed=0, workers=0, trust=False).mismatches == []


def test_merging_keeps_metrics_and_refuses_others(judged, tmp_path):
    compare(SUITE, ["random", "cart-pole-lqr"], tmp_path / "both", HERE)
    compare(SUITE, ["random"], tmp_path / "a", HERE)
    compare(SUITE, ["cart-pole-lqr"], tmp_path / "b", HERE)
    merge([tmp_path / "a", tmp_path / "b"], tmp_path / "joined")
    for name in (RESULTS, SCORES):
        assert (tmp_path / "joined" / name).read_bytes() == (tmp_path / "both" / name).read_bytes()
    rewritten(tmp_path / "b", lambda row: {**row, "metrics": {**row["metrics"], "min_ttc_s": 9.0}})
    with pytest.raises(SuiteError, match="they differ in metrics"):
        merge([tmp_path / "both", tmp_path / "b"], tmp_path / "c")


def test_what_a_task_says_of_its_score():
    assert parse(SUITE.to_dict(), "x") == SUITE
    assert SUITE.tasks[0].beside == ("min_ttc_s", "absent")
    for changed, message in (
        ({"random": None}, "state random and reference of it"),
        ({"beside": "min_ttc_s"}, "beside must be a list"),
        ({"beside": [1]}, "beside must be a list of metrics' names"),
        ({"score": 1}, "score must be a str"),
    ):
        task = {key: value for key, value in {**TASK, **changed}.items() if value is not None}
        with pytest.raises(SuiteError, match=message):
            parse({"name": "x", "version": 1, "tasks": [task]}, "here")


def test_the_score_is_in_the_hash_and_what_stands_beside_it_is_not():
    task = SUITE.tasks[0]
    assert replace(SUITE, tasks=(replace(task, score="other"),)).sha256 != SUITE.sha256
    assert replace(SUITE, tasks=(replace(task, beside=()),)).sha256 == SUITE.sha256
    # Suites from before metrics keep their hash: journals go on.
    assert not {"score", "beside"} & set(load("classic").to_dict()["tasks"][0])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("driving_score_2_0", "driving score 2.0"),
        ("min_ttc_s", "min ttc [s]"),
        ("outside_lanes_percent", "outside lanes [%]"),
        ("most_braking_mps2", "most braking [m/s²]"),
        ("red_lights_per_km", "red lights per km"),
        ("return", "return"),
        ("s", "s"),
        ("route completion [%]", "route completion [%]"),
    ],
)
def test_labels(name, words):
    assert label(name) == words
