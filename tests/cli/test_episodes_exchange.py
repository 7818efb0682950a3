"""`sim-suite episodes export` and `import` from the command line."""

from __future__ import annotations

import json

import pytest

from sim_suite.cli.main import main
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Driver
from tests.episodes.altering import recorded


def ask(capsys, *words):
    status = main(["episodes", *map(str, words)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


@pytest.fixture(scope="module")
def poles(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exchange") / "poles"
    recorded(folder, "CartPole-v1", (1, 2), driver=Driver("anna", "share"))
    return recorded(folder, "CartPole-v1", (3,), driver=Driver("ben", "private"))


def test_there_and_back(capsys, poles, tmp_path):
    status, _, err = ask(capsys, "export", poles, "--to", "minari", tmp_path / "out")
    assert status == 2
    assert "ben, who keeps it private" in err
    assert "--leave-private-out" in err
    words = ("export", poles, "--to", "minari", tmp_path / "out", "--name", "anna/poles-v1", "--leave-private-out")
    status, out, err = ask(capsys, *words)
    steps = sum(entry.steps for entry in Dataset(poles).entries[:2])
    assert status == 0
    assert out == f"{tmp_path}/out: anna/poles-v1, 2 episodes, {steps} steps; 1 left out\n"
    assert f"next: sim-suite episodes import --from minari {tmp_path}/out" in err
    status, out, err = ask(capsys, "import", "--from", "minari", tmp_path / "out", "--out", tmp_path / "back")
    assert (status, out) == (0, f"{tmp_path}/back: 2 episodes, {steps} steps\n")
    assert f"next: sim-suite episodes info {tmp_path}/back" in err
    assert [e.digest for e in Dataset(tmp_path / "back").entries] == [e.digest for e in Dataset(poles).entries[:2]]
    status, out, _ = ask(capsys, "export", f"{poles}#0", "--to", "minari", tmp_path / "one", "--json")
    assert json.loads(out)["episodes"] == 1
    status, out, _ = ask(capsys, "import", "--from", "minari", tmp_path / "one", "--out", tmp_path / "back", "--json")
    assert (status, json.loads(out)[0]["file"]) == (0, "000002.episode")


def test_what_cannot_be_done_is_said(capsys, poles, tmp_path):
    for words, said in [
        (("export", f"{poles}#2", "--to", "minari", tmp_path / "x", "--leave-private-out"), "nothing is exported"),
        (("export", tmp_path, "--to", "minari", tmp_path / "x"), "there is no dataset.json"),
        (("import", "--from", "minari", tmp_path, "--out", tmp_path / "x"), "is no Minari dataset"),
    ]:
        status, _, err = ask(capsys, *words)
        assert (status, said in err) == (2, True), err
    assert not (tmp_path / "x").exists()
