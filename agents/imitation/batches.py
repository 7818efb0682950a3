"""Which steps come together, in which order, and the processes that read them. Source: ours.

Order and batches depend on the seed, the epoch and what is listed, not on the number of processes. Processes are spawned, never
forked: a script of one's own that asks for them needs `if __name__ == "__main__":` around what it does.

Up to a pool's number of episodes, an epoch is a uniform permutation of all steps. Of more, episodes are dealt into pools at random,
anew each epoch, and the steps of a pool are permuted among themselves: a batch is then drawn from a pool's episodes and not from all.
No step is met twice or left out in an epoch.
"""

from __future__ import annotations

import atexit
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Sampler, get_worker_info
from torch.utils.data import Dataset as TorchDataset

from sim_suite.compiling.sharing import at_most
from sim_suite.errors import SuiteError

Batch = tuple[torch.Tensor, torch.Tensor]
AHEAD: Final = 4
"""Batches that each process reads ahead."""


def order_of(counts: Sequence[int], pool: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """All steps in the order of an epoch, [sum(counts)] int64. counts: steps of each episode; pool: episodes that are mixed."""
    random = np.random.default_rng([seed, epoch])
    starts = np.cumsum([0, *counts])
    episodes = random.permutation(len(counts))
    parts = []
    for begin in range(0, len(episodes), pool):
        steps = [np.arange(starts[k], starts[k + 1]) for k in episodes[begin : begin + pool].tolist()]
        parts.append(random.permutation(np.concatenate(steps)))
    return np.concatenate(parts)


class ShuffledBatches(Sampler[list[int]]):
    """Batches of step numbers; the last one of an epoch may be smaller."""

    def __init__(self, counts: Sequence[int], pool: int, batch_size: int, seed: int) -> None:
        self._counts, self._pool, self._batch_size, self._seed = list(counts), pool, batch_size, seed
        self.epoch, self.first = 0, 0
        """What the next iteration goes through, and from which batch on."""

    def __len__(self) -> int:
        """Batches of an epoch."""
        return -(-sum(self._counts) // self._batch_size)

    def __iter__(self) -> Iterator[list[int]]:
        order = order_of(self._counts, self._pool, self._seed, self.epoch)
        for begin in range(self.first * self._batch_size, len(order), self._batch_size):
            yield order[begin : begin + self._batch_size].tolist()


class Batches:
    """Goes through a dataset epoch by epoch. Close it, or use it in a `with`, to end its processes.

    `for batch in batches` goes through what is left of the present epoch, and the next `for` through the next one. `state_dict`
    between any two batches says where that is; a fresh one that is given it goes on with the same batches.
    """

    def __init__(
        self, data: TorchDataset[Any], counts: Sequence[int], pool: int, batch_size: int, seed: int, workers: int,
        identity: str = "",
    ) -> None:  # fmt: skip
        """counts: steps of each episode; pool: episodes that are mixed; workers: processes that read, 0 to read in this one;
        identity: says which steps those are. Raises `SuiteError` for other numbers."""
        if batch_size < 1 or pool < 1 or workers < 0 or seed < 0:
            raise SuiteError(
                f"batch_size is {batch_size}, pool {pool}, workers {workers}, seed {seed}; give 1, 1, 0 and 0 or more."
            )
        self._sampler = ShuffledBatches(counts, pool, batch_size, seed)
        facts = repr((list(counts), pool, batch_size, seed, identity))
        self._identity = hashlib.sha256(facts.encode()).hexdigest()
        self._position = (0, 0)
        self._loader: DataLoader[Any] | None = DataLoader(
            _Told(data), batch_sampler=self._sampler, num_workers=workers, collate_fn=_as_tensors,
            multiprocessing_context="spawn" if workers else None, persistent_workers=workers > 0,
            prefetch_factor=AHEAD if workers else None, worker_init_fn=_begin_process,
        )  # fmt: skip

    def __len__(self) -> int:
        """Batches of an epoch."""
        return len(self._sampler)

    def __iter__(self) -> Iterator[Batch]:
        """What is left of the present epoch."""
        return self.epoch(*self._position)

    def epoch(self, number: int, first: int = 0) -> Iterator[Batch]:
        """(observations [n, ...], actions [n, ...]) of an epoch, from batch `first` on, as tensors.

        The same numbers give the same batches. Raises `SuiteError` where an episode cannot be read, or a process that reads has died.
        """
        if self._loader is None:
            raise SuiteError("these batches were closed. Make new ones with agents.imitation.loading.loader.")
        self._position = number, first
        self._sampler.epoch, self._sampler.first = number, first
        loader = self._loader
        batches = _unless_dead(lambda: iter(loader))
        for batch_number in range(first, len(self)):
            batch = _unless_dead(lambda: next(batches))
            if isinstance(batch, SuiteError):
                raise batch
            self._position = (number, batch_number + 1) if batch_number + 1 < len(self) else (number + 1, 0)
            yield batch

    def state_dict(self) -> dict[str, Any]:
        """Which batch comes next, as plain data for JSON."""
        epoch, batch = self._position
        return {"epoch": epoch, "batch": batch, "identity": self._identity}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from there. Raises `SuiteError` where it is of other steps, or of another seed or size of batches."""
        if state["identity"] != self._identity:
            raise SuiteError(
                "the position is of other episodes, another seed or another batch size than these. Name the same ones, in the "
                "same order, or begin anew."
            )
        self._position = int(state["epoch"]), int(state["batch"])

    def close(self) -> None:
        """End the processes."""
        self._loader = None

    def __enter__(self) -> Batches:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _unless_dead(wait: Callable[[], Any]) -> Any:
    """What a call gives that waits for processes. Raises `SuiteError` where one has died."""
    try:
        return wait()
    except RuntimeError as error:
        if not str(error).startswith("DataLoader worker"):
            raise
        raise SuiteError(
            f"a process that reads episodes has died ({str(error).splitlines()[0]}). If it lacked memory, use fewer workers; a "
            f'script that asks for workers needs `if __name__ == "__main__":` around what it does.'
        ) from error


class _Told(TorchDataset[Any]):
    """A dataset whose errors come as values, so that they cross processes as they are."""

    def __init__(self, data: TorchDataset[Any]) -> None:
        self._data: Any = data

    def __getitems__(self, indices: list[int]) -> Any:
        try:
            if get_worker_info() is None:
                return self._data.__getitems__(indices)
            with at_most(1):  # thread: there is a process for each core already
                return self._data.__getitems__(indices)
        except SuiteError as error:
            return error


def _as_tensors(batch: Any) -> Any:
    return batch if isinstance(batch, SuiteError) else tuple(torch.from_numpy(part) for part in batch)


def _begin_process(worker: int) -> None:
    """OpenCV, which would take all cores in each process, gets one. And a process that is told to end ends at once: it may still be
    sending a batch that nobody waits for, and the interpreter's own way out then aborts (7 of 24 with torch 2.13 and Python 3.11,
    "terminate called without an active exception"), which torch throws into whatever its parent is doing."""
    atexit.register(os._exit, 0)
    try:
        import cv2
    except ImportError:
        return
    cv2.setNumThreads(1)
