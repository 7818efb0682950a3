"""Arrays of numbers in MATLAB 5 files. Source: MathWorks, "MAT-File Format", chapter 1, level 5.

Ours, since scipy's reader ended the whole process (a segmentation fault) on altered files.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perception.classification.datasets.refusing import damaged

HEADER: Final = 128
"""Bytes of text, version and order before the first element."""
MATRIX: Final = 14
COMPRESSED: Final = 15
STORED: Final = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
"""Types of an element's numbers (table 1-1)."""
NUMBERS: Final = range(6, 16)
"""Classes of arrays that hold numbers, double to uint64 (table 1-3)."""
COMPLEX: Final = 0x0800
"""Flag of an array with an imaginary part."""


class _Broken(ValueError):
    """What is wrong with the bytes."""


class _Element(NamedTuple):
    kind: int
    data: memoryview


def read_matrices(path: Path) -> Mapping[str, NDArray[Any]]:
    """Every array of real numbers by its name, of the type that it is stored in. Raises `DamagedFileError` for a file that is no such."""
    try:
        data = memoryview(path.read_bytes())
        order = {b"IM": "<", b"MI": ">"}.get(bytes(data[126:128]))
        if order is None:
            raise _Broken("it does not begin as one")
        found: dict[str, NDArray[Any]] = {}
        for element in _elements(data[HEADER:], order):
            if element.kind == COMPRESSED:
                (element,) = _elements(memoryview(zlib.decompress(element.data)), order)
            if element.kind == MATRIX:
                found.update(_matrix(element.data, order))
    except (OSError, ValueError, zlib.error) as error:
        raise damaged(path, f"it is no MATLAB 5 file that can be read ({error})") from error
    return found


def _elements(data: memoryview, order: str) -> Iterator[_Element]:
    """One after the other: a tag of type and length, then so many bytes, filled up to a multiple of 8."""
    while len(data) > 0:
        if len(data) < 8:
            raise _Broken("it is cut short")
        kind, length = (int(one) for one in np.frombuffer(data[:8], order + "u4"))
        if kind >> 16:  # a small element: both in the first four bytes, and its data in the others
            kind, length, begin, end = kind & 0xFFFF, kind >> 16, 4, 8
        else:
            begin, end = 8, 8 + length + (-length % 8 if kind != COMPRESSED else 0)
        if begin + length > len(data):
            raise _Broken("it is cut short")
        yield _Element(kind, data[begin : begin + length])
        data = data[end:]


def _matrix(data: memoryview, order: str) -> Mapping[str, NDArray[Any]]:
    """The array of an element, or nothing where it holds no real numbers."""
    parts = list(_elements(data, order))
    if len(parts) < 3 or len(parts[0].data) != 8 or parts[1].kind != 5 or len(parts[1].data) % 4:
        raise _Broken("an array has no flags, sides and name")
    flags = int(np.frombuffer(parts[0].data, order + "u4")[0])
    if flags & 0xFF not in NUMBERS or flags & COMPLEX or len(parts) != 4:
        return {}
    if parts[3].kind not in STORED:
        raise _Broken(f"numbers are stored as type {parts[3].kind}")
    shape = tuple(int(one) for one in np.frombuffer(parts[1].data, order + "i4"))
    numbers = np.frombuffer(parts[3].data, order + STORED[parts[3].kind])
    if min(shape, default=-1) < 0 or math.prod(shape) != len(numbers):
        raise _Broken(f"an array of {list(shape)} has {len(numbers)} numbers")
    return {bytes(parts[2].data).decode("ascii"): numbers.reshape(shape, order="F")}
