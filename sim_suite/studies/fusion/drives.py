"""Drives of a planner through traffic, with what its car's sensors read at each tick and whom it saw. Source: ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.experts.driving.batch import BatchedDriver
from agents.registry import entry
from sim_suite.driving.roads.maps import load_map
from sim_suite.driving.sensors.navigation.gnss import EAST, GNSS_COLUMNS, NORTH, Gnss
from sim_suite.driving.sensors.navigation.imu import ACCEL_X, COMPASS, GYRO_Z, IMU_COLUMNS, Imu
from sim_suite.driving.sensors.navigation.motion import motion_of
from sim_suite.driving.sensors.navigation.odometry import ODOMETRY_COLUMNS, WHEEL_SPEED, Odometry, rear_axle_m
from sim_suite.driving.sensors.visibility import map_walls, see
from sim_suite.driving.world.kinds import TICKS_A_SECOND
from sim_suite.driving.world.layout import ID, SLIP, SPEED, YAW, State, X, Y
from sim_suite.driving.world.terrain import DrivingMap, prepare
from sim_suite.driving.world.world import World, WorldOptions
from sim_suite.envs.driving.controls import CONTINUOUS, write_controls
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_outside

Floats = NDArray[np.float64]
SLOT: Final = 0
"""The car with the sensors: the agent's."""
DECISION_TICKS: Final = 2
"""A policy acts every 0.1 s; others are looked for as often."""
WORLD: Final = WorldOptions(vehicles=14, pedestrians=4, parked=4, bubble_m=120, route_m=(800.0, 1500.0))
"""Routes that last for a minute and more."""
MOST_SECONDS: Final = 120_000
"""All readings of a study are held in memory, 10 kB a second."""
_QUARTER: Final = 0.5 * np.pi


@dataclass(frozen=True)
class DriveOptions:
    """What is driven. Checked when built."""

    map: str = "town_1km"
    agent: str = "pdm"
    """A registered planner that decides for many worlds at once: pdm, idm."""
    runs: int = 100
    """Drives, each with a seed of its own, 1 to 2,000."""
    seconds: int = 60
    """Of each, 1 to 3,600; of all together at most MOST_SECONDS."""
    seed: int = 0
    """Of the first run; 0 or more."""
    range_m: float = 50.0
    """Others farther away are not looked for, 1 to 300 m."""

    def __post_init__(self) -> None:
        for name, low, high in (("runs", 1, 2000), ("seconds", 1, 3600), ("range_m", 1, 300), ("seed", 0, 2**40)):
            refuse_outside(self, name, low, high)
        if self.runs * self.seconds > MOST_SECONDS:
            raise SuiteError(
                f"{self.runs} runs of {self.seconds} s are {self.runs * self.seconds:,} s; give at most {MOST_SECONDS:,} s together."
            )


class Others(NamedTuple):
    """Whom the ego sees at one moment, within range."""

    identity: NDArray[np.int64]
    """[n]"""
    pose: Floats
    """[n, 3] x, y, yaw"""


class Drives(NamedTuple):
    """B runs of T ticks. World frame; index 0 is the moment before the first tick."""

    centre: Floats
    """[T + 1, B, 2] Of the box, m: the truth of a fix."""
    truth: Floats
    """[T + 1, B, 4] Of the rear axle: x, y, yaw, speed."""
    fix: Floats
    """[T + 1, B, 2] GNSS, m."""
    heading: Floats
    """[T + 1, B] Compass, rad counter-clockwise from east."""
    wheels: Floats
    """[T + 1, B] m/s"""
    accel: Floats
    """[T, B] m/s^2 ahead, felt during the tick."""
    turn: Floats
    """[T, B] rad/s"""
    rear_m: Floats
    """[B] From the centre to the rear axle."""
    others: tuple[tuple[Others, ...], ...]
    """For each run: every DECISION_TICKS, after the ticks."""


def record(options: DriveOptions, advance: Callable[[int], None] = lambda ticks: None) -> tuple[Drives, DrivingMap]:
    """Drive all runs side by side. advance: told after each decision how many ticks went by. Raises SuiteError for what is not known."""
    driving_map, driver = prepare(load_map(options.map)), _driver(options.agent)
    world, runs, ticks = World(driving_map, options.runs, WORLD), options.runs, options.seconds * TICKS_A_SECOND
    world.reset(range(options.seed, options.seed + runs))
    state, walls, terrain = world.state, map_walls(driving_map), driving_map.ground.terrain
    origin = np.array([terrain.origin_x, terrain.origin_y])
    gnss, imu, odometry = Gnss(driving_map), Imu(), Odometry()
    fixes, felt = np.empty((ticks + 1, runs, 1, GNSS_COLUMNS)), np.empty((ticks + 1, runs, 1, IMU_COLUMNS))
    wheels = np.empty((ticks + 1, runs, 1, ODOMETRY_COLUMNS))
    bodies = np.empty((ticks + 1, runs, state.body.shape[2]))
    memory = np.zeros((runs, driver.memory_size), np.float32)
    actions = np.zeros((runs, 2), np.float32)
    visible = np.zeros((runs, state.legs.shape[1], state.body.shape[1]), np.uint8)
    others: list[list[Others]] = [[] for _ in range(runs)]
    before = motion_of(state)
    for tick in range(ticks + 1):
        gnss.read(state, fixes[tick], [SLOT])
        imu.read(before, state, felt[tick], [SLOT])
        odometry.read(state, wheels[tick], [SLOT])
        bodies[tick] = state.body[:, SLOT]
        if tick % DECISION_TICKS == 0:
            if tick:
                see(state, walls, visible)
                for run in range(runs):
                    others[run].append(_around(state, run, visible[run, SLOT], options.range_m, origin))
                advance(DECISION_TICKS)
            driver.drive_worlds(state, driving_map, SLOT, DECISION_TICKS, memory, actions)
            write_controls(state, SLOT, CONTINUOUS, actions)
        before = motion_of(state)
        world.step()
    rear = rear_axle_m(state, [SLOT])[:, 0]
    centre = bodies[..., [X, Y]] + origin
    ahead = np.stack([np.cos(bodies[..., YAW]), np.sin(bodies[..., YAW])], axis=-1)
    along = bodies[..., SPEED] * np.cos(bodies[..., SLIP])
    truth = np.concatenate([centre - rear[:, None] * ahead, bodies[..., [YAW]], along[..., None]], axis=-1)
    return Drives(
        centre, truth, fixes[:, :, 0, [EAST, NORTH]], _QUARTER - felt[:, :, 0, COMPASS], wheels[:, :, 0, WHEEL_SPEED],
        felt[1:, :, 0, ACCEL_X], felt[1:, :, 0, GYRO_Z], rear, tuple(map(tuple, others)),
    ), driving_map  # fmt: skip


def _driver(name: str) -> BatchedDriver[object]:
    kind = entry(name).load_agent_class()
    if not issubclass(kind, BatchedDriver):
        raise SuiteError(f"{name!r} does not decide for many worlds at once; name a planner, pdm or idm.")
    driver: BatchedDriver[object] = kind()
    return driver


def _around(state: State, run: int, visible: NDArray[np.uint8], range_m: float, origin: Floats) -> Others:
    body = state.body[run]
    far = np.hypot(body[:, X] - body[SLOT, X], body[:, Y] - body[SLOT, Y])
    seen = (visible != 0) & (far <= range_m)
    seen[SLOT] = False
    pose = body[seen][:, [X, Y, YAW]].astype(np.float64)
    pose[:, :2] += origin
    return Others(state.mind[run, seen, ID].astype(np.int64), pose)
