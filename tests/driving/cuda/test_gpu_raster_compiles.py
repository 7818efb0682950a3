"""The raster's kernels compile for a GPU: numba-cuda and NVVM need none for that. Skipped where they are not installed."""

from __future__ import annotations

from types import SimpleNamespace

import numba
import numpy as np
import pytest

from sim_suite.driving.sensors.raster.raster_plan import plan_raster, raster_map
from sim_suite.driving.sensors.raster.raster_spec import preset
from sim_suite.driving.world.layout import new_state
from tests.driving.cuda.test_gpu_compiles import HOPPER, PARAMETER_BYTES, on_gpu, parameter_bytes
from tests.driving.sensors.scenes import prepared


@pytest.mark.slow
@pytest.mark.parametrize("name", ["place_all", "draw_bands"])
def test_the_rasters_kernels_compile_to_ptx(name, monkeypatch):
    pytest.importorskip("numba_cuda", reason="numba-cuda is not installed (extra gpu)")
    from numba import cuda
    from numba.cuda import dispatcher

    from sim_suite.driving.cuda import raster

    monkeypatch.setattr(dispatcher, "get_current_device", lambda: SimpleNamespace(compute_capability=HOPPER))
    spec, state = preset("bench"), new_state(2, 16, 1, 4, max_legs=8, trail=40)
    textures, tables = raster_map(prepared("crossroads"), spec)
    scratch = (
        np.zeros((2, 5)), np.zeros((2, 121, 7)), np.zeros((2, 121, 2), np.int32), np.zeros((2, 32), np.uint8),
    )  # fmt: skip
    given = {
        "place_all": (
            plan_raster(spec), tables, state.body, state.mind, state.world, state.legs, state.leg_arc, state.trail,
            np.zeros((2, 1), np.float32), np.ones((2, 1, 16), np.uint8), np.ones((2, 1), np.int32), *scratch,
        ),
        "draw_bands": (
            plan_raster(spec), textures, tables, state.mind, state.world, state.lights, *scratch,
            np.zeros((2, 1, *spec.shape), np.uint8),
        ),
    }  # fmt: skip
    kinds = [on_gpu(numba.typeof(value)) for value in given[name]]
    assert sum(parameter_bytes(kind) for kind in kinds) < PARAMETER_BYTES
    ptx, returned = cuda.compile_ptx(getattr(raster, name).py_func, numba.types.void(*kinds), cc=HOPPER)
    assert returned == numba.types.void
    assert ".entry" in ptx
    assert "bar.sync" in ptx
