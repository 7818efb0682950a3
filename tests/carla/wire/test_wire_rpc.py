"""Calls and answers: round trips, and what is refused."""

from __future__ import annotations

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.carla.wire import rpc
from sim_suite.carla.wire.errors import WireError

NUMBERS = st.integers(0, 2**32 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=12,
)


@given(NUMBERS, st.text(), st.lists(VALUES, max_size=5), st.booleans())
def test_a_call_comes_back_from_its_bytes(number, method, arguments, is_async):
    request = rpc.Request(number, method, arguments, is_async)
    assert rpc.read_request(msgpack.unpackb(rpc.pack_request(request), raw=False)) == request


@given(NUMBERS, VALUES)
def test_an_answer_comes_back_from_its_bytes(number, value):
    reply = rpc.read_reply(msgpack.unpackb(rpc.pack_reply(number, rpc.success(value)), raw=False))
    assert reply == rpc.Reply(number, None, [[1, value]])
    assert rpc.read_reply(msgpack.unpackb(rpc.pack_failure(number, "no"), raw=False)) == rpc.Reply(number, "no", None)


def test_the_bytes_of_a_call_are_those_of_the_client():
    # As the carla 0.9.16 client sends tick_cue as its call number 5.
    assert rpc.pack_request(rpc.Request(5, "tick_cue", [])) == b"\x94\x00\x05\xa8tick_cue\x91\x91\xc2"


def is_call(value):
    """A value that drawing at random makes a call once in a very long time."""
    return isinstance(value, list) and len(value) == 4 and value[0] == 0 and isinstance(value[2], str)


def test_calls_in_pieces_are_put_together():
    sent = b"".join(rpc.pack_request(rpc.Request(number, "version", [])) for number in range(3))
    unpacker, found = rpc.new_unpacker(), []
    for byte in sent:
        unpacker.feed(bytes([byte]))
        found += [rpc.read_request(message).number for message in unpacker]
    assert found == [0, 1, 2]


@given(VALUES.filter(lambda value: not is_call(value)))
def test_anything_else_is_refused_in_one_line(value):
    with pytest.raises(WireError) as caught:
        rpc.read_request(value)
    assert "\n" not in str(caught.value)
    assert 0 <= rpc.number_of(value) < 2**32


@pytest.mark.parametrize(
    "message",
    [
        [1, 1, "version", [[False]]],
        [0, -1, "version", [[False]]],
        [0, 1, "version", []],
        [0, 1, "version", [[0]]],
        [0, True, "version", [[False]]],
    ],
)
def test_calls_that_are_none_are_refused(message):
    with pytest.raises(WireError):
        rpc.read_request(message)


@pytest.mark.parametrize(
    "data", [b"\x81\x90\x90", b"\x80", b"\xd4\x01\x00", b"\x91" * 2000, b"\xc1", b"\xdd\x03\x00\x00\x00"]
)
def test_maps_extensions_endless_nesting_and_vast_arrays_are_refused(data):
    unpacker = rpc.new_unpacker()
    unpacker.feed(data)
    with pytest.raises((ValueError, msgpack.UnpackException)):
        list(unpacker)
