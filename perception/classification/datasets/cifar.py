"""CIFAR-10's binary version: a byte of label, then red, green and blue planes. Source: Krizhevsky's page, "binary version".

The version for Python is pickled, which runs code from the file; it is refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from perception.classification.datasets.refusing import damaged, first_of
from perception.classification.source import SIDE, Labelled
from sim_suite.errors import SuiteError

CLASSES: Final = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip
PLANES: Final = 3
RECORD: Final = 1 + PLANES * SIDE * SIDE
TRAINING: Final = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
TEST: Final = ("test_batch.bin",)


def read_cifar10(folder: Path, training: bool) -> Labelled:
    """All pictures of a part. Raises `SuiteError` for what is not there, pickled, or not whole."""
    inner = folder / "cifar-10-batches-bin"
    folder = inner if inner.is_dir() else folder
    for pickled in (folder / "data_batch_1", folder / "cifar-10-batches-py"):
        if pickled.exists() and not (folder / TRAINING[0]).exists():
            raise SuiteError(
                f"{pickled} is pickled, and unpickling runs code. Take the binary version (cifar-10-binary.tar.gz) and name its folder."
            )
    records = []
    for name in TRAINING if training else TEST:
        path = first_of(folder, (name,), "CIFAR-10's binary version")
        data = np.fromfile(path, np.uint8)
        if len(data) == 0 or len(data) % RECORD:
            raise damaged(path, f"{len(data)} bytes are no whole number of records of {RECORD}")
        rows = data.reshape(-1, RECORD)
        if rows[:, 0].max() >= len(CLASSES):
            raise damaged(path, f"a label is {rows[:, 0].max()}")
        records.append(rows)
    whole = np.concatenate(records)
    planes = whole[:, 1:].reshape(-1, PLANES, SIDE, SIDE)
    return Labelled(np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), whole[:, 0].copy())
