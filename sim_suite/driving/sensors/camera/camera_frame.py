"""One picture's solids: which are in view, the rectangle of pixels that each can reach, and the nearest in each pixel. Source: ours.

A pixel's ray is ahead + right * u + down * v from the camera's place, with (u, v) of the pixel's centre over the focal length; so
the ray's t is the depth along the optical axis. Each solid is met by the rays of its rectangle alone, in its own frame, where a
row of pixels takes equal steps; the nearest is kept, as a depth buffer keeps triangles.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.sensors.camera.camera_spec import SKY_DEPTH_M, CameraPlan
from sim_suite.driving.sensors.solids.rays import NEVER, hit_box, hit_local
from sim_suite.driving.sensors.solids.solids import (
    BOX,
    HALF_LENGTH,
    HALF_WIDTH,
    HEIGHT,
    INSTANCE,
    SHAPE,
    SX,
    SY,
    SYAW,
    SZ,
    Floats,
)
from sim_suite.driving.world.layout import YAW, Ints, X, Y

GROUND: Final = -1
SKY: Final = -2
"""Of `Scratch.winner`, where no solid is seen."""
FAR: Final = np.float32(SKY_DEPTH_M)
NEAR: Final = np.float32(0.05)
"""Metres before the camera; what is nearer is not seen."""
LEAST_PIXELS: Final = np.float32(0.35)
"""Solids that look smaller are left out."""
_ZERO, _HALF, _ONE, _TWO = np.float32(0.0), np.float32(0.5), np.float32(1.0), np.float32(2.0)
_LEVEL: Final = np.float32(1e-7)

# Columns of `Scratch.seen`, of a solid in view.
OX, OY, OZ = 0, 1, 2
"""The camera's place in the solid's frame."""
AHEAD_X: Final = 3
RIGHT_X: Final = 6
DOWN_X: Final = 9
"""Three numbers each: the camera's axes in the solid's frame."""
COS: Final = 12
SIN: Final = 13
LIT: Final = 14
"""Share of the sun's light, or at night of lamps', that reaches it."""
SEEN: Final = 15


class Eye(NamedTuple):
    """Where a camera is and which way its axes run. World frame, relative to the terrain's origin; float32."""

    x: np.float32
    y: np.float32
    z: np.float32
    ahead_x: np.float32
    ahead_y: np.float32
    ahead_z: np.float32
    right_x: np.float32
    right_y: np.float32
    right_z: np.float32
    down_x: np.float32
    down_y: np.float32
    down_z: np.float32
    focal: np.float32
    pixel: np.float32
    """1 / focal."""
    col: np.float32
    """Of the optical axis, pixels."""
    row: np.float32


class Scratch(NamedTuple):
    """Memory of one thread."""

    depth: Floats
    """[H, W']"""
    winner: Ints
    """[H, W'] Which of `seen`, or GROUND or SKY."""
    direct: Floats
    """[H, W'] Share of the sun's light that reaches the ground there; at night the light of lamps."""
    open: Floats
    """[H, W'] Share of the light from everywhere else that does."""
    seen: Floats
    """[K, SEEN]"""
    source: Ints
    """[K] Row of the map's solids, or their number plus the row of the world's."""


def new_scratch(parts: int, size: tuple[int, int], most: int) -> Scratch:
    """For so many threads, with an axis of them in front; most: solids of the map and of a world."""
    pixels = (parts, *size)
    return Scratch(
        np.empty(pixels, np.float32), np.empty(pixels, np.int32), np.empty(pixels, np.float32),
        np.empty(pixels, np.float32), np.empty((parts, most, SEEN), np.float32), np.empty((parts, most), np.int32),
    )  # fmt: skip


@borrowing
def eye_of(plan: CameraPlan, number: int, body: np.ndarray) -> Eye:
    """The eye of a mount on an actor, body: [BODY]."""
    m = plan.mount[number]
    cos, sin = np.float32(math.cos(body[YAW])), np.float32(math.sin(body[YAW]))
    return Eye(
        body[X] + m[0] * cos - m[1] * sin, body[Y] + m[0] * sin + m[1] * cos, m[2],
        m[3] * cos - m[6] * sin, m[3] * sin + m[6] * cos, m[9],
        -(m[4] * cos - m[7] * sin), -(m[4] * sin + m[7] * cos), -m[10],
        -(m[5] * cos - m[8] * sin), -(m[5] * sin + m[8] * cos), -m[11],
        plan.focal, _ONE / plan.focal, _HALF * np.float32(plan.cols), _HALF * np.float32(plan.rows),
    )  # fmt: skip


@borrowing
def to_eye(eye: Eye, x: np.float32, y: np.float32, z: np.float32) -> tuple[np.float32, np.float32, np.float32]:
    """(ahead, right, down) of a vector of the world."""
    return (
        x * eye.ahead_x + y * eye.ahead_y + z * eye.ahead_z,
        x * eye.right_x + y * eye.right_y + z * eye.right_z,
        x * eye.down_x + y * eye.down_y + z * eye.down_z,
    )


@borrowing
def rectangle(
    eye: Eye, rows: int, cols: int, x: np.float32, y: np.float32, z: np.float32, cos: np.float32, sin: np.float32,
    half_length: np.float32, half_width: np.float32, up_x: np.float32, up_y: np.float32, up_z: np.float32,
) -> tuple[int, int, int, int]:  # fmt: skip
    """(first row, last row + 1, first column, last + 1) that a slanted box can reach, empty where it is out of view.

    x, y, z: the middle of its base, from the camera; its top is the base moved by (up_x, up_y, up_z). Edges are cut NEAR the camera.
    """
    a0, r0, d0 = to_eye(eye, x, y, z)
    a1, r1, d1 = to_eye(eye, half_length * cos, half_length * sin, _ZERO)
    a2, r2, d2 = to_eye(eye, -half_width * sin, half_width * cos, _ZERO)
    a3, r3, d3 = to_eye(eye, up_x, up_y, up_z)
    left, right, top, bottom = NEVER, -NEVER, NEVER, -NEVER
    for i in range(8):
        one, two, three = (_ONE if i & 1 else -_ONE), (_ONE if i & 2 else -_ONE), (_ONE if i & 4 else _ZERO)
        ahead = a0 + one * a1 + two * a2 + three * a3
        across, under = r0 + one * r1 + two * r2 + three * r3, d0 + one * d1 + two * d2 + three * d3
        if ahead >= NEAR:
            u, v = across / ahead, under / ahead
            left, right, top, bottom = min(left, u), max(right, u), min(top, v), max(bottom, v)
            continue
        for k in range(3):  # to the corners beside it that lie before the camera
            step = -_TWO * one if k == 0 else (-_TWO * two if k == 1 else _ONE - _TWO * three)
            b0, b1, b2 = (a1, r1, d1) if k == 0 else ((a2, r2, d2) if k == 1 else (a3, r3, d3))
            other = ahead + step * b0
            if other > NEAR:
                share = (NEAR - ahead) / (other - ahead) * step
                u, v = (across + share * b1) / NEAR, (under + share * b2) / NEAR
                left, right, top, bottom = min(left, u), max(right, u), min(top, v), max(bottom, v)
    if left > right:
        return 0, 0, 0, 0
    if (right - left) * eye.focal < LEAST_PIXELS and (bottom - top) * eye.focal < LEAST_PIXELS:
        return 0, 0, 0, 0
    first_row, end_row = limits(top * eye.focal + eye.row, bottom * eye.focal + eye.row, rows)
    first_col, end_col = limits(left * eye.focal + eye.col, right * eye.focal + eye.col, cols)
    return first_row, end_row, first_col, end_col


@borrowing
def limits(low: np.float32, high: np.float32, count: int) -> tuple[int, int]:
    """(first, last + 1) of the pixels whose centres lie between two places, with one around them for rounding."""
    low, high = max(low - np.float32(1.5), _ZERO), min(high + np.float32(1.5), np.float32(count))
    if not low < high:
        return 0, 0
    return int(low), int(math.ceil(high))  # noqa: RUF046  on a GPU a float


@called
def look(
    plan: CameraPlan, eye: Eye, own: int, begin: int, end: int, fixed: np.ndarray, moving: np.ndarray, count: int,
    scratch: Scratch,
) -> int:  # fmt: skip
    """Fill depth and winner of the rows begin..end; returns how many solids are in view.

    own: instance of the vehicle that carries the camera; fixed: [N, SOLID] of the map; moving: [S, SOLID], `count` in use.
    """
    clear_view(plan, eye, begin, end, scratch)
    seen = 0
    for number in range(len(fixed) + count):
        solid = fixed[number] if number < len(fixed) else moving[number - len(fixed)]
        if solid[INSTANCE] == own and plan.own_vehicle == 0:
            continue
        x, y, z = solid[SX] - eye.x, solid[SY] - eye.y, solid[SZ] - eye.z
        reach = solid[HALF_LENGTH] + solid[HALF_WIDTH] + solid[HEIGHT]
        ahead, right, _ = to_eye(eye, x, y, z)
        # Most solids are behind, far off or well aside.
        if ahead < -reach or ahead > FAR or solid[HEIGHT] * eye.focal < LEAST_PIXELS * (ahead - reach):
            continue
        if abs(right) - reach > (eye.col / eye.focal) * (ahead + reach) * np.float32(1.5):
            continue
        cos, sin = np.float32(math.cos(solid[SYAW])), np.float32(math.sin(solid[SYAW]))
        r0, r1, c0, c1 = rectangle(
            eye, plan.rows, plan.cols, x, y, z, cos, sin, solid[HALF_LENGTH], solid[HALF_WIDTH], _ZERO, _ZERO, solid[HEIGHT]
        )  # fmt: skip
        r0, r1 = max(r0, begin), min(r1, end)
        if r0 >= r1 or c0 >= c1:
            continue
        own_frame(eye, x, y, z, cos, sin, scratch.seen[seen])
        scratch.source[seen] = number
        if int(solid[SHAPE]) == BOX:
            fill_box(eye, scratch, seen, solid, r0, r1, c0, c1)
        else:
            fill_shape(eye, scratch, seen, solid, r0, r1, c0, c1)
        seen += 1
    return seen


@borrowing
def clear_view(plan: CameraPlan, eye: Eye, begin: int, end: int, scratch: Scratch) -> None:
    """Nothing but ground and sky."""
    for row in range(begin, end):
        v = (np.float32(row) + _HALF - eye.row) * eye.pixel
        slope = eye.ahead_z + v * eye.down_z
        depth, winner = scratch.depth[row], scratch.winner[row]
        for col in range(plan.cols):
            u = (np.float32(col) + _HALF - eye.col) * eye.pixel
            falls = slope + u * eye.right_z
            t = -eye.z / falls if falls < -_LEVEL else FAR
            depth[col] = min(t, FAR)
            winner[col] = GROUND if t < FAR else SKY


@borrowing
def own_frame(
    eye: Eye, x: np.float32, y: np.float32, z: np.float32, cos: np.float32, sin: np.float32, out: np.ndarray
) -> None:
    """The camera in a solid's frame, into [SEEN]; x, y, z: the solid from the camera."""
    out[OX], out[OY], out[OZ] = -(x * cos + y * sin), x * sin - y * cos, -z
    out[AHEAD_X], out[AHEAD_X + 1], out[AHEAD_X + 2] = (
        eye.ahead_x * cos + eye.ahead_y * sin, eye.ahead_y * cos - eye.ahead_x * sin, eye.ahead_z
    )  # fmt: skip
    out[RIGHT_X], out[RIGHT_X + 1], out[RIGHT_X + 2] = (
        eye.right_x * cos + eye.right_y * sin, eye.right_y * cos - eye.right_x * sin, eye.right_z
    )  # fmt: skip
    out[DOWN_X], out[DOWN_X + 1], out[DOWN_X + 2] = (
        eye.down_x * cos + eye.down_y * sin, eye.down_y * cos - eye.down_x * sin, eye.down_z
    )  # fmt: skip
    out[COS], out[SIN], out[LIT] = cos, sin, _ONE


@borrowing
def fill_box(eye: Eye, scratch: Scratch, number: int, solid: np.ndarray, r0: int, r1: int, c0: int, c1: int) -> None:
    """A box's rectangle. The inner loop has neither calls nor jumps: it becomes vector instructions."""
    own = scratch.seen[number]
    x, y, z = own[OX], own[OY], own[OZ]
    right_x, right_y, right_z = own[RIGHT_X], own[RIGHT_X + 1], own[RIGHT_X + 2]
    half_length, half_width, height = solid[HALF_LENGTH], solid[HALF_WIDTH], solid[HEIGHT]
    for row in range(r0, r1):
        v = (np.float32(row) + _HALF - eye.row) * eye.pixel
        from_x = own[AHEAD_X] + v * own[DOWN_X]
        from_y = own[AHEAD_X + 1] + v * own[DOWN_X + 1]
        from_z = own[AHEAD_X + 2] + v * own[DOWN_X + 2]
        depth, winner = scratch.depth[row], scratch.winner[row]
        for col in range(c0, c1):
            u = (np.float32(col) + _HALF - eye.col) * eye.pixel
            t = hit_box(
                half_length, half_width, height, x, y, z, from_x + u * right_x, from_y + u * right_y, from_z + u * right_z
            )  # fmt: skip
            nearer = t < depth[col]
            winner[col] = number if nearer else winner[col]
            depth[col] = t if nearer else depth[col]


@borrowing
def fill_shape(eye: Eye, scratch: Scratch, number: int, solid: np.ndarray, r0: int, r1: int, c0: int, c1: int) -> None:
    """The rectangle of any other shape."""
    own, shape = scratch.seen[number], int(solid[SHAPE])
    for row in range(r0, r1):
        for col in range(c0, c1):
            dx, dy, dz = own_ray(eye, own, row, col)
            t = hit_local(
                shape, solid[HALF_LENGTH], solid[HALF_WIDTH], solid[HEIGHT], own[OX], own[OY], own[OZ], dx, dy, dz
            )  # fmt: skip
            if t < scratch.depth[row, col]:
                scratch.depth[row, col], scratch.winner[row, col] = t, number


@borrowing
def own_ray(eye: Eye, own: np.ndarray, row: int, col: int) -> tuple[np.float32, np.float32, np.float32]:
    """The direction of a pixel's ray in a solid's frame, own: [SEEN]."""
    u, v = (np.float32(col) + _HALF - eye.col) * eye.pixel, (np.float32(row) + _HALF - eye.row) * eye.pixel
    return (
        own[AHEAD_X] + u * own[RIGHT_X] + v * own[DOWN_X],
        own[AHEAD_X + 1] + u * own[RIGHT_X + 1] + v * own[DOWN_X + 1],
        own[AHEAD_X + 2] + u * own[RIGHT_X + 2] + v * own[DOWN_X + 2],
    )


@borrowing
def world_ray(eye: Eye, row: int, col: int) -> tuple[np.float32, np.float32, np.float32]:
    """The direction of a pixel's ray in the world."""
    u, v = (np.float32(col) + _HALF - eye.col) * eye.pixel, (np.float32(row) + _HALF - eye.row) * eye.pixel
    return (
        eye.ahead_x + u * eye.right_x + v * eye.down_x,
        eye.ahead_y + u * eye.right_y + v * eye.down_y,
        eye.ahead_z + u * eye.right_z + v * eye.down_z,
    )
