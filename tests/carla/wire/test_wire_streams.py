"""Streams: sizes and offsets as measured, and round trips."""

from __future__ import annotations

import struct

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.carla.wire import layout, streams
from sim_suite.carla.wire.errors import WireError
from sim_suite.carla.wire.values import Transform, Vector

PORTS = st.integers(0, 65535)
FLOATS = st.floats(-1e6, 1e6, width=32)
POSES = st.builds(Transform, st.builds(Vector, FLOATS, FLOATS, FLOATS), FLOATS, FLOATS, FLOATS)
HEADERS = st.builds(streams.Header, st.integers(0, 21), st.integers(0, 2**64 - 1), st.floats(0.0, 1e9), POSES)


def test_sizes_are_those_of_the_release():
    assert (layout.HEADER.size, layout.EPISODE.size, layout.TOKEN.size) == (48, 36, 24)
    assert {kind.itemsize for kind in (layout.ACTOR, layout.VEHICLE, layout.WALKER, layout.LIGHT, layout.SIGN)} == {119}


@pytest.mark.parametrize(
    ("kind", "field", "offset"),
    [("ACTOR", "x", 5), ("ACTOR", "vx", 29), ("ACTOR", "wz", 49), ("ACTOR", "ax", 53), ("VEHICLE", "throttle", 65),
     ("VEHICLE", "gear", 80), ("VEHICLE", "light_actor", 90), ("WALKER", "jump", 81), ("LIGHT", "green_s", 97), ("LIGHT", "light", 118)],
)  # fmt: skip
def test_offsets_are_those_of_the_release(kind, field, offset):
    assert getattr(layout, kind).fields[field][1] == offset


def test_a_vehicle_record_is_packed_as_by_struct():
    record = np.zeros(1, layout.VEHICLE)
    values = {
        "throttle": 0.5,
        "steer": -0.25,
        "brake": 1.0,
        "hand_brake": True,
        "reverse": False,
        "manual_gear_shift": True,
        "gear": -1,
    }
    for name, value in (
        values | {"speed_limit": 30.0, "light": 2, "at_light": True, "light_actor": 9, "failure": 0}
    ).items():
        record[name] = value
    expected = struct.pack("<fff???ifB?IB", 0.5, -0.25, 1.0, True, False, True, -1, 30.0, 2, True, 9, 0)
    assert record.tobytes()[65:95] == expected


@given(st.builds(streams.Token, st.integers(0, 2**32 - 1), PORTS, st.none() | st.ip_addresses(v=4).map(str)))
def test_a_token_comes_back(token):
    assert streams.read_token(streams.pack_token(token)) == token


def test_tokens_that_are_none_are_refused():
    good = streams.pack_token(streams.Token(1, 2001, "127.0.0.1"))
    for bad in (good[:-1], good[:6] + b"\x02" + good[7:]):
        with pytest.raises(WireError):
            streams.read_token(bad)


@given(HEADERS)
def test_a_header_comes_back(header):
    assert streams.read_header(streams.pack_header(header)) == header


@given(st.integers(0, 5), st.integers(0, 2**64 - 1), st.floats(0, 1e9), st.integers(0, 2**64 - 1), st.data())
def test_a_state_comes_back(count, frame, elapsed_s, episode, data):
    message, actors = streams.new_state_message(count)
    ids = data.draw(st.lists(st.integers(0, 2**32 - 1), min_size=count, max_size=count))
    actors["id"], actors["z"] = ids, np.arange(count)
    streams.write_state(message, frame, elapsed_s, episode, 1.5, 0.05)
    (size,) = layout.MESSAGE_SIZE.unpack_from(message)
    assert size == len(message) - 4
    state = streams.read_state(bytes(message[4:]))
    assert (state.header.frame, state.header.elapsed_s, state.episode) == (frame, elapsed_s, episode)
    assert (state.platform_s, state.map_origin, state.flags) == (1.5, (0, 0, 0), 0)
    assert state.actors["id"].tolist() == ids
    assert state.actors["z"].tolist() == list(range(count))
    with pytest.raises(WireError):
        streams.read_state(bytes(message[4:-1]) if count else b"")


def test_readings_are_a_header_and_an_array():
    header = streams.Header(layout.StreamType.IMU, 3, 0.15, Transform(Vector(1.0, 2.0, 3.0)))
    payload = streams.imu_payload(header, Vector(0.5, 0.0, 9.75), Vector(0.0, 0.0, 1.0), 1.5)
    assert streams.read_header(payload) == header
    assert msgpack.unpackb(payload[48:]) == [[0.5, 0.0, 9.75], [0.0, 0.0, 1.0], 1.5]
    assert msgpack.unpackb(streams.gnss_payload(header, 49.0, 8.0, 0.5)[48:]) == [49.0, 8.0, 0.5]
    assert streams.framed(payload)[:4] == len(payload).to_bytes(4, "little")
