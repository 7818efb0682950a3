"""Messages between an environment and the process that holds CARLA's client: MessagePack with a length before it. Source: ours."""

from __future__ import annotations

import select
import socket
import struct
from typing import Any, Final

import msgpack

_SIZE: Final = struct.Struct("<I")


class Pipe:
    """One end."""

    def __init__(self, connection: socket.socket) -> None:
        """connection: of a socket pair."""
        self.connection = connection

    def send(self, message: Any) -> None:
        """Any plain value. Raises OSError where the other end is gone."""
        data = bytes(msgpack.packb(message, use_bin_type=True))
        self.connection.sendall(_SIZE.pack(len(data)) + data)

    def receive(self) -> Any:
        """The next message. Raises EOFError where the other end is gone."""
        (size,) = _SIZE.unpack(self._take(_SIZE.size))
        return msgpack.unpackb(self._take(size), raw=False, strict_map_key=False)

    def wait(self, others: list[socket.socket], timeout_s: float) -> list[socket.socket]:
        """Those of this end and of other sockets that have something to read; none after so long."""
        ready, _, _ = select.select([self.connection, *others], [], [], timeout_s)
        return list(ready)

    def close(self) -> None:
        """This end."""
        self.connection.close()

    def _take(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            try:
                part = self.connection.recv(size - len(data))
            except OSError as error:
                raise EOFError(str(error)) from error
            if not part:
                raise EOFError("the other end is gone")
            data += part
        return bytes(data)
