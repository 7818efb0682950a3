"""Labels: what a person named, and what runs are called where nobody did."""

from __future__ import annotations

import pytest

from sim_suite.errors import SuiteError
from sim_suite.leaderboard.curves.groups import resolve

ROWS = [(0, {"loss": 4.0}), (10, {"loss": 2.0})]


def named(groups):
    return {group.label: [run.folder.name for run in group.runs] for group in groups}


def test_runs_that_differ_in_their_seed_alone_share_the_agents_name(write_run):
    folders = [str(write_run(f"q{seed}", ROWS, seed=seed, settings={"alpha": 0.5})) for seed in range(3)]
    groups = resolve(folders)
    assert named(groups) == {"q-learning": ["q0", "q1", "q2"]}
    assert groups[0].notes == []


def test_what_sets_runs_apart_stands_in_their_labels(write_run):
    runs = [
        write_run("a", ROWS, settings={"alpha": 0.5, "gamma": 0.9}),
        write_run("b", ROWS, settings={"alpha": 0.1, "gamma": 0.9}),
        write_run("c", ROWS, env="FrozenLake8x8-v1", settings={"alpha": 0.5, "gamma": 0.9}),
        write_run("d", ROWS, agent="sarsa"),
    ]
    assert named(resolve([str(run) for run in runs])) == {
        "q-learning on FrozenLake-v1 alpha=0.5": ["a"],
        "q-learning on FrozenLake-v1 alpha=0.1": ["b"],
        "q-learning on FrozenLake8x8-v1": ["c"],
        "sarsa": ["d"],
    }


def test_runs_that_differ_in_much_are_called_by_their_folder(write_run):
    one = write_run("one", ROWS, settings={"a": 1, "b": 1, "c": 1, "d": 1})
    two = write_run("two", ROWS, settings={"a": 2, "b": 2, "c": 2, "d": 2})
    again = write_run("again", ROWS, seed=1, settings={"a": 2, "b": 2, "c": 2, "d": 2})
    assert named(resolve([str(one), str(two), str(again)])) == {
        "q-learning one": ["one"],
        "q-learning two": ["two", "again"],
    }


def test_labels_are_given_in_front_or_by_option_and_patterns_match_folders(write_run):
    for seed in range(2):
        write_run(f"x{seed}", ROWS, seed=seed)
    other = write_run("y", ROWS)
    pattern = str(other.parent / "x*")
    assert named(resolve([f"slow={pattern}", f"fast={other}"])) == {"slow": ["x0", "x1"], "fast": ["y"]}
    assert named(resolve([pattern, str(other)], ["slow", "fast"])) == {"slow": ["x0", "x1"], "fast": ["y"]}
    assert named(resolve([pattern, str(other)], ["all"])) == {"all": ["x0", "x1", "y"]}


def test_what_keeps_runs_from_being_seeds_of_one_training_is_noted(write_run):
    one, two = write_run("one", ROWS, settings={"alpha": 0.5}), write_run("two", ROWS, settings={"alpha": 0.1})
    same = write_run("same", ROWS, settings={"alpha": 0.5})
    assert resolve([f"q={one}", f"q={two}"])[0].notes == ["The runs of q differ in alpha, not in the seed alone."]
    assert resolve([f"q={one}", f"q={same}"])[0].notes == [
        "Under q seed 0 stands more than once: its interval is too narrow."
    ]


def test_what_does_not_go_together_is_refused(write_run):
    one, two = write_run("one", ROWS), write_run("two", ROWS, env="CartPole-v1")
    with pytest.raises(SuiteError, match="stands twice under one label"):
        resolve([str(one), str(one)])
    with pytest.raises(SuiteError, match="trained on CartPole-v1 and FrozenLake-v1"):
        resolve([f"q={one}", f"q={two}"])
    with pytest.raises(SuiteError, match="one for each of the 2, not 3"):
        resolve([str(one), str(two)], ["a", "b", "c"])
    with pytest.raises(SuiteError, match="has a label of its own and one by --label"):
        resolve([f"q={one}"], ["r"])
    with pytest.raises(SuiteError, match="matches no folder"):
        resolve([str(one.parent / "z*")])
    with pytest.raises(SuiteError, match=r"is not LABEL=FOLDER"):
        resolve([f"={one}"])
