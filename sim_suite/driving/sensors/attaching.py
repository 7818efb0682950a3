"""To which actors a sensor is attached, and whether memory for its readings fits. Source: ours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.world.layout import State
from sim_suite.errors import SuiteError

Slots = Sequence[int] | NDArray[np.int64] | None
"""[M] Slots of the actors that carry a sensor, the same in all worlds; None for all."""


def carriers_of(state: State, slots: Slots) -> NDArray[np.int64]:
    """[M] The slots. Raises SuiteError for one that there is not."""
    actors = state.body.shape[1]
    carriers = np.arange(actors) if slots is None else np.atleast_1d(np.asarray(slots, np.int64))
    if len(carriers) and not 0 <= carriers.min() <= carriers.max() < actors:
        raise SuiteError(f"slots are {carriers.min()} to {carriers.max()}; a world has 0 to {actors - 1}.")
    return carriers


def attached(state: State, slots: Slots, out: NDArray[np.float64], columns: int) -> NDArray[np.int64]:
    """[M] The slots, after checking that `out` is contiguous float64 [W, M, columns]. Raises SuiteError."""
    carriers = carriers_of(state, slots)
    expected = state.num_worlds, len(carriers), columns
    if out.shape != expected or out.dtype != np.float64 or not out.flags.c_contiguous or not out.flags.writeable:
        raise SuiteError(f"out is {out.dtype} {out.shape}; give a contiguous, writeable float64 array of {expected}.")
    return carriers
