"""How far each ray of a lidar gets: solids are drawn, the nearest first, into a buffer of distances over the rays. Source: ours; the
buffer is that of E. Catmull, "A subdivision algorithm for computer display of curved surfaces", 1974.

Rays that walk through the grid one by one ask the same solids again and again. Here a solid is asked by the rays that can meet it alone: at
the azimuths that its footprint covers, between the slopes to its base and its top there, unless something nearer was met. Each of these is
cast exactly (rays.hit_local): the answer is that of casting every ray at every solid. All in float32, one sensor at a time.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing, called
from sim_suite.driving.sensors.ranging.lidar_spec import LidarRays
from sim_suite.driving.sensors.solids.rays import hit_local, inverse
from sim_suite.driving.sensors.solids.solid_grid import CELL_M, SolidGrid
from sim_suite.driving.sensors.solids.solids import (
    CYLINDER,
    HALF_LENGTH,
    HALF_WIDTH,
    HEIGHT,
    INSTANCE,
    SHAPE,
    SX,
    SY,
    SYAW,
    SZ,
)

NOTHING: Final = -1
GROUND: Final = -2
"""Whom a ray meets: one of these or the number of a solid, those of the map first, then those of actors."""
BINS: Final = 64
"""Solids are sorted by distance into so many rings; within one their order is any."""
_TURN: Final = np.float32(2.0 * math.pi)
_MARGIN: Final = np.float32(1e-3)
"""Rays that lie so near (m, and share of a slope) beside a solid are asked too: rounding must not lose one that meets it."""
_ZERO: Final = np.float32(0.0)
_ONE: Final = np.float32(1.0)


class Pose(NamedTuple):
    """Of a sensor, world frame as in `State`."""

    x: np.float32
    y: np.float32
    z: np.float32
    yaw: np.float32
    instance: np.float32
    """Whose parts it does not see: slot + 1."""


class Scratch(NamedTuple):
    """What one thread works on. R rays, N solids of the map, P of actors."""

    depth: NDArray[np.float32]
    """[R] m along the ray."""
    owner: NDArray[np.int32]
    """[R]"""
    stamp: NDArray[np.int32]
    """[N] The scan for which a solid was last noted."""
    near: NDArray[np.float32]
    """[N + P] m from the sensor, of what is in reach: at least so far ..."""
    chosen: NDArray[np.int32]
    """[N + P] ... and its number."""
    order: NDArray[np.int32]
    """[N + P] Places in `chosen`, the nearest first."""
    begins: NDArray[np.int32]
    """[BINS + 1]"""


def new_scratch(parts: int, rays: int, things: int, actor_parts: int) -> Scratch:
    """For so many threads: each array has an axis of them in front."""
    both = things + actor_parts
    return Scratch(
        np.zeros((parts, rays), np.float32), np.zeros((parts, rays), np.int32), np.zeros((parts, things), np.int32),
        np.zeros((parts, both), np.float32), np.zeros((parts, both), np.int32), np.zeros((parts, both), np.int32),
        np.zeros((parts, BINS + 1), np.int32),
    )  # fmt: skip


@called
def measure_depths(
    rays: LidarRays, range_m: np.float32, grid: SolidGrid, actors: np.ndarray, count: int, pose: Pose, stamp: int,
    scratch: Scratch,
) -> None:  # fmt: skip
    """Fill `depth` and `owner` of every ray. actors: [P, SOLID], of which the first `count` are used; stamp: new for each call."""
    channels = len(rays.sin)
    for i in range(len(scratch.depth)):
        channel = i % channels
        scratch.depth[i], scratch.owner[i] = range_m, NOTHING
        if rays.sin[channel] < _ZERO:
            ground = -pose.z / rays.sin[channel]
            if ground <= range_m:
                scratch.depth[i], scratch.owner[i] = ground, GROUND
    found = _choose(range_m, grid, actors, count, pose, stamp, scratch)
    _sort(range_m, found, scratch)
    things = len(grid.solid)
    for k in range(found):
        number = scratch.chosen[scratch.order[k]]
        if number < things:
            _draw(rays, grid.solid[number], number, pose, scratch.depth, scratch.owner)
        else:
            _draw(rays, actors[number - things], number, pose, scratch.depth, scratch.owner)


@borrowing
def _choose(
    range_m: np.float32, grid: SolidGrid, actors: np.ndarray, count: int, pose: Pose, stamp: int, scratch: Scratch
) -> int:
    """Note the solids in reach; returns how many."""
    found, things, cell_m = 0, len(grid.solid), np.float32(CELL_M)
    left, down = pose.x - np.float32(grid.x_min), pose.y - np.float32(grid.y_min)
    if grid.rows > 0:
        for row in range(max(_cell(down - range_m, cell_m), 0), min(_cell(down + range_m, cell_m), grid.rows - 1) + 1):
            for col in range(
                max(_cell(left - range_m, cell_m), 0), min(_cell(left + range_m, cell_m), grid.cols - 1) + 1
            ):
                cell = row * grid.cols + col
                for k in range(grid.first[cell], grid.first[cell + 1]):
                    number = grid.listed[k]
                    if scratch.stamp[number] != stamp:
                        scratch.stamp[number] = stamp
                        found = _note(grid.solid[number], number, range_m, pose, scratch, found)
    for k in range(count):
        if actors[k, INSTANCE] != pose.instance:
            found = _note(actors[k], things + k, range_m, pose, scratch, found)
    return found


@borrowing
def _cell(metres: np.float32, cell_m: np.float32) -> int:
    return int(math.floor(metres / cell_m))  # noqa: RUF046  numba's floor is a float


@borrowing
def _note(solid: np.ndarray, number: int, range_m: np.float32, pose: Pose, scratch: Scratch, found: int) -> int:
    away = np.float32(math.hypot(solid[SX] - pose.x, solid[SY] - pose.y))
    near = away - np.float32(math.hypot(solid[HALF_LENGTH], solid[HALF_WIDTH])) - _MARGIN
    if near < range_m:
        scratch.near[found], scratch.chosen[found] = near, number
        return found + 1
    return found


@borrowing
def _sort(range_m: np.float32, found: int, scratch: Scratch) -> None:
    """Counting sort by distance."""
    begins, per_metre = scratch.begins, np.float32(BINS) / range_m
    for b in range(BINS + 1):
        begins[b] = 0
    for k in range(found):
        begins[_bin(scratch.near[k], per_metre) + 1] += 1
    for b in range(BINS):
        begins[b + 1] += begins[b]
    for k in range(found):
        b = _bin(scratch.near[k], per_metre)
        scratch.order[begins[b]] = k
        begins[b] += 1


@borrowing
def _bin(near: np.float32, per_metre: np.float32) -> int:
    return min(int(max(near, _ZERO) * per_metre), BINS - 1)


@borrowing
def _draw(rays: LidarRays, solid: np.ndarray, number: int, pose: Pose, depth: np.ndarray, owner: np.ndarray) -> None:
    """Let a solid meet the rays that can meet it."""
    channels, columns = len(rays.sin), len(rays.azimuth_cos)
    from_x, from_y = pose.x - solid[SX], pose.y - solid[SY]
    half_length, half_width = solid[HALF_LENGTH], solid[HALF_WIDTH]
    cos, sin = np.float32(math.cos(solid[SYAW])), np.float32(math.sin(solid[SYAW]))
    x, y, z = from_x * cos + from_y * sin, from_y * cos - from_x * sin, pose.z - solid[SZ]
    away, radius = np.float32(math.hypot(from_x, from_y)), np.float32(math.hypot(half_length, half_width)) + _MARGIN
    first, last = 0, columns - 1
    if away > radius:
        middle = np.float32(math.atan2(-from_y, -from_x)) - pose.yaw
        aside = np.float32(math.asin(radius / away))
        per_radian = np.float32(columns) / _TURN
        # One column more on either side, for rounding.
        first = int(math.floor((middle - aside) * per_radian)) - 1  # noqa: RUF046  numba's floor is a float
        last = min(int(math.ceil((middle + aside) * per_radian)) + 1, first + columns - 1)  # noqa: RUF046
    turned_cos, turned_sin = np.float32(math.cos(pose.yaw - solid[SYAW])), np.float32(math.sin(pose.yaw - solid[SYAW]))
    footprint = half_width if int(solid[SHAPE]) == CYLINDER else half_length
    for k in range(first, last + 1):
        column = k % columns
        dx = rays.azimuth_cos[column] * turned_cos - rays.azimuth_sin[column] * turned_sin
        dy = rays.azimuth_sin[column] * turned_cos + rays.azimuth_cos[column] * turned_sin
        enters, leaves = _across(footprint + _MARGIN, half_width + _MARGIN, x, y, dx, dy)
        if leaves < enters or leaves < _ZERO:
            continue
        lowest, highest = _slopes(enters, leaves, -z, solid[HEIGHT] - z)
        base = column * channels
        for channel in range(channels):
            slope = rays.tan[channel]
            if slope > highest:
                continue
            if slope < lowest:
                break
            i = base + channel
            level = rays.cos[channel]
            if depth[i] * level <= enters:
                continue
            t = hit_local(
                int(solid[SHAPE]),
                half_length,
                half_width,
                solid[HEIGHT],
                x,
                y,
                z,
                dx * level,
                dy * level,
                rays.sin[channel],
            )
            if t < depth[i]:
                depth[i], owner[i] = t, number


@borrowing
def _across(
    half_length: np.float32, half_width: np.float32, x: np.float32, y: np.float32, dx: np.float32, dy: np.float32
) -> tuple[np.float32, np.float32]:
    """(where a level line enters, where it leaves) a footprint in its own frame; enters > leaves where it misses."""
    inverse_x, inverse_y = inverse(dx), inverse(dy)
    one_x, two_x = (-half_length - x) * inverse_x, (half_length - x) * inverse_x
    one_y, two_y = (-half_width - y) * inverse_y, (half_width - y) * inverse_y
    return max(min(one_x, two_x), min(one_y, two_y)), min(max(one_x, two_x), max(one_y, two_y))


@borrowing
def _slopes(
    enters: np.float32, leaves: np.float32, bottom: np.float32, top: np.float32
) -> tuple[np.float32, np.float32]:
    """(lowest, highest) slope of rays that can meet what lies between two distances and two heights, both from the sensor's."""
    near = max(enters, _MARGIN)
    lowest = bottom / (near if bottom < _ZERO else leaves)
    highest = top / (near if top > _ZERO else leaves)
    return lowest - _MARGIN * (_ONE + abs(lowest)), highest + _MARGIN * (_ONE + abs(highest))
