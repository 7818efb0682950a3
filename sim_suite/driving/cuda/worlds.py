"""Worlds on a GPU as an object: copy them there, step, read them back. Source: ours.

    on_gpu = GpuWorlds(world.state, world.ground)      # world: a World that was reset
    controls = torch.as_tensor(on_gpu.state.controls)  # the same memory, no copy
    on_gpu.step(2)
    on_gpu.download(world.state)                       # then world.events, world.snapshot, ... as ever

Arrays that lie on the GPU already (torch tensors, anything with `__cuda_array_interface__`) are used where they are. Resets are
done on the CPU, where routes are drawn, and uploaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar

import numpy as np

from sim_suite.driving.cuda.keeping import cuda
from sim_suite.driving.cuda.kernels import step_worlds
from sim_suite.driving.traffic.presence import Presence, new_presence
from sim_suite.driving.world.layout import State
from sim_suite.driving.world.terrain import Ground
from sim_suite.errors import SuiteError

MOST_THREADS: Final = 128
"""Of a block: the kernel holds some 190 registers a thread, and a multiprocessor has 65,536."""

# Trees of named tuples are rebuilt by type; their leaves are arrays of numpy here and of numba there.
Tree = TypeVar("Tree", bound=tuple[Any, ...])


def has_gpu() -> bool:
    """Whether numba can use a GPU here, or simulates one."""
    return bool(cuda.is_available())


def to_gpu(tree: Tree) -> Tree:
    """The same named tuples with their arrays on the GPU: copies of numpy's, the others' own memory."""
    return type(tree)(*(_leaf_to_gpu(leaf) for leaf in tree))


def _leaf_to_gpu(leaf: Any) -> Any:
    if isinstance(leaf, tuple):
        return to_gpu(leaf)
    if isinstance(leaf, np.ndarray):
        return cuda.to_device(np.ascontiguousarray(leaf))
    if hasattr(leaf, "__cuda_array_interface__"):
        return cuda.as_cuda_array(leaf)
    return leaf


class GpuWorlds:
    """W worlds on a GPU."""

    def __init__(self, state: State, ground: Ground) -> None:
        """state: arrays of numpy are copied; ground: is copied. Raises SuiteError where there is no GPU."""
        if not has_gpu():
            raise SuiteError(
                "numba finds no GPU here; install `sim-suite[gpu]` and a driver, or step with World on the CPU."
            )
        self.state: State = to_gpu(state)
        self.ground: Ground = to_gpu(ground)
        worlds, actors = (int(size) for size in state.body.shape[:2])
        lanes, crosswalks = len(ground.terrain.lane) - 1, len(ground.terrain.crosswalk_f)
        self._presence: Presence = to_gpu(new_presence(worlds, actors, lanes, crosswalks))
        self._push = cuda.to_device(np.zeros((worlds, actors, 5), np.float32))
        self._grid = worlds, min(actors, MOST_THREADS)

    def step(self, ticks: int) -> None:
        """So many ticks of all worlds; events since the last call are kept.

        Returns at once; the GPU works on, and whatever reads the arrays there comes after it.
        """
        step_worlds[self._grid](self.state, self.ground, self._presence, self._push, ticks)

    def wait(self) -> None:
        """Until all steps are done."""
        cuda.synchronize()

    def upload(self, state: State, which: Sequence[int] | None = None) -> None:
        """Copy worlds (all of them, or these) from arrays of numpy of the same shapes."""
        for there, here in self._pairs(state):
            for rows in (slice(None),) if which is None else (slice(w, w + 1) for w in which):
                there[rows].copy_to_device(here[rows])

    def download(self, state: State) -> None:
        """Copy all worlds into arrays of numpy of the same shapes, when all steps are done."""
        for there, here in self._pairs(state):
            there.copy_to_host(here)

    def _pairs(self, state: State) -> Iterator[tuple[Any, Any]]:
        """Arrays there and here that hold anything."""
        for name in State._fields:
            there, here = getattr(self.state, name), getattr(state, name)
            if there.shape != here.shape or there.dtype != here.dtype:
                raise SuiteError(
                    f"state.{name} is {here.shape} {here.dtype}, on the GPU {there.shape} {there.dtype}; "
                    "give the state of as many worlds and actors."
                )
            if here.size > 0:
                yield there, here
