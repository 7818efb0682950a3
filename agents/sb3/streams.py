"""A training run's own random streams. Stable-Baselines3 draws from the global generators of Python, NumPy and torch.

`Streams` lends those globals to one run for the length of a `with` block and puts back what was there before, so that runs
do not disturb each other or their surroundings, and so that their state can be saved as plain arrays. Source: ours.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Snapshot = tuple[Any, Any, Tensor, list[Tensor]]
"""The states of Python's generator, NumPy's legacy generator, torch's on the CPU, and torch's on each CUDA device."""


class Streams:
    """The random streams of one run: between blocks at rest here, inside a block in the global generators."""

    def __init__(self, seed: int) -> None:
        """Begin all streams from `seed`."""
        outside = _take()
        random.seed(seed)
        np.random.seed(seed % 2**32)  # noqa: NPY002 the generator that Stable-Baselines3 uses
        torch.manual_seed(seed)
        self._state = _take()
        _put(outside)

    @contextmanager
    def active(self, threads: int = 0) -> Iterator[None]:
        """Inside the block the global generators are this run's; `threads` > 0 also sets torch's CPU threads for it."""
        outside, outside_threads = _take(), torch.get_num_threads()
        _put(self._state)
        if threads:
            torch.set_num_threads(threads)
        try:
            yield
        finally:
            self._state = _take()
            _put(outside)
            if threads:
                torch.set_num_threads(outside_threads)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state as named arrays."""
        python, legacy, cpu, cuda = self._state
        arrays: dict[str, NDArray[Any]] = {
            "python": np.array(python[1], np.uint32),
            "python_spare_gauss": np.array([] if python[2] is None else [python[2]], np.float64),
            "numpy": np.asarray(legacy[1], np.uint32),
            "numpy_position": np.array([legacy[2], legacy[3]], np.int64),
            "numpy_spare_gauss": np.array([legacy[4]], np.float64),
            "torch": cpu.numpy(),
        }
        return arrays | {f"cuda{index}": state.numpy() for index, state in enumerate(cuda)}

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """The inverse of `arrays`. A machine with other CUDA devices keeps those devices' present streams."""
        position, has_gauss = arrays["numpy_position"].tolist()
        spare = arrays["python_spare_gauss"].tolist()
        python, _, _, cuda = self._state
        self._state = (
            (python[0], tuple(arrays["python"].tolist()), spare[0] if spare else None),
            ("MT19937", arrays["numpy"], position, has_gauss, float(arrays["numpy_spare_gauss"][0])),
            torch.from_numpy(arrays["torch"].copy()),
            [
                torch.from_numpy(arrays[f"cuda{index}"].copy()) if f"cuda{index}" in arrays else state
                for index, state in enumerate(cuda)
            ],
        )


class ActingStream:
    """The random stream of one acting agent: torch's global generator is lent to it while it draws actions."""

    def __init__(self, seed: int, device: torch.device) -> None:
        """Begin at `seed`; on CUDA the device's generator is lent too."""
        self._devices = [] if device.type == "cpu" else [device]
        self.seed(seed)

    def seed(self, seed: int) -> None:
        """Begin anew."""
        with torch.random.fork_rng(self._devices):
            torch.manual_seed(seed)
            self._keep()

    @contextmanager
    def active(self) -> Iterator[None]:
        """Inside the block torch draws from this stream."""
        with torch.random.fork_rng(self._devices):
            torch.set_rng_state(self._cpu)
            for device, state in zip(self._devices, self._cuda, strict=True):
                torch.cuda.set_rng_state(state, device)
            yield
            self._keep()

    def _keep(self) -> None:
        self._cpu = torch.get_rng_state()
        self._cuda = [torch.cuda.get_rng_state(device) for device in self._devices]


def _take() -> Snapshot:
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []  # type: ignore[no-untyped-call]
    return random.getstate(), np.random.get_state(legacy=True), torch.get_rng_state(), cuda  # noqa: NPY002


def _put(snapshot: Snapshot) -> None:
    python, legacy, cpu, cuda = snapshot
    random.setstate(python)
    np.random.set_state(legacy)  # noqa: NPY002
    torch.set_rng_state(cpu)
    if cuda:
        torch.cuda.set_rng_state_all(cuda)
