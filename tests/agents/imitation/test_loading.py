"""Which steps are learned from, what is seen before each, in which order, and by how many processes."""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.imitation.batches import Batches, order_of
from agents.imitation.loading import StepData, class_weights, loader
from agents.imitation.memory import batches_of
from sim_suite.envs.making import make
from sim_suite.envs.pixels import to_grey
from sim_suite.envs.views import View
from sim_suite.episodes.recording.recorder import RecordEpisodes
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Actor
from sim_suite.episodes.store.folder import Recording
from sim_suite.episodes.viewing.views import observations
from sim_suite.errors import DamagedFileError, SuiteError
from tests.agents.imitation.laps_by_hand import frames, write_laps

STACK = View("pixels", stack=4)


def fed(batches):
    """Batches as bytes, to compare them."""
    return [(observation.numpy().tobytes(), action.numpy().tobytes()) for observation, action in batches]


def test_items_follow_folders_episodes_and_steps(tmp_path):
    write_laps(tmp_path / "a", [3, 5])
    write_laps(tmp_path / "b", [2])
    data = StepData([tmp_path / "a", tmp_path / "b"], View("pixels"))
    assert (len(data), data.episodes, data.shape, data.dtype) == (10, 3, (24, 20, 3), np.uint8)
    seen = [(int(picture[0, 0, 0]), int(picture[0, 0, 1]), int(action)) for picture, action in data]
    assert seen == [(0, 0, 0), (0, 1, 1), (0, 2, 2), *((1, k, k % 5) for k in range(5)), (0, 0, 0), (0, 1, 1)]
    assert data.actions().tolist() == [action for _, _, action in seen]


def test_a_stack_is_black_before_the_first_frame_and_never_of_two_episodes(tmp_path):
    write_laps(tmp_path / "laps", [3, 6])
    data = StepData([tmp_path / "laps"], STACK)
    observations, actions = data.__getitems__([3, 4, 5, 8, 0])
    rows = [(1, [-3, -2, -1, 0]), (1, [-2, -1, 0, 1]), (1, [-1, 0, 1, 2]), (1, [2, 3, 4, 5]), (0, [-3, -2, -1, 0])]
    assert np.array_equal(observations, [frames(episode, stack) for episode, stack in rows])
    assert actions.tolist() == [0, 1, 2, 0, 0]
    grey = StepData([tmp_path / "laps"], View("pixels", grey=True, stack=2)).__getitems__([5])[0]
    assert np.array_equal(grey[0], [to_grey(picture) for picture in frames(1, [1, 2])])


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_any_steps_in_any_order_are_their_episodes_own(tmp_path_factory, data):
    steps = data.draw(st.lists(st.integers(1, 11), min_size=1, max_size=4))
    chosen = [data.draw(st.lists(st.booleans(), min_size=count, max_size=count)) for count in steps]
    chosen[0][0] = True
    view = View("pixels", stack=data.draw(st.integers(1, 5)))
    folder = tmp_path_factory.mktemp("laps")
    write_laps(folder, steps, selected=chosen, chunk=data.draw(st.integers(1, 6)))
    loaded = StepData([folder], view)
    listed = [(e, k) for e, flags in enumerate(chosen) for k, flag in enumerate(flags) if flag]
    assert len(loaded) == len(listed)
    wanted = data.draw(st.lists(st.integers(-len(listed), len(listed) - 1), max_size=12))
    observations, actions = loaded.__getitems__(wanted)
    assert len(observations) == len(actions) == len(wanted)
    for observation, action, (e, k) in zip(observations, actions, (listed[index] for index in wanted), strict=True):
        expected = frames(e, range(k - view.stack + 1, k + 1))
        assert np.array_equal(observation, expected if view.stack > 1 else expected[0])
        assert action == k % 5


def test_only_selected_steps_by_the_chosen_actors_are_learned_from(tmp_path):
    human, agent, expert = Actor
    actors = [[human, human, agent, expert, agent], [agent, agent]]
    write_laps(tmp_path / "fixes", [5, 2], actors=actors, selected=[[True, False, True, True, True], None])
    folder = [tmp_path / "fixes"]
    for who, rows in (
        ((human, expert), [(0, 0), (0, 3)]),
        ((agent,), [(0, 2), (0, 4), (1, 0), (1, 1)]),
        (tuple(Actor), [(0, 0), (0, 2), (0, 3), (0, 4), (1, 0), (1, 1)]),
    ):
        data = StepData(folder, View("pixels"), actors=who)
        assert [(int(picture[0, 0, 0]), int(picture[0, 0, 1])) for picture, _ in data] == rows
    stacks = StepData(folder, View("pixels", stack=3)).__getitems__([1])[0]
    assert np.array_equal(stacks[0], frames(0, [1, 2, 3])), "frames that are not learned from are still seen"


def test_episodes_of_evaluation_seeds_are_kept_out(tmp_path):
    write_laps(tmp_path / "laps", [2, 3, 4], seeds=[9_999, 10_000, 29_999])
    data = StepData([tmp_path / "laps"], View("pixels"))
    assert (len(data), data.kept_out) == (2, 2)
    assert len(StepData([tmp_path / "laps"], View("pixels"), evaluation_seeds=True)) == 9
    write_laps(tmp_path / "tests", [2], seeds=[10_000])
    with pytest.raises(SuiteError, match="1 episodes have evaluation seeds"):
        StepData([tmp_path / "tests"], View("pixels"))


def test_what_does_not_belong_together_is_refused(tmp_path):
    write_laps(tmp_path / "a", [2])
    write_laps(tmp_path / "b", [2], env="CarRacing-v3")
    write_laps(tmp_path / "c", [2], size=(24, 24))
    with pytest.raises(SuiteError, match="one environment at a time"):
        StepData([tmp_path / "a", tmp_path / "b"], View("pixels"))
    data = StepData([tmp_path / "a", tmp_path / "c"], View("pixels"))
    with pytest.raises(SuiteError, match=r"000000.episode has observations of \(24, 24, 3\)"):
        data[2]
    with pytest.raises(SuiteError, match="no steps by expert"):
        StepData([tmp_path / "a"], View("pixels"), actors=[Actor.EXPERT])
    with pytest.raises(SuiteError, match="cannot be shown as raster"):
        StepData([tmp_path / "a"], View("raster"))
    with pytest.raises(IndexError):
        data[4]


def test_a_damaged_episode_is_named(tmp_path):
    write_laps(tmp_path / "laps", [8, 8])
    path = tmp_path / "laps" / "episodes" / "000001.episode"
    whole = bytearray(path.read_bytes())
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    path.write_bytes(flipped)
    data = StepData([tmp_path / "laps"], STACK)
    with pytest.raises(DamagedFileError, match=r"000001\.episode"), loader(data, 4, seed=0) as batches:
        list(batches)
    with pytest.raises(SuiteError, match=r"000001\.episode"), loader(data, 4, seed=0, workers=1) as batches:
        list(batches)
    path.write_bytes(whole[:-10])
    with pytest.raises(DamagedFileError, match=r"000001\.episode.*move the file away"):
        StepData([tmp_path / "laps"], STACK)


def test_an_epoch_meets_each_step_once_in_an_order_of_its_own(tmp_path):
    write_laps(tmp_path / "laps", [7, 5, 9])
    data = StepData([tmp_path / "laps"], View("pixels"))
    batches = loader(data, 4, seed=3)
    orders = []
    for epoch in (0, 1):
        pictures = np.concatenate([observation.numpy() for observation, _ in batches.epoch(epoch)])
        orders.append([(e, k) for e, k in pictures[:, 0, 0, :2].tolist()])
        assert Counter(orders[-1]) == Counter((e, k) for e, count in enumerate((7, 5, 9)) for k in range(count))
    assert orders[0] != orders[1]
    assert len({e for e, _ in orders[0][:8]}) == 3, "episodes are mixed"
    assert len(batches) == 6
    assert fed(batches.epoch(1)) == fed(loader(data, 4, seed=3).epoch(1)) != fed(loader(data, 4, seed=4).epoch(1))


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8), st.integers(1, 9), st.integers(0, 5), st.integers(0, 3))
def test_pools_hold_whole_episodes_and_nothing_is_lost(counts, pool, seed, epoch):
    order = order_of(counts, pool, seed, epoch)
    assert sorted(order.tolist()) == list(range(sum(counts)))
    assert np.array_equal(order, order_of(counts, pool, seed, epoch))
    owners = np.repeat(np.arange(len(counts)), counts)[order]
    seen = list(dict.fromkeys(owners.tolist()))
    assert len(seen) == np.count_nonzero(counts)
    if pool == 1:
        assert owners.tolist() == [owner for owner in seen for _ in range(counts[owner])]


def test_processes_read_what_one_reads_and_a_resumed_epoch_goes_on_as_it_would_have(tmp_path):
    write_laps(tmp_path / "laps", [30, 17, 41, 1])
    data = StepData([tmp_path / "laps"], STACK)
    alone = loader(data, 8, seed=1)
    serial = [fed(alone.epoch(epoch)) for epoch in (0, 1)]
    before = set(multiprocessing.active_children())
    with loader(data, 8, seed=1, workers=2) as batches:
        assert [fed(batches), fed(batches)] == serial
        processes = set(multiprocessing.active_children()) - before
        halfway = iter(batches.epoch(0))
        begun = fed(next(halfway) for _ in range(5))
        state = json.loads(json.dumps(batches.state_dict()))
        assert fed(batches.epoch(1)) == serial[1], "an epoch that was left half-way disturbs no other"
        batches.load_state_dict(state)
        assert begun + fed(batches) == serial[0]
        assert fed(batches) == serial[1]
        next(batches.epoch(2))
        with pytest.raises(SuiteError, match="another batch size"):
            loader(data, 9, seed=1).load_state_dict(state)
    with pytest.raises(SuiteError, match="closed"):
        next(batches.epoch(0))
    del halfway
    gc.collect()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0], "also those that were reading ahead"


class Deadly:
    """Ends the process that reads it."""

    def __getitems__(self, indices):
        os._exit(3)


def test_the_death_of_a_process_that_reads_is_told():
    with (
        Batches(Deadly(), [4], pool=1, batch_size=2, seed=0, workers=1) as batches,
        pytest.raises(SuiteError, match="a process that reads episodes has died"),
    ):
        list(batches)


def test_a_position_between_epochs_and_at_the_last_batch(tmp_path):
    write_laps(tmp_path / "laps", [10])
    data = StepData([tmp_path / "laps"], View("pixels"))
    batches = loader(data, 4, seed=0)
    positions = [batches.state_dict()]
    for _ in batches:
        positions.append(batches.state_dict())
    assert [(at["epoch"], at["batch"]) for at in positions] == [(0, 0), (0, 1), (0, 2), (1, 0)]


def test_few_episodes_are_open_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr("agents.imitation.loading.OPEN", 2)
    write_laps(tmp_path / "laps", [3, 3, 3, 3])
    data = StepData([tmp_path / "laps"], View("pixels"))
    for _ in loader(data, 2, seed=0).epoch(0):
        assert len(data._opened) <= 2
    data.close()
    assert not data._opened
    assert data[11][1] == 2
    monkeypatch.setattr("agents.imitation.loading.MEMORY", 5 * 9 * 2)
    write_laps(tmp_path / "numbers", [8, 3, 8], size=(3, 1), env="Lake-v0")
    assert StepData([tmp_path / "numbers"], View("vector")).pool == 1, "5 rows of 9 bytes are kept of no two episodes"


def test_whole_episodes_are_split_by_share_and_seed(tmp_path):
    write_laps(tmp_path / "laps", [10] * 10)
    data = StepData([tmp_path / "laps"], View("pixels"))
    learned, held = data.split(0.2, seed=5)
    assert (len(learned), len(held)) == (80, 20)
    names = [{source.path.name for source in part.sources} for part in (learned, held)]
    assert not names[0] & names[1]
    assert [source.path for source in data.split(0.2, seed=5)[1].sources] == [source.path for source in held.sources]
    with pytest.raises(SuiteError, match="cannot be split"):
        data.split(1.0, seed=0)


def test_class_weights_by_hand():
    # 8 steps, three classes occur: 8 / (3 * 5), 8 / (3 * 2), none, 8 / (3 * 1).
    weights = class_weights(np.array([0, 0, 1, 0, 0, 3, 1, 0]), 4)
    assert weights.dtype == np.float32
    assert np.allclose(weights, [8 / 15, 8 / 6, 0.0, 8 / 3])
    for labels in ([], [4], [-1]):
        with pytest.raises(SuiteError, match="labels are"):
            class_weights(np.array(labels, int), 4)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60))
def test_weighted_classes_count_alike(labels):
    labels = np.array(labels)
    weights = class_weights(labels, 5)
    per_class = np.bincount(labels, weights[labels], minlength=5)
    there = np.bincount(labels, minlength=5) > 0
    assert np.allclose(per_class[there], len(labels) / there.sum())
    assert np.isclose(weights[labels].sum(), len(labels))


@pytest.mark.parametrize("view", [View("vector"), View("raster", raster="small")], ids=str)
def test_driving_worlds_are_learned_from_by_what_is_drawn_of_them(tmp_path, view):
    with Recording(tmp_path / "drives") as folder, RecordEpisodes(make("sim_suite/Driving-v0"), folder) as env:
        for seed in (1, 2):
            env.reset(seed=seed)
            for k in range(9 + seed):
                env.step(np.array([0.02 * k, 0.5], np.float32))
    dataset = Dataset(tmp_path / "drives")
    seen = []
    for episode in dataset.episodes():
        seen += zip(observations(episode, view, range(len(episode))), episode.read("action"), strict=True)
    data = StepData([tmp_path / "drives"], view)
    assert len(data) == len(seen) == 21
    got = data.__getitems__(np.arange(21))
    assert np.array_equal(got[0], [observation for observation, _ in seen])
    assert np.array_equal(got[1], [action for _, action in seen])
    assert data.pool > 1


def test_what_is_kept_in_memory_comes_in_the_same_batches(tmp_path, monkeypatch):
    monkeypatch.setattr("agents.imitation.loading.OPEN", 2)  # episodes are mixed by twos, as of much larger datasets
    write_laps(tmp_path / "laps", [9, 4, 7, 6, 5])
    data = StepData([tmp_path / "laps"], STACK)
    read, remembered = batches_of(data, 4, 1, 0, 0), batches_of(data, 4, 1, 0, 100)
    assert fed(read.epoch(2)) == fed(remembered.epoch(2))
    assert read.state_dict() == remembered.state_dict()
