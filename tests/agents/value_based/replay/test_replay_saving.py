"""A memory that was saved goes on as if it had never stopped, and needs no second memory of its size to be written or read."""

from __future__ import annotations

import json
import tracemalloc

import numpy as np
import pytest
import torch

from agents.value_based.replay import ArrayReplay, FrameReplay, ReplayOptions, saving
from sim_suite.errors import DamagedFileError, SuiteError


class World:
    """Three environments that show stacks of two frames, or vectors; what happens depends on `rng` alone."""

    def __init__(self, frames: bool, seed: int = 0) -> None:
        self.frames, self.rng = frames, np.random.default_rng(seed)
        self.now = np.stack([self._start() for _ in range(3)])

    def _start(self):
        start = self._one()
        if self.frames:
            start[0] *= self.rng.integers(2, dtype=np.uint8)  # young or not
        return start

    def _one(self):
        return self.rng.integers(256, size=(2, 3, 4), dtype=np.uint8) if self.frames else self.rng.random(5, np.float32)

    def step(self):
        then = np.stack([self._one() for _ in range(3)])
        if self.frames:
            then[:, 0] = self.now[:, 1]
        ended = self.rng.random((2, 3)) < 0.1
        step = (self.now, self.rng.integers(4, size=3), self.rng.normal(size=3), *ended, then)
        self.now = then.copy()
        for env in np.flatnonzero(ended.any(axis=0)):
            self.now[env] = self._start() if self.rng.random() < 0.7 else then[env]
        return step


def replay_for(frames, **options):
    chosen = ReplayOptions(**{"capacity": 120, "n_step": 3, "alpha": 0.6, **options})
    return FrameReplay((2, 3, 4), 3, chosen) if frames else ArrayReplay((5,), np.float32, 3, chosen)


def play(replay, world, steps):
    for _ in range(steps):
        replay.add(*world.step())


def learn(replay, world, rng, steps):
    """All that was drawn, as bytes, while errors are told and steps are added."""
    drawn = []
    for _ in range(steps):
        batch = replay.sample(8, rng)
        drawn.append([column.numpy().tobytes() for column in batch])
        replay.update(batch.rows, batch.returns - 0.3)
        replay.add(*world.step())
    return drawn


@pytest.mark.parametrize("alpha", [0.0, 0.6])
@pytest.mark.parametrize("frames", [True, False])
@pytest.mark.parametrize("steps", [20, 90])
def test_it_goes_on_to_the_same_bytes(tmp_path, frames, alpha, steps):
    """Before and after the ring has wrapped."""
    whole, world, rng = replay_for(frames, alpha=alpha), World(frames), np.random.default_rng(5)
    play(whole, world, steps)
    learn(whole, world, rng, 5)
    whole.save(tmp_path)
    (tmp_path / "again").mkdir()
    again = replay_for(frames, alpha=alpha)
    again.load(tmp_path)
    again.save(tmp_path / "again")
    for path in (tmp_path / "again").iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes()
    twin, twin_rng = World(frames), np.random.default_rng(5)
    for _ in range(steps + 5):
        twin.step()
    twin_rng.bit_generator.state = rng.bit_generator.state
    assert learn(again, twin, twin_rng, 30) == learn(whole, world, rng, 30)


def test_what_goes_on_after_a_load_may_begin_anew(tmp_path):
    """`cut` truncates what was under way when it was saved."""
    whole = replay_for(True)
    play(whole, World(True), 20)
    whole.save(tmp_path)
    again = replay_for(True)
    again.load(tmp_path)
    with pytest.raises(SuiteError, match="shows another observation than its last step led to"):
        again.add(*World(True, seed=9).step())
    again.cut()
    whole.cut()
    again.add(*World(True, seed=9).step())
    whole.add(*World(True, seed=9).step())
    assert again.rows.tolist() == whole.rows.tolist()
    for found, expected in zip(again.at(again.rows), whole.at(whole.rows), strict=True):
        assert torch.equal(found, expected)


def test_an_empty_memory_can_be_saved(tmp_path):
    replay_for(True).save(tmp_path)
    again = replay_for(True)
    again.load(tmp_path)
    assert len(again) == 0


def test_what_was_there_is_gone_after_a_load(tmp_path):
    saved, other = replay_for(False), replay_for(False)
    play(saved, World(False), 10)
    play(other, World(False, seed=1), 70)
    saved.save(tmp_path)
    other.load(tmp_path)
    assert other.rows.tolist() == saved.rows.tolist()
    assert torch.equal(other.at(other.rows).observations, saved.at(saved.rows).observations)


def test_only_frames_that_were_written_are(tmp_path):
    replay = replay_for(False)
    play(replay, World(False), 1)
    replay.save(tmp_path)
    stored = np.load(tmp_path / "replay_frames.npy", allow_pickle=False)
    assert stored.shape == (6, 5), "three environments, two observations each"
    assert stored.dtype == np.float32


@pytest.mark.parametrize("steps", [10, 90])
def test_the_size_of_the_pieces_changes_no_byte(tmp_path, monkeypatch, steps):
    replay = replay_for(True)
    play(replay, World(True), steps)
    replay.save(tmp_path)
    as_one = (tmp_path / "replay_frames.npy").read_bytes()
    monkeypatch.setattr(saving, "_PIECE", 40)  # three frames of twelve bytes
    replay.save(tmp_path)
    assert (tmp_path / "replay_frames.npy").read_bytes() == as_one
    again = replay_for(True)
    again.load(tmp_path)
    assert torch.equal(again.at(again.rows).observations, replay.at(replay.rows).observations)


def test_saving_and_loading_take_little_memory(tmp_path, monkeypatch):
    """16 MB of frames in pieces of a quarter of a megabyte: Python and NumPy never hold more than one megabyte."""
    monkeypatch.setattr(saving, "_PIECE", 2**18)
    options = ReplayOptions(capacity=1_000)
    replay, again = (ArrayReplay((128, 128), np.uint8, 1, options) for _ in range(2))
    frame = np.zeros((1, 128, 128), np.uint8)
    for _ in range(1_000):
        replay.add(frame, np.array([0]), np.array([0.0]), np.array([False]), np.array([False]), frame)
    tracemalloc.start()
    try:
        replay.save(tmp_path)
        again.load(tmp_path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (tmp_path / "replay_frames.npy").stat().st_size > 16e6
    assert peak < 2**20


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"capacity": 123}, "rows is 120 there, 123 here"),
        ({"n_step": 2}, "n_step is 3 there, 2 here"),
        ({"alpha": 0.0}, r"arrays is \['highest_priority', 'priorities', 'shown'\] there, \['shown'\] here"),
    ],
)
def test_another_kind_of_memory_is_refused(tmp_path, other, message):
    replay_for(True).save(tmp_path)
    with pytest.raises(SuiteError, match=message):
        replay_for(True, **other).load(tmp_path)
    with pytest.raises(SuiteError, match=r"stack is 2 there, 1 here"):
        replay_for(False).load(tmp_path)


def test_another_format_is_refused(tmp_path):
    replay_for(True).save(tmp_path)
    facts = json.loads((tmp_path / "replay.json").read_text())
    (tmp_path / "replay.json").write_text(json.dumps({**facts, "format": 0}))
    with pytest.raises(SuiteError, match="format is 0 there, 1 here"):
        replay_for(True).load(tmp_path)
    (tmp_path / "replay.json").write_text("[]")
    with pytest.raises(SuiteError, match="holds another replay memory"):
        replay_for(True).load(tmp_path)


@pytest.mark.parametrize("name", ["replay.safetensors", "replay_frames.npy"])
@pytest.mark.parametrize("left", [0.0, 0.5])
def test_a_torn_file_is_refused(tmp_path, name, left):
    replay = replay_for(True)
    play(replay, World(True), 20)
    replay.save(tmp_path)
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[: int(left * path.stat().st_size)])
    with pytest.raises(DamagedFileError, match=f"{name} is not whole"):
        replay_for(True).load(tmp_path)
    path.unlink()
    with pytest.raises(DamagedFileError, match=f"{name} is not whole"):
        replay_for(True).load(tmp_path)


def test_frames_of_another_save_are_refused(tmp_path):
    for steps in (21, 20):
        (tmp_path / str(steps)).mkdir()
        replay = replay_for(True)
        play(replay, World(True), steps)
        replay.save(tmp_path / str(steps))
    (tmp_path / "21" / "replay_frames.npy").rename(tmp_path / "20" / "replay_frames.npy")
    with pytest.raises(DamagedFileError, match=r"replay_frames.npy is not whole \(uint8 .* in place of"):
        replay_for(True).load(tmp_path / "20")


def test_a_disk_that_refuses_leaves_nothing_behind(tmp_path):
    with pytest.raises(SuiteError, match=r"could not write .*nowhere"):
        replay_for(True).save(tmp_path / "nowhere")
    (tmp_path / "replay_frames.npy").mkdir()
    with pytest.raises(SuiteError, match="could not write"):
        replay_for(True).save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["replay_frames.npy"]
