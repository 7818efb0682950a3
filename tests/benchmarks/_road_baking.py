"""Rates of reading baked textures on one map, and of finding them on disk, for the benchmark of roads. Source: ours.

Coherent places are those of rasters of 192 x 192 at 0.2 m, turned any way, around places on lanes: what drawing for an
agent reads. Scattered ones are the same places in random order, the worst case. One core; the kernel alone is measured,
with coordinates that lie ready. Bar: 50 M coherent texels a second.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sim_suite.benchmarking import Row, median_rate
from sim_suite.driving.roads.baking.bake import bake
from sim_suite.driving.roads.baking.cache import load_or_bake
from sim_suite.driving.roads.baking.layout import METRES_PER_TEXEL
from sim_suite.driving.roads.baking.lookup import look_up
from sim_suite.driving.roads.graph.layout import Floats, LaneGraph

RASTERS, SIDE = 128, 192
RATE_BAR = 50e6


def lookup_rows(graph: LaneGraph) -> Iterator[Row]:
    """Texels a second, and the time to find a baked map on disk."""
    textures, rng = bake(graph), np.random.default_rng(0)
    x, y = raster_places(graph, rng)
    order = rng.permutation(len(x))
    masks, sets = np.empty(len(x), np.uint8), np.empty(len(x), np.int32)

    def read(across: Floats, up: Floats) -> int:
        look_up(textures, across, up, masks, sets)
        return len(across)

    rate = median_rate(lambda: read(x, y))
    yield Row("lookup, rasters, 1 core", rate, "texels/s", bar=RATE_BAR, holds=rate >= RATE_BAR)
    across, up = x[order], y[order]
    yield Row("lookup, scattered, 1 core", median_rate(lambda: read(across, up)), "texels/s")
    with tempfile.TemporaryDirectory() as folder:
        load_or_bake(graph, folder=Path(folder))
        seconds = []
        for _ in range(5):
            started = time.perf_counter()
            load_or_bake(graph, folder=Path(folder))
            seconds.append(time.perf_counter() - started)
    yield Row("baked map found on disk", statistics.median(seconds) * 1e3, "ms")


def raster_places(graph: LaneGraph, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """x, y of the texels of rasters, one raster after the other, row by row."""
    at, turned = rng.integers(0, len(graph.points.x), RASTERS), rng.uniform(-np.pi, np.pi, RASTERS)
    steps = (np.arange(SIDE) - SIDE / 2) * METRES_PER_TEXEL
    along, aside = (values.ravel() for values in np.meshgrid(steps, steps))
    cos, sin = np.cos(turned)[:, None], np.sin(turned)[:, None]
    x = graph.points.x[at][:, None] + along * cos - aside * sin
    y = graph.points.y[at][:, None] + along * sin + aside * cos
    return x.ravel(), y.ravel()
