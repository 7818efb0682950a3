"""Suites of games: what is read from TOML, and what is refused."""

import pytest

from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.leaderboard.arena.suite import is_arena, load, names, parse

WHOLE = {"name": "mine", "version": 1, "games": [{"name": "tic_tac_toe", "openings": 3}]}


@pytest.mark.parametrize("name", names())
def test_shipped_suites_load_and_their_plain_data_reads_back(name):
    suite = load(name)
    assert suite.games
    assert parse(suite.to_dict(), name) == suite
    assert parse(suite.to_dict(), name).sha256 == suite.sha256


def test_a_suite_of_ones_own_is_told_from_one_of_tasks(tmp_path):
    games, tasks = tmp_path / "games.toml", tmp_path / "tasks.toml"
    games.write_text('name = "mine"\nversion = 1\n[[games]]\nname = "go_5x5"\nopenings = 2\n')
    tasks.write_text('name = "mine"\nversion = 1\n[[tasks]]\nname = "x"\nenv = "CartPole-v1"\nepisodes = 1\n')
    assert is_arena(str(games))
    assert not is_arena(str(tasks))
    assert not is_arena("classic")
    assert load(str(games)).games[0].env == "sim_suite/Go5x5-v0"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"games": []}, "has no games"),
        ({"games": [{"name": "tic_tac_toe"}]}, "'openings' is missing"),
        ({"games": [{"name": "tic_tac_toe", "openings": 0}]}, "openings >= 1"),
        ({"games": [{"name": "tic_tac_toe", "openings": "3"}]}, "must be a int"),
        ({"games": [{"name": "tic_tac_toe", "openings": 3, "most_plies": 9}]}, "most_plies < 9"),
        ({"games": [{"name": "tic_tac_toe", "openings": 3}] * 2}, "twice"),
        ({"version": True}, "version must be a int"),
    ],
)
def test_what_makes_no_sense_is_refused(change, words):
    with pytest.raises(SuiteError, match=words):
        parse({**WHOLE, **change}, "here")


@pytest.mark.parametrize(
    "change", [{"gmaes": []}, {"games": [{"name": "tictactoe", "openings": 3}]}, {"games": [{"opening": 3}]}]
)
def test_unknown_names_are_refused(change):
    with pytest.raises(UnknownNameError, match=r"Did you mean|Known"):
        parse({**WHOLE, **change}, "here")


def test_the_hash_tells_suites_apart():
    other = {**WHOLE, "games": [{"name": "tic_tac_toe", "openings": 3, "seed": 1}]}
    assert parse(WHOLE, "x").sha256 != parse(other, "x").sha256
