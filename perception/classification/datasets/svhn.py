"""SVHN's cropped digits: MATLAB 5 files with X [32, 32, 3, N] and y [N, 1], where 10 stands for 0. Source: Netzer et al. 2011, format 2."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.io import loadmat

from perception.classification.datasets.refusing import damaged, first_of
from perception.classification.source import SIDE, Labelled

CLASSES: Final = tuple("0123456789")
_UNREADABLE: Final = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    NotImplementedError,
    zlib.error,
    MemoryError,
)
"""What scipy raises for files that are none of MATLAB's, cut short, or of version 7.3."""


def read_svhn(folder: Path, training: bool) -> Labelled:
    """All pictures of a part. Raises `SuiteError` for what is not there or does not fit together."""
    path = first_of(folder, ("train_32x32.mat" if training else "test_32x32.mat",), "SVHN's cropped digits")
    try:
        held: dict[str, Any] = loadmat(path, variable_names=["X", "y"])  # of arrays by name, which scipy leaves untyped
    except _UNREADABLE as error:
        raise damaged(
            path,
            f"it is no MATLAB 5 file that can be read ({str(error).splitlines()[0] if str(error) else 'cut short'})",
        ) from error
    pictures, labels = np.asarray(held.get("X")), np.asarray(held.get("y"))
    if pictures.dtype != np.uint8 or pictures.shape != (SIDE, SIDE, 3, labels.size) or labels.size == 0:
        raise damaged(
            path,
            f"X is {pictures.dtype} {list(pictures.shape)} and y {list(labels.shape)}, not uint8 [32, 32, 3, N] and [N, 1]",
        )
    if labels.dtype.kind not in "uif" or labels.min() < 1 or labels.max() > len(CLASSES):
        raise damaged(path, "labels are not 1 to 10")
    digits = (labels.ravel().astype(np.int64) % len(CLASSES)).astype(np.uint8)
    return Labelled(np.ascontiguousarray(pictures.transpose(3, 0, 1, 2)), digits)
