"""Durable files: what a kill, a full disk or a flipped byte may do, and may not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import Journal, canonical_json, read_journal, read_json, write_atomic, write_json

RECORDS = [{"n": n, "text": "é\n\r\u2028" * n} for n in range(5)]


def write_records(path: Path) -> bytes:
    with Journal(path) as journal:
        for record in RECORDS:
            journal.append(record)
    return path.read_bytes()


def test_a_journal_reads_back_what_was_appended(tmp_path):
    write_records(tmp_path / "j")
    assert read_journal(tmp_path / "j") == RECORDS


@pytest.mark.parametrize("cut", [1, 5, 12, 30])
def test_a_torn_tail_is_passed_over_and_cut_off_when_appending_goes_on(tmp_path, cut):
    path = tmp_path / "j"
    raw = write_records(path)
    path.write_bytes(raw[:-cut])
    kept = read_journal(path)
    assert kept == RECORDS[: len(kept)]
    assert len(kept) >= 4
    with Journal(path) as journal:
        for record in RECORDS[len(kept) :]:
            journal.append(record)
    assert path.read_bytes() == raw


def test_every_prefix_of_a_journal_reads_as_a_prefix_of_its_records(tmp_path):
    raw = write_records(tmp_path / "j")
    for length in range(len(raw) + 1):
        (tmp_path / "p").write_bytes(raw[:length])
        records = read_journal(tmp_path / "p")
        assert records == RECORDS[: len(records)]


def test_a_flipped_byte_anywhere_is_an_error_that_names_the_line(tmp_path):
    path = tmp_path / "j"
    raw = write_records(path)
    second_line = raw.index(b"\n") + 20
    path.write_bytes(raw[:second_line] + bytes([raw[second_line] ^ 1]) + raw[second_line + 1 :])
    with pytest.raises(DamagedFileError, match=r"j:2: record does not match its checksum"):
        read_journal(path)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_canonical_json_is_json_and_does_not_depend_on_key_order(value):
    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text
    assert "\n" not in text


def test_an_atomic_write_that_fails_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch):
    path = tmp_path / "f"
    write_atomic(path, "old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SuiteError, match=r"could not write .*No space left on device\. Free some space"):
        write_atomic(path, "new")
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["f"]


def test_a_full_disk_under_the_journal_is_one_line_and_the_journal_stays_good():
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    journal = Journal.__new__(Journal)
    journal.path = full
    journal._file = full.open("ab", buffering=0)
    with pytest.raises(SuiteError, match="could not append to /dev/full: No space left on device"):
        journal.append({"n": 1})


def test_json_files_round_trip_and_damage_is_named(tmp_path):
    path = tmp_path / "x.json"
    write_json(path, {"b": 1, "a": [1.5, None]})
    assert read_json(path) == {"a": [1.5, None], "b": 1}
    path.write_text('{"a": 1,\n oops}')
    with pytest.raises(DamagedFileError, match=r"x\.json is not valid JSON \(line 2\)"):
        read_json(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DamagedFileError, match="not text"):
        read_json(path)
    with pytest.raises(SuiteError, match="does not exist"):
        read_json(tmp_path / "none.json")
    with pytest.raises(ValueError, match="Out of range float"):
        write_json(path, float("nan"))
