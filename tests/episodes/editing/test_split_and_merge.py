"""Parts hold whole groups and together everything; a merged folder holds everything once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.episodes.editing.balance import balance, write_balanced
from sim_suite.episodes.editing.merge import plan, write_merged
from sim_suite.episodes.editing.split import choose, groups, write_split
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Driver, Player
from sim_suite.errors import SuiteError
from tests.episodes.altering import recorded


@pytest.fixture(scope="module")
def poles(tmp_path_factory):
    """Two episodes by anna, one by ben, two by an agent; two share a seed."""
    folder = tmp_path_factory.mktemp("split") / "poles"
    recorded(folder, "CartPole-v1", (1, 2), driver=Driver("anna"))
    recorded(folder, "CartPole-v1", (1,), driver=Driver("ben"))
    recorded(folder, "CartPole-v1", (3, 4), agent=Player("random", "x"))
    return Dataset(folder)


def digests(dataset):
    return [entry.digest for entry in dataset.entries]


def test_groups_are_episodes_seeds_or_drivers(poles):
    assert len(set(groups(poles, poles.entries, "episode"))) == 5
    assert groups(poles, poles.entries, "seed") == ["seed 1", "seed 2", "seed 1", "seed 3", "seed 4"]
    assert groups(poles, poles.entries, "driver") == ["anna", "anna", "ben", "random", "random"]
    with pytest.raises(SuiteError, match="has no map: split by episode or seed or driver"):
        groups(poles, poles.entries, "map")


def test_driving_is_split_by_maps(tmp_path):
    for name in ("straight_street", "t_junction"):
        recorded(tmp_path / "d", "sim_suite/Driving-v0", kwargs={"map": name, "actors": 2}, steps=2)
    dataset = Dataset(tmp_path / "d")
    assert groups(dataset, dataset.entries, "map") == ["straight_street", "t_junction"]


def test_the_parts_are_the_episodes_byte_for_byte(poles, tmp_path):
    held = choose(groups(poles, poles.entries, "driver"), [e.steps for e in poles.entries], 0.3, 7)
    write_split(poles, poles.entries, held, tmp_path)
    train, validation = Dataset(tmp_path / "train"), Dataset(tmp_path / "validation")
    assert digests(validation) == [e.digest for e, out in zip(poles.entries, held, strict=True) if out]
    assert sorted(digests(train) + digests(validation)) == sorted(digests(poles))
    assert not {e.driver for e in train.entries} & {e.driver for e in validation.entries}
    assert train.check() == {}
    with pytest.raises(SuiteError, match="holds episodes already"):
        write_split(poles, poles.entries, held, tmp_path)


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 500)), min_size=2, max_size=30),
    st.floats(0.01, 0.99), st.integers(0, 1000),
)  # fmt: skip
def test_whole_groups_come_near_to_the_share(episodes, share, seed):
    names, steps = zip(*episodes, strict=True)
    if len(set(names)) < 2:
        with pytest.raises(SuiteError, match="one group"):
            choose(names, steps, share, seed)
        return
    held = choose(names, steps, share, seed)
    assert held == choose(names, steps, share, seed)
    inside = {name for name, out in zip(names, held, strict=True) if out}
    assert inside
    assert inside != set(names)
    assert held == [name in inside for name in names]
    largest = max(sum(n for own, n in episodes if own == name) for name in names)
    assert abs(sum(n for own, n in episodes if own in inside) - share * sum(steps)) <= largest


def test_seeds_draw_other_parts():
    names = [str(k) for k in range(40)]
    assert choose(names, [1] * 40, 0.25, 0) != choose(names, [1] * 40, 0.25, 1)
    assert sum(choose(names, [1] * 40, 0.25, 0)) == 10
    for share in (0.0, 1.0, -1.0):
        with pytest.raises(SuiteError, match="between 0 and 1"):
            choose(names, [1] * 40, share, 0)


def test_a_merge_has_every_episode_once_in_the_order_of_the_folders(poles, tmp_path):
    other = Dataset(recorded(tmp_path / "other", "CartPole-v1", (8, 9)))
    write_merged(plan([poles], tmp_path / "all"), tmp_path / "all")
    again = plan([other, poles], tmp_path / "all")
    assert (len(again.copied), len(again.twice)) == (2, 5)
    write_merged(again, tmp_path / "all")
    merged = Dataset(tmp_path / "all")
    assert digests(merged) == digests(poles) + digests(other)
    assert merged.check() == {}


def test_a_thinned_copy_is_the_same_episode(poles, tmp_path):
    entries = poles.entries[:3]
    write_balanced(poles, entries, balance(poles, entries), tmp_path / "thin")
    thin = Dataset(tmp_path / "thin")
    assert not set(digests(thin)) & set(digests(poles))
    found = plan([thin, poles], tmp_path / "all")
    assert [path.parent.parent for path in found.copied] == [thin.folder] * 3 + [poles.folder] * 2
    assert len(found.twice) == 3


def test_other_tasks_are_refused_before_anything_is_written(poles, tmp_path):
    other = Dataset(recorded(tmp_path / "other", "MountainCarContinuous-v0", steps=3))
    with pytest.raises(SuiteError, match="different environments or actions"):
        plan([poles, other], tmp_path / "all")
    numbered = {"map": "straight_street", "actors": 2}
    folder = recorded(tmp_path / "d", "sim_suite/Driving-v0", kwargs=numbered, steps=2)
    recorded(folder, "sim_suite/Driving-v0", kwargs={**numbered, "action": "discrete"}, steps=2)
    with pytest.raises(SuiteError, match="different environments or actions"):
        plan([Dataset(folder)], tmp_path / "all")
    with pytest.raises(SuiteError, match="itself one of the sources"):
        plan([poles], poles.folder)
    assert not (tmp_path / "all").exists()


def test_other_maps_are_the_same_task(tmp_path):
    folders = [
        recorded(tmp_path / name, "sim_suite/Driving-v0", kwargs={"map": name, "actors": 2}, steps=2)
        for name in ("straight_street", "t_junction")
    ]
    assert len(plan([Dataset(folder) for folder in folders], tmp_path / "all").copied) == 2
