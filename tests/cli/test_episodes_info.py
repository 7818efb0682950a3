"""`sim-suite episodes info`: numbers, histograms, a page, and a check of every byte."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sim_suite.cli.episodes_info import bar, bars
from sim_suite.cli.main import main
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Driver
from sim_suite.episodes.store.folder import Recording
from tests.episodes.altering import recorded, rewritten


def ask(capsys, *words):
    status = main(["episodes", "info", *map(str, words)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


@pytest.fixture(scope="module")
def laps(tmp_path_factory):
    ticks = iter(np.arange(1000) * 0.02)
    folder = tmp_path_factory.mktemp("info") / "laps"
    driver = Driver("anna", "share")
    return recorded(folder, "sim_suite/CarRacing-v0", (3, 10_001), steps=50, driver=driver, clock=lambda: next(ticks))


@pytest.fixture(scope="module")
def streets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("info") / "streets"
    return recorded(folder, "sim_suite/Driving-v0", (5,), kwargs={"map": "straight_street", "actors": 4}, steps=40)


def test_numbers_are_those_of_the_episodes(capsys, laps):
    status, out, _ = ask(capsys, laps, "--json")
    found = json.loads(out)
    assert status == 0
    assert (found["episodes"], found["steps"], found["simulated_s"]) == (2, 100, 2.0)
    assert found["envs"] == {"sim_suite/CarRacing-v0": 2}
    assert found["by"] == {"human": 100, "agent": 0, "expert": 0}
    (driver,) = found["drivers"]
    assert (driver["name"], driver["consents"], driver["episodes"]) == ("anna", ["share"], 2)
    assert found["ends"] == {"stopped": 2}
    assert (found["evaluation_seeds"], found["selected"]) == (1, 100)
    entries = Dataset(laps).entries
    assert found["return"]["min"] == pytest.approx(min(entry.episode_return for entry in entries))
    assert found["driven_s"] == pytest.approx(sum(entry.seconds for entry in entries), abs=1e-3)
    (actions,) = found["actions"]
    assert sum(actions["classes"].values()) == 100
    assert [one["name"] for one in actions["histograms"]] == ["steer", "gas", "brake"]
    assert all(sum(one["counts"]) == 100 for one in actions["histograms"])


def test_a_person_reads_lines_and_bars(capsys, laps):
    status, out, err = ask(capsys, laps)
    lines = out.splitlines()
    assert status == 0
    assert lines[0].startswith(f"{laps}: 2 episodes, 100 steps, 2.0 s simulated")
    assert any(line.startswith("  drivers      anna 2 episodes, ") and line.endswith(" (share)") for line in lines)
    assert "  note         1 episode with seeds of the leaderboard (10,000 to 29,999)" in lines
    assert {"actions:", "steer:", "gas:", "brake:"} <= set(lines)
    assert "█" in out
    assert f"next: sim-suite episodes info {laps} --out laps.html" in err


def test_one_episode_can_be_asked_for(capsys, laps):
    status, out, _ = ask(capsys, f"{laps}#1", "--json")
    assert (status, json.loads(out)["episodes"], json.loads(out)["steps"]) == (0, 1, 50)


def test_how_much_of_a_map_was_driven_is_said(capsys, streets):
    status, out, _ = ask(capsys, streets, "--json")
    (coverage,) = json.loads(out)["coverage"]
    assert status == 0
    assert coverage["map"] == "straight_street"
    assert 0 < coverage["covered_km"] < coverage["lane_km"]
    _, out, _ = ask(capsys, streets)
    assert f"straight_street 1: {coverage['covered_km']:.2f} of {coverage['lane_km']:.2f} lane-km driven" in out


def test_a_page_is_written(capsys, streets, tmp_path):
    page = tmp_path / "streets.html"
    status, out, err = ask(capsys, streets, "--out", page)
    assert status == 0
    assert out.splitlines()[-1] == f"page: {page}"
    assert f"next: sim-suite train bc --episodes {streets}" in err
    assert "Where was driven on straight_street" in page.read_text()


def test_every_flipped_byte_is_found_with_status_1(capsys, laps, tmp_path):
    copy = rewritten(laps, tmp_path / "copy")
    status, out, _ = ask(capsys, copy, "--check")
    assert status == 0
    assert out.splitlines()[-1] == "checked: every byte of 2 episodes holds its checksum"
    path = copy / "episodes" / "000001.episode"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    status, out, _ = ask(capsys, copy, "--check")
    assert status == 1
    assert "checked: 1 damaged" in out
    assert f"{path} was altered" in out
    assert "Restore it from a copy" in out
    status, out, _ = ask(capsys, copy, "--check", "--json")
    found = json.loads(out)
    assert (status, found["episodes"], list(found["damaged"])) == (1, 1, ["000001.episode"])


def test_what_cannot_be_done_is_said(capsys, laps, tmp_path):
    Recording(tmp_path / "empty").close()
    for words, said in [
        ((tmp_path / "empty",), "holds no episodes. Record some"),
        ((tmp_path,), "there is no dataset.json"),
        ((f"{laps}#5",), "has the episodes 0 to 1, not 5"),
        ((laps, "--out", "a.png"), "--out must end in .html"),
    ]:
        status, _, err = ask(capsys, *words)
        assert status == 2
        assert said in err


def test_bars_are_as_long_as_their_share():
    assert (bar(1.0), bar(0.5), bar(0.0)) == ("█" * 36, "█" * 18, "")
    assert bar(1e-6) == "▏"
    assert list(bars(["a", "bc"], [4, 2], 8, None)) == [
        f"  a  {'█' * 36}         4  50.0 %",
        f"  bc {'█' * 18:<36}         2  25.0 %",
    ]
    (line,) = bars(["a"], [4], 4, [1])
    assert line == f"  a {'█' * 9 + '░' * 27}    1 of 4 100.0 %"
