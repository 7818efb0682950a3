"""How true the lane graph is to carla.Map, how fast a map loads beside it, and the speed of queries, baking and drawing.

All maps that `sim-suite maps list` shows take part: those shipped, and those of $SIM_SUITE_MAPS. carla.Map runs in child
processes, since it crashes on some files; where there is no carla wheel its rows are left out. The largest map by area is
the one that all else is measured on. Kernels are compiled before anything is timed.
"""

from __future__ import annotations

import importlib.util
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from sim_suite.benchmarking import ROUNDS, SECONDS, Row
from sim_suite.driving.roads.baking.bake import bake
from sim_suite.driving.roads.graph.build import build_graph
from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.roads.maps import RoadMap, load_map, map_paths
from sim_suite.driving.roads.opendrive.reader import read_opendrive
from tests.benchmarks._road_baking import lookup_rows
from tests.benchmarks._road_drawing import drawing_rows, reading_rows
from tests.benchmarks._road_queries import projection_rows, route_rows
from tests.driving.roads.oracle import CENTRE_M, HEADING_RAD, WIDTH_M, Comparison, compare

SUMMARY = (
    "Roads: lane centres against carla.Map, load time beside it, projection, routes, baking, drawing on the largest map"
)

POINTS = 10_000
"""Compared on each map."""
PEER = "carla.Map"
LOAD_RATIO, LOAD_MS = 3.0, 100.0
"""Loading may take so many times the peer's time, or so long, whichever is more."""
BAKE_S_PER_KM2, BAKED_MB_PER_KM2 = 5.0, 25.0
LEAST_KM2 = 0.25
"""Figures by area are promises for maps of at least this size: a street of 100 m has no square kilometre to share its tiles with."""
_LOAD = """
import sys, time, pathlib, carla
text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8", errors="replace")
for _ in range(2):
    started = time.perf_counter()
    carla.Map("map", text)
    seconds = time.perf_counter() - started
print(seconds)
"""


def rows() -> Iterator[Row]:
    """Likeness and load time of each map; all else on the largest."""
    maps = [load_map(path) for path in map_paths().values()]
    if importlib.util.find_spec("carla") is not None:
        for road_map in maps:
            yield from likeness(road_map)
        for road_map in maps:
            yield from load_time(road_map)
    largest = max(maps, key=lambda road_map: square_kilometres(road_map.graph))
    yield from projection_rows(largest.graph, path_of(largest))
    yield from route_rows(largest.graph, largest.name)
    yield from baking(largest)
    yield from lookup_rows(largest.graph)
    yield from reading_rows(path_of(largest))
    yield from drawing_rows(largest)


def likeness(road_map: RoadMap) -> Iterator[Row]:
    """Worst differences at sampled points, and all different neighbours and successors."""
    name = road_map.name
    found = compare(road_map.document, road_map.graph, path_of(road_map), POINTS)
    if found is None:
        yield Row(f"{name}: {PEER} cannot read the file; points compared", 0, "points")
        return
    yield Row(f"{name}: points compared", len(found.lane), "points", PEER, found.asked)
    yield at_most(f"{name}: worst lane centre", float(found.centre_m.max(initial=0.0)), "m", CENTRE_M)
    yield at_most(f"{name}: worst lane width", float(found.width_m.max(initial=0.0)), "m", WIDTH_M)
    yield from headings(name, found)
    yield at_most(f"{name}: points with other neighbours", len(found.neighbours), "points", 0)
    yield at_most(f"{name}: lane ends with other successors, of {found.num_ends}", len(found.successors), "lanes", 0)


def headings(name: str, found: Comparison) -> Iterator[Row]:
    """carla.Map adds slopes to headings as if they were angles, and so leaves its own line (oracle.py): both are said."""
    bar = math.degrees(HEADING_RAD)
    yield at_most(
        f"{name}: worst heading (its slopes made angles)",
        math.degrees(found.corrected_rad.max(initial=0.0)),
        "deg",
        bar,
    )
    off = int(np.sum(found.heading_rad > HEADING_RAD))
    yield Row(f"{name}: points where {PEER}'s own heading is further than {bar:g} deg from ours", off, "points")


def load_time(road_map: RoadMap) -> Iterator[Row]:
    """Reading and graph, in turn with the peer on the same file; medians."""
    path = path_of(road_map)
    build_graph(read_opendrive(path).document)
    rounds = [
        (milliseconds(lambda: build_graph(read_opendrive(path).document)), peer_load_ms(path)) for _ in range(ROUNDS)
    ]
    ours = statistics.median(mine for mine, _ in rounds)
    theirs = [peer for _, peer in rounds if peer is not None]
    if not theirs:
        yield at_most(f"{road_map.name}: load and graph", ours, "ms", LOAD_MS)
        return
    peer = statistics.median(theirs)
    bar = max(LOAD_MS, LOAD_RATIO * peer)
    yield Row(f"{road_map.name}: load and graph (at most)", ours, "ms", PEER, peer, bar=bar, holds=ours <= bar)


def baking(road_map: RoadMap) -> Iterator[Row]:
    """Time and memory of both textures by area of the bounding box."""
    area = square_kilometres(road_map.graph)
    textures = bake(road_map.graph)
    seconds = statistics.median(milliseconds(lambda: bake(road_map.graph)) / 1e3 for _ in range(3))
    promised = area >= LEAST_KM2
    name = f"{road_map.name}: baking {area:.2f} km^2"
    for what, value, unit, bar in (
        ("by area", seconds / area, "s/km^2", BAKE_S_PER_KM2),
        ("memory", textures.nbytes / 1e6 / area, "MB/km^2", BAKED_MB_PER_KM2),
    ):
        yield at_most(f"{name}, {what}", value, unit, bar) if promised else Row(f"{name}, {what}", value, unit)
    yield Row(f"{name}, time", seconds, "s")


def at_most(name: str, value: float, unit: str, bar: float) -> Row:
    """A row whose value may be as large as its bar."""
    return Row(f"{name} (at most)", value, unit, bar=bar, holds=value <= bar)


def path_of(road_map: RoadMap) -> Path:
    """Where the map was read from."""
    assert road_map.path is not None, "maps of folders have a path"
    return road_map.path


def square_kilometres(graph: LaneGraph) -> float:
    """Area of the bounding box."""
    x_min, y_min, x_max, y_max = graph.bounds
    return (x_max - x_min) * (y_max - y_min) / 1e6


def milliseconds(work: Callable[[], object]) -> float:
    """That it took."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1e3


def peer_load_ms(path: Path) -> float | None:
    """The peer's second load of the file in a new process; None where it crashes."""
    done = subprocess.run(
        [sys.executable, "-c", _LOAD, str(path)], capture_output=True, text=True, timeout=60.0 * SECONDS
    )
    return float(done.stdout.split()[-1]) * 1e3 if done.returncode == 0 else None
