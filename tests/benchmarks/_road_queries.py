"""Rates of projection, grid and routes on one map, for the benchmark of roads. Source: ours.

On-road points are uniform over the drivable lanes' length and 95 % of a lane's width of 3.5 m; the others are uniform in
the map's bounding box, where the nearest lane is looked for within 30 m. carla.Map answers the same points in a child
process, one call a point, which is all that it offers. Bars: 3 M points a second on two cores, 20 ms for a grid of
one square kilometre.
"""

from __future__ import annotations

import importlib.util
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from sim_suite.benchmarking import Row, median_rate
from sim_suite.compiling.sharing import at_most, most_threads
from sim_suite.driving.roads.graph.grid import build_grid
from sim_suite.driving.roads.graph.kinds import DRIVABLE
from sim_suite.driving.roads.graph.layout import Floats, LaneGraph
from sim_suite.driving.roads.graph.poses import lane_poses
from sim_suite.driving.roads.graph.projection import project
from sim_suite.driving.roads.routes.planner import RoutePlanner
from sim_suite.driving.roads.routes.sampling import RouteSampler

POINTS, PEER_POINTS, SEARCHES, ROUTES = 1_000_000, 20_000, 400, 4096
RATE_BAR, GRID_BAR_MS, CORES = 3e6, 20.0, 2
HALF_SPREAD_M = 1.66

CARLA_SCRIPT = """
import array, sys, time, carla
places = array.array("d", sys.stdin.buffer.read())
world = carla.Map("bench", open(sys.argv[1]).read())
spots = [carla.Location(x=places[i], y=-places[i + 1], z=0.0) for i in range(0, len(places), 2)]
ask = world.get_waypoint
started = time.perf_counter()
for spot in spots:
    ask(spot)
print(len(spots) / (time.perf_counter() - started))
"""


def projection_rows(graph: LaneGraph, path: Path) -> Iterator[Row]:
    """Grid and projection on a map of one square kilometre; path: its file, for the peer."""
    build_grid(graph)
    built = statistics.median(_seconds(lambda: build_grid(graph)) for _ in range(5)) * 1e3
    yield Row(f"{path.stem}: grid, built (at most)", built, "ms", bar=GRID_BAR_MS, holds=built <= GRID_BAR_MS)
    grid = build_grid(graph)
    yield Row(f"{path.stem}: grid, memory", sum(a.nbytes for a in grid if isinstance(a, np.ndarray)) / 1e6, "MB")
    on_road, in_box = on_road_points(graph, POINTS), box_points(graph, POINTS)
    for name, (x, y) in (("on the road", on_road), ("in the bounding box", in_box)):
        theirs = carla_rate(path, np.stack((x, y))[:, :PEER_POINTS])
        for threads in sorted({1, min(CORES, most_threads())}):
            with at_most(threads):
                rate = median_rate(lambda x=x, y=y: len(project(grid, x, y).lane))  # type: ignore[misc]
            label = f"{path.stem}: projection, points {name}, {threads} core{'s' if threads > 1 else ''}"
            bar, holds = (RATE_BAR, rate >= RATE_BAR) if threads == CORES else (None, None)
            if theirs is None:
                yield Row(label, rate, "points/s", bar=bar, holds=holds)
            else:  # the promise is on the rate: it goes without a ratio
                yield Row(label, rate, "points/s", "carla.Map.get_waypoint, 1 core", theirs, None, bar, holds)


def route_rows(graph: LaneGraph, name: str) -> Iterator[Row]:
    """On the map called `name`: searches between random places, tables and drawn routes."""
    planner = RoutePlanner(graph)
    yield Row(f"{name}: route network, built", _seconds(lambda: RoutePlanner(graph)) * 1e3, "ms")
    sampler = RouteSampler(graph, planner.network)
    drawn = sampler.sample_routes(range(2 * SEARCHES))
    places = [drawn[i].start for i in range(len(drawn))]
    planner.search(places[0], drawn[0].goal)
    pairs = [(drawn[i].start, drawn[i + SEARCHES].goal) for i in range(SEARCHES)]
    reachable = [(a, b) for a, b in pairs if np.isfinite(planner.distances_to(b).at(a))]
    seconds = [_seconds(lambda a=a, b=b: planner.search(a, b, "time")) for a, b in reachable]  # type: ignore[misc]
    yield Row(f"{name}: route search, mean of {len(reachable)}", statistics.mean(seconds) * 1e3, "ms")
    yield Row(f"{name}: table of distances to a goal", _seconds(lambda: planner.distances_to(places[0])) * 1e3, "ms")
    rate = median_rate(lambda: len(sampler.sample_routes(range(ROUTES))))
    yield Row(f"{name}: routes drawn, 200 m to 1 km", rate, "routes/s")


def on_road_points(graph: LaneGraph, count: int) -> Floats:
    """[2, count] x, y, uniform over drivable lanes."""
    rng = np.random.default_rng(0)
    lanes = np.flatnonzero((DRIVABLE >> graph.lanes.kind.astype(np.int64)) & 1)
    length = graph.lanes.length_m[lanes]
    lane = rng.choice(lanes, count, p=length / length.sum())
    arc, lateral = rng.random(count) * graph.lanes.length_m[lane], rng.uniform(-HALF_SPREAD_M, HALF_SPREAD_M, count)
    poses = lane_poses(graph, lane, arc, lateral)
    return np.stack((poses.x, poses.y))


def box_points(graph: LaneGraph, count: int) -> Floats:
    """[2, count] x, y, uniform in the map's bounding box."""
    rng = np.random.default_rng(1)
    x_min, y_min, x_max, y_max = graph.bounds
    return np.stack((rng.uniform(x_min, x_max, count), rng.uniform(y_min, y_max, count)))


def carla_rate(path: Path, places: Floats) -> float | None:
    """get_waypoint's points per second in a child process, which it may take down; None without the wheel."""
    if importlib.util.find_spec("carla") is None:
        return None
    command = [sys.executable, "-c", CARLA_SCRIPT, str(path)]
    done = subprocess.run(command, input=places.T.tobytes(), capture_output=True, timeout=120, env=dict(os.environ))
    return float(done.stdout.split()[-1]) if done.returncode == 0 else None


def _seconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started
