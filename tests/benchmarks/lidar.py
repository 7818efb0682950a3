"""How many scans of a lidar, sweeps of a radar and readings of navigation sensors this machine makes in a town with traffic.

Worlds of 16 actors on a map of a square kilometre with its buildings, trees and posts. Beside it, in the same run, every ray cast by
itself: through the grid of what stands on the map, and at every part of every actor.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from sim_suite.benchmarking import ROUNDS, Row, compared, median_rate
from sim_suite.compiling import shared
from sim_suite.compiling.sharing import at_most, share
from sim_suite.driving.sensors.navigation.gnss import GNSS_COLUMNS, Gnss
from sim_suite.driving.sensors.navigation.imu import IMU_COLUMNS, Imu
from sim_suite.driving.sensors.navigation.motion import motion_of
from sim_suite.driving.sensors.navigation.odometry import ODOMETRY_COLUMNS, Odometry
from sim_suite.driving.sensors.ranging.lidar import Lidar
from sim_suite.driving.sensors.ranging.lidar_spec import LidarRays, LidarSpec, rays_of
from sim_suite.driving.sensors.ranging.radar import Radar
from sim_suite.driving.sensors.solids.actor_solids import MOST_PARTS, fill_solids
from sim_suite.driving.sensors.solids.solid_grid import SolidGrid, first_of_grid, first_of_rows
from sim_suite.driving.sensors.solids.solids import new_solids
from sim_suite.driving.world.layout import TICK, YAW, State, X, Y
from sim_suite.driving.world.terrain import DrivingMap
from tests.driving.sensors.scenes import prepared, scene

SUMMARY = "Lidar, radar and navigation sensors in traffic; scans a second against casting every ray by itself"
MAP: Final = "town_1km"
WORLDS: Final = 64
ACTORS: Final = 16
CORES: Final = 2
BAR: Final = 200.0
"""Scans a second of 32 x 1,000 rays on two cores."""


def rows() -> Iterator[Row]:
    """Scans on two cores, by processor time, one alone; beside rays cast one by one; a radar; navigation sensors."""
    driving_map, spec = prepared(MAP), LidarSpec()
    lidar, radar = Lidar(driving_map, spec), Radar(driving_map)
    state, few = scene(driving_map, WORLDS, actors=ACTORS), scene(driving_map, 1, actors=ACTORS)
    scans, one, found = lidar.new_scans(WORLDS), lidar.new_scans(1), radar.new_detections(WORLDS)
    what = f"lidar {spec.channels} x {spec.points:,}, {ACTORS} actors"

    def scan() -> int:
        lidar.scan(state, scans)
        return WORLDS

    def scan_one() -> int:
        for _ in range(WORLDS):
            lidar.scan(few, one)
        return WORLDS

    def sweep() -> int:
        radar.detect(state, found)
        return WORLDS

    with at_most(CORES):
        rate = median_rate(scan)
        yield Row(f"{what}, {CORES} cores", rate, "scans/s", bar=BAR, holds=rate >= BAR)
        yield Row(f"points of these scans, {CORES} cores", rate * float(scans.counts.mean()), "points/s")
    with at_most(1):
        scan()
        started = time.process_time()
        yield Row(
            f"{what}, 1 core, by processor time (others may be at work too)",
            scan() / (time.process_time() - started),
            "scans/s",
        )
        yield Row(f"{what}, one world alone", median_rate(scan_one), "scans/s")
    rays, solids, counts = rays_of(spec), *new_solids(WORLDS, ACTORS * MOST_PARTS)
    fill_solids(state, solids, counts)
    with at_most(CORES):
        yield compared(
            f"depths of {what}, {CORES} cores", "scans/s", lambda: median_rate(scan, repeats=1, warmup=0), "each ray by itself",
            lambda: median_rate(lambda: cast_each(rays, spec, lidar.scenery, solids, counts, state), repeats=1, warmup=0),
            None, rounds=3,
        )  # fmt: skip
        yield Row(f"radar {radar.spec.rays} rays, {ACTORS} actors, {CORES} cores", median_rate(sweep), "sweeps/s")
    yield from navigation_rows(driving_map, state)


def navigation_rows(driving_map: DrivingMap, state: State) -> Iterator[Row]:
    """Readings of every actor, on one core, by processor time."""
    gnss, imu, odometry, before = Gnss(driving_map), Imu(), Odometry(), motion_of(state)
    state.world[:, TICK] += 1
    shape = state.body.shape[:2]
    fixes, felt, told = (np.zeros((*shape, columns)) for columns in (GNSS_COLUMNS, IMU_COLUMNS, ODOMETRY_COLUMNS))
    reads: tuple[tuple[str, Callable[[], None]], ...] = (
        ("GNSS", lambda: gnss.read(state, fixes)), ("inertial unit", lambda: imu.read(before, state, felt)),
        ("wheels", lambda: odometry.read(state, told)),
    )  # fmt: skip
    with at_most(1):
        for name, read in reads:
            read()
            started = time.process_time()
            for _ in range(ROUNDS):
                read()
            rate = ROUNDS * shape[0] * shape[1] / max(time.process_time() - started, 1e-9)
            yield Row(f"{name}, 1 core, by processor time", rate, "readings/s")


def cast_each(
    rays: LidarRays, spec: LidarSpec, grid: SolidGrid, solids: np.ndarray, counts: np.ndarray, state: State
) -> int:
    """The distance along every ray of the first agents, an eighth of the worlds; returns how many scans that were."""
    worlds = state.num_worlds // 8
    depths = np.empty((worlds, spec.points, spec.channels), np.float32)
    range_m, up = np.float32(spec.range_m), np.float32(spec.up_m)
    share(lambda _, begin, end: _cast(rays, range_m, up, grid, solids, counts, state.body, depths, begin, end), worlds)
    return worlds


@shared
def _cast(
    rays: LidarRays, range_m: np.float32, up: np.float32, grid: SolidGrid, solids: np.ndarray, counts: np.ndarray,
    body: np.ndarray, depths: np.ndarray, begin: int, end: int,
) -> None:  # fmt: skip
    for w in range(begin, end):
        x, y = body[w, 0, X], body[w, 0, Y]
        cos, sin = np.float32(math.cos(body[w, 0, YAW])), np.float32(math.sin(body[w, 0, YAW]))
        for k in range(len(rays.azimuth_cos)):
            ahead, left = rays.azimuth_cos[k], rays.azimuth_sin[k]
            for c in range(len(rays.sin)):
                dx, dy = (ahead * cos - left * sin) * rays.cos[c], (ahead * sin + left * cos) * rays.cos[c]
                thing, _ = first_of_grid(grid, x, y, up, dx, dy, rays.sin[c], range_m)
                actor, _ = first_of_rows(solids[w], counts[w], x, y, up, dx, dy, rays.sin[c], range_m)
                depths[w, k, c] = min(thing, actor)
