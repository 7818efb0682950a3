"""Nothing that comes over the wire ends the server: every call with arguments of every kind, and bytes that are no calls."""

from __future__ import annotations

import random
import socket
import struct
import subprocess
import sys

import msgpack
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim_suite.carla.server.hosting import hosted
from sim_suite.carla.server.rpc.complete import CALLS, reply_to
from sim_suite.carla.wire.rpc import Request, pack_request, read_reply
from tests.carla.asking import Asking
from tests.carla.wire.test_wire_rpc import VALUES

NAMES = sorted(CALLS)
NUMBERS = [
    0,
    1,
    -1,
    2**31,
    2**63,
    0.5,
    1e30,
    float("nan"),
    float("inf"),
    True,
    "",
    "x" * 300,
    b"",
    None,
    [],
    [[]],
    [[[1]]],
]
VECTOR = [1.0, 2.0, 3.0]
SETTINGS = [True, False, [True, 0.05], True, 0.01, 10, 0.0, True, 1.0, 1.0, True]
SENSIBLE = [
    1, 10, [10], VECTOR, [VECTOR, VECTOR], [1, "vehicle.tesla.model3", []], [0.5, 0.1, 0.0, False, False, False, 0],
    [0.0, 1.0, 0.0], [VECTOR, 1.4, False], "crossing_bare", "", True, 0, [[[2, [10, [1.0, 0, 0, False, False, False, 0]]]]],
    [[[0, [[1, "vehicle.audi.tt", []], [VECTOR, VECTOR], [False], 0, "", []]]]], SETTINGS,
]  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from([name for name in NAMES if name != "load_new_episode"]),
    st.lists(VALUES | st.sampled_from(SENSIBLE), max_size=6),
)
def test_every_call_is_answered_whatever_its_arguments(name, arguments):
    service = Asking.shared().service
    reply = read_reply(msgpack.unpackb(reply_to(service, Request(3, name, arguments)), raw=False, strict_map_key=False))
    assert reply.number == 3


def mutated(rng, value):
    """The value with one part of it replaced."""
    if isinstance(value, list) and value and rng.random() < 0.8:
        place = rng.randrange(len(value))
        return [*value[:place], mutated(rng, value[place]), *value[place + 1 :]]
    return rng.choice([rng.choice(NUMBERS), rng.choice(SENSIBLE), value])


def call(rng, number):
    """The bytes of a call that is often nearly right, or of nothing that is one."""
    if rng.random() < 0.05:
        return rng.randbytes(rng.randrange(40))
    changed = mutated(rng, [rng.choice(SENSIBLE) for _ in range(rng.randrange(6))])
    data = pack_request(Request(number, rng.choice(NAMES), changed if isinstance(changed, list) else [changed]))
    if rng.random() < 0.3:
        place = rng.randrange(len(data))
        data = data[:place] + rng.randbytes(rng.randrange(4)) + data[place + 1 :]
    return data


@pytest.mark.slow
def test_no_bytes_end_the_server(tmp_path):
    rng = random.Random(7)
    said = tmp_path / "said.txt"
    script = "import sys; from tests.carla.server.test_server_fuzz import attack; attack(int(sys.argv[1]))"
    with said.open("w") as file:
        done = subprocess.run([sys.executable, "-c", script, str(rng.randrange(2**31))], stderr=file, timeout=300)
    text = said.read_text()
    assert done.returncode == 0, text[-2000:]
    assert "Traceback" not in text


def attack(seed):
    """Send thousands of broken calls and stream ids; raise where a whole call is not answered afterwards."""
    rng = random.Random(seed)
    with hosted("crossing_bare", max_actors=64) as port:
        streams = _stream_port(port)
        for turn in range(150):
            with socket.create_connection(("127.0.0.1", port)) as broken:
                broken.settimeout(10.0)
                try:
                    broken.sendall(b"".join(call(rng, n) for n in range(40)))
                    broken.setblocking(False)
                    broken.recv(65536)
                except OSError:  # dropped, or no answer yet
                    pass
            with socket.create_connection(("127.0.0.1", streams)) as listener:
                listener.sendall(rng.choice([struct.pack("<I", rng.randrange(5)), rng.randbytes(3), rng.randbytes(40)]))
            if turn % 10 == 0:
                assert asked(port, "version") == "0.9.16"
        assert asked(port, "version") == "0.9.16"


def asked(port, method, *arguments):
    """A call's value, on a new connection."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(30.0)
        connection.sendall(pack_request(Request(1, method, list(arguments))))
        unpacker = msgpack.Unpacker(raw=False)
        while True:
            unpacker.feed(connection.recv(65536))
            for message in unpacker:
                return message[3][0][1]


def _stream_port(port):
    (token,) = asked(port, "get_sensor_token", 1)
    return struct.unpack("<IHBB16s", token)[1]
