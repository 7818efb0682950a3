"""Durable files: atomic replacement, checksums, and an append-only journal that survives `kill -9`.

Every file that somebody may read back is written to a temporary name in its own folder, flushed, synced and renamed, so
a reader sees the old contents or the new, never half of either.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from sim_suite.errors import DamagedFileError, SuiteError


def write_atomic(path: Path, data: bytes | str) -> None:
    """Replace `path` by `data` in one step. Raises `SuiteError` when the disk refuses, leaving the old file untouched."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_pieces(path, [data.encode() if isinstance(data, str) else data])


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """The same in an existing folder, of contents that come piece by piece and need not fit into memory together."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise SuiteError(
            f"could not write {path}: {error.strerror}. Free some space or choose another --out."
        ) from error


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder: a file that was made or renamed may lack its own after a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal values give equal bytes. NaN is refused, because JSON has none."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def write_json(path: Path, value: Any) -> None:
    """Write `value` as indented, key-sorted JSON, atomically."""
    write_atomic(path, json.dumps(value, sort_keys=True, indent=2, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Read a JSON file. Raises `DamagedFileError` naming the file and line when it is not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SuiteError(f"{path} does not exist.") from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        where = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "not text"
        raise DamagedFileError(
            f"{path} is not valid JSON ({where}). Restore it from a copy or write it anew."
        ) from error


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def journal_line(record: dict[str, Any]) -> bytes:
    """A record as it lies in a `Journal`."""
    body = canonical_json(record)
    return f"{zlib.crc32(body.encode()):08x} {body}\n".encode()


class Journal:
    """An append-only file of JSON records, one a line, each behind the CRC-32 of its own text.

    A record is complete when its line ends in a newline and its checksum holds. A torn last line is what a killed process
    leaves; opening for append cuts it off. A damaged line anywhere else is an error, since records behind it would
    silently count for less than they say.
    """

    def __init__(self, path: Path) -> None:
        """Open `path` for appending, creating it if need be and cutting off a torn last line."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        keep = sum(len(line) for line in _whole_lines(path)) if path.exists() else 0
        self._file = path.open(
            "ab", buffering=0
        )  # nothing is held back: closing a journal on a full disk has nothing to lose
        if path.stat().st_size != keep:
            self._file.truncate(keep)

    def append(self, record: dict[str, Any], *, sync: bool = True) -> None:
        """Write one record and, with `sync`, wait until the disk has it."""
        line = journal_line(record)
        try:
            while line:
                line = line[self._file.write(line) or 0 :]
            if sync:
                os.fsync(self._file.fileno())
        except OSError as error:
            raise SuiteError(
                f"could not append to {self.path}: {error.strerror}. Free some space, then run again with --resume."
            ) from error

    def close(self) -> None:
        """Close the file; the journal stays readable."""
        self._file.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_journal(path: Path) -> list[dict[str, Any]]:
    """All complete records of a journal, in the order of writing; a torn last line is passed over.

    Raises `DamagedFileError` with the line number where an earlier record fails its checksum.
    """
    return [json.loads(line[9:]) for line in _whole_lines(path)]


def _whole_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        lines = file.read().splitlines(keepends=True)
    for number, line in enumerate(lines, start=1):
        body = line[9:].rstrip(b"\n")
        whole = line.endswith(b"\n") and line[8:9] == b" " and line[:8] == f"{zlib.crc32(body):08x}".encode()
        if whole:
            yield line
        elif number < len(lines) or line.endswith(b"\n"):
            raise DamagedFileError(
                f"{path}:{number}: record does not match its checksum. The file was altered; restore it from a copy, "
                f"or remove that line to run its episode again."
            )
