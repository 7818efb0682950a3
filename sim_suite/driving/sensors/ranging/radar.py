"""Radars on any actors of many worlds: range, azimuth, elevation and range rate of what rays within a cone meet.

Source: ours; it tells what CARLA's `sensor.other.radar` tells, with errors of the order of a Continental ARS 408's nearby (data sheet:
0.1 m, 0.1 km/h, 0.3 degrees).

The ground ends rays and answers none: at such angles it reflects away from the sensor.
"""

from __future__ import annotations

import math
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing, noticed, shared
from sim_suite.compiling.sharing import share
from sim_suite.driving.sensors.attaching import Slots, carriers_of
from sim_suite.driving.sensors.ranging.lidar import pose_of
from sim_suite.driving.sensors.ranging.lidar_depth import Pose
from sim_suite.driving.sensors.sensor_noise import RADAR, WHITE, four_normals
from sim_suite.driving.sensors.solids.actor_solids import MOST_PARTS, fill_solids
from sim_suite.driving.sensors.solids.rays import NEVER, hit
from sim_suite.driving.sensors.solids.scenery import build_scenery
from sim_suite.driving.sensors.solids.solid_grid import SolidGrid, first_of_grid
from sim_suite.driving.sensors.solids.solids import INSTANCE, new_solids
from sim_suite.driving.world.kinds import NO_CONTROL
from sim_suite.driving.world.layout import (
    CONTROL,
    ID,
    SEED_HIGH,
    SEED_LOW,
    SLIP,
    SPEED,
    TICK,
    YAW,
    YAW_RATE,
    State,
    X,
    Y,
)
from sim_suite.driving.world.random import philox
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_outside

RANGE, AZIMUTH, ELEVATION, RANGE_RATE, DETECTION = range(5)
"""Columns of a detection: m; rad from ahead, counter-clockwise; rad above level; m/s, positive where the distance grows."""
_DIRECTIONS: Final = 1 << 16
"""First draw of directions, after those of noise."""
_HALF: Final = np.float32(0.5)
_TO_UNIT: Final = np.float32(2.0**-32)
_ZERO: Final = np.float32(0.0)


@dataclass(frozen=True)
class RadarSpec:
    """A radar on an actor. Checked when built."""

    rays: int = 200
    """Cast each time, in directions drawn evenly, 1 to 32,768."""
    horizontal_deg: float = 60.0
    """Width of the cone, 0 to 180 ..."""
    vertical_deg: float = 10.0
    """... and its height, 0 to 90."""
    range_m: float = 100.0
    """Nothing farther away answers, 1 to 1,000 m."""
    range_noise_m: float = 0.1
    """Deviation (1 sigma), 0 to 10 ..."""
    angle_noise_deg: float = 0.3
    """... of azimuth and elevation, 0 to 20 ..."""
    rate_noise_mps: float = 0.03
    """... and of the range rate, 0 to 10."""
    ahead_m: float = 2.3
    """Of the centre of the actor's box, -50 to 50 m: a car's front ..."""
    left_m: float = 0.0
    up_m: float = 0.5
    """... and above the ground, 0.01 to 50 m."""

    def __post_init__(self) -> None:
        for name, low, high in (
            ("rays", 1, 32_768), ("horizontal_deg", 0.0, 180.0), ("vertical_deg", 0.0, 90.0), ("range_m", 1.0, 1000.0),
            ("range_noise_m", 0.0, 10.0), ("angle_noise_deg", 0.0, 20.0), ("rate_noise_mps", 0.0, 10.0),
            ("ahead_m", -50.0, 50.0), ("left_m", -50.0, 50.0), ("up_m", 0.01, 50.0),
        ):  # fmt: skip
            refuse_outside(self, name, low, high)


class Detections(NamedTuple):
    """Of W worlds and M carriers; room for R each, of which the first `counts` are in use."""

    rows: NDArray[np.float32]
    """[W, M, R, DETECTION]"""
    counts: NDArray[np.int32]
    """[W, M] 0 for empty slots."""
    instance: NDArray[np.int32]
    """[W, M, R] Slot + 1 of actors, FIRST_THING and up for things of the map."""


class Radar:
    """Radars of one kind on one map."""

    def __init__(
        self, driving_map: DrivingMap, spec: RadarSpec | None = None, scenery: SolidGrid | None = None
    ) -> None:
        """scenery: what stands on the map; made anew without it (`build_scenery`)."""
        self.spec = RadarSpec() if spec is None else spec
        self.scenery = build_scenery(driving_map) if scenery is None else scenery
        angles = np.radians([self.spec.horizontal_deg, self.spec.vertical_deg, self.spec.angle_noise_deg])
        self._numbers = np.array(
            [self.spec.range_m, *angles, self.spec.range_noise_m, self.spec.rate_noise_mps], np.float32
        )
        self._is_new = True  # a first sweep may have to compile
        self._mount = np.array([self.spec.ahead_m, self.spec.left_m, self.spec.up_m], np.float32)

    def new_detections(self, worlds: int, carriers: int = 1) -> Detections:
        """Room for what radars of so many worlds and carriers in each detect."""
        shape = worlds, carriers, self.spec.rays
        return Detections(
            np.zeros((*shape, DETECTION), np.float32), np.zeros(shape[:2], np.int32), np.zeros(shape, np.int32)
        )

    def detect(self, state: State, out: Detections, slots: Slots = (0,)) -> None:
        """Fill `out`, as of `new_detections`, with what each carrier detects now.

        slots: of the carriers, the same in all worlds; None for everybody.
        Raises SuiteError for room or slots that do not fit.
        """
        carriers, actors = carriers_of(state, slots), state.body.shape[1]
        expected = state.num_worlds, len(carriers), self.spec.rays, DETECTION
        if out.rows.shape != expected:
            raise SuiteError(f"there is room for {out.rows.shape}; give new_detections({expected[0]}, {expected[1]}).")
        solids, counts = new_solids(state.num_worlds, actors * MOST_PARTS)
        fill_solids(state, solids, counts)

        def detect_some(_: int, begin: int, end: int) -> None:
            _detect(
                self._numbers, self._mount, self.scenery, solids, counts, state.body, state.mind, state.world, carriers, out,
                begin, end,
            )  # fmt: skip

        with noticed("the radar (about five seconds)") if self._is_new else nullcontext():
            share(detect_some, state.num_worlds)
        self._is_new = False


@shared
def _detect(
    numbers: np.ndarray, mount: np.ndarray, grid: SolidGrid, solids: np.ndarray, counts: np.ndarray, body: np.ndarray,
    mind: np.ndarray, world: np.ndarray, carriers: np.ndarray, out: Detections, begin: int, end: int,
) -> None:  # fmt: skip
    for w in range(begin, end):
        for m in range(len(carriers)):
            a = carriers[m]
            out.counts[w, m] = 0
            if mind[w, a, CONTROL] != NO_CONTROL:
                out.counts[w, m] = _sweep(
                    numbers, grid, solids[w], counts[w], body[w], a, mind[w, a, ID], world[w], pose_of(body[w, a], mount, a),
                    out.rows[w, m], out.instance[w, m],
                )  # fmt: skip


@borrowing
def _sweep(
    numbers: np.ndarray, grid: SolidGrid, solids: np.ndarray, count: int, bodies: np.ndarray, carrier: int, actor: int,
    world: np.ndarray, pose: Pose, rows: np.ndarray, instances: np.ndarray,
) -> int:  # fmt: skip
    """Cast all rays of one radar; returns how many answered. numbers: range, width, height, noise of angles, range and rate."""
    low, high, tick, found = world[SEED_LOW], world[SEED_HIGH], world[TICK], 0
    for ray in range(len(rows)):
        across, up, _, _ = philox(
            np.uint32(tick),
            np.uint32(actor),
            np.uint32(RADAR),
            np.uint32(_DIRECTIONS + ray),
            np.uint32(low),
            np.uint32(high),
        )
        azimuth = (np.float32(across) * _TO_UNIT - _HALF) * numbers[1]
        elevation = (np.float32(up) * _TO_UNIT - _HALF) * numbers[2]
        level, dz = np.float32(math.cos(elevation)), np.float32(math.sin(elevation))
        dx = level * np.float32(math.cos(pose.yaw + azimuth))
        dy = level * np.float32(math.sin(pose.yaw + azimuth))
        most = min(numbers[0], -pose.z / dz) if dz < _ZERO else numbers[0]
        t, number = first_of_grid(grid, pose.x, pose.y, pose.z, dx, dy, dz, most)
        nearer, part = _first_actor(solids, count, pose, dx, dy, dz, min(t, most))
        if part < 0 and number < 0:
            continue
        rate = -_towards(bodies[carrier], pose.x, pose.y, dx, dy)
        if part >= 0:
            t = nearer
            instances[found] = int(solids[part, INSTANCE])
            rate += _towards(bodies[instances[found] - 1], pose.x + t * dx, pose.y + t * dy, dx, dy)
        else:
            instances[found] = int(grid.solid[number, INSTANCE])
        n0, n1, n2, n3 = four_normals(low, high, RADAR, tick, actor, WHITE + ray)
        row = rows[found]
        row[RANGE] = max(t + numbers[4] * np.float32(n0), _ZERO)
        row[AZIMUTH] = azimuth + numbers[3] * np.float32(n1)
        row[ELEVATION] = elevation + numbers[3] * np.float32(n2)
        row[RANGE_RATE] = rate + numbers[5] * np.float32(n3)
        found += 1
    return found


@borrowing
def _first_actor(
    solids: np.ndarray, count: int, pose: Pose, dx: np.float32, dy: np.float32, dz: np.float32, most: np.float32
) -> tuple[np.float32, int]:
    """(t, row) of the first part of another actor before t = most; (NEVER, -1) where there is none."""
    best, found = most, -1
    for k in range(count):
        if solids[k, INSTANCE] != pose.instance:
            t = hit(solids[k], pose.x, pose.y, pose.z, dx, dy, dz)
            if t < best:
                best, found = t, k
    return (best, found) if found >= 0 else (NEVER, -1)


@borrowing
def _towards(body: np.ndarray, x: np.float32, y: np.float32, dx: np.float32, dy: np.float32) -> np.float32:
    """Speed along a direction of the place (x, y) of an actor, which turns about its centre, m/s. body: [BODY]."""
    heading = body[YAW] + body[SLIP]
    along = body[SPEED] * (np.float32(math.cos(heading)) * dx + np.float32(math.sin(heading)) * dy)
    return np.float32(along + body[YAW_RATE] * ((x - body[X]) * dy - (y - body[Y]) * dx))
