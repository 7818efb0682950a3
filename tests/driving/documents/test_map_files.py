"""What is read from disk: plain and packed files, and what is given in place of a map."""

from __future__ import annotations

import gzip
import os

import pytest

from sim_suite.driving.documents.files import file_bytes
from sim_suite.driving.roads.opendrive.findings import OPENDRIVE, RoadError
from sim_suite.driving.roads.opendrive.reader import read_opendrive
from sim_suite.driving.roads.opendrive.writer import to_xml
from tests.driving.roads.opendrive.samples import straight

MOST = 1 << 20


def test_a_packed_map_is_read_like_a_plain_one(tmp_path):
    (tmp_path / "a.xodrz").write_bytes(gzip.compress(to_xml(straight()).encode()))
    assert read_opendrive(tmp_path / "a.xodrz").document == straight()


def test_a_packed_file_is_not_unpacked_beyond_the_limit(tmp_path):
    (tmp_path / "a").write_bytes(gzip.compress(bytes(MOST)))
    assert len(file_bytes(tmp_path / "a", MOST, OPENDRIVE)) == MOST
    (tmp_path / "a").write_bytes(gzip.compress(bytes(100 * MOST)))
    with pytest.raises(RoadError, match=f"more than {MOST}"):
        file_bytes(tmp_path / "a", MOST, OPENDRIVE)


def test_a_packed_file_that_is_damaged_or_cut_off_is_refused(tmp_path):
    packed = gzip.compress(to_xml(straight()).encode())
    for data, message in ((packed[: len(packed) // 2], "cut off"), (packed[:10] + b"\xff" * 40, "damaged")):
        (tmp_path / "a").write_bytes(data)
        with pytest.raises(RoadError, match=message):
            file_bytes(tmp_path / "a", MOST, OPENDRIVE)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
        (b"\n<!DOCTYPE HTML>\n<html></html>", "web page"),
        (b"<html><body/></html>", "web page"),
        (b"PK\x03\x04\x14\x00", "zip archive"),
    ],
)
def test_what_is_no_map_is_named(tmp_path, data, message):
    (tmp_path / "a.xodr").write_bytes(data)
    with pytest.raises(RoadError, match=message):
        read_opendrive(tmp_path / "a.xodr")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the platform has no named pipes")
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "a.xodr")
    with pytest.raises(RoadError, match="pipe or a device"):
        read_opendrive(tmp_path / "a.xodr")


def test_a_file_that_is_too_large_missing_or_a_folder_is_refused(tmp_path):
    (tmp_path / "a.xodr").write_bytes(bytes(MOST + 1))
    with pytest.raises(RoadError, match="Cut the map into parts"):
        file_bytes(tmp_path / "a.xodr", MOST, OPENDRIVE)
    for path in (tmp_path / "none.xodr", tmp_path):
        with pytest.raises(RoadError, match="could not read the file"):
            file_bytes(path, MOST, OPENDRIVE)
