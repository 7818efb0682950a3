"""The arena from the command line: what it prints, its status, and what it refuses in one line."""

import json

import pytest

from sim_suite.cli.main import main
from sim_suite.files import journal_line, read_journal, read_json

SUITE = 'name = "little"\nversion = 1\n[[games]]\nname = "tic_tac_toe"\nopenings = 2\n'


def ask(capsys, *words):
    status = main([str(word) for word in words])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


@pytest.fixture
def suite(tmp_path):
    path = tmp_path / "little.toml"
    path.write_text(SUITE)
    return path


def hold(capsys, suite, out, *more):
    agents = ("--agents", "random", "quick=mcts-5")
    return ask(capsys, "leaderboard", suite, *agents, "--out", out, "--workers", 0, "--no-clips", *more)


def test_it_prints_tables_and_writes_the_files(capsys, suite, tmp_path):
    out = tmp_path / "out"
    status, text, notes = hold(capsys, suite, out)
    assert status == 0
    for words in ("Tic-tac-toe, 4 games a pair", "Elo above random", "quick", "moves that keep the value"):
        assert words in text
    assert "sim-suite verify" in notes
    assert sorted(path.name for path in out.iterdir() if path.name[0] != ".") == [
        "journal.jsonl", "leaderboard.html", "results.csv", "scores.json", "timing.jsonl",
    ]  # fmt: skip


def test_json_is_the_scores_and_resuming_plays_nothing_again(capsys, suite, tmp_path):
    out = tmp_path / "out"
    _, text, _ = hold(capsys, suite, out, "--json")
    assert json.loads(text) == read_json(out / "scores.json")
    before = (out / "journal.jsonl").read_bytes()
    assert hold(capsys, suite, out, "--json", "--resume")[1] == text
    assert (out / "journal.jsonl").read_bytes() == before


def test_verify_says_what_it_checked_and_fails_where_something_was_altered(capsys, suite, tmp_path):
    out = tmp_path / "out"
    hold(capsys, suite, out)
    status, text, _ = ask(capsys, "verify", out, "--episodes", 2, "--workers", 0)
    assert status == 0
    assert "4 results worked out from their moves" in text
    assert "2 games played again, 0 mismatches" in text
    records = read_journal(out / "journal.jsonl")
    altered = [{**one, "result": -2} if one["kind"] == "game" else one for one in records]
    (out / "journal.jsonl").write_bytes(b"".join(map(journal_line, altered)))
    status, text, _ = ask(capsys, "verify", out, "--episodes", 1, "--workers", 0, "--json")
    assert status == 1
    assert len(json.loads(text)["mismatches"]) == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("leaderboard", "board", "--agents", "random"), "Did you mean 'boards'"),
        (("leaderboard", "boards", "--agents", "random", "cart-pole-lqr"), "fits no task of the suite 'boards'"),
        (("leaderboard", "boards", "--agents", "random"), "nobody meets anybody"),
    ],
)
def test_mistakes_are_one_line_before_anything_is_written(capsys, tmp_path, words, said):
    status, text, err = ask(capsys, *words, "--out", tmp_path / "out")
    assert status == 2
    assert text == ""
    assert said in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_suites_of_games_are_listed(capsys):
    _, text, _ = ask(capsys, "list", "suites", "--json")
    [boards] = [one for one in json.loads(text) if one["suite"] == "boards"]
    assert boards["tasks"] == ["tic_tac_toe x 80 a pair", "connect_four x 100 a pair"]
