"""Pictures of driving worlds: frames a second on one core while the view follows a car. Source: ours.

Rates are per second of this process's own time, on one thread, so that neighbours do not count. Only painting is timed,
squares of ground that come into view included; the first frame, which lays out fonts and textures, is not. The bar is what a
fluent window needs.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import cv2

from sim_suite.benchmarking import Row
from sim_suite.driving.roads.maps import load_map
from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.driving.world.terrain import prepare
from sim_suite.driving.world.world import World, WorldOptions
from sim_suite.envs.driving.picture.camera import Follower
from sim_suite.envs.driving.picture.hud import read_hud
from sim_suite.envs.driving.picture.painter import Painter
from sim_suite.envs.driving.picture.route import route_ahead

SUMMARY = "pictures of driving worlds: frames per second on one core, by day, at night in rain, and small"

MAP, SEED, FRAMES = "town_1km", 31, 400
SPEED_MPS = 10.0
"""The agent is drawn along its route so fast, whatever stands there: pictures need no driver."""
BAR_FPS = 60.0


def rows() -> Iterator[Row]:
    """640 x 480 by day and at night, and the size of clips."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        for name, size, dark, bar in (
            ("640 x 480, day", (640, 480), 0.0, BAR_FPS),
            ("640 x 480, rainy night", (640, 480), 1.0, BAR_FPS),
            ("320 x 240, day", (320, 240), 0.0, None),
        ):
            rate, megabytes = measure(size, dark)
            yield Row(f"{name}: painted", rate, "frames/s", bar=bar, holds=None if bar is None else rate >= bar)
            yield Row(f"{name}: drawn ground in memory", megabytes, "MB")
    finally:
        cv2.setNumThreads(threads)


def measure(size: tuple[int, int], dark: float) -> tuple[float, float]:
    """Frames a second and megabytes of ground; dark: 0 day, 1 night with rain."""
    options = WorldOptions(vehicles=40, pedestrians=20, parked=20, bubble_m=150, route_m=(400, 800))
    world = World(prepare(load_map(MAP)), 1, options)
    world.reset([SEED])
    state, terrain = world.state, world.map.ground.terrain
    state.weather[0, layout.DARKNESS] = state.weather[0, layout.RAIN] = dark
    painter, follower, spent = Painter(world.map), Follower(*size), 0.0
    for frame in range(FRAMES + 1):
        here, there = route_ahead(state, 0, 0, terrain)[:2]
        yaw = math.atan2(*(there - here)[::-1])
        state.body[0, 0, [layout.X, layout.Y, layout.YAW, layout.SPEED]] = *here, yaw, SPEED_MPS
        started = time.process_time()
        view = follower.view(float(here[0]), float(here[1]), yaw, SPEED_MPS, TICK_S)
        painter.paint(state, 0, view, read_hud(state, 0, 0, terrain, score=0.0))
        spent += time.process_time() - started if frame else 0.0
        world.step(1)
    return FRAMES / spent, painter.num_bytes / 1e6
