"""What a killed process left open is taken up: all that was written whole becomes an episode, the rest is told of."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from sim_suite.episodes.store import records
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.folder import Recording, rebuild_index
from sim_suite.episodes.store.migrations import FORMAT
from sim_suite.episodes.store.reading import equal
from sim_suite.episodes.store.recovery import seal_open
from sim_suite.errors import SuiteError
from tests.episodes.store.sample import one_episode, sample_arrays, sample_head, write_episode, write_steps


def open_file(folder: Path, steps: int = 6, chunk: int = 2) -> Path:
    """A folder with one whole episode and the file of one that is open; the latter."""
    with Recording(folder) as recording:
        write_episode(recording)
        file = recording.begin(sample_head())
        write_steps(file, steps, chunk)
        file.close()
    return file.path


def test_a_file_cut_at_any_byte_gives_the_steps_of_its_whole_records(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # thousands of files
    raw = open_file(tmp_path / "d").read_bytes()
    places = list(records.scan(raw, "x"))
    whole = sample_arrays(6)
    for length in range(len(raw) + 1):
        path = tmp_path / "cut.episode"
        path.unlink(missing_ok=True)  # a new file: disks are slow at writing over what is there
        path.write_bytes(raw[:length])
        done = [place for place in places if place.end <= length]
        steps = 2 * sum(place.kind == "step" for place in done)
        found = seal_open(path)
        assert (found.steps, found.sealed) == (steps, steps > 0)
        assert found.lost_bytes == length - (done[-1].end if done else 0)
        if steps and length in (done[-1].end, length - 1):
            folder = tmp_path / f"e{length}"
            with Recording(folder) as recording:
                entry = recording.add(path)
            with recording.dataset.open(entry) as episode:
                assert episode.seal.end == "recovered"
                assert episode.seal.episode_return == sum(whole["reward"][:steps].tolist())
                assert sum(episode.seal.by) == steps
                for name, rows in whole.items():
                    more = episode.head.column(name).observed and episode.has_last
                    assert equal(episode.read(name), rows[: steps + more])


def test_the_next_recording_takes_it_up_and_says_so(tmp_path):
    folder = tmp_path / "d"
    open_file(folder)
    before = (folder / "episodes" / "000000.episode").read_bytes()
    assert len(Dataset(folder)) == 1, "not seen before it is sealed"
    with Recording(folder) as recording:
        assert [str(one) for one in recording.recovered] == [
            "000001.episode: recovered 6 steps of an episode whose recording was cut short"
        ]
        assert write_episode(recording).file == "000002.episode"
    assert [entry.end for entry in Dataset(folder).entries] == ["terminated", "recovered", "terminated"]
    assert Dataset(folder).check() == {}
    assert (folder / "episodes" / "000000.episode").read_bytes() == before
    assert list((folder / "open").iterdir()) == []


def test_bytes_altered_in_the_middle_of_an_open_file_are_told_of(tmp_path):
    path = open_file(tmp_path / "d")
    raw = bytearray(path.read_bytes())
    third = list(records.scan(raw, "x"))[3]
    raw[third.start + 3] ^= 1
    path.write_bytes(raw)
    with Recording(tmp_path / "d") as recording:
        (found,) = recording.recovered
    assert (found.steps, found.sealed) == (4, True)
    assert f"{found.lost_bytes} bytes at its end were torn and are lost" in str(found)
    assert Dataset(tmp_path / "d").check() == {}


def test_one_killed_between_its_seal_and_its_name_is_as_if_nothing_had_been(tmp_path):
    path = one_episode(tmp_path / "d")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    path.replace(tmp_path / "d" / "open" / path.name)
    with Recording(tmp_path / "d") as recording:
        assert recording.recovered[0].sealed
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    assert Dataset(tmp_path / "d").entries[0].end == "terminated"


def test_recovery_that_is_itself_killed_is_done_again(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    path = open_file(tmp_path / "d")
    open_bytes = path.read_bytes()
    seal_open(path)
    sealed = path.read_bytes()
    for length in range(len(open_bytes), len(sealed)):
        path.unlink()
        path.write_bytes(sealed[:length])
        assert seal_open(path).steps == 6
        assert path.read_bytes() == sealed


def test_what_has_no_steps_is_removed_and_what_cannot_be_read_is_put_aside(tmp_path):
    folder = tmp_path / "d"
    with Recording(folder) as recording:
        recording.begin(sample_head()).close()
    (folder / "open" / "000009.episode").write_bytes(b"noise" * 100)
    with Recording(folder) as recording:
        messages = [str(one) for one in recording.recovered]
        assert recording.begin(sample_head()).path.name == "000010.episode", "names are not used twice"
    assert messages[0] == "000000.episode: an episode was begun, but none of its steps was written whole"
    assert messages[1].endswith("none of its steps was written whole; the file lies in the folder aside")
    assert [path.name for path in (folder / "aside").iterdir()] == ["000009.episode"]


def test_a_folder_whose_making_was_cut_short_is_made_again(tmp_path):
    folder = tmp_path / "d"
    one_episode(folder)
    for name in ("dataset.json", "index.jsonl", "episodes/000000.episode"):
        (folder / name).unlink()
    (folder / ".dataset.json.77.tmp").write_text('{"ki')
    one_episode(folder)
    assert len(Dataset(folder)) == 1


def test_a_copy_that_was_cut_short_is_not_taken_for_an_episode(tmp_path):
    folder = tmp_path / "d"
    raw = one_episode(folder).read_bytes()
    (folder / "open" / "000001.copy").write_bytes(raw[:-10])
    with Recording(folder) as recording:
        assert recording.recovered == []
    assert list((folder / "open").iterdir()) == []


def test_one_of_a_newer_format_is_left_for_a_newer_version(tmp_path):
    path = open_file(tmp_path / "d")
    raw = path.read_bytes()
    first = next(records.scan(raw, "x"))
    newer = raw[first.start : first.end].replace(f'"format":{FORMAT}'.encode(), b'"format":9')
    path.write_bytes(records.pack("head", newer) + raw[first.end :])
    with pytest.raises(SuiteError, match=f"has format 9; this version reads up to {FORMAT}"):
        Recording(tmp_path / "d")
    assert path.exists()
    assert len(rebuild_index(tmp_path / "d")) == 1, "and the folder is free again"
