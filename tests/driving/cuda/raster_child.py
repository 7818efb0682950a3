"""Draws rasters of stored worlds with the GPU's kernels, under numba's simulator: raster_child.py WORLDS.npz SPEC.json OUT.npz."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from sim_suite.driving.cuda.keeping import cuda
from sim_suite.driving.cuda.raster import GpuRasteriser
from sim_suite.driving.cuda.worlds import to_gpu
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.errors import SuiteError
from tests.driving.cuda.stored_worlds import load


def main() -> None:
    """Draw twice: with every option, and as it comes; then try what must be refused."""
    state, ground = load(Path(sys.argv[1]))
    spec = RasterSpec.from_dict(json.loads(Path(sys.argv[2]).read_text()))
    with np.load(sys.argv[3]) as stored:
        options = dict(stored)
    # Textures of the usual size need no graph.
    rasteriser = GpuRasteriser(DrivingMap(None, ground), spec)  # type: ignore[arg-type]
    on_gpu = to_gpu(state)
    shape = (*state.legs.shape[:2], *spec.shape)
    turned, plain = (cuda.to_device(np.full(shape, 9, np.uint8)) for _ in range(2))
    rasteriser.draw(on_gpu, turned, **{name: cuda.to_device(value) for name, value in options.items()})
    rasteriser.draw(on_gpu, plain)
    np.savez(sys.argv[4], turned=turned.copy_to_host(), plain=plain.copy_to_host())
    with pytest.raises(SuiteError, match="give a contiguous uint8 array"):
        rasteriser.draw(on_gpu, cuda.to_device(np.zeros(shape[1:], np.uint8)))
    with pytest.raises(SuiteError, match="needs trail="):
        rasteriser.draw(on_gpu._replace(trail=on_gpu.trail[:, :, :1]), plain)
    with pytest.raises(SuiteError, match="has shape"):
        rasteriser.draw(on_gpu, plain, visible=cuda.to_device(np.ones((1, 1), np.uint8)))


if __name__ == "__main__":
    main()
