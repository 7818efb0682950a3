"""A served world in a process that a test may stop and kill, and what can be asked of it without CARLA's client."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim_suite.carla.client.knock import Address
from sim_suite.carla.wire.rpc import Request, new_unpacker, pack_request, read_reply

ROOT = Path(__file__).parents[2]


class Served:
    """A server of its own process."""

    def __init__(self, map_name: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sim_suite.carla.server.hosting", json.dumps({"map": map_name})],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert self.process.stdout is not None
        self.address = Address("127.0.0.1", int(self.process.stdout.readline()))

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


@contextmanager
def served(map_name: str) -> Iterator[Served]:
    server = Served(map_name)
    try:
        yield server
    finally:
        server.close()


class Line:
    """Calls in plain bytes."""

    def __init__(self, address: Address) -> None:
        self._socket = socket.create_connection((address.host, address.port), 10.0)
        self._unpacker = new_unpacker()

    def __call__(self, method: str, *arguments: object) -> object:
        self._socket.sendall(pack_request(Request(1, method, list(arguments))))
        while True:
            self._unpacker.feed(self._socket.recv(65536))
            for message in self._unpacker:
                return read_reply(message).result

    def close(self) -> None:
        self._socket.close()
