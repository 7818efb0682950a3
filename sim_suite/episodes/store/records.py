"""How bytes are laid down in an episode's file, so that a torn end is told from an altered middle. Source: ours.

A file is a row of records and nothing else:

    kind    4 bytes   head, step, last, note or seal
    length  uint32    of the body
    crc     uint32    CRC-32 of the body
    crc     uint32    CRC-32 of the twelve bytes before
    body

All numbers are little-endian. Every byte stands under one of the two checksums. A file that ends inside a record was torn by a kill;
a record whose checksum does not hold was altered.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, get_args

from sim_suite.errors import DamagedFileError

Kind = Literal["head", "step", "last", "note", "seal"]
KINDS: Final = frozenset(get_args(Kind))
_FRONT: Final = struct.Struct("<4sII")
_CRC: Final = struct.Struct("<I")
FRONT_BYTES: Final = _FRONT.size + _CRC.size
"""Of a record, before its body."""


@dataclass(frozen=True)
class Place:
    """Where a record lies in its file."""

    kind: Kind
    start: int
    """Of its body."""
    length: int
    crc: int
    """Of its body, as written; `body` checks it."""

    @property
    def end(self) -> int:
        """Of the record: where the next one begins."""
        return self.start + self.length


def pack(kind: Kind, body: bytes) -> bytes:
    """One record."""
    front = _FRONT.pack(kind.encode(), len(body), zlib.crc32(body))
    return b"".join((front, _CRC.pack(zlib.crc32(front)), body))


def scan(data: bytes | memoryview, where: str) -> Iterator[Place]:
    """The records of a file, front by front, without reading bodies.

    Ends where the data end, also inside a record: compare the last place's end with the data's length. Raises
    `DamagedFileError` at a front whose checksum does not hold.
    """
    at, size = 0, len(data)
    while at + FRONT_BYTES <= size:
        name, length, crc = _FRONT.unpack_from(data, at)
        (front_crc,) = _CRC.unpack_from(data, at + _FRONT.size)
        if zlib.crc32(data[at : at + _FRONT.size]) != front_crc or name.decode("ascii", "replace") not in KINDS:
            raise DamagedFileError(
                f"{where} was altered at byte {at}: a record's front does not match its checksum. Restore it from a copy."
            )
        start = at + FRONT_BYTES
        if start + length > size:
            return
        yield Place(name.decode(), start, length, crc)
        at = start + length


def body(data: bytes | memoryview, place: Place, where: str) -> memoryview:
    """A record's body. Raises `DamagedFileError` where its checksum does not hold."""
    found = memoryview(data)[place.start : place.end]
    if zlib.crc32(found) != place.crc:
        raise DamagedFileError(
            f"{where} was altered between bytes {place.start} and {place.end}: a {place.kind!r} record does not match its "
            f"checksum. Restore it from a copy."
        )
    return found
