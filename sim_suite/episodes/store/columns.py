"""Columns of numbers, a row a step, as compressed bytes and back: nothing is lost. Source: ours, on Zstandard (RFC 8878).

Three codecs. `rows` compresses each row by itself, so that a single picture can be read. `chunk` lays each row's bits over those of
the row before (exclusive or), which leaves little of what changes little, and compresses all rows together, byte by byte. `changes`
keeps of all the columns that have it only the words that change (changes.py); they are stored together, where the first of them is.
A fourth, `planes`, is only read: format 1 kept driving worlds by it, as `chunk`, but without the bytes that never change.

Many episodes side by side are encoded together: what numpy and Zstandard do for all of them is one call, during which others run.
"""

from __future__ import annotations

import math
import struct
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, get_args

import numpy as np
import zstandard
from numpy.typing import NDArray

from sim_suite.episodes.store import changes
from sim_suite.errors import DamagedFileError, SuiteError

Codec = Literal["rows", "chunk", "changes", "planes"]
Array = NDArray[Any]
Bytes = NDArray[np.uint8]
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
        if self.dtype not in DTYPES or self.codec not in get_args(Codec) or any(size < 0 for size in self.shape):
            raise SuiteError(
                f"column {self.name!r} of {self.dtype} {self.shape} by {self.codec!r} cannot be stored: dtypes are "
                f"{', '.join(DTYPES)}, codecs {', '.join(get_args(Codec))}."
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


def current(column: Column) -> Column:
    """The column as it is written today."""
    return replace(column, codec="changes") if column.codec == "planes" else column


def encode(column: Column, rows: Array | Sequence[Array]) -> bytes:
    """rows: [n, *shape] of the column's dtype; of the codec `rows` also a list of such rows, which spares a copy."""
    return encode_all([column], [rows])[0]


def encode_all(columns: Sequence[Column], rows: Sequence[Array | Sequence[Array]]) -> list[bytes]:
    """Columns of one episode, compressed in one call: between two calls the thread that compresses waits for the interpreter."""
    parts: list[Array | bytes] = []
    shares: list[tuple[int, int]] = []
    for column, values in zip(columns, rows, strict=True):
        before = len(parts)
        parts += _parts(column, values)
        shares.append((before, len(parts)))
    frames = _compress(parts)
    encoded = [
        _laid_down(column, len(values), frames[first:end])
        for column, values, (first, end) in zip(columns, rows, shares, strict=True)
    ]
    together = [at for at, column in enumerate(columns) if column.codec == "changes"]
    if together and len(rows[together[0]]):
        words = changes.side_by_side([_contiguous(columns[at], rows[at]) for at in together])
        encoded[together[0]] = encode_changes([changes.lay(words)], [len(words)])[0]
    return encoded


def encode_changes(laid: Sequence[Array | bytes], counts: Sequence[int]) -> list[bytes]:
    """What `changes.lay` made of several episodes, compressed in one call: for each the first of its columns of that codec.

    counts: rows of each. The other columns are `no_more(count)`.
    """
    frames = _compress(laid, changes.LEVEL)
    return [b"".join((_LENGTH.pack(len(frame), count), frame)) for frame, count in zip(frames, counts, strict=True)]


def no_more(count: int) -> bytes:
    """A column whose rows are stored with another's."""
    return _LENGTH.pack(0, count)


def encode_many(column: Column, rows: Array) -> list[bytes]:
    """rows: [n, G, *shape], of G episodes side by side; what `encode` makes of each, but done together."""
    _refuse_shape(column, rows.shape[2:])
    rows = np.ascontiguousarray(rows, column.dtype)
    count, episodes = rows.shape[:2]
    if column.codec != "chunk" or not rows.size:
        return [encode(column, rows[:, one]) for one in range(episodes)]
    frames = _compress(_pack_chunks(rows.reshape(count, episodes, -1).view(np.uint8)))
    return [_laid_down(column, count, [frame]) for frame in frames]


def decode(column: Column, data: memoryview, start: int, stop: int) -> Array:
    """Rows [start, stop) of what `encode` made, [stop - start, *shape]; not of `changes`, which `decode_changes` has."""
    _, count = _LENGTH.unpack_from(data)
    payload = data[_LENGTH.size :]
    try:
        if column.codec == "rows":
            return _unpack_rows(column, payload, count, start, stop)
        if not count or not column.row_bytes:
            return column.empty(stop - start)
        unpack = _unpack_chunk if column.codec == "chunk" else _unpack_planes
        rows = unpack(_decompressor().decompress(payload), count, column.row_bytes)
        return np.ascontiguousarray(rows[start:stop]).view(column.dtype).reshape(stop - start, *column.shape)
    except (zstandard.ZstdError, ValueError) as error:
        raise DamagedFileError(f"the column {column.name!r} cannot be read: {error}.") from error


def decode_changes(columns: Sequence[Column], data: memoryview) -> list[Array]:
    """All rows of all columns of that codec, [n, *shape] each. data: the first's."""
    _, count = _LENGTH.unpack_from(data)
    if not count:
        return [column.empty(0) for column in columns]
    sizes = [column.row_bytes for column in columns]
    try:
        laid = _decompressor().decompress(data[_LENGTH.size :])
        rows = changes.apart(changes.unlay(laid, count, sum(map(changes.padded_bytes, sizes)) // 4), sizes)
        return [
            np.ascontiguousarray(raw).view(column.dtype).reshape(count, *column.shape)
            if column.row_bytes
            else column.empty(count)
            for column, raw in zip(columns, rows, strict=True)
        ]
    except (zstandard.ZstdError, ValueError) as error:
        raise DamagedFileError(f"the columns from {columns[0].name!r} on cannot be read: {error}.") from error


def count_of(data: memoryview) -> int:
    """How many rows were encoded."""
    return int(_LENGTH.unpack_from(data)[1])


def size_of(data: memoryview) -> int:
    """Bytes of one encoded column at the beginning of `data`, so that several can lie one behind the other."""
    return _LENGTH.size + int(_LENGTH.unpack_from(data)[0])


def _parts(column: Column, rows: Array | Sequence[Array]) -> Sequence[Array | bytes]:
    """What is to be compressed of a column: each row, or all of them together; nothing of nothing."""
    if isinstance(rows, np.ndarray):
        rows = _contiguous(column, rows)
    else:
        for shape in {row.shape for row in rows}:
            _refuse_shape(column, shape)
        if column.codec != "rows" or not all(row.flags.c_contiguous and row.dtype == column.dtype for row in rows):
            rows = [np.ascontiguousarray(row, column.dtype) for row in rows]
    if not len(rows) or not column.row_bytes or column.codec == "changes":
        return []
    if column.codec == "planes":
        raise SuiteError(f"the column {column.name!r} is of format 1's codec, which is only read.")
    return (
        list(rows)
        if column.codec == "rows"
        else _pack_chunks(np.asarray(rows).reshape(len(rows), 1, -1).view(np.uint8))
    )


def _contiguous(column: Column, rows: Array | Sequence[Array]) -> Array:
    rows = np.asarray(rows)
    _refuse_shape(column, rows.shape[1:])
    return np.ascontiguousarray(rows, column.dtype)


def _laid_down(column: Column, count: int, frames: Sequence[Any]) -> bytes:
    """A column's compressed parts behind their length and the number of rows; rows that are read one by one say their sizes."""
    if column.codec == "rows" and frames:
        frames = [np.array([len(frame) for frame in frames], "<u4").tobytes(), *frames]
    return b"".join((_LENGTH.pack(sum(map(len, frames)), count), *frames))


def _refuse_shape(column: Column, shape: tuple[int, ...]) -> None:
    if shape != column.shape:
        raise SuiteError(f"rows of the column {column.name!r} have the shape {column.shape}, not {shape}.")


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


def _pack_chunks(rows: Bytes) -> Sequence[Array | bytes]:
    """rows: [n, G, B]; of each episode its changes, [B, n]."""
    laid = rows.copy()
    np.bitwise_xor(rows[1:], rows[:-1], out=laid[1:])
    return list(np.ascontiguousarray(laid.transpose(1, 2, 0)))


def _unpack_chunk(data: bytes, count: int, row_bytes: int) -> Bytes:
    """[count, row_bytes]"""
    laid = np.frombuffer(data, np.uint8).reshape(row_bytes, count).T
    return np.bitwise_xor.accumulate(laid, axis=0)


def _unpack_planes(data: bytes, count: int, row_bytes: int) -> Bytes:
    """[count, row_bytes] from the first row, a bit for each byte that ever changes, and the changes of those, [C, count - 1]."""
    read = np.frombuffer(data, np.uint8)
    first, marks = read[:row_bytes], read[row_bytes : row_bytes + (row_bytes + 7) // 8]
    changed = np.flatnonzero(np.unpackbits(marks, count=row_bytes))
    planes = read[len(first) + len(marks) :].reshape(len(changed), count - 1).T
    rows = np.empty((count, row_bytes), np.uint8)
    rows[:] = first
    rows[1:, changed] = np.bitwise_xor.accumulate(planes, axis=0) ^ first[changed]
    return rows


def _compress(parts: Sequence[Array | bytes], level: int = LEVEL) -> list[Any]:
    """Each by itself, in one call, during which others run."""
    if not parts:
        return []
    if len(parts) == 1:
        return [_compressor(level).compress(parts[0])]
    return list(_compressor(level).multi_compress_to_buffer(list(parts), threads=1))


def _compressor(level: int) -> Any:
    """One for each thread: they must not be shared."""
    if not hasattr(_local, "compressors"):
        _local.compressors = {}
    if level not in _local.compressors:
        _local.compressors[level] = zstandard.ZstdCompressor(level=level)
    return _local.compressors[level]


def _decompressor() -> Any:
    if not hasattr(_local, "decompressor"):
        _local.decompressor = zstandard.ZstdDecompressor()
    return _local.decompressor
