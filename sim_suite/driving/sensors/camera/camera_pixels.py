"""From what a pixel meets to its colour: surfaces, light, reflections, fog. Source: ours."""

from __future__ import annotations

import math

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.sensors.camera.camera_frame import (
    COS,
    GROUND,
    LIT,
    OX,
    OY,
    OZ,
    SIN,
    SKY,
    Eye,
    Scratch,
    own_ray,
    world_ray,
)
from sim_suite.driving.sensors.camera.camera_ground import (
    CameraGround,
)
from sim_suite.driving.sensors.camera.camera_light import beam
from sim_suite.driving.sensors.camera.camera_spec import CameraPlan
from sim_suite.driving.sensors.camera.film import bell, developed, random_words, streak
from sim_suite.driving.sensors.camera.ground_looks import ground_colour
from sim_suite.driving.sensors.camera.materials import look_of
from sim_suite.driving.sensors.camera.noise import noise
from sim_suite.driving.sensors.camera.sky import Rgb, sky
from sim_suite.driving.sensors.camera.styles import (
    AMBIENT_RED,
    FOG_PER_M,
    GAIN_RED,
    HORIZON_RED,
    LAMPS,
    NOISE,
    RAINING,
    SUN_RED,
    SUN_X,
    SUN_Y,
    SUN_Z,
    SURFACE,
)
from sim_suite.driving.sensors.solids.solids import (
    CYLINDER,
    ELLIPSOID,
    FACADE,
    HALF_LENGTH,
    HALF_WIDTH,
    HEIGHT,
    LEAVES,
    LIGHT_HEAD,
    LOOK,
    MATERIAL,
    SHAPE,
    TAPER_LENGTH,
    TAPER_WIDTH,
    TAPERED,
)
from sim_suite.driving.traffic.lights import light_at

_ZERO, _HALF, _ONE, _TWO = np.float32(0.0), np.float32(0.5), np.float32(1.0), np.float32(2.0)
Vehicle = tuple[np.float32, np.float32, np.float32, np.float32, np.float32]
"""x, y, cos and sin of the yaw, half length of the vehicle that carries the camera."""


@called
def paint_row(
    plan: CameraPlan, eye: Eye, row: int, ground: CameraGround, fixed: np.ndarray, moving: np.ndarray,
    programme: np.ndarray, lights: np.ndarray, tick: int, seed_low: int, seed_high: int, camera: int, vehicle: Vehicle,
    style: np.ndarray, scratch: Scratch, rgb: np.ndarray,
) -> None:  # fmt: skip
    """Colours of a row, rgb: [W', 3] uint8."""
    words = (np.uint32(0), np.uint32(0), np.uint32(0), np.uint32(0))
    for col in range(plan.cols):
        winner = scratch.winner[row, col]
        dx, dy, dz = world_ray(eye, row, col)
        long = np.float32(math.sqrt(dx * dx + dy * dy + dz * dz))
        t = scratch.depth[row, col]
        if winner == SKY:
            red, green, blue = sky(style, dx / long, dy / long, dz / long, True)
        elif winner == GROUND:
            red, green, blue = ground_light(
                eye, ground, vehicle, style, dx, dy, dz, long, t, scratch.direct[row, col], scratch.open[row, col]
            )  # fmt: skip
        else:
            number = scratch.source[winner]
            solid = fixed[number] if number < len(fixed) else moving[number - len(fixed)]
            shown = light_at(programme, lights, int(solid[LOOK]), tick) if int(solid[MATERIAL]) == LIGHT_HEAD else 0
            red, green, blue = solid_light(
                eye, solid, scratch.seen[winner], row, col, vehicle, style, dx, dy, dz, long, t, shown, tick
            )
        if winner != SKY and style[FOG_PER_M] > _ZERO:
            clear = np.float32(math.exp(-style[FOG_PER_M] * t * long))
            red = red * clear + style[HORIZON_RED] * (_ONE - clear)
            green = green * clear + style[HORIZON_RED + 1] * (_ONE - clear)
            blue = blue * clear + style[HORIZON_RED + 2] * (_ONE - clear)
        if style[RAINING] > _ZERO:
            bright = streak(style[RAINING], row, col, plan.rows, tick)
            red += bright * style[HORIZON_RED]
            green += bright * style[HORIZON_RED + 1]
            blue += bright * style[HORIZON_RED + 2]
        jitter = _ZERO
        if style[NOISE] > _ZERO:
            if col & 3 == 0:
                words = random_words(seed_low, seed_high, tick, camera, row * plan.cols + col)
            jitter = style[NOISE] * bell(words[col & 3])
        rgb[col, 0] = developed(red * style[GAIN_RED], jitter)
        rgb[col, 1] = developed(green * style[GAIN_RED + 1], jitter)
        rgb[col, 2] = developed(blue * style[GAIN_RED + 2], jitter)


@borrowing
def ground_light(
    eye: Eye, ground: CameraGround, vehicle: Vehicle, style: np.ndarray, dx: np.float32,
    dy: np.float32, dz: np.float32, long: np.float32, t: np.float32, direct: np.float32, open_: np.float32,
) -> Rgb:  # fmt: skip
    """Of the ground at t of a ray."""
    x, y = eye.x + t * dx, eye.y + t * dy
    # A pixel covers so much across the ray, and so much along it.
    across_m = t * eye.pixel
    along_m = across_m * t / eye.z
    red, green, blue, smooth = ground_colour(ground, int(style[SURFACE]), x, y, dx / long, dy / long, across_m, along_m)
    if style[RAINING] > _ZERO and smooth > _ZERO:
        wet = _ONE - np.float32(0.45) * style[RAINING]
        red, green, blue = red * wet, green * wet, blue * wet
    sun = direct * (style[SUN_Z] if style[SUN_Z] > _ZERO else _ONE)
    if style[LAMPS] > _ZERO and style[SUN_Z] < _ZERO:
        sun += open_ * own_beam(vehicle, x, y)
    red = red * (sun * style[SUN_RED] + open_ * style[AMBIENT_RED])
    green = green * (sun * style[SUN_RED + 1] + open_ * style[AMBIENT_RED + 1])
    blue = blue * (sun * style[SUN_RED + 2] + open_ * style[AMBIENT_RED + 2])
    if style[RAINING] > _ZERO and smooth > _ZERO:
        # Water mirrors the more the flatter one looks at it (Schlick 1994), and the road is not wet everywhere.
        flat = _ONE + dz / long
        puddle = noise(x * np.float32(0.45), y * np.float32(0.45))
        mirror = (
            style[RAINING]
            * (np.float32(0.04) + np.float32(0.7) * flat * flat * flat * flat * flat)
            * (np.float32(0.35) + puddle)
            * open_
        )
        r, g, b = sky(style, dx / long, dy / long, -dz / long, False)
        red, green, blue = red + mirror * (r - red), green + mirror * (g - green), blue + mirror * (b - blue)
    return red, green, blue


@borrowing
def own_beam(vehicle: Vehicle, x: np.float32, y: np.float32) -> np.float32:
    """Light of the head lights of the vehicle that carries the camera."""
    from_x, from_y = x - vehicle[0], y - vehicle[1]
    along = from_x * vehicle[2] + from_y * vehicle[3]
    return beam(along - vehicle[4], from_y * vehicle[2] - from_x * vehicle[3])


@borrowing
def solid_light(
    eye: Eye, solid: np.ndarray, own: np.ndarray, row: int, col: int, vehicle: Vehicle, style: np.ndarray, dx: np.float32,
    dy: np.float32, dz: np.float32, long: np.float32, t: np.float32, shown: int, tick: int,
) -> Rgb:  # fmt: skip
    """Of a solid at t of a pixel's ray."""
    ox, oy, oz = own_ray(eye, own, row, col)
    x, y, z = own[OX] + t * ox, own[OY] + t * oy, own[OZ] + t * oz
    nx, ny, nz = normal(solid, x, y, z)
    lamps = style[LAMPS] > _ZERO
    red, green, blue, mirror, glow = look_of(
        solid, x, y, z, nx, ny, nz, shown, tick, int(style[SURFACE]), lamps, t * eye.pixel
    )
    world_nx, world_ny = nx * own[COS] - ny * own[SIN], nx * own[SIN] + ny * own[COS]
    night = style[SUN_Z] < _ZERO
    if night:
        # Lamps hang above; own head lights shine from behind the camera.
        sun = own[LIT] * (np.float32(0.35) + np.float32(0.4) * max(nz, _ZERO))
        facing = max(-(world_nx * dx + world_ny * dy) / long, _ZERO)
        low = max(_ONE - z / np.float32(4.0), _ZERO)
        sun += own_beam(vehicle, eye.x + t * dx, eye.y + t * dy) * facing * low
    else:
        towards = world_nx * style[SUN_X] + world_ny * style[SUN_Y] + nz * style[SUN_Z]
        if int(solid[MATERIAL]) == LEAVES:  # light passes through leaves
            towards = np.float32(0.35) + np.float32(0.65) * towards
        sun = max(towards, _ZERO) * own[LIT]
    # Faces that look down see the ground, which is darker than the sky.
    open_ = np.float32(0.72) + np.float32(0.28) * nz
    if int(solid[MATERIAL]) == FACADE:
        open_ *= np.float32(0.72) + np.float32(0.28) * min(z / np.float32(3.0), _ONE)
    out_red = red * (sun * style[SUN_RED] + open_ * style[AMBIENT_RED] + glow)
    out_green = green * (sun * style[SUN_RED + 1] + open_ * style[AMBIENT_RED + 1] + glow)
    out_blue = blue * (sun * style[SUN_RED + 2] + open_ * style[AMBIENT_RED + 2] + glow)
    if mirror > _ZERO:
        along = (dx * world_nx + dy * world_ny + dz * nz) * _TWO / long
        r, g, b = sky(style, dx / long - along * world_nx, dy / long - along * world_ny, dz / long - along * nz, False)
        low = dz / long - along * nz < _ZERO
        dim = np.float32(0.35) if low else _ONE
        out_red, out_green, out_blue = (
            out_red + mirror * (dim * r - out_red), out_green + mirror * (dim * g - out_green),
            out_blue + mirror * (dim * b - out_blue),
        )  # fmt: skip
    return out_red, out_green, out_blue


@borrowing
def normal(solid: np.ndarray, x: np.float32, y: np.float32, z: np.float32) -> Rgb:
    """Outward, of length 1, at a place of a solid's surface; in its own frame."""
    shape = int(solid[SHAPE])
    half_length, half_width, height = solid[HALF_LENGTH], solid[HALF_WIDTH], solid[HEIGHT]
    if shape == ELLIPSOID:
        half = _HALF * height
        nx, ny, nz = x / (half_length * half_length), y / (half_width * half_width), (z - half) / (half * half)
        long = np.float32(math.sqrt(nx * nx + ny * ny + nz * nz)) + np.float32(1e-9)
        return nx / long, ny / long, nz / long
    level = _TWO * z / height - _ONE
    if shape == CYLINDER:
        if abs(level) > np.float32(0.999) and x * x + y * y < np.float32(0.98) * half_width * half_width:
            return _ZERO, _ZERO, _ONE if level > _ZERO else -_ONE
        return x / half_width, y / half_width, _ZERO
    lean_x, lean_y = _ZERO, _ZERO
    if shape == TAPERED:
        lean_x, lean_y = half_length * (_ONE - TAPER_LENGTH) / height, half_width * (_ONE - TAPER_WIDTH) / height
    # How far inside of each pair of sides the place is: it lies on the nearest.
    inside_x, inside_y = half_length - lean_x * z - abs(x), half_width - lean_y * z - abs(y)
    inside_z = _HALF * height * (_ONE - abs(level))
    if inside_z <= inside_x and inside_z <= inside_y:
        return _ZERO, _ZERO, _ONE if level > _ZERO else -_ONE
    if inside_x <= inside_y:
        long = np.float32(math.sqrt(_ONE + lean_x * lean_x))
        return (_ONE if x > _ZERO else -_ONE) / long, _ZERO, lean_x / long
    long = np.float32(math.sqrt(_ONE + lean_y * lean_y))
    return _ZERO, (_ONE if y > _ZERO else -_ONE) / long, lean_y / long
