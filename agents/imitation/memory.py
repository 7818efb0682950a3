"""Keeps what is learned from in memory where it fits: decoding a step's pictures anew each epoch costs as much as learning from it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Dataset as TorchDataset

from agents.imitation.batches import Batches
from agents.imitation.loading import StepData, loader

_AT_ONCE = 256


class Remembered(TorchDataset[Any]):
    """All steps of a dataset, decoded once."""

    def __init__(self, data: StepData) -> None:
        """Read everything."""
        self._observations = np.empty((len(data), *data.shape), data.dtype)
        self._actions = data.actions()
        for begin in range(0, len(data), _AT_ONCE):
            rows = range(begin, min(begin + _AT_ONCE, len(data)))
            self._observations[begin : rows.stop], _ = data.__getitems__(rows)
        data.close()

    def __getitems__(self, indices: list[int]) -> tuple[NDArray[Any], NDArray[Any]]:
        return self._observations[indices], self._actions[indices]


def batches_of(data: StepData, batch_size: int, seed: int, workers: int, memory_mb: int) -> Batches:
    """Shuffled batches, from memory where all observations take at most `memory_mb`; the same ones either way."""
    size = len(data) * int(np.prod(data.shape)) * data.dtype.itemsize
    if size > memory_mb * 1_000_000:
        return loader(data, batch_size, seed, workers)
    counts = [len(source.rows) for source in data.sources]
    return Batches(Remembered(data), counts, data.pool, batch_size, seed, 0, data.identity)
