"""Where a ray meets a solid. Source: the slab method of Kay and Kajiya 1986 ("Ray tracing complex scenes"); ellipsoids are spheres
of a scaled space.

A ray is origin + t * direction, the direction of any length; answers are in t. Solids are seen from outside alone: a ray that
begins within one passes through it. All in float32.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.sensors.solids.solids import (
    CYLINDER,
    DISC,
    ELLIPSOID,
    HALF_LENGTH,
    HALF_WIDTH,
    HEIGHT,
    OCTAGON,
    SHAPE,
    SX,
    SY,
    SYAW,
    SZ,
    TAPER_LENGTH,
    TAPER_WIDTH,
    TAPERED,
    TRIANGLE,
)

NEVER: Final = np.float32(1e9)
"""The t of what is not met."""
_ZERO: Final = np.float32(0.0)
_HALF: Final = np.float32(0.5)
_ONE: Final = np.float32(1.0)
_TWO: Final = np.float32(2.0)
_TINY: Final = np.float32(1e-12)
_OCTAGON: Final = np.float32(math.sqrt(2.0))
"""|y| + |z| at an octagon's slanted sides, where its level and upright ones are at 1."""


@borrowing
def hit(
    solid: np.ndarray, x: np.float32, y: np.float32, z: np.float32, dx: np.float32, dy: np.float32, dz: np.float32
) -> np.float32:
    """t at which a ray enters a solid [SOLID], NEVER where it does not. World frame."""
    cos, sin = np.float32(math.cos(solid[SYAW])), np.float32(math.sin(solid[SYAW]))
    from_x, from_y = x - solid[SX], y - solid[SY]
    return hit_local(
        int(solid[SHAPE]), solid[HALF_LENGTH], solid[HALF_WIDTH], solid[HEIGHT],
        from_x * cos + from_y * sin, from_y * cos - from_x * sin, z - solid[SZ],
        dx * cos + dy * sin, dy * cos - dx * sin, dz,
    )  # fmt: skip


@borrowing
def hit_local(
    shape: int, half_length: np.float32, half_width: np.float32, height: np.float32,
    x: np.float32, y: np.float32, z: np.float32, dx: np.float32, dy: np.float32, dz: np.float32,
) -> np.float32:  # fmt: skip
    """As `hit`, in the solid's own frame: x along it, z from its base."""
    if shape == ELLIPSOID:
        return hit_ellipsoid(half_length, half_width, height, x, y, z, dx, dy, dz)
    if shape == CYLINDER:
        return hit_cylinder(half_width, height, x, y, z, dx, dy, dz)
    if shape == TAPERED:
        return hit_tapered(half_length, half_width, height, x, y, z, dx, dy, dz)
    t = hit_box(half_length, half_width, height, x, y, z, dx, dy, dz)
    if shape >= OCTAGON and t < NEVER:
        across, up = (y + t * dy) / half_width, _TWO * (z + t * dz) / height - _ONE
        if not on_plate(shape, across, up):
            return NEVER
    return t


@borrowing
def hit_box(
    half_length: np.float32, half_width: np.float32, height: np.float32,
    x: np.float32, y: np.float32, z: np.float32, dx: np.float32, dy: np.float32, dz: np.float32,
) -> np.float32:  # fmt: skip
    """Of a box. A ray along a side is off it or between both: that side does not bind."""
    inverse_x, inverse_y, inverse_z = inverse(dx), inverse(dy), inverse(dz)
    one_x, two_x = (-half_length - x) * inverse_x, (half_length - x) * inverse_x
    one_y, two_y = (-half_width - y) * inverse_y, (half_width - y) * inverse_y
    one_z, two_z = -z * inverse_z, (height - z) * inverse_z
    enters = max(max(min(one_x, two_x), min(one_y, two_y)), min(one_z, two_z))
    leaves = min(min(max(one_x, two_x), max(one_y, two_y)), max(one_z, two_z))
    return enters if _ZERO < enters <= leaves else NEVER


@borrowing
def inverse(value: np.float32) -> np.float32:
    """1 / value, of a large number where it is nearly 0."""
    return _ONE / (value if abs(value) > _TINY else _TINY)


@borrowing
def hit_tapered(
    half_length: np.float32, half_width: np.float32, height: np.float32,
    x: np.float32, y: np.float32, z: np.float32, dx: np.float32, dy: np.float32, dz: np.float32,
) -> np.float32:  # fmt: skip
    """Of a box whose sides lean inwards: each is a half-space, |x| <= half_length - slope * z."""
    slope_x, slope_y = half_length * (_ONE - TAPER_LENGTH) / height, half_width * (_ONE - TAPER_WIDTH) / height
    inverse_z = inverse(dz)
    one, two = -z * inverse_z, (height - z) * inverse_z
    enters, leaves = min(one, two), max(one, two)
    for side in range(4):
        sign = _ONE if side & 1 else -_ONE
        if side < 2:
            beyond, rate = sign * x + slope_x * z - half_length, sign * dx + slope_x * dz
        else:
            beyond, rate = sign * y + slope_y * z - half_width, sign * dy + slope_y * dz
        if abs(rate) <= _TINY:
            if beyond > _ZERO:
                return NEVER
        elif rate < _ZERO:
            enters = max(enters, -beyond / rate)
        else:
            leaves = min(leaves, -beyond / rate)
    return enters if _ZERO < enters <= leaves else NEVER


@borrowing
def hit_cylinder(
    radius: np.float32, height: np.float32,
    x: np.float32, y: np.float32, z: np.float32, dx: np.float32, dy: np.float32, dz: np.float32,
) -> np.float32:  # fmt: skip
    """Of an upright cylinder."""
    a = dx * dx + dy * dy
    b = x * dx + y * dy
    inverse_z = inverse(dz)
    one, two = -z * inverse_z, (height - z) * inverse_z
    enters, leaves = min(one, two), max(one, two)
    if a <= _TINY:
        return enters if x * x + y * y <= radius * radius and _ZERO < enters <= leaves else NEVER
    # How far the line passes the axis by, from a cross product: b * b - a * c would cancel for thin poles far away.
    aside = x * dy - y * dx
    under = radius * radius * a - aside * aside
    if under < _ZERO:
        return NEVER
    root = np.float32(math.sqrt(under))
    enters, leaves = max(enters, (-b - root) / a), min(leaves, (-b + root) / a)
    return enters if _ZERO < enters <= leaves else NEVER


@borrowing
def hit_ellipsoid(
    half_length: np.float32, half_width: np.float32, height: np.float32,
    x: np.float32, y: np.float32, z: np.float32, dx: np.float32, dy: np.float32, dz: np.float32,
) -> np.float32:  # fmt: skip
    """Of an ellipsoid: of the unit sphere, when each axis is scaled."""
    half_height = _HALF * height
    x, y, z = x / half_length, y / half_width, (z - half_height) / half_height
    dx, dy, dz = dx / half_length, dy / half_width, dz / half_height
    a = dx * dx + dy * dy + dz * dz
    b = x * dx + y * dy + z * dz
    # The squared distance of the line from the centre, by a cross product, as above.
    cross_x, cross_y, cross_z = y * dz - z * dy, z * dx - x * dz, x * dy - y * dx
    under = a - (cross_x * cross_x + cross_y * cross_y + cross_z * cross_z)
    if under < _ZERO:
        return NEVER
    t = (-b - np.float32(math.sqrt(under))) / a
    return t if t > _ZERO else NEVER


@borrowing
def on_plate(shape: int, across: np.float32, up: np.float32) -> bool:
    """Whether a place of a plate, both in [-1, 1], lies within its outline."""
    if shape == OCTAGON:
        return bool(abs(across) + abs(up) <= _OCTAGON)
    if shape == DISC:
        return bool(across * across + up * up <= _ONE)
    return bool(shape != TRIANGLE or _TWO * abs(across) <= up + _ONE)
