"""A full disk, a real one where this process may mount it, and one by the limit that any process can set itself."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sim_suite.episodes.store import file as file_module
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.file import EpisodeFile
from sim_suite.episodes.store.folder import Recording
from sim_suite.episodes.store.index import Entry, read_index
from sim_suite.errors import SuiteError
from tests.episodes.store.sample import sample_arrays, sample_head, write_episode, write_steps


@contextmanager
def file_limit(size: int) -> Iterator[None]:
    """No file of this process may grow beyond `size` bytes meanwhile."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 kB; skips where this process may not mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root may mount a disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def fill(file: EpisodeFile) -> None:
    rows = sample_arrays(2000)
    for start in range(0, 2000, 8):
        file.append([rows[column.name][start : start + 8] for column in file.head.columns])


def fill_with_copies(folder: Recording, entry: Entry) -> None:
    for _ in range(1000):
        folder.add(folder.dataset.path(entry))


def test_a_refused_record_leaves_the_file_whole_and_the_episode_can_go_on(tmp_path):
    rows = sample_arrays(30)
    with Recording(tmp_path / "d") as folder:
        file = folder.begin(sample_head())
        before = write_steps(file, 12, 4, last=False)
        size = file.path.stat().st_size
        with (
            file_limit(size + 100),
            pytest.raises(SuiteError, match=r"could not write .*000000\.episode: File too large"),
        ):
            file.append([rows[column.name][:30] for column in file.head.columns])
        assert file.path.stat().st_size == size
        file.append([rows[column.name][12:15] for column in file.head.columns])
        entry = folder.seal(file, "stopped")
    with folder.dataset.open(entry) as episode:
        episode.check()
        assert len(episode) == 15
        assert sum(episode.seal.by) == 15
        assert episode.seal.episode_return == sum(rows["reward"][:15].tolist())
        assert (episode.read("action")[:12] == before["action"]).all()


def test_a_seal_that_is_refused_can_be_given_later(tmp_path):
    with Recording(tmp_path / "d") as folder:
        file = folder.begin(sample_head())
        write_steps(file, 12, 4)
        with (
            file_limit(file.path.stat().st_size + 10),
            pytest.raises(SuiteError, match="What was recorded before is whole"),
        ):
            folder.seal(file, "terminated")
        assert folder.seal(file, "terminated").steps == 12
    assert Dataset(tmp_path / "d").check() == {}


def test_an_episode_that_cannot_even_begin_leaves_nothing(tmp_path):
    with Recording(tmp_path / "d") as folder:
        with file_limit(10), pytest.raises(SuiteError, match="could not write"):
            folder.begin(sample_head())
        assert list((tmp_path / "d" / "open").iterdir()) == []


def test_an_index_that_cannot_grow_costs_no_episode(tmp_path):
    with Recording(tmp_path / "d") as folder:
        write_episode(folder)
        index = tmp_path / "d" / "index.jsonl"
        with index.open("ab") as file:
            file.truncate(1 << 20)
        file = folder.begin(sample_head())
        write_steps(file, 4, 2)
        with (
            file_limit(1 << 20),
            pytest.raises(SuiteError, match=r"could not add 000001\.episode to the index.*is whole"),
        ):
            folder.seal(file, "terminated")
    assert len(Dataset(tmp_path / "d")) == 2
    Recording(tmp_path / "d").close()
    assert len(read_index(tmp_path / "d")) == 2, "mended"


def test_a_disk_that_breaks_while_it_is_waited_for_is_told_of(tmp_path, monkeypatch):
    def broken(handle: int) -> None:
        raise OSError(5, "Input/output error")

    with Recording(tmp_path / "d") as folder:
        write_episode(folder)
        file = folder.begin(sample_head())
        write_steps(file, 4, 2)
        monkeypatch.setattr(file_module.os, "fsync", broken)
        with pytest.raises(SuiteError, match=r"000001\.episode: Input/output error"):
            folder.seal(file, "terminated")
        monkeypatch.undo()
    with Recording(tmp_path / "d") as folder:
        assert folder.recovered[0].steps == 4
    assert Dataset(tmp_path / "d").check() == {}


def test_a_full_disk_keeps_all_that_was_finished_and_what_was_whole_of_the_open_one(small_disk):
    with Recording(small_disk / "d") as folder:
        finished = [write_episode(folder, 40) for _ in range(3)]
        file = folder.begin(sample_head())
        with pytest.raises(SuiteError, match=r"No space left on device.*Free some space, or name another folder"):
            fill(file)
        steps = file.steps
        file.close()
        with pytest.raises(SuiteError, match="No space left on device"):
            fill_with_copies(folder, finished[0])
    copies = len(folder.dataset)
    assert steps > 100
    with pytest.raises(SuiteError, match=r"index\.jsonl: No space left on device"):
        Recording(small_disk / "d")  # which has first sealed what was open, for which there is always room
    assert Dataset(small_disk / "d").check() == {}
    assert [entry.steps for entry in Dataset(small_disk / "d").entries].count(steps) == 1
    (small_disk / "d" / "episodes" / finished[1].file).unlink()
    Recording(small_disk / "d").close()
    assert len(Dataset(small_disk / "d")) == copies
