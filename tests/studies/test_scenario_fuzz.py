"""Damaged scenarios: the mutations do harm by seed, and only `SuiteError` comes out of the reader and the writer."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from sim_suite.driving.storyboard.xosc.reader import read_scenario
from sim_suite.errors import SuiteError
from sim_suite.files import read_json
from sim_suite.studies import scenario_fuzz
from sim_suite.studies.road_fuzz import GOOD, Outcome, fuzz
from sim_suite.studies.scenario_fuzz import judge, mutate
from sim_suite.studies.scenario_seeds import write_seeds

FILES = 500


def test_the_seeds_are_read_whole(tmp_path):
    paths = write_seeds(tmp_path)
    assert [path.stem for path in paths] == ["everything", "foreign", "varied"]
    assert [judge(path.read_bytes(), path) for path in paths] == ["read"] * 3
    foreign = read_scenario(paths[1])
    assert (foreign.ego, foreign.limit_s, [one.name for one in foreign.criteria]) == ("hero", 31.0, ["no_collision"])


def test_same_seed_same_bytes_and_harm(tmp_path):
    data = write_seeds(tmp_path)[1].read_bytes()
    assert mutate(data, 7) == mutate(data, 7)
    assert len({mutate(data, seed) for seed in range(30)}) > 25


def test_a_few_damaged_scenarios_are_read_or_refused(tmp_path):
    paths = write_seeds(tmp_path)
    outcomes = Counter(judge(mutate(path.read_bytes(), seed), path) for path in paths for seed in range(40))
    assert set(outcomes) == GOOD


@pytest.mark.parametrize(("function", "what"), [("parse_scenario", ""), ("to_xml", "writing, ")])
def test_what_is_not_a_suite_error_is_reported(tmp_path, monkeypatch, function, what):
    path = write_seeds(tmp_path)[0]

    def broken(*_arguments: object) -> None:
        raise KeyError("lane")

    monkeypatch.setattr(scenario_fuzz, function, broken)
    assert judge(path.read_bytes(), path) == f"{what}KeyError: 'lane'"


def test_a_message_of_several_lines_is_reported(tmp_path, monkeypatch):
    path = write_seeds(tmp_path)[0]

    def refused(*_arguments: object) -> None:
        raise SuiteError("one\ntwo")

    monkeypatch.setattr(scenario_fuzz, "parse_scenario", refused)
    assert judge(path.read_bytes(), path).startswith("a message of several lines")


def test_the_command_keeps_its_counts_and_fails_where_something_went_wrong(tmp_path, monkeypatch, capsys):
    outcomes = [
        Outcome(Path("a.xosc"), seed, what, 0.5) for seed, what in enumerate(["read", "refused", "KeyError: 'x'"])
    ]
    monkeypatch.setattr(
        scenario_fuzz, "fuzz", lambda _paths, count, first, _module: iter(outcomes[first : first + count])
    )
    kept = tmp_path / "runs" / "fuzz.json"
    options = ["a.xosc", "--result", str(kept)]
    assert scenario_fuzz.main([*options, "--count", "2"]) == 0
    assert read_json(kept) == {"files": 2, "first_seed": 0, "scenarios": ["a.xosc"], "read": 1, "refused": 1, "wrong": 0,
                               "slowest_s": 0.5}  # fmt: skip
    assert scenario_fuzz.main([*options, "--count", "1", "--seed", "2"]) == 1
    assert "a.xosc seed 2: KeyError: 'x'" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_damaged_scenarios_give_a_suite_error_or_a_scenario(tmp_path):
    outcomes = list(fuzz(write_seeds(tmp_path), FILES, module=scenario_fuzz.MODULE))
    assert [one for one in outcomes if one.what not in GOOD] == []
    assert set(Counter(one.what for one in outcomes)) == GOOD
    assert len(outcomes) == FILES
