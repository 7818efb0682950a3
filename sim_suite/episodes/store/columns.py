"""Columns of numbers, a row a step, as compressed bytes and back: nothing is lost. Source: ours, on Zstandard (RFC 8878).

Two codecs. `rows` compresses each row by itself, so that a single picture can be read. `chunk` lays each row's bits over those of
the row before (exclusive or), which leaves little of a world that changes little, and compresses all rows together.
"""

from __future__ import annotations

import math
import struct
import threading
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import zstandard
from numpy.typing import NDArray

from sim_suite.errors import DamagedFileError, SuiteError

Codec = Literal["rows", "chunk"]
Array = NDArray[Any]
LEVEL: Final = 1
"""Of Zstandard. Measured on CarRacing's frames: 1 takes 25 us and leaves 1.8 to 2.3 kB of 27.6, 3 takes 39 us and leaves 2.3."""
ROWS_FROM_BYTES: Final = 1024
"""Rows of at least so many bytes are worth reading one at a time."""
DTYPES: Final = ("bool", "uint8", "int8", "int16", "int32", "int64", "uint32", "uint64", "float32", "float64")
_LENGTH: Final = struct.Struct("<II")
_local = threading.local()


@dataclass(frozen=True)
class Column:
    """One quantity of an episode."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    """Of one row."""
    codec: Codec
    observed: bool = False
    """Known before each action and once more after the last: it has one row more than the episode has steps."""

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES or self.codec not in ("rows", "chunk") or any(size < 0 for size in self.shape):
            raise SuiteError(
                f"column {self.name!r} of {self.dtype} {self.shape} by {self.codec!r} cannot be stored: dtypes are "
                f"{', '.join(DTYPES)}, codecs rows and chunk."
            )

    @property
    def row_bytes(self) -> int:
        """Of one row, uncompressed."""
        return math.prod(self.shape) * np.dtype(self.dtype).itemsize

    def empty(self, rows: int) -> Array:
        """[rows, *shape] uninitialised."""
        return np.empty((rows, *self.shape), self.dtype)

    def to_json(self) -> list[Any]:
        """Plain data."""
        return [self.name, self.dtype, list(self.shape), self.codec, self.observed]

    @staticmethod
    def from_json(data: Any) -> Column:
        """The inverse of `to_json`."""
        name, dtype, shape, codec, observed = data
        return Column(str(name), str(dtype), tuple(int(size) for size in shape), codec, bool(observed))


def column_for(name: str, dtype: Any, shape: tuple[int, ...], *, observed: bool = False) -> Column:
    """The column for such rows: large ones row by row, small ones together."""
    kind = np.dtype(dtype)
    large = math.prod(shape) * kind.itemsize >= ROWS_FROM_BYTES
    return Column(name, kind.name, tuple(shape), "rows" if large else "chunk", observed)


def encode(column: Column, rows: Array) -> bytes:
    """rows: [n, *shape] of the column's dtype."""
    rows = np.ascontiguousarray(rows, column.dtype)
    if rows.shape[1:] != column.shape:
        raise SuiteError(f"rows of the column {column.name!r} have the shape {column.shape}, not {rows.shape[1:]}.")
    packed = _pack_rows(column, rows) if column.codec == "rows" else _pack_chunk(rows)
    return _LENGTH.pack(len(packed), len(rows)) + packed


def decode(column: Column, data: memoryview, start: int, stop: int) -> Array:
    """Rows [start, stop) of what `encode` made, [stop - start, *shape]."""
    _, count = _LENGTH.unpack_from(data)
    payload = data[_LENGTH.size :]
    try:
        if column.codec == "chunk":
            return _unpack_chunk(column, payload, count)[start:stop]
        return _unpack_rows(column, payload, count, start, stop)
    except (zstandard.ZstdError, ValueError) as error:
        raise DamagedFileError(f"the column {column.name!r} cannot be read: {error}.") from error


def count_of(data: memoryview) -> int:
    """How many rows were encoded."""
    return int(_LENGTH.unpack_from(data)[1])


def size_of(data: memoryview) -> int:
    """Bytes of one encoded column at the beginning of `data`, so that several can lie one behind the other."""
    return _LENGTH.size + int(_LENGTH.unpack_from(data)[0])


def _pack_rows(column: Column, rows: Array) -> bytes:
    if not len(rows) or not column.row_bytes:
        return b""
    starts = np.arange(len(rows), dtype="<u8") * column.row_bytes
    segments = np.stack([starts, np.full(len(rows), column.row_bytes, "<u8")], axis=1)
    whole = zstandard.BufferWithSegments(rows.data.cast("B"), segments.tobytes())
    frames = _compressor().multi_compress_to_buffer(whole, threads=1)  # one call: the interpreter is free meanwhile
    sizes = np.array([len(frame) for frame in frames], "<u4")
    return b"".join([sizes.tobytes(), *(frame.tobytes() for frame in frames)])


def _unpack_rows(column: Column, payload: memoryview, count: int, start: int, stop: int) -> Array:
    found = column.empty(stop - start)
    if not found.size:
        return found
    ends = np.frombuffer(payload, "<u4", count).cumsum(dtype=np.int64) + 4 * count
    flat, decompress = found.reshape(len(found), -1).view(np.uint8), _decompressor().decompress
    for row in range(start, stop):
        first = int(ends[row - 1]) if row else 4 * count
        flat[row - start] = np.frombuffer(decompress(payload[first : int(ends[row])]), np.uint8)
    return found


def _pack_chunk(rows: Array) -> bytes:
    if not rows.size:
        return b""
    laid = rows.reshape(len(rows), -1).view(np.uint8).copy()
    laid[1:] ^= laid[:-1].copy()
    packed: bytes = _compressor().compress(np.ascontiguousarray(laid.T))
    return packed


def _unpack_chunk(column: Column, payload: memoryview, count: int) -> Array:
    if not count or not column.row_bytes:
        return column.empty(count)
    laid = np.frombuffer(_decompressor().decompress(payload), np.uint8).reshape(column.row_bytes, count).T
    rows = np.bitwise_xor.accumulate(laid, axis=0)
    return np.ascontiguousarray(rows).view(column.dtype).reshape(count, *column.shape)


def _compressor() -> Any:
    """One for each thread: they must not be shared."""
    if not hasattr(_local, "compressor"):
        _local.compressor = zstandard.ZstdCompressor(level=LEVEL)
    return _local.compressor


def _decompressor() -> Any:
    if not hasattr(_local, "decompressor"):
        _local.decompressor = zstandard.ZstdDecompressor()
    return _local.decompressor
