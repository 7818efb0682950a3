"""Asks who listens at an address before CARLA's client is let loose on it: in plain bytes, which can neither hang nor end this process.

The connection stays open beside the client's: where the server dies, it ends, and that is known at once rather than after a timeout.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from typing import Final

import msgpack

from sim_suite.carla.client.failures import NotCarlaError, ServerHangError, ServerMissingError
from sim_suite.carla.wire.errors import WireError
from sim_suite.carla.wire.rpc import Request, new_unpacker, pack_request, read_reply
from sim_suite.errors import SuiteError

_VERSION: Final = re.compile(r"\d+\.\d+(\.\d+)?.*")


@dataclass(frozen=True)
class Address:
    """Where a server's calls come in. Checked when built."""

    host: str
    port: int

    def __post_init__(self) -> None:
        if not self.host or not 0 < self.port < 65536:
            raise SuiteError(f"a server is named HOST:PORT, such as 127.0.0.1:2000, not {self.host}:{self.port}.")

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    @staticmethod
    def parse(text: str) -> Address:
        """From HOST:PORT. Raises `SuiteError` for another text."""
        host, _, port = text.strip().rpartition(":")
        if not host or not port.isdecimal():
            raise SuiteError(f"a server is named HOST:PORT, such as 127.0.0.1:2000, not {text!r}.")
        return Address(host, int(port))


@dataclass(frozen=True)
class Greeting:
    """What a server says of itself."""

    version: str
    line: socket.socket
    """Kept open; it can be read from when the server is gone."""


def knock(address: Address, timeout_s: float) -> Greeting:
    """Ask a server for its version. Raises `ServerMissingError`, `NotCarlaError` or `ServerHangError`."""
    try:
        line = socket.create_connection((address.host, address.port), timeout_s)
    except OSError as error:
        raise ServerMissingError(str(address), (error.strerror or str(error)).lower()) from error
    try:
        return Greeting(_version(line, address, timeout_s), line)
    except BaseException:
        line.close()
        raise


def _version(line: socket.socket, address: Address, timeout_s: float) -> str:
    unpacker = new_unpacker()
    try:
        line.sendall(pack_request(Request(1, "version", [])))
        while True:
            data = line.recv(4096)
            if not data:
                raise NotCarlaError(str(address), "it hung up")
            unpacker.feed(data)
            for message in unpacker:
                return _read_version(read_reply(message).result, address)
    except TimeoutError as error:
        raise ServerHangError(str(address), "version", timeout_s) from error
    except OSError as error:
        raise NotCarlaError(str(address), "it hung up") from error
    except (WireError, ValueError, msgpack.UnpackException) as error:
        raise NotCarlaError(str(address), "its answer is none of CARLA's") from error


def _read_version(result: object, address: Address) -> str:
    match result:
        case [[1, str(version)]] if _VERSION.fullmatch(version):
            return version
    raise NotCarlaError(str(address), "its answer is none of CARLA's")
