"""The GPU's rasters against the CPU's, in a child process where numba simulates a GPU and compiles nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim_suite.driving.cuda.raster import GpuRasteriser
from sim_suite.driving.cuda.worlds import has_gpu
from sim_suite.driving.sensors.raster.raster import Rasteriser
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec, preset
from sim_suite.driving.world.kinds import NO_CONTROL
from sim_suite.driving.world.layout import CONTROL
from sim_suite.errors import SuiteError
from tests.driving.cuda.stored_worlds import store
from tests.driving.sensors.scenes import prepared, scene

ROOT = Path(__file__).parents[3]
SPEC = RasterSpec(
    ("actors_1", "road", "marks", "crosswalks_stops", "lights_0", "lights_1", "speed_limit", "route", "ego", "actors_0", "past_poses"),
    (36, 20), 0.2, (20, 8), past_points=6,
)  # fmt: skip


def test_the_gpu_draws_what_the_cpu_draws(tmp_path):
    """Two worlds with two agents each, one of whose slots is empty: equal, byte for byte; turned, masked and as they come."""
    driving_map = prepared("crossroads")
    state = scene(driving_map, 2, agents=2, actors=9, seed=6, trail=7)
    state.body[0, 0, :3] = 1.75, -14.0, np.pi / 2  # at the junction's crosswalk
    moved = state.body[:, :1, :2] + np.random.default_rng(0).uniform(-4, 4, (2, 7, 2)) - state.body[:, 2:, :2]
    state.body[:, 2:, :2] += moved
    state.trail[:, 2:, :, :2] += moved[:, :, None]
    state.mind[1, 1, CONTROL] = NO_CONTROL
    rng = np.random.default_rng(1)
    options = {
        "rotation": rng.uniform(-1, 1, (2, 2)).astype(np.float32),
        "visible": (rng.random((2, 2, 9)) < 0.6).astype(np.uint8),
        "past_points": np.array([[1, 3], [6, 2]], np.int32),
    }
    paths = [tmp_path / name for name in ("worlds.npz", "spec.json", "options.npz", "out.npz")]
    store(paths[0], state, driving_map.ground)
    paths[1].write_text(json.dumps(SPEC.to_dict()))
    np.savez(paths[2], **options)
    done = subprocess.run(
        [sys.executable, "-m", "tests.driving.cuda.raster_child", *map(str, paths)],
        env=os.environ | {"NUMBA_ENABLE_CUDASIM": "1", "NUMBA_DISABLE_JIT": "1"},
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    rasteriser = Rasteriser(driving_map, SPEC)
    with np.load(paths[3]) as out:
        for name, given in (("turned", options), ("plain", {})):
            expected = np.zeros((2, 2, *SPEC.shape), np.uint8)
            rasteriser.draw(state, expected, **given)
            assert np.array_equal(out[name], expected), name
            shown = expected[0].any(axis=(0, 2, 3))
            assert shown.all(), [name for name, any_ in zip(SPEC.channels, shown, strict=True) if not any_]


@pytest.mark.skipif(has_gpu(), reason="there is a GPU")
def test_without_a_gpu_rasters_say_what_to_do():
    with pytest.raises(SuiteError, match="draw with Rasteriser on the CPU"):
        GpuRasteriser(prepared("crossroads"), preset("bench"))
