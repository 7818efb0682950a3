"""Columns come back bit for bit, whole or in part, whatever is in them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from sim_suite.episodes.store.columns import DTYPES, Column, column_for, count_of, decode, encode, encode_many, size_of
from sim_suite.episodes.store.reading import equal
from sim_suite.errors import DamagedFileError, SuiteError

CODECS = ["rows", "chunk"]
ROWS = st.sampled_from(DTYPES).flatmap(
    lambda dtype: arrays(np.dtype(dtype), array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=7))
)


@settings(deadline=None)
@given(rows=ROWS, codec=st.sampled_from(CODECS), data=st.data())
def test_any_rows_come_back_bit_for_bit_and_so_does_any_part(rows, codec, data):
    column = Column("x", rows.dtype.name, rows.shape[1:], codec)
    packed = memoryview(encode(column, rows))
    assert (count_of(packed), size_of(packed)) == (len(rows), len(packed))
    assert equal(decode(column, packed, 0, len(rows)), rows)  # NaN and minus zero included
    start = data.draw(st.integers(0, len(rows)))
    stop = data.draw(st.integers(start, len(rows)))
    assert equal(decode(column, packed, start, stop), rows[start:stop])


def test_rows_that_are_no_block_in_memory_are_stored_as_their_values():
    whole = np.arange(60, dtype=np.float32).reshape(5, 3, 4)
    for rows in (whole[:, :, ::2], whole[::2], whole.transpose(0, 2, 1), whole[::-1]):
        column = Column("x", "float32", rows.shape[1:], "chunk")
        assert equal(decode(column, memoryview(encode(column, rows)), 0, len(rows)), np.ascontiguousarray(rows))


@pytest.mark.parametrize("codec", CODECS)
def test_episodes_side_by_side_are_encoded_as_each_alone(codec):
    rng = np.random.default_rng(0)
    block = rng.integers(0, 3, (20, 5, 4, 3)).cumsum(axis=0).astype(np.float32)
    column = Column("x", "float32", (4, 3), codec)
    together = encode_many(column, block)
    assert [bytes(one) for one in together] == [encode(column, np.ascontiguousarray(block[:, g])) for g in range(5)]
    for g, one in enumerate(together):
        assert equal(decode(column, memoryview(one), 3, 17), np.ascontiguousarray(block[3:17, g]))


def test_pictures_are_stored_by_row_and_small_numbers_together():
    assert column_for("observation", np.uint8, (96, 96, 3)).codec == "rows"
    assert column_for("action", np.float32, (3,)).codec == "chunk"


def test_a_world_that_changes_little_leaves_little():
    rows = np.repeat(np.random.default_rng(0).normal(size=(1, 1000)), 64, axis=0)
    rows[:, 3] = np.arange(64)
    assert len(encode(Column("x", "float64", (1000,), "chunk"), rows)) < rows.nbytes / 30
    assert len(encode(Column("x", "float64", (1000,), "changes"), rows)) < rows.nbytes / 60


def test_what_cannot_be_stored_is_refused():
    with pytest.raises(SuiteError, match="cannot be stored"):
        Column("x", "object", (), "chunk")
    with pytest.raises(SuiteError, match=r"have the shape \(2,\), not \(3,\)"):
        encode(Column("x", "float32", (2,), "chunk"), np.zeros((4, 3), np.float32))


@pytest.mark.parametrize("codec", CODECS)
def test_bytes_that_no_compressor_made_are_an_error(codec):
    column = Column("x", "uint8", (64,), codec)
    packed = encode(column, np.zeros((4, 64), np.uint8))
    with pytest.raises(DamagedFileError, match="'x' cannot be read"):
        decode(column, memoryview(packed[:24] + b"?" * (len(packed) - 24)), 0, 4)
