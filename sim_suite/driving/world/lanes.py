"""Places along lanes, as kernels need them every tick: poses, and the arc of a vehicle that was near it a tick ago. Source: ours.

All in float32 and in the terrain's frame.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.world.terrain import (
    CURVATURE,
    FIRST_POINT,
    HALF_WIDTH,
    HEADING,
    LANE_LENGTH,
    LANE_STEP,
    LIMIT,
    PX,
    PY,
    SAFE,
    Terrain,
)

_TWO_PI: Final = np.float32(2.0 * math.pi)
_HALF: Final = np.float32(0.5)
_ZERO: Final = np.float32(0.0)
_ONE: Final = np.float32(1.0)
_LEAST_TURN: Final = np.float32(0.2)
"""Beside a centre line that bends, arcs grow slower or faster by 1 - lateral * curvature; never less than by this."""


@borrowing
def wrap(angle: np.float32) -> np.float32:
    """The same angle within [-pi, pi)."""
    return np.float32(angle - _TWO_PI * np.float32(math.floor(angle / _TWO_PI + _HALF)))


@borrowing
def segment(terrain: Terrain, lane: int, arc: np.float32) -> tuple[int, np.float32]:
    """(k, share): an arc, cut to the lane's, lies at a share of the way from point k to point k + 1."""
    first, last = terrain.lane[lane, FIRST_POINT], terrain.lane[lane + 1, FIRST_POINT] - 1
    place = min(max(arc / terrain.lane_f[lane, LANE_STEP], _ZERO), np.float32(last - first))
    k = min(first + int(place), last - 1)
    return k, np.float32(place - np.float32(k - first))


@borrowing
def pose_at(terrain: Terrain, lane: int, arc: np.float32) -> tuple[np.float32, np.float32, np.float32, np.float32]:
    """(x, y, heading, curvature) of the centre line; arcs beyond the lane's ends are those of its ends."""
    k, share = segment(terrain, lane, arc)
    point = terrain.point
    return (
        point[k, PX] + share * (point[k + 1, PX] - point[k, PX]),
        point[k, PY] + share * (point[k + 1, PY] - point[k, PY]),
        point[k, HEADING] + share * (point[k + 1, HEADING] - point[k, HEADING]),
        point[k, CURVATURE] + share * (point[k + 1, CURVATURE] - point[k, CURVATURE]),
    )


@borrowing
def width_and_speeds(terrain: Terrain, lane: int, arc: np.float32) -> tuple[np.float32, np.float32, np.float32]:
    """(half width m, speed limit m/s, safe speed m/s) at a place of a lane."""
    k, share = segment(terrain, lane, arc)
    point = terrain.point
    near = k if share < _HALF else k + 1
    return point[near, HALF_WIDTH], point[near, LIMIT], min(point[k, SAFE], point[k + 1, SAFE])


@borrowing
def length_of(terrain: Terrain, lane: int) -> np.float32:
    """Metres of a lane's centre line."""
    return np.float32(terrain.lane_f[lane, LANE_LENGTH])


@borrowing
def foot_near(
    terrain: Terrain, lane: int, arc: np.float32, x: np.float32, y: np.float32
) -> tuple[np.float32, np.float32, np.float32]:
    """(arc, lateral, heading) where a point lies along a lane, from an arc that was right a tick ago.

    Newton's steps towards the foot of the perpendicular; beyond the lane's ends its first and last directions go on straight.
    The arc may therefore be negative or exceed the lane's length.
    """
    length = length_of(terrain, lane)
    lateral, heading = _ZERO, _ZERO
    for _ in range(3):
        px, py, heading, curvature = pose_at(terrain, lane, arc)
        beyond = arc - min(max(arc, _ZERO), length)
        cos, sin = np.float32(math.cos(heading)), np.float32(math.sin(heading))
        dx, dy = x - px - beyond * cos, y - py - beyond * sin
        along = dx * cos + dy * sin
        lateral = dy * cos - dx * sin
        bend = curvature if beyond == _ZERO else _ZERO
        arc = arc + along / max(_ONE - lateral * bend, _LEAST_TURN)
        if abs(along) < np.float32(0.01):
            break
    return arc, lateral, heading
