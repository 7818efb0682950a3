"""Columns that are stored together, as what changes in them, come back bit for bit."""

from __future__ import annotations

import struct

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim_suite.episodes.store.changes import apart, lay, side_by_side, unlay
from sim_suite.episodes.store.columns import DTYPES, Column, count_of, current, decode_changes, encode_all, size_of
from sim_suite.episodes.store.reading import equal
from sim_suite.errors import DamagedFileError, SuiteError

SHAPES = st.lists(st.integers(0, 5), max_size=2).map(tuple)
KINDS = st.lists(st.tuples(st.sampled_from(DTYPES), SHAPES), min_size=1, max_size=4)


@st.composite
def together(draw):
    """Some columns, and as many rows of each, seldom changing."""
    count = draw(st.integers(1, 6))
    found = []
    for dtype, shape in draw(KINDS):
        rows = draw(arrays(np.dtype(dtype), (count, *shape)))
        stays = draw(arrays(np.bool_, (count,)))
        for row in range(1, count):
            if stays[row]:
                rows[row] = rows[row - 1]
        found.append(rows)
    return found


@settings(deadline=None)
@given(rows=together())
def test_any_columns_come_back_bit_for_bit(rows):
    columns = [Column(f"c{k}", each.dtype.name, each.shape[1:], "changes") for k, each in enumerate(rows)]
    encoded = encode_all(columns, rows)
    assert [count_of(memoryview(one)) for one in encoded] == [len(rows[0])] * len(rows)
    assert [size_of(memoryview(one)) for one in encoded] == [len(one) for one in encoded]
    assert {len(one) for one in encoded[1:]} <= {8}, "all of it is where the first is"
    for found, meant in zip(decode_changes(columns, memoryview(encoded[0])), rows, strict=True):
        assert equal(found, meant)  # NaN and minus zero included


def test_the_bytes_are_the_described_ones():
    """Three rows of one column of two words, by hand: the second word changes by 5, then both do."""
    rows = side_by_side([np.array([[7, 1], [7, 4], [0x01020307, 0x01000004]], np.uint32)])
    first = [7, 1, 0, 0, 0, 0, 0, 0]
    bits = [0b10, 0b11 ^ 0b10]
    words = [0x01020300, 5, 0x01000000]  # the first word's change, then the second's
    planes = [0, 5, 0, 3, 0, 0, 2, 0, 0, 1, 0, 1]
    assert [word >> 8 * byte & 255 for byte in range(4) for word in words] == planes
    assert lay(rows) == struct.pack("<8I", *first) + bytes(bits) + bytes(planes)


def test_columns_are_padded_to_whole_groups_and_parted_again():
    columns = [np.arange(6, dtype=np.int8).reshape(2, 3), np.arange(18, dtype=np.float32).reshape(2, 9)]
    rows = side_by_side(columns)
    assert rows.shape == (2, 8 + 16)
    assert [part.shape for part in apart(rows, [3, 36])] == [(2, 3), (2, 36)]
    assert not rows[:, 1:8].any()
    assert not rows[:, 17:].any()


def test_no_rows_at_all_are_none_again():
    columns = [Column("a", "float32", (3,), "changes"), Column("b", "int8", (), "changes")]
    encoded = encode_all(columns, [np.empty((0, 3), np.float32), np.empty(0, np.int8)])
    assert [rows.shape for rows in decode_changes(columns, memoryview(encoded[0]))] == [(0, 3), (0,)]


@pytest.mark.parametrize("keep", [0, 10, 31, 32, 33, 38])
def test_what_is_cut_short_is_damaged(keep):
    columns = [Column("a", "uint32", (2,), "changes")]
    laid = lay(side_by_side([np.array([[7, 1], [7, 4], [8, 9]], np.uint32)]))[:keep]
    frame = zstandard.ZstdCompressor().compress(laid)
    with pytest.raises(DamagedFileError, match="from 'a' on cannot be read"):
        decode_changes(columns, memoryview(struct.pack("<II", len(frame), 3) + frame))
    with pytest.raises(ValueError, match=r"\d"):
        unlay(laid, 3, 8)


def test_the_older_codec_is_only_read_and_has_a_follower():
    old = Column("a", "uint32", (2,), "planes")
    assert current(old).codec == "changes"
    assert current(Column("a", "uint32", (2,), "chunk")).codec == "chunk"
    with pytest.raises(SuiteError, match="'a' is of format 1's codec, which is only read"):
        encode_all([old], [np.zeros((3, 2), np.uint32)])
