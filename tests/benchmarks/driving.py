"""How many driving worlds this machine simulates, draws and serves as environments, and how long a first use takes.

Beside highway-fast-v0 in the same run, where `make bench` has set up the peers. MetaDrive downloads its assets when its first
environment is built, so it is not measured where there is no network. The promises for a GPU are an H200's; without a GPU a row
says so. How memory fares over a million ticks and ten thousand resets takes minutes: `python -m sim_suite.studies.memory_soak`.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim_suite.benchmarking import Row
from tests.benchmarks._driving_env import env_rows, first_rows
from tests.benchmarks._driving_gpu import gpu_rows
from tests.benchmarks._driving_raster import gpu_raster_rows, raster_rows
from tests.benchmarks._driving_worlds import TOWN, world_rows

SUMMARY = "Driving: actor-ticks, rasters, environment steps and resets a second, first use, memory, against highway-env"


def rows() -> Iterator[Row]:
    """Worlds, rasters, the environment, first use; the GPU last."""
    yield from world_rows()
    yield from raster_rows()
    yield from env_rows()
    yield from first_rows()
    yield from gpu_rows(TOWN)
    yield from gpu_raster_rows()
