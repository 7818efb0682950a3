"""Rates of driving on a GPU, for the benchmark of driving: the state of 4,096 worlds with traffic and rules. Source: ours.

Where there is no GPU nothing is measured and nothing promised. The target of 100 M actor-ticks/s is an H200's.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from sim_suite.benchmarking import Row, median_rate
from sim_suite.driving.cuda.keeping import cuda
from sim_suite.driving.cuda.worlds import GpuWorlds, has_gpu
from sim_suite.driving.roads.maps import load_map
from sim_suite.driving.world.terrain import prepare
from sim_suite.driving.world.world import World, WorldOptions

WORLDS, ACTORS, TICKS = 4096, 16, 50
RATE_TARGET = 100e6
COPY_BYTES = 1 << 30


def gpu_rows(town: str) -> Iterator[Row]:
    """First launch, actor-ticks a second on one map, and the copy bandwidth that rasters are held against."""
    if not has_gpu():
        yield Row("on a GPU (no GPU here, not measured)", 0.0, "actor-ticks/s")
        return
    name = cuda.get_current_device().name
    name = name.decode() if isinstance(name, bytes) else name
    world = World(prepare(load_map(town)), WORLDS, WorldOptions(vehicles=ACTORS - 1))
    world.reset(range(WORLDS))
    worlds = GpuWorlds(world.state, world.ground)
    started = time.perf_counter()
    worlds.step(1)
    worlds.wait()
    yield Row(f"{name}: first launch, compiled or from disk", time.perf_counter() - started, "s")

    def step() -> int:
        worlds.step(TICKS)
        worlds.wait()
        return WORLDS * ACTORS * TICKS

    rate = median_rate(step)
    promised = RATE_TARGET if "H200" in name else None
    holds = None if promised is None else rate >= promised
    yield Row(f"{name}: {WORLDS} worlds x {ACTORS} actors", rate, "actor-ticks/s", bar=promised, holds=holds)
    source, target = (cuda.device_array(COPY_BYTES, np.uint8) for _ in range(2))

    def copy() -> int:
        target.copy_to_device(source)
        cuda.synchronize()
        return 2 * COPY_BYTES

    yield Row(f"{name}: copy bandwidth, read and written", median_rate(copy) / 1e9, "GB/s")
