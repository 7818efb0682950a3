"""Connections: bytes out that the other side has not taken yet, and what has come in. Source: ours; sockets do not block."""

from __future__ import annotations

import socket
from typing import Final

import msgpack

from sim_suite.carla.wire import layout
from sim_suite.carla.wire.rpc import new_unpacker

MOST_WAITING: Final = 64 * 2**20
"""Bytes that wait for one listener; who takes none for so long is gone."""
READ: Final = 65536


class Peer:
    """One connection."""

    def __init__(self, connection: socket.socket) -> None:
        """connection: accepted; it is made not to block or to wait for fuller packets."""
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection = connection
        self.waiting = bytearray()

    def send(self, data: bytes | bytearray) -> bool:
        """Give to the network what it takes and keep the rest; False where the other side is gone or takes nothing."""
        if self.waiting:
            self.waiting += data
            return len(self.waiting) <= MOST_WAITING
        try:
            sent = self.connection.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            return False
        if sent < len(data):
            self.waiting += memoryview(data)[sent:]
        return True

    def flush(self) -> bool:
        """Give on what waits; False where the other side is gone."""
        try:
            del self.waiting[: self.connection.send(self.waiting)]
        except BlockingIOError:
            pass
        except OSError:
            return False
        return True

    def receive(self) -> bytes | None:
        """What has come; empty where nothing has, None where the other side is gone."""
        try:
            return self.connection.recv(READ) or None
        except BlockingIOError:
            return b""
        except OSError:
            return None


class Caller(Peer):
    """A client's calls."""

    def __init__(self, connection: socket.socket) -> None:
        """As `Peer`."""
        super().__init__(connection)
        self.unpacker: msgpack.Unpacker = new_unpacker()


class Listener(Peer):
    """Listens to one stream, which it names first."""

    def __init__(self, connection: socket.socket) -> None:
        """As `Peer`."""
        super().__init__(connection)
        self.stream = 0
        self._name = b""

    def read_name(self, data: bytes) -> bool:
        """Take bytes; True where the stream has just become known. What comes after is not looked at."""
        if self.stream:
            return False
        self._name += data
        if len(self._name) < layout.STREAM_ID.size:
            return False
        (self.stream,) = layout.STREAM_ID.unpack_from(self._name)
        return True
