"""Suites: what a file may say, and that everything that decides a score is in the hash."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim_suite.envs.catalog import card
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.scores import summary_of
from sim_suite.leaderboard.suite import TaskSpec, load, names, parse

TASK = '[[tasks]]\nname = "a"\nenv = "CartPole-v1"\nepisodes = 3\n'
HEAD = 'name = "x"\nversion = 1\n'


@pytest.mark.parametrize("name", names())
def test_shipped_suites_read_back_what_they_write(name):
    suite = load(name)
    assert suite.name == name
    assert parse(suite.to_dict(), name) == suite
    assert suite.summary


def test_all_is_every_suite_in_its_sections():
    sections = load("all").sections()
    assert list(sections) == ["classic", "atari", "car-racing", "driving"]
    assert [task.name for task in sections["classic"]] == [task.name for task in load("classic").tasks]


def test_a_section_says_what_its_suite_is_for():
    everything = load("all")
    assert summary_of("atari", everything) == load("atari").summary
    assert summary_of("all", everything) == everything.summary
    assert summary_of("somebody's", everything) == ""


def test_evaluation_seeds_stay_in_their_range():
    for name in names():
        for task in load(name).tasks:
            assert 10_000 <= task.seed(0) <= task.seed(task.episodes - 1) < 30_000


def test_every_change_that_may_change_a_score_changes_the_hash():
    suite = load("classic")
    first = suite.tasks[0]
    changed = [
        {"episodes": 99},
        {"first_seed": 11_000},
        {"deterministic": False},
        {"kwargs": {"is_slippery": False}},
        {"reference": 0.5},
    ]
    hashes = {replace(suite, tasks=(replace(first, **change), *suite.tasks[1:])).sha256 for change in changed}
    assert len(hashes | {suite.sha256}) == len(changed) + 1


def test_references_come_from_the_catalogue_unless_stated():
    task = TaskSpec("a", "CartPole-v1", 1)
    assert (task.zero, task.one) == (card("CartPole-v1").random, card("CartPole-v1").best)
    assert TaskSpec("a", "CartPole-v1", 1, reference=400.0).one.value == 400.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD, "has no tasks"),
        (HEAD + TASK + TASK, "two tasks named 'a'"),
        (HEAD + TASK.replace("CartPole", "CartPol"), "Did you mean 'CartPole-v1'"),
        (HEAD + TASK + "episods = 3\n", "Did you mean 'episodes'"),
        (HEAD + TASK.replace("3", "0"), "needs episodes >= 1"),
        (HEAD + TASK.replace("3", '"3"'), "episodes must be a int, not '3'"),
        (HEAD + TASK.replace("3", "true"), "episodes must be a int, not True"),
        (HEAD + TASK.replace("episodes = 3\n", ""), "'episodes' is missing"),
        (HEAD + TASK + "random = 1\nreference = 1\n", "random and reference are both 1"),
        (HEAD + "tasks = [1]\n", "a task is a table"),
        (HEAD + 'include = ["clasic"]\n', "Did you mean 'classic'"),
        ("version = 1\n" + TASK, "'name' is missing"),
        ("colour = 1\n" + HEAD + TASK, "unknown key"),
        ("name = ", "is not valid TOML"),
        ("\x00", "is not valid TOML"),
    ],
)
def test_malformed_suites(tmp_path, text, message):
    path = tmp_path / "s.toml"
    path.write_text(text)
    with pytest.raises(SuiteError) as info:
        load(str(path))
    assert message in str(info.value)
    assert "\n" not in str(info.value)


def test_unknown_suites(tmp_path):
    with pytest.raises(SuiteError, match="Did you mean 'classic'"):
        load("clasic")
    with pytest.raises(SuiteError, match="does not exist"):
        load(str(tmp_path / "none.toml"))
