"""The GPU's kernel compiles for a GPU: numba-cuda and NVVM need none for that. Skipped where they are not installed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numba
import numpy as np
import pytest

from sim_suite.driving.roads.maps import load_map
from sim_suite.driving.traffic.presence import new_presence
from sim_suite.driving.world.layout import new_state
from sim_suite.driving.world.terrain import prepare

HOPPER = (9, 0)
"""Compute capability of H100 and H200."""
PARAMETER_BYTES = 32_764
"""What a kernel's arguments may take since CUDA 12.1 (4,096 before)."""


def on_gpu(kind: Any) -> Any:
    """The type as it is there: arrays may be written to."""
    if isinstance(kind, numba.types.Array):
        return numba.types.Array(kind.dtype, kind.ndim, "C")
    if isinstance(kind, numba.types.NamedUniTuple):
        return numba.types.NamedUniTuple(on_gpu(kind.dtype), kind.count, kind.instance_class)
    if isinstance(kind, numba.types.NamedTuple):
        return numba.types.NamedTuple([on_gpu(part) for part in kind.types], kind.instance_class)
    return kind


def parameter_bytes(kind: Any) -> int:
    """An array is passed as five words, and its shape and strides."""
    if isinstance(kind, numba.types.Array):
        return 8 * (5 + 2 * kind.ndim)
    if isinstance(kind, numba.types.BaseTuple):
        return sum(parameter_bytes(part) for part in kind)
    return 8


@pytest.mark.slow
def test_the_kernel_compiles_to_ptx(monkeypatch):
    pytest.importorskip("numba_cuda", reason="numba-cuda is not installed (extra gpu)")
    from numba import cuda
    from numba.cuda import dispatcher

    from sim_suite.driving.cuda.kernels import step_worlds

    monkeypatch.setattr(dispatcher, "get_current_device", lambda: SimpleNamespace(compute_capability=HOPPER))
    ground = prepare(load_map("crossroads")).ground
    state = new_state(4, 16, 1, 4, max_legs=64, trail=4)
    presence = new_presence(4, 16, len(ground.terrain.lane) - 1, len(ground.terrain.crosswalk_f))
    given = state, ground, presence, np.zeros((4, 16, 5), np.float32), 1
    kinds = [on_gpu(numba.typeof(value)) for value in given]
    assert sum(parameter_bytes(kind) for kind in kinds) < PARAMETER_BYTES
    ptx, returned = cuda.compile_ptx(step_worlds.py_func, numba.types.void(*kinds), cc=HOPPER)
    assert returned == numba.types.void
    assert ".entry" in ptx
    assert "bar.sync" in ptx
