"""A file's bytes, unpacked if it is packed; what people give in place of a document is refused by its name.

Source: ASAM OpenDRIVE 1.8, clause 5.2 (compressed files, .xodrz, are gzip); RFC 1952; the rest ours.
"""

from __future__ import annotations

import stat
import zlib
from pathlib import Path
from typing import Final

from sim_suite.driving.documents.kinds import DocumentKind
from sim_suite.errors import SuiteError

_GZIP: Final = b"\x1f\x8b"
_GZIP_WINDOW: Final = 31
"""zlib's code for "a gzip header and the largest window"."""
_MISTAKEN: Final = (
    (
        b"version https://git-lfs",
        "a Git LFS pointer stands in place of the {thing}. Run `git lfs pull` in its repository.",
    ),
    (b"<!doctype html", "a web page, not an {name} file. Download the file itself."),
    (b"<html", "a web page, not an {name} file. Download the file itself."),
    (b"PK\x03\x04", "a zip archive. Unpack it, and give the {suffix} file in it."),
)
"""How a file begins, in small letters, and what it is then."""


def file_bytes(path: Path, most: int, kind: DocumentKind) -> bytes:
    """The bytes of a file, at most `most` of them, also after unpacking. Raises the kind's error, its only one."""
    source = str(path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):  # opening a pipe would wait for ever
            raise kind.refusal(
                f"not a file but a pipe or a device. Give the path of an {kind.name} file.", source=source
            )
        if status.st_size > most:
            raise _too_large(f"the file has {status.st_size} bytes", most, source, kind)
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise kind.refusal(f"could not read the file: {reason}. Check the path.", source=source) from error
    if data.startswith(_GZIP):
        data = _unpacked(data, most, source, kind)
    start = data[:64].lstrip().lower()
    for beginning, message in _MISTAKEN:
        if start.startswith(beginning.lower()):
            raise kind.refusal(message.format(thing=kind.thing, name=kind.name, suffix=kind.suffix), source=source)
    return data


def _unpacked(data: bytes, most: int, source: str, kind: DocumentKind) -> bytes:
    unpacker = zlib.decompressobj(_GZIP_WINDOW)
    try:
        unpacked = unpacker.decompress(data, most + 1)
    except zlib.error as error:
        raise kind.refusal(f"the gzip file is damaged ({error}). Restore it.", source=source) from error
    if len(unpacked) > most:
        raise _too_large(f"unpacked, the file has {len(unpacked)} bytes or more", most, source, kind)
    if not unpacker.eof:
        raise kind.refusal("the gzip file is cut off. Restore it.", source=source)
    return unpacked


def _too_large(what: str, most: int, source: str, kind: DocumentKind) -> SuiteError:
    return kind.refusal(f"{what}, more than {most}. Cut the {kind.thing} into parts.", source=source)
