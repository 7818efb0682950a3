"""MNIST's files: bytes behind a header of big-endian numbers, as they are or gzipped. Source: LeCun's page, "the IDX file format"."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from perception.classification.datasets.refusing import damaged, first_of
from perception.classification.source import SIDE, Labelled

BYTES: Final = 0x08
"""The type code of unsigned bytes."""
DIGIT: Final = 28
"""Rows and columns of a digit."""
PIECE: Final = 1 << 20
"""Bytes that are read at once."""
CLASSES: Final = tuple("0123456789")


def read_idx(path: Path, axes: int) -> NDArray[np.uint8]:
    """An array with so many axes. Raises `DamagedFileError` for another type, other axes, and bytes that lack or are left over."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            header = file.read(4 + 4 * axes)
            if header[:4] != bytes([0, 0, BYTES, axes]) or len(header) < 4 + 4 * axes:
                raise damaged(
                    path,
                    f"it does not begin as an IDX file of bytes with {axes} axes does, but with {header[:4].hex()}",
                )
            shape = tuple(int(one) for one in np.frombuffer(header, ">u4", offset=4))
            count = math.prod(shape)
            data = _at_most(file, count + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise damaged(path, f"it cannot be read ({error})") from error
    if len(data) != count:
        raise damaged(
            path, f"its header promises {count} bytes, and there are {'more' if len(data) > count else len(data)}"
        )
    return np.frombuffer(data, np.uint8).reshape(shape)


def read_mnist(folder: Path, training: bool) -> Labelled:
    """Digits with a black border, grey in all three colours. Raises `SuiteError` for what is not there or does not fit together."""
    part = "train" if training else "t10k"
    images, labels = (
        read_idx(first_of(folder, _names(f"{part}-{kind}-idx{axes}-ubyte"), "MNIST's files"), axes)
        for kind, axes in (("images", 3), ("labels", 1))
    )
    path = folder / f"{part}-images-idx3-ubyte"
    if images.shape[1:] != (DIGIT, DIGIT) or len(images) != len(labels):
        raise damaged(path, f"{len(images)} pictures of {images.shape[1]} x {images.shape[2]} for {len(labels)} labels")
    if len(labels) == 0 or labels.max() >= len(CLASSES):
        raise damaged(path, "there are no labels" if len(labels) == 0 else f"a label is {labels.max()}")
    border = (SIDE - DIGIT) // 2
    wide = np.pad(images, ((0, 0), (border, border), (border, border)))
    return Labelled(np.repeat(wide[..., None], 3, axis=3), labels)


def _at_most(file: BinaryIO | gzip.GzipFile, count: int) -> bytes:
    """So many bytes or all there are, in pieces: a header may promise more than there is memory."""
    pieces: list[bytes] = []
    while count > 0 and (piece := file.read(min(count, PIECE))):
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


def _names(name: str) -> tuple[str, ...]:
    """As published, unpacked, and as some tools unpack it."""
    dotted = name.replace("-idx", ".idx")
    return name, f"{name}.gz", dotted, f"{dotted}.gz"
