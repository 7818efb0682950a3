"""Thinning out: caps by hand, nothing lost, equal seeds equal bytes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.episodes.editing.balance import balance, cap_of, thin, write_balanced
from sim_suite.episodes.selection import has_selection, selected
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Actor, Player
from sim_suite.episodes.store.folder import Recording
from sim_suite.episodes.store.reading import equal
from sim_suite.errors import SuiteError
from tests.episodes.altering import recorded, rewritten


@pytest.fixture(scope="module")
def slopes(tmp_path_factory):
    """Two episodes of 40 steps, of which 60 push right, 15 roll and 5 push left; the last episode's first ten by an agent."""
    folder = recorded(tmp_path_factory.mktemp("balance") / "raw", "MountainCarContinuous-v0", (1, 2), steps=40)
    number = iter(range(2))

    def change(columns):
        second = next(number)
        columns["action"][:] = 1.0
        if second:
            columns["action"][10:25] = 0.0
            columns["action"][35:] = -1.0
            columns["actor"][:10] = Actor.AGENT

    return Dataset(rewritten(folder, folder.parent / "slopes", change))


def test_a_class_keeps_at_most_the_middle_ones_count(slopes):
    found = balance(slopes, slopes.entries)
    assert found.about.classes == ("low", "middle", "high")
    assert found.before.tolist() == [5, 15, 50]  # ten steps are by an agent
    assert (found.cap, found.after.tolist()) == (15, [5, 15, 15])
    own = np.concatenate(found.chosen)
    actions = np.concatenate([e.read("action")[:, 0] for e in slopes.episodes()])
    assert [int((own[50:] & (actions[50:] == value)).sum()) for value in (-1, 0)] == [5, 15]
    assert own[40:50].all()  # what the agent did stays as it was
    assert own[actions == 1].sum() == 25


def test_the_ratio_and_the_actors_are_asked_for(slopes):
    assert balance(slopes, slopes.entries, ratio=2.0).after.tolist() == [5, 15, 30]
    assert balance(slopes, slopes.entries, ratio=100).after.tolist() == [5, 15, 50]
    everybody = balance(slopes, slopes.entries, actors=tuple(Actor))
    assert everybody.before.tolist() == [5, 15, 60]
    with pytest.raises(SuiteError, match="no steps by expert"):
        balance(slopes, slopes.entries, actors=(Actor.EXPERT,))
    with pytest.raises(SuiteError, match="more than 0"):
        balance(slopes, slopes.entries, ratio=0)


def test_seeds_choose_and_equal_seeds_choose_equally(slopes):
    chosen = [np.concatenate(balance(slopes, slopes.entries, seed=seed).chosen) for seed in (3, 3, 4)]
    assert np.array_equal(chosen[0], chosen[1])
    assert not np.array_equal(chosen[0], chosen[2])


def test_copies_hold_every_row_and_one_column_more(slopes, tmp_path):
    found = balance(slopes, slopes.entries, seed=5)
    write_balanced(slopes, slopes.entries, found, tmp_path / "a")
    write_balanced(slopes, slopes.entries, found, tmp_path / "b")
    for name in ("000000.episode", "000001.episode"):
        assert (tmp_path / "a/episodes" / name).read_bytes() == (tmp_path / "b/episodes" / name).read_bytes()
    for before, after, chosen in zip(slopes.episodes(), Dataset(tmp_path / "a").episodes(), found.chosen, strict=True):
        after.check()
        assert all(equal(before.read(c.name), after.read(c.name)) for c in before.head.columns)
        assert np.array_equal(selected(after), chosen)
        assert after.head.origin == {"selection": found.told, "episode": before.seal.digest}
        assert (before.seal.end, before.seal.by, before.seal.episode_return) == (
            after.seal.end, after.seal.by, after.seal.episode_return,
        )  # fmt: skip
    with pytest.raises(SuiteError, match="holds episodes already"):
        write_balanced(slopes, slopes.entries, found, tmp_path / "a")


def test_what_was_thinned_out_stays_out(slopes, tmp_path):
    write_balanced(slopes, slopes.entries, balance(slopes, slopes.entries, ratio=2), tmp_path / "once")
    once = Dataset(tmp_path / "once")
    twice = balance(once, once.entries, ratio=1)
    assert (twice.before.tolist(), twice.after.tolist()) == ([5, 15, 30], [5, 15, 15])
    for before, after in zip(once.episodes(), twice.chosen, strict=True):
        assert not (after & ~selected(before)).any()
    write_balanced(once, once.entries, twice, tmp_path / "twice")
    again = next(Dataset(tmp_path / "twice").episodes())
    assert has_selection(again)
    assert [column.name for column in again.head.columns].count("selected") == 1
    assert again.head.origin["episode"] == next(slopes.episodes()).seal.digest


def test_one_environment_at_a_time(tmp_path):
    folder = recorded(tmp_path / "two", "CartPole-v1", steps=3)
    dataset = Dataset(recorded(folder, "MountainCarContinuous-v0", steps=3))
    with pytest.raises(SuiteError, match="one environment at a time"):
        balance(dataset, dataset.entries)


def test_actions_without_classes_are_refused(tmp_path):
    waypoints = {"map": "straight_street", "actors": 2, "action": "waypoints"}
    folder = recorded(tmp_path / "w", "sim_suite/Driving-v0", kwargs=waypoints, steps=2, agent=Player("a", "b", True))
    with pytest.raises(SuiteError, match="classes"):
        balance(Dataset(folder), Dataset(folder).entries)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=60), st.integers(1, 10), st.integers(0, 2**32 - 1)
)
def test_thinning_takes_only_what_is_too_much(steps, cap, seed):
    classes = np.array([kind for kind, _ in steps], np.int64)
    eligible = np.array([open_ for _, open_ in steps], np.bool_)
    stays = thin(classes, eligible, cap, np.random.default_rng(seed))
    assert not (stays & ~eligible).any()
    for kind in range(5):
        assert (stays & (classes == kind)).sum() == min(cap, (eligible & (classes == kind)).sum())


def test_the_cap_is_a_multiple_of_the_median_of_what_occurs():
    assert cap_of(np.array([0, 10, 0, 4, 100]), 1.0) == 10
    assert cap_of(np.array([10, 4]), 1.5) == 10
    assert cap_of(np.array([1, 1]), 0.1) == 1
    assert cap_of(np.zeros(3, np.int64), 1.0) == 1


def test_of_a_copy_that_was_cut_short_nothing_stays(slopes, tmp_path):
    found = balance(slopes, slopes.entries)

    class Cut(Exception):
        pass

    def cut(done, total):
        raise Cut

    with pytest.raises(Cut):
        write_balanced(slopes, slopes.entries, found, tmp_path / "cut", cut)
    with Recording(tmp_path / "cut") as folder:  # what a killed process leaves
        episode = slopes.open(slopes.entries[0])
        file = folder.begin(episode.head, is_copy=True)
        file.append([episode.read(c.name)[:40] for c in episode.head.columns])
        file.close()
    with Recording(tmp_path / "cut") as folder:
        assert folder.recovered == []
        assert len(folder.dataset) == 1
        assert not list((tmp_path / "cut/open").iterdir())
