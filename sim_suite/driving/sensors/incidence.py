"""At what angle a ray meets a solid, and what the ground is made of where it meets that. Source: ours."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.baking.layout import CROSSWALK, MARK, ROAD, SIDEWALK, STOP_LINE, Textures
from sim_suite.driving.roads.baking.lookup import texel
from sim_suite.driving.sensors.semantics import GROUND_TAG, ROAD_LINE_TAG, ROAD_TAG, SIDEWALK_TAG, TERRAIN_TAG
from sim_suite.driving.sensors.solids import (
    CYLINDER,
    ELLIPSOID,
    HALF_LENGTH,
    HALF_WIDTH,
    HEIGHT,
    SHAPE,
    SX,
    SY,
    SYAW,
    SZ,
    TAPER_LENGTH,
    TAPER_WIDTH,
    TAPERED,
)

_PAINTED: Final = MARK | CROSSWALK | STOP_LINE
_HALF: Final = np.float32(0.5)
_ONE: Final = np.float32(1.0)


@borrowing
def incidence(
    solid: np.ndarray, x: np.float32, y: np.float32, z: np.float32, dx: np.float32, dy: np.float32, dz: np.float32
) -> np.float32:
    """Cosine of the angle between a ray, whose direction has length 1, and the normal of a solid [SOLID] where it meets it; world frame."""
    cos, sin = np.float32(math.cos(solid[SYAW])), np.float32(math.sin(solid[SYAW]))
    from_x, from_y = x - solid[SX], y - solid[SY]
    return local_incidence(
        int(solid[SHAPE]), solid[HALF_LENGTH], solid[HALF_WIDTH], solid[HEIGHT],
        from_x * cos + from_y * sin, from_y * cos - from_x * sin, z - solid[SZ],
        dx * cos + dy * sin, dy * cos - dx * sin, dz,
    )  # fmt: skip


@borrowing
def local_incidence(
    shape: int, half_length: np.float32, half_width: np.float32, height: np.float32,
    x: np.float32, y: np.float32, z: np.float32, dx: np.float32, dy: np.float32, dz: np.float32,
) -> np.float32:  # fmt: skip
    """The same in the solid's own frame: x along it, z from its base."""
    half_height = _HALF * height
    up = z - half_height
    if shape == ELLIPSOID:
        nx, ny, nz = (
            x / (half_length * half_length),
            y / (half_width * half_width),
            up / (half_height * half_height),
        )
        length = np.float32(math.sqrt(nx * nx + ny * ny + nz * nz))
        return abs(nx * dx + ny * dy + nz * dz) / length
    if shape == CYLINDER:
        radius = np.float32(math.hypot(x, y))
        if abs(up) - half_height > radius - half_width:
            return abs(dz)
        return abs(x * dx + y * dy) / radius
    # Of a box, and of one that leans, the side on which the place lies: the one that it is least within of.
    lean_x, lean_y = np.float32(0.0), np.float32(0.0)
    if shape == TAPERED:
        lean_x, lean_y = half_length * (_ONE - TAPER_LENGTH) / height, half_width * (_ONE - TAPER_WIDTH) / height
    over_x, over_y = abs(x) + lean_x * z - half_length, abs(y) + lean_y * z - half_width
    over_z = abs(up) - half_height
    if over_z >= over_x and over_z >= over_y:
        return abs(dz)
    if over_x >= over_y:
        ahead = dx if x > np.float32(0.0) else -dx
        return abs(ahead + lean_x * dz) / np.float32(math.sqrt(_ONE + lean_x * lean_x))
    left = dy if y > np.float32(0.0) else -dy
    return abs(left + lean_y * dz) / np.float32(math.sqrt(_ONE + lean_y * lean_y))


@borrowing
def ground_tag(textures: Textures, paved: np.ndarray, x: float, y: float) -> int:
    """The Tag of the ground at a place in the map file's frame. paved: [S] as of `terrain.Ground`."""
    mask, lanes = texel(textures, x, y)
    if mask & _PAINTED:
        return ROAD_LINE_TAG
    if mask & ROAD:
        return ROAD_TAG
    if mask & SIDEWALK:
        return SIDEWALK_TAG
    return GROUND_TAG if paved[int(lanes)] else TERRAIN_TAG
