"""Rates of drawing rasters, for the benchmark of driving. Source: ours.

Worlds of 16 actors around an ego on a lane of a map of one square kilometre, all with 8 s of past, on two cores. Beside each
rate stands the floor of this machine in the same run: clearing the same bytes. On a GPU the bar is a multiple of that floor.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np

from sim_suite.benchmarking import ROUNDS, Row, median_rate
from sim_suite.compiling import shared
from sim_suite.compiling.sharing import at_most, share
from sim_suite.driving.sensors.raster.raster import Rasteriser
from sim_suite.driving.sensors.raster.raster_spec import preset, trail_length
from sim_suite.driving.sensors.visibility import map_walls, see
from tests.driving.sensors.scenes import prepared, scene

MAP = "town_1km"
WORLDS = 512
ACTORS = 16
BAR = 4000.0
"""Worlds a second of the preset `bench`; others in proportion to their bytes."""
FLOOR_MULTIPLE = 3.0
GPU_WORLDS = 4096
CORES = 2
FLOOR = "clearing the same bytes"


def raster_rows() -> Iterator[Row]:
    """Each preset on two cores, `bench` on one and for one world alone; lines of sight."""
    driving_map = prepared(MAP)
    state = scene(
        driving_map, WORLDS, actors=ACTORS, trail=max(map(trail_length, map(preset, ("bench", "chauffeurnet"))))
    )
    few = scene(driving_map, 1, actors=ACTORS)
    promised = np.prod(preset("bench").shape) * BAR
    for name, cores, chosen in (
        ("bench", CORES, state), ("chauffeurnet", CORES, state), ("small", CORES, state), ("bench", 1, state), ("bench", 1, few),
    ):  # fmt: skip
        spec = preset(name)
        worlds = chosen.num_worlds
        rasteriser, out = Rasteriser(driving_map, spec), np.zeros((worlds, 1, *spec.shape), np.uint8)
        with at_most(cores):
            rate, floor = in_turn(lambda: rasteriser.draw(chosen, out), lambda: clear(out.reshape(worlds, -1)), worlds)  # noqa: B023
        label = f"raster {name} {'x'.join(map(str, spec.shape))}, {worlds} worlds, {cores} core{'s' * (cores > 1)}"
        bar = float(promised / np.prod(spec.shape)) if cores == CORES and name != "small" else None
        yield Row(label, rate, "worlds/s", FLOOR, floor, bar=bar, holds=None if bar is None else rate >= bar)
    rasteriser, out = (
        Rasteriser(driving_map, preset("bench")),
        np.zeros((WORLDS, 1, *preset("bench").shape), np.uint8),
    )
    with at_most(1):
        rate, _ = in_turn(lambda: rasteriser.draw(state, out), lambda: None, WORLDS, clock=time.process_time)
    yield Row("raster bench, 1 core, by processor time (others may be at work too)", rate, "worlds/s")
    walls, seen = map_walls(driving_map), np.zeros((WORLDS, 1, ACTORS), np.uint8)

    def look() -> int:
        see(state, walls, seen)
        return WORLDS

    with at_most(CORES):
        rate = median_rate(look)
    yield Row(f"lines of sight, {ACTORS} actors, {CORES} cores", rate, "worlds/s")


def gpu_raster_rows() -> Iterator[Row]:
    """4,096 worlds with the preset `bench` as a multiple of writing the same bytes; nothing where there is no GPU."""
    from sim_suite.driving.cuda.keeping import cuda
    from sim_suite.driving.cuda.raster import GpuRasteriser
    from sim_suite.driving.cuda.worlds import has_gpu, to_gpu

    if not has_gpu():
        return
    import torch

    driving_map, spec = prepared(MAP), preset("bench")
    state = to_gpu(scene(driving_map, GPU_WORLDS, actors=ACTORS))
    rasteriser = GpuRasteriser(driving_map, spec)
    out = torch.empty((GPU_WORLDS, 1, *spec.shape), dtype=torch.uint8, device="cuda")

    def draw() -> None:
        rasteriser.draw(state, out)
        cuda.synchronize()

    def fill() -> None:
        out.zero_()
        torch.cuda.synchronize()

    rate, floor = in_turn(draw, fill, GPU_WORLDS)
    multiple = floor / rate
    label = f"raster bench, {GPU_WORLDS} worlds on {torch.cuda.get_device_name()}"
    yield Row(label, rate, "worlds/s", FLOOR, floor)
    yield Row(
        f"{label}: times the floor (at most)", multiple, "x", bar=FLOOR_MULTIPLE, holds=multiple <= FLOOR_MULTIPLE
    )


def in_turn(
    ours: Callable[[], None], floor: Callable[[], None], units: int, clock: Callable[[], float] = time.perf_counter
) -> tuple[float, float]:
    """Median units a second of either, after two rounds to warm up; they take turns because a shared machine drifts."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS + 2):
        for work, taken in zip((ours, floor), seconds, strict=True):
            started = clock()
            work()
            taken.append(max(clock() - started, 1e-9))
    rates = [units / statistics.median(taken[2:]) for taken in seconds]
    return rates[0], rates[1]


def clear(rows: np.ndarray) -> None:
    """[W, M] to 0, shared among threads."""
    share(lambda _, begin, end: _clear(rows, begin, end), len(rows))


@shared
def _clear(rows: np.ndarray, begin: int, end: int) -> None:
    for w in range(begin, end):
        row = rows[w]
        for i in range(len(row)):
            row[i] = 0
