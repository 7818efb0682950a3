"""A published data set as a source of labelled pictures: each epoch shows every training picture once. Source: ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perception.classification.datasets import cifar, idx, svhn
from perception.classification.source import HeldOut, Labelled
from sim_suite.errors import UnknownNameError


class DataSet(NamedTuple):
    """One name."""

    classes: tuple[str, ...]
    read: Callable[[Path, bool], Labelled]
    """From a folder, pictures to learn from or those to be judged by."""


DATA_SETS: Final = {
    "mnist": DataSet(idx.CLASSES, idx.read_mnist),
    "cifar10": DataSet(cifar.CLASSES, cifar.read_cifar10),
    "svhn": DataSet(svhn.CLASSES, svhn.read_svhn),
}


class FileSource:
    """See `LabelledSource`. Files are read when they are needed first."""

    def __init__(self, spec: str, seed: int) -> None:
        """spec: NAME:DIR. Raises `SuiteError` for an unknown name."""
        name, _, folder = spec.partition(":")
        if name not in DATA_SETS or not folder:
            known = ("signs", "road_users", *(f"{one}:DIR" for one in DATA_SETS))
            raise UnknownNameError("data", spec, known)
        self._set, self._folder, self._seed = DATA_SETS[name], Path(folder), seed
        self._name = name

    @property
    def classes(self) -> tuple[str, ...]:
        """See `LabelledSource`."""
        return self._set.classes

    def batch(self, number: int, count: int) -> Labelled:
        """See `LabelledSource`."""
        pictures, labels = self._training
        chosen = [self._place(index, len(labels)) for index in range(number * count, (number + 1) * count)]
        return Labelled(pictures[chosen], labels[chosen])

    def held_out(self, count: int) -> Iterator[HeldOut]:
        """See `LabelledSource`; the test pictures, spread evenly over the file."""
        pictures, labels = self._set.read(self._folder, False)
        chosen = np.linspace(0, len(labels) - 1, min(count, len(labels))).round().astype(int)
        yield HeldOut(self._name, Labelled(pictures[chosen], labels[chosen]))

    @cached_property
    def _training(self) -> Labelled:
        return self._set.read(self._folder, True)

    def _place(self, index: int, count: int) -> int:
        """Of the example `index`, in the order of its epoch."""
        epoch, place = divmod(index, count)
        if self._epoch is None or self._epoch[0] != epoch:
            self._epoch = epoch, np.random.default_rng([self._seed, epoch]).permutation(count)
        return int(self._epoch[1][place])

    _epoch: tuple[int, NDArray[np.int64]] | None = None
