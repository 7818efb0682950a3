"""Every byte of an episode's file stands under a checksum: what was altered, cut or added is found, and the reader says so."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from sim_suite.episodes.store import records
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.folder import Recording
from sim_suite.episodes.store.reading import Episode, equal
from sim_suite.errors import DamagedFileError, SuiteError
from tests.episodes.store.sample import one_episode, sample_arrays, sample_head, write_steps


def fault(path: Path) -> str:
    """What the reader says of a file, with every byte looked at."""
    with pytest.raises(DamagedFileError) as raised, Episode(path) as episode:
        episode.check()
    return str(raised.value)


def test_an_episode_reads_back_as_it_was_written(tmp_path):
    with Episode(one_episode(tmp_path / "d", steps=10, chunk=4)) as episode:
        episode.check()
        assert episode.head == sample_head()
        arrays = sample_arrays(10)
        for name, rows in arrays.items():
            assert equal(episode.read(name), rows)
            for start in range(len(rows) + 1):
                for stop in range(start, len(rows) + 1):
                    assert equal(episode.read(name, start, stop), rows[start:stop])
        seal = episode.seal
        assert (seal.steps, seal.end, seal.by, seal.late, seal.seconds) == (10, "terminated", (7, 3, 0), 3, 2.5)
        assert seal.episode_return == sum(arrays["reward"].tolist())
        assert (seal.metrics, seal.tags) == ({"score": 1.5}, ("good", "wet"))


def test_rows_outside_a_column_and_names_of_none_are_refused(tmp_path):
    with Episode(one_episode(tmp_path / "d")) as episode:
        with pytest.raises(SuiteError, match=r"has rows 0 to 10 of 'reward', not 3 to 11"):
            episode.read("reward", 3, 11)
        with pytest.raises(
            SuiteError, match=r"no column 'speed'; it has observation, state\.body, state\.lights, action"
        ):
            episode.read("speed")


def test_every_flipped_byte_of_a_small_file_is_found(tmp_path):
    path = one_episode(tmp_path / "d", steps=2, chunk=1)
    raw = path.read_bytes()
    with path.open("r+b", buffering=0) as file:
        for at in range(len(raw)):
            for mask in (1, 0x80, 0xFF):
                os.pwrite(file.fileno(), bytes([raw[at] ^ mask]), at)
                assert path.name in fault(path)
            os.pwrite(file.fileno(), raw[at : at + 1], at)
    with Episode(path) as episode:
        episode.check()


def test_random_flipped_bytes_of_a_large_file_are_found(tmp_path):
    path = one_episode(tmp_path / "d", steps=3000, chunk=64)
    raw, rng = path.read_bytes(), np.random.default_rng(0)
    with path.open("r+b", buffering=0) as file:
        for at in rng.integers(len(raw), size=100).tolist():
            os.pwrite(file.fileno(), bytes([raw[at] ^ int(rng.integers(1, 256))]), at)
            fault(path)
            os.pwrite(file.fileno(), raw[at : at + 1], at)


def test_a_file_cut_anywhere_is_no_episode(tmp_path):
    path = one_episode(tmp_path / "d", steps=3, chunk=2)
    for length in range(path.stat().st_size - 1, -1, -1):
        os.truncate(path, length)
        fault(path)


def test_a_file_that_was_added_to_is_no_episode(tmp_path):
    path = one_episode(tmp_path / "d")
    path.write_bytes(path.read_bytes() + b"\0")
    assert "cut short or added to" in fault(path)


@pytest.mark.parametrize("order", [(0, 2, 1, 3, 4, 5), (0, 1, 3, 4, 5), (0, 1, 1, 2, 3, 4, 5), (0, 5)])
def test_records_that_were_exchanged_left_out_or_doubled_are_found(tmp_path, order):
    path = one_episode(tmp_path / "d", steps=6, chunk=2)  # head, three of steps, last, seal
    raw = path.read_bytes()
    places = list(records.scan(raw, "x"))
    path.write_bytes(b"".join(raw[places[n].start - records.FRONT_BYTES : places[n].end] for n in order))
    fault(path)


def test_reading_a_column_checks_the_bytes_that_it_reads(tmp_path):
    path = one_episode(tmp_path / "d", steps=8, chunk=4)
    raw = bytearray(path.read_bytes())
    second = list(records.scan(raw, "x"))[2]
    raw[second.end - 1] ^= 1
    path.write_bytes(raw)
    with Episode(path) as episode:
        assert equal(episode.read("reward", 0, 4), sample_arrays(8)["reward"][:4])
        with pytest.raises(DamagedFileError, match=r"altered between bytes \d+ and \d+"):
            episode.read("reward", 0, 5)


def test_check_names_every_damaged_file_of_a_folder_and_no_other(tmp_path):
    folder = tmp_path / "d"
    for _ in range(4):
        path = one_episode(folder)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 4
    path.write_bytes(raw)
    (path.parent / "000001.episode").write_bytes(raw[:100])
    dataset = Dataset(folder)
    assert list(dataset.damaged) == ["000001.episode"]
    assert len(dataset) == 3
    assert sorted(dataset.check()) == ["000001.episode", "000003.episode"]


def test_an_empty_file_a_missing_one_and_something_else_are_told_of(tmp_path):
    (tmp_path / "empty.episode").touch()
    assert "is empty" in fault(tmp_path / "empty.episode")
    with pytest.raises(SuiteError, match="does not exist"):
        Episode(tmp_path / "none.episode")
    (tmp_path / "text.episode").write_text("a letter to a friend")
    assert "altered at byte 0" in fault(tmp_path / "text.episode")


def test_columns_of_unequal_length_are_refused_and_nothing_is_written(tmp_path):
    with Recording(tmp_path / "d") as folder:
        file = folder.begin(sample_head())
        arrays = sample_arrays(3)
        with pytest.raises(SuiteError, match="'action' has 2 rows where the first has 3"):
            file.append([arrays[c.name][: 2 if c.name == "action" else 3] for c in file.head.columns])
        write_steps(file, 3, 3)
        entry = folder.seal(file, "truncated")
    with folder.dataset.open(entry) as episode:
        episode.check()
        assert len(episode) == 3
