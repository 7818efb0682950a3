"""How a driver decides for many worlds at once: one call of a kernel for each thread, on scratch memory of the thread's own. Source: ours.

A driver never writes the state. What it decides for a world depends on that world alone: not on the others, nor on the threads.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling.sharing import most_threads, share
from sim_suite.driving.world.layout import State
from sim_suite.driving.world.terrain import DrivingMap, Ground
from sim_suite.errors import SuiteError


class Worlds(NamedTuple):
    """What is to be decided: one argument for kernels. W worlds, of which n are chosen; of their `State` what drivers read, no
    more: each array takes 0.2 us of every call of a kernel."""

    body: NDArray[np.float32]
    mind: NDArray[np.int32]
    path: NDArray[np.int32]
    span: NDArray[np.float32]
    lights: NDArray[np.int8]
    world: NDArray[np.int32]
    weather: NDArray[np.float32]
    which: NDArray[np.int64]
    """[n] Indices of the worlds that are decided for."""
    slot: int
    """Of the agent, in each world."""
    ticks: int
    """Ticks of 0.05 s for which an action holds."""
    memory: NDArray[np.float32]
    """[W, memory_size], read and written."""
    actions: NDArray[np.float32]
    """[W, 2] Steer and drive, written."""


DeskT = TypeVar("DeskT")
"""What a thread writes on while it decides."""


class BatchedDriver(ABC, Generic[DeskT]):
    """Drives the agent of one slot in many worlds on one map. One object serves one caller at a time."""

    memory_size: ClassVar[int] = 4
    """float32 numbers that it keeps for each world; 0 when an episode begins."""
    least_worlds: ClassVar[int] = 16
    """A thread is given no fewer: to wake one takes 40 us."""

    def __init__(self) -> None:
        self._desks: dict[tuple[int, int], tuple[DrivingMap, list[DeskT]]] = {}

    def drive_worlds(
        self,
        state: State,
        driving_map: DrivingMap,
        slot: int,
        ticks_per_step: int,
        memory: NDArray[np.float32],
        actions: NDArray[np.float32],
        which: NDArray[np.int64] | NDArray[np.bool_] | None = None,
    ) -> None:
        """Decide for the worlds of a state, as `predict` does for the moment of each, bit for bit, whatever the threads.

        memory: [W, memory_size], actions: [W, 2], both float32 and contiguous: the rows of the chosen worlds are written in place, the
        others left. which: [n] indices, each once, or a mask [W]; None for all. ticks_per_step: ticks until the next decision. Raises
        SuiteError where these do not fit.
        """
        chosen = _chosen(state.num_worlds, which)
        _check(state, slot, ticks_per_step, memory, actions, self.memory_size)
        worlds = Worlds(
            state.body, state.mind, state.path, state.span, state.lights, state.world, state.weather,
            chosen, slot, ticks_per_step, memory, actions,
        )  # fmt: skip
        desks = self.desks(driving_map, state.body.shape[1], min(most_threads(), len(chosen) // self.least_worlds))
        share(
            lambda part, begin, end: self.decide(worlds, driving_map.ground, desks[part], begin, end),
            len(chosen),
            self.least_worlds,
        )

    def desks(self, driving_map: DrivingMap, actors: int, count: int = 1) -> list[DeskT]:
        """At least so many, and one; for worlds on this map with so many slots for actors."""
        key = id(driving_map), actors
        _, desks = self._desks.setdefault(key, (driving_map, []))
        while len(desks) < max(count, 1):
            desks.append(self.new_desk(driving_map, actors))
        return desks

    @abstractmethod
    def new_desk(self, driving_map: DrivingMap, actors: int) -> DeskT:
        """Scratch memory of one thread."""

    @abstractmethod
    def decide(self, worlds: Worlds, ground: Ground, desk: DeskT, begin: int, end: int) -> None:
        """Decide for the worlds which[begin:end], in a kernel under `compiling.shared`."""


def _chosen(num_worlds: int, which: NDArray[np.int64] | NDArray[np.bool_] | None) -> NDArray[np.int64]:
    if which is None:
        return np.arange(num_worlds)
    if which.dtype == np.bool_ and which.shape == (num_worlds,):
        return np.flatnonzero(which)
    if which.dtype == np.bool_ or which.ndim != 1 or not np.issubdtype(which.dtype, np.integer):
        raise SuiteError(
            f"`which` is {which.dtype} {which.shape}; give [n] indices of worlds or a mask of bool ({num_worlds},)."
        )
    if len(which) and not 0 <= which.min() <= which.max() < num_worlds:
        raise SuiteError(f"`which` names the worlds {which.min()} to {which.max()}; there are 0 to {num_worlds - 1}.")
    return np.ascontiguousarray(which, np.int64)


def _check(
    state: State, slot: int, ticks: int, memory: NDArray[np.float32], actions: NDArray[np.float32], size: int
) -> None:
    if not 0 <= slot < state.legs.shape[1] or ticks < 1:
        raise SuiteError(
            f"slot is {slot} and ticks_per_step {ticks}; give an agent's slot, 0 to {state.legs.shape[1] - 1}, and 1 tick or more."
        )
    for name, array, columns in (("memory", memory, size), ("actions", actions, 2)):
        wanted = state.num_worlds, columns
        if array.shape != wanted or array.dtype != np.float32 or not array.flags.c_contiguous:
            raise SuiteError(
                f"{name} must be contiguous float32 {wanted}, not {array.dtype} {array.shape}. Make it with np.zeros({wanted}, np.float32)."
            )
