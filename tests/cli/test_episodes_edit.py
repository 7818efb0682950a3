"""`sim-suite episodes balance`, `split` and `merge` from the command line."""

from __future__ import annotations

import json

import pytest

from sim_suite.cli.main import main
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.folder import Recording
from tests.episodes.altering import recorded


def ask(capsys, *words):
    status = main(["episodes", *map(str, words)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


@pytest.fixture(scope="module")
def laps(tmp_path_factory):
    return recorded(tmp_path_factory.mktemp("edit") / "laps", "sim_suite/CarRacing-v0", (1, 2, 3), steps=60)


def test_balance_shows_before_and_after_and_writes_only_where_it_is_told(capsys, laps, tmp_path):
    status, out, err = ask(capsys, "balance", laps)
    lines = out.splitlines()
    assert status == 0
    assert lines[0] == "before: 180 steps"
    assert any(line.startswith("after: ") for line in lines)
    assert "nothing is written" in lines[-1]
    assert f"next: sim-suite episodes balance {laps} --out {laps}-balanced" in err
    status, out, err = ask(capsys, "balance", laps, "--out", tmp_path / "balanced", "--json")
    found = json.loads(out)
    assert found["of"] == 180
    assert sum(after for _, after in found["classes"].values()) == found["selected"] < 180
    assert all(after == min(before, found["cap"]) for before, after in found["classes"].values())
    status, out, _ = ask(capsys, "info", tmp_path / "balanced", "--json")
    assert (json.loads(out)["steps"], json.loads(out)["selected"]) == (180, found["selected"])
    assert ask(capsys, "replay", tmp_path / "balanced", "--verify")[0] == 0
    status, _, err = ask(capsys, "balance", laps, "--out", tmp_path / "balanced")
    assert (status, "holds episodes already" in err) == (2, True)


def test_split_writes_both_parts(capsys, laps, tmp_path):
    status, out, err = ask(capsys, "split", laps, "--out", tmp_path, "--share", 0.3)
    assert status == 0
    assert out.splitlines() == [
        f"{tmp_path}/train: 2 episodes, 120 steps (66.7 %)", f"{tmp_path}/validation: 1 episode, 60 steps (33.3 %)",
    ]  # fmt: skip
    assert f"next: sim-suite train bc --episodes {tmp_path}/train" in err
    status, out, _ = ask(capsys, "split", laps, "--out", tmp_path / "b", "--by", "seed", "--seed", 4, "--json")
    found = json.loads(out)
    (held,) = found["parts"]["validation"]
    assert found["validation_groups"] == [f"seed {held['seed']}"]


def test_merge_takes_each_once_and_goes_on_without_what_is_damaged(capsys, laps, tmp_path):
    ask(capsys, "split", laps, "--out", tmp_path / "parts", "--json")
    status, out, err = ask(capsys, "merge", tmp_path / "parts/train", laps, "--out", tmp_path / "all")
    assert status == 0
    assert out == f"{tmp_path}/all: 3 episodes added, 180 steps; 2 episodes there already\n"
    assert f"next: sim-suite episodes info {tmp_path}/all" in err
    broken = tmp_path / "parts/train/episodes/000001.episode"
    broken.write_bytes(b"torn")
    status, out, err = ask(capsys, "merge", tmp_path / "parts/train", "--out", tmp_path / "some", "--json")
    assert status == 1
    assert len(json.loads(out)["added"]) == len(Dataset(tmp_path / "some")) == 1
    assert str(broken) in err


def test_what_cannot_be_done_is_said(capsys, laps, tmp_path):
    Recording(tmp_path / "empty").close()
    for words, said in [
        (("balance", tmp_path / "empty"), "holds no episodes. Record some"),
        (("balance", laps, "--ratio", -1), "more than 0"),
        (("balance", laps, "--seed", -1), "--seed must be 0 or more"),
        (("balance", laps, "--actors", "expert"), "no steps by expert"),
        (("split", laps, "--out", tmp_path / "x", "--by", "map"), "has no map"),
        (("split", laps, "--out", tmp_path / "x", "--share", 1.5), "between 0 and 1"),
        (("split", tmp_path, "--out", tmp_path / "x"), "there is no dataset.json"),
        (("merge", laps, "--out", laps), "itself one of the sources"),
        (("merge", tmp_path / "empty", "--out", tmp_path / "x"), "holds no episodes"),
    ]:
        status, _, err = ask(capsys, *words)
        assert (status, said in err) == (2, True), err
    assert not (tmp_path / "x").exists()
