"""Damaged maps: the mutations do harm by seed, and only the documented error comes out of reader and graph."""

from __future__ import annotations

import contextlib
from collections import Counter
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import pytest

from sim_suite.driving.roads.opendrive.findings import RoadError
from sim_suite.driving.roads.opendrive.reader import parse_opendrive
from sim_suite.driving.roads.opendrive.writer import to_xml, write_opendrive
from sim_suite.files import read_json
from sim_suite.studies import road_fuzz
from sim_suite.studies.road_fuzz import GOOD, Outcome, fuzz, judge
from sim_suite.studies.road_mutations import TEXT_MUTATIONS, TREE_MUTATIONS, mutate
from tests.driving.roads.opendrive.samples import crossing, straight

FILES = 500


def test_same_seed_same_bytes():
    data = to_xml(crossing()).encode()
    assert mutate(data, 7) == mutate(data, 7)
    assert len({mutate(data, seed) for seed in range(30)}) > 20


@pytest.mark.parametrize("mutation", TREE_MUTATIONS, ids=lambda one: one.__name__)
def test_each_mutation_of_the_tree_does_harm(mutation):
    root = ElementTree.fromstring(to_xml(crossing()))
    before = ElementTree.tostring(root)
    rng = Random(3)
    for _ in range(20):
        mutation(root, rng)
    assert ElementTree.tostring(root) != before


@pytest.mark.parametrize("mutation", TEXT_MUTATIONS, ids=lambda one: one.__name__)
def test_each_mutation_of_the_text_ends_in_a_reading_or_a_refusal(mutation):
    data = to_xml(straight()).encode().replace(b"UTF-8", b"utf-8")
    for seed in range(5):
        damaged = mutation(data, Random(seed))
        assert damaged != data
        with contextlib.suppress(RoadError):
            parse_opendrive(damaged)


def test_the_bomb_and_the_outside_file_are_refused_for_what_they_are():
    data = to_xml(straight()).encode()
    for mutation in (one for one in TEXT_MUTATIONS if one.__name__ in ("_bomb", "_external")):
        with pytest.raises(RoadError, match="DOCTYPE"):
            parse_opendrive(mutation(data, Random(0)))


def test_what_is_not_a_road_error_is_reported(monkeypatch):
    def broken(_document: object) -> None:
        raise KeyError("lane")

    monkeypatch.setattr(road_fuzz, "build_graph", broken)
    assert judge(to_xml(straight()).encode()) == "KeyError: 'lane'"


def test_files_are_also_judged_as_they_are(tmp_path, capsys):
    (tmp_path / "good.xodr").write_text(to_xml(straight()))
    (tmp_path / "cut.xodr").write_text(to_xml(straight())[:300])
    files = [str(tmp_path / name) for name in ("good.xodr", "cut.xodr")]
    assert road_fuzz.main(["--undamaged", *files]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "2 files: {'read': 1, 'refused': 1}"


def test_the_command_keeps_its_counts_and_fails_where_something_went_wrong(tmp_path, monkeypatch, capsys):
    outcomes = [
        Outcome(Path("a.xodr"), seed, what, 0.5) for seed, what in enumerate(["read", "refused", "KeyError: 'x'"])
    ]
    monkeypatch.setattr(
        road_fuzz, "fuzz", lambda _paths, count, first_seed: iter(outcomes[first_seed : first_seed + count])
    )
    kept = tmp_path / "runs" / "fuzz.json"
    options = ["a.xodr", "--result", str(kept)]
    assert road_fuzz.main([*options, "--count", "2"]) == 0
    assert read_json(kept) == {"files": 2, "first_seed": 0, "maps": ["a.xodr"], "read": 1, "refused": 1, "wrong": 0,
                               "slowest_s": 0.5}  # fmt: skip
    assert capsys.readouterr().err == ""
    assert road_fuzz.main([*options, "--count", "1", "--seed", "2"]) == 1
    assert "a.xodr seed 2: KeyError: 'x'" in capsys.readouterr().out
    assert read_json(kept)["wrong"] == 1


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_damaged_maps_give_a_road_error_or_a_graph(tmp_path):
    for name, document in (("crossing", crossing()), ("straight", straight())):
        write_opendrive(document, tmp_path / f"{name}.xodr")
    outcomes = list(fuzz(sorted(tmp_path.glob("*.xodr")), FILES))
    assert [one for one in outcomes if one.what not in GOOD] == []
    assert set(Counter(one.what for one in outcomes)) == GOOD
    assert len(outcomes) == FILES
