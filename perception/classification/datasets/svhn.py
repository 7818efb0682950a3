"""SVHN's cropped digits: MATLAB 5 files with X [32, 32, 3, N] and y [N, 1], where 10 stands for 0. Source: Netzer et al. 2011, format 2."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from perception.classification.datasets.matlab import read_matrices
from perception.classification.datasets.refusing import damaged, first_of
from perception.classification.source import SIDE, Labelled

CLASSES: Final = tuple("0123456789")


def read_svhn(folder: Path, training: bool) -> Labelled:
    """All pictures of a part. Raises `SuiteError` for what is not there or does not fit together."""
    path = first_of(folder, ("train_32x32.mat" if training else "test_32x32.mat",), "SVHN's cropped digits")
    held = read_matrices(path)
    pictures, labels = (held.get(name, np.empty(0)) for name in "Xy")
    if pictures.dtype != np.uint8 or pictures.shape != (SIDE, SIDE, 3, labels.size) or labels.size == 0:
        raise damaged(
            path,
            f"X is {pictures.dtype} {list(pictures.shape)} and y {list(labels.shape)}, not uint8 [32, 32, 3, N] and [N, 1]",
        )
    if labels.dtype.kind not in "uif" or labels.min() < 1 or labels.max() > len(CLASSES):
        raise damaged(path, "labels are not 1 to 10")
    digits = (labels.ravel().astype(np.int64) % len(CLASSES)).astype(np.uint8)
    return Labelled(np.ascontiguousarray(pictures.transpose(3, 0, 1, 2)), digits)
