"""What light reaches the ground and the solids of a picture: the sun's shadows, the dark below vehicles, lamps and head lights.

Source: ours. Each is drawn over the rectangle of pixels that it can reach, as solids are (camera_frame.py), on ground alone;
solids have one light for all of them, that of their middle.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.sensors.camera.camera_frame import GROUND, LIT, Eye, Scratch, rectangle, world_ray
from sim_suite.driving.sensors.camera.camera_spec import CameraPlan
from sim_suite.driving.sensors.camera.styles import CLOUDS, SUN_X, SUN_Y, SUN_Z
from sim_suite.driving.sensors.solids.rays import NEVER, hit_local
from sim_suite.driving.sensors.solids.solid_grid import SolidGrid, first_of_grid
from sim_suite.driving.sensors.solids.solids import (
    CABIN,
    CARGO,
    COACH,
    FIRST_THING,
    HALF_LENGTH,
    HALF_WIDTH,
    HEIGHT,
    INSTANCE,
    LAMP,
    LEGS,
    MATERIAL,
    PAINT,
    SHAPE,
    SX,
    SY,
    SYAW,
    SZ,
)

SHADOWS_M: Final = np.float32(90.0)
"""Shadows of what is farther away are not drawn."""
LOWEST_SUN: Final = np.float32(0.04)
"""Sine of the sun's height below which shadows would be longer than 25 times what casts them."""
LAMP_REACH_M: Final = np.float32(16.0)
BEAM_M: Final = np.float32(32.0)
"""How far head lights light a road: low beam of some 30 to 40 m."""
BEAM_HALF_M: Final = np.float32(7.0)
BEAM_SPREAD: Final = np.float32(0.26)
"""Its half width grows by so much a metre: 15 degrees."""
BLUR_M: Final = np.float32(0.45)
"""The dark below a vehicle fades over this around it."""
DARKEST: Final = np.float32(0.3)
_OVERCAST: Final = np.float32(0.97)
_ZERO, _HALF, _ONE = np.float32(0.0), np.float32(0.5), np.float32(1.0)


@called
def lighten(
    plan: CameraPlan, eye: Eye, own: int, begin: int, end: int, grid: SolidGrid, moving: np.ndarray, count: int, seen: int,
    style: np.ndarray, scratch: Scratch,
) -> None:  # fmt: skip
    """Fill direct and open of the rows begin..end, and LIT of what is seen. own: instance of the vehicle with the camera."""
    fixed = grid.solid
    night, shadows = style[SUN_Z] < _ZERO, style[SUN_Z] > LOWEST_SUN and style[CLOUDS] < _OVERCAST
    for row in range(begin, end):
        for col in range(plan.cols):
            scratch.direct[row, col] = _ZERO if night else _ONE
            scratch.open[row, col] = _ONE
    for number in range(len(fixed) + count):
        solid = fixed[number] if number < len(fixed) else moving[number - len(fixed)]
        x, y = solid[SX] - eye.x, solid[SY] - eye.y
        if x * x + y * y > SHADOWS_M * SHADOWS_M:
            continue
        material, is_drawn = int(solid[MATERIAL]), solid[INSTANCE] != own or plan.own_vehicle == 1
        if shadows and is_drawn:
            cast(plan, eye, solid, x, y, begin, end, style, scratch)
        if number >= len(fixed) and is_drawn and is_body(material):
            spread(plan, eye, solid, x, y, begin, end, 0, scratch)
        if night and material == LAMP:
            spread(plan, eye, solid, x, y, begin, end, 1, scratch)
        if night and number >= len(fixed) and material in (PAINT, CABIN, COACH):
            spread(plan, eye, solid, x, y, begin, end, 2, scratch)
    for k in range(seen):
        number = scratch.source[k]
        solid = fixed[number] if number < len(fixed) else moving[number - len(fixed)]
        if night:
            scratch.seen[k, LIT] = lamps_at(fixed, solid[SX], solid[SY])
        elif shadows and solid[INSTANCE] < np.float32(FIRST_THING):
            t, _ = first_of_grid(
                grid, solid[SX], solid[SY], solid[SZ] + _HALF * solid[HEIGHT], style[SUN_X], style[SUN_Y], style[SUN_Z],
                SHADOWS_M,
            )  # fmt: skip
            scratch.seen[k, LIT] = _ONE if t >= NEVER else _ZERO


@borrowing
def is_body(material: int) -> bool:
    """Whether a part has ground close below it that the sky does not see."""
    return material in (PAINT, CARGO, CABIN, COACH, LEGS)


@borrowing
def cast(
    plan: CameraPlan, eye: Eye, solid: np.ndarray, x: np.float32, y: np.float32, begin: int, end: int, style: np.ndarray,
    scratch: Scratch,
) -> None:  # fmt: skip
    """The shadow of a solid on the ground: where a ray to the sun meets it. x, y: the solid from the camera."""
    along_x, along_y = -style[SUN_X] / style[SUN_Z], -style[SUN_Y] / style[SUN_Z]
    cos, sin = np.float32(math.cos(solid[SYAW])), np.float32(math.sin(solid[SYAW]))
    low, height = solid[SZ], solid[HEIGHT]
    r0, r1, c0, c1 = rectangle(
        eye, plan.rows, plan.cols, x + low * along_x, y + low * along_y, -eye.z, cos, sin, solid[HALF_LENGTH],
        solid[HALF_WIDTH], height * along_x, height * along_y, _ZERO,
    )  # fmt: skip
    sun_x, sun_y = style[SUN_X] * cos + style[SUN_Y] * sin, style[SUN_Y] * cos - style[SUN_X] * sin
    shape = int(solid[SHAPE])
    for row in range(max(r0, begin), min(r1, end)):
        for col in range(c0, c1):
            if scratch.winner[row, col] != GROUND or scratch.direct[row, col] == _ZERO:
                continue
            dx, dy, _ = world_ray(eye, row, col)
            t = scratch.depth[row, col]
            at_x, at_y = t * dx - x, t * dy - y
            met = hit_local(
                shape, solid[HALF_LENGTH], solid[HALF_WIDTH], height, at_x * cos + at_y * sin, at_y * cos - at_x * sin,
                -low, sun_x, sun_y, style[SUN_Z],
            )  # fmt: skip
            if met < NEVER:
                scratch.direct[row, col] = _ZERO


@borrowing
def spread(
    plan: CameraPlan, eye: Eye, solid: np.ndarray, x: np.float32, y: np.float32, begin: int, end: int, what: int,
    scratch: Scratch,
) -> None:  # fmt: skip
    """On the ground around a solid: 0 the dark below a vehicle, 1 the light of a lamp, 2 that of its head lights ahead."""
    cos, sin = np.float32(math.cos(solid[SYAW])), np.float32(math.sin(solid[SYAW]))
    half_length, half_width, ahead = solid[HALF_LENGTH], solid[HALF_WIDTH], _ZERO
    if what == 0:
        long, wide = half_length + BLUR_M, half_width + BLUR_M
    elif what == 1:
        long, wide = LAMP_REACH_M, LAMP_REACH_M
    else:
        long, wide, ahead = _HALF * BEAM_M, BEAM_HALF_M, half_length + _HALF * BEAM_M
    r0, r1, c0, c1 = rectangle(
        eye, plan.rows, plan.cols, x + ahead * cos, y + ahead * sin, -eye.z, cos, sin, long, wide, _ZERO, _ZERO, _ZERO
    )
    for row in range(max(r0, begin), min(r1, end)):
        for col in range(c0, c1):
            if scratch.winner[row, col] != GROUND:
                continue
            dx, dy, _ = world_ray(eye, row, col)
            t = scratch.depth[row, col]
            at_x, at_y = t * dx - x, t * dy - y
            along, aside = at_x * cos + at_y * sin, at_y * cos - at_x * sin
            if what == 0:
                out_x, out_y = max(abs(along) - half_length, _ZERO), max(abs(aside) - half_width, _ZERO)
                far = np.float32(math.sqrt(out_x * out_x + out_y * out_y)) / BLUR_M
                share = DARKEST + (_ONE - DARKEST) * min(far, _ONE)
                scratch.open[row, col] = min(scratch.open[row, col], share)
            elif what == 1:
                scratch.direct[row, col] += lamp_light(along * along + aside * aside)
            else:
                scratch.direct[row, col] += beam(along - half_length, aside)


@borrowing
def lamp_light(squared: np.float32) -> np.float32:
    """Of a lamp at a squared distance on the ground: by the inverse square from its height, fading out at LAMP_REACH_M."""
    rest = max(_ONE - squared / (LAMP_REACH_M * LAMP_REACH_M), _ZERO)
    return rest * rest * np.float32(36.0) / (np.float32(36.0) + squared)


@borrowing
def beam(ahead: np.float32, aside: np.float32) -> np.float32:
    """Of head lights, at a place before the front."""
    if ahead <= _ZERO or ahead >= BEAM_M:
        return _ZERO
    width = _ONE + BEAM_SPREAD * ahead
    side = aside / width
    rest = _ONE - ahead / BEAM_M
    return np.float32(1.1) * rest * rest * min(_HALF * ahead, _ONE) / (_ONE + side * side * side * side)


@borrowing
def lamps_at(fixed: np.ndarray, x: np.float32, y: np.float32) -> np.float32:
    """The light of all street lamps at a place."""
    light = _ZERO
    for k in range(len(fixed)):
        if int(fixed[k, MATERIAL]) == LAMP:
            dx, dy = fixed[k, SX] - x, fixed[k, SY] - y
            light += lamp_light(dx * dx + dy * dy)
    return light
