"""From what a pixel meets to its colour: surfaces, light, reflections, sky, fog, rain, and what the sensor makes of it. Source: ours.

Light is linear until the last step, in which the sensor's curve takes its root (sRGB's exponent is near 1/2.2; 1/2 is one instruction).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.roads.baking.layout import CROSSWALK, EDGE, ROAD, SIDEWALK
from sim_suite.driving.sensors.camera_frame import (
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
from sim_suite.driving.sensors.camera_ground import (
    PAINTED,
    PAVED_GROUND,
    CameraGround,
    is_painted,
    mask_at,
    mask_of,
)
from sim_suite.driving.sensors.camera_light import beam
from sim_suite.driving.sensors.camera_spec import CameraPlan
from sim_suite.driving.sensors.materials import (
    ASPHALT,
    GROUNDS,
    KERB,
    PAINT_LINE,
    PAVED,
    SLABS,
    TERRAIN,
    grain,
    look_of,
    noise,
    whole,
)
from sim_suite.driving.sensors.solids import (
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
from sim_suite.driving.sensors.styles import (
    AMBIENT_RED,
    CLOUDS,
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
    ZENITH_RED,
)
from sim_suite.driving.traffic.lights import light_at
from sim_suite.driving.world.random import philox

Rgb = tuple[np.float32, np.float32, np.float32]
Vehicle = tuple[np.float32, np.float32, np.float32, np.float32, np.float32]
"""x, y, cos and sin of the yaw, half length of the vehicle that carries the camera."""

SENSOR: Final = 19
"""Stream of random numbers (world/random.py): a sensor's noise."""
MOST_SAMPLES: Final = 6
"""Of the ground in one pixel, along the ray, where it covers many texels."""
_ZERO, _HALF, _ONE, _TWO = np.float32(0.0), np.float32(0.5), np.float32(1.0), np.float32(2.0)
_FOUR_BYTES: Final = np.float32(1.0 / 147.8)
"""Of the sum of four random bytes, 1 / its standard deviation, sqrt(4 (256^2 - 1) / 12)."""
_WHITE: Final = np.float32(255.0)


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
            red, green, blue = (
                red + bright * style[HORIZON_RED],
                green + bright * style[HORIZON_RED + 1],
                blue + bright * style[HORIZON_RED + 2],
            )
        jitter = _ZERO
        if style[NOISE] > _ZERO:
            if col & 3 == 0:
                words = philox(
                    np.uint32(tick), np.uint32(row * plan.cols + col), np.uint32(SENSOR), np.uint32(camera),
                    np.uint32(seed_low), np.uint32(seed_high),
                )  # fmt: skip
            word = (
                words[0] if col & 3 == 0 else (words[1] if col & 3 == 1 else (words[2] if col & 3 == 2 else words[3]))
            )
            jitter = style[NOISE] * bell(word)
        rgb[col, 0] = developed(red * style[GAIN_RED], jitter)
        rgb[col, 1] = developed(green * style[GAIN_RED + 1], jitter)
        rgb[col, 2] = developed(blue * style[GAIN_RED + 2], jitter)


@borrowing
def bell(word: np.uint32) -> np.float32:
    """About normal, mean 0 and standard deviation 1: the sum of four random bytes."""
    w = int(word)
    total = (w & 255) + ((w >> 8) & 255) + ((w >> 16) & 255) + (w >> 24)
    return (np.float32(total) - np.float32(510.0)) * _FOUR_BYTES


@borrowing
def developed(light: np.float32, jitter: np.float32) -> int:
    """0 to 255 of a linear light: highlights roll off above 0.7, then the root."""
    knee = np.float32(0.7)
    if light > knee:
        over = light - knee
        light = knee + over / (_ONE + over / np.float32(0.32))
    value = _WHITE * (np.float32(math.sqrt(max(light, _ZERO))) + jitter) + _HALF
    return int(min(max(value, _ZERO), _WHITE))


@borrowing
def sky(style: np.ndarray, dx: np.float32, dy: np.float32, dz: np.float32, sharp: bool) -> Rgb:
    """Of a direction of length 1; sharp: with the sun's disc and clouds."""
    up = max(dz, _ZERO)
    share = _ONE - (_ONE - up) * (_ONE - up) * (_ONE - up)
    red = style[HORIZON_RED] + share * (style[ZENITH_RED] - style[HORIZON_RED])
    green = style[HORIZON_RED + 1] + share * (style[ZENITH_RED + 1] - style[HORIZON_RED + 1])
    blue = style[HORIZON_RED + 2] + share * (style[ZENITH_RED + 2] - style[HORIZON_RED + 2])
    if not sharp:
        return red, green, blue
    if up > np.float32(0.015) and style[CLOUDS] > _ZERO:
        # A layer of clouds, seen in perspective and thinner towards the horizon.
        x, y = dx / (up + np.float32(0.12)), dy / (up + np.float32(0.12))
        heap = np.float32(0.62) * noise(x * np.float32(1.3), y * np.float32(1.3)) + np.float32(0.38) * noise(
            x * np.float32(3.7) + np.float32(9.0), y * np.float32(3.7)
        )
        cover = min(max((heap - (np.float32(0.82) - np.float32(0.62) * style[CLOUDS])) * np.float32(4.0), _ZERO), _ONE)
        cover *= min(up * np.float32(9.0), _ONE) * np.float32(0.8)
        shade = np.float32(1.12) - np.float32(0.3) * heap
        white = _HALF * (style[AMBIENT_RED] + style[AMBIENT_RED + 1]) + np.float32(0.4) * style[SUN_RED] * (
            _ONE if style[SUN_Z] >= _ZERO else _ZERO
        )
        red += cover * (shade * white - red)
        green += cover * (shade * white - green)
        blue += cover * (shade * (white + np.float32(0.3) * (style[AMBIENT_RED + 2] - style[AMBIENT_RED])) - blue)
    towards = dx * style[SUN_X] + dy * style[SUN_Y] + dz * style[SUN_Z]
    if style[SUN_Z] > -np.float32(0.05) and towards > np.float32(0.9):
        near = (towards - np.float32(0.9)) * np.float32(10.0)
        near = near * near * near
        bright = np.float32(0.5) * near * near + (np.float32(8.0) if towards > np.float32(0.9996) else _ZERO)
        red, green, blue = (
            red + bright * style[SUN_RED],
            green + bright * style[SUN_RED + 1],
            blue + bright * style[SUN_RED + 2],
        )
    return red, green, blue


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
def ground_colour(
    ground: CameraGround, surface: int, x: np.float32, y: np.float32, way_x: np.float32, way_y: np.float32,
    across_m: np.float32, along_m: np.float32,
) -> tuple[np.float32, np.float32, np.float32, np.float32]:  # fmt: skip
    """(red, green, blue, whether it is smooth). Near, edges between texels are drawn sharp; far, samples along the ray are averaged."""
    texel = np.float32(ground.texel_m)
    if along_m <= texel:
        return near_ground(ground, surface, x, y, across_m, along_m, texel)
    count = min(int(along_m / texel) + 1, MOST_SAMPLES)
    red, green, blue, smooth = _ZERO, _ZERO, _ZERO, _ZERO
    first, alike = -1, True
    for n in range(count):
        # The ends and the middle first: where they are alike and nothing is painted across, all of the pixel is.
        k = 0 if n == 0 else (count - 1 if n == 1 else (count // 2 if n == 2 else n - 2))
        k += 1 if n > 2 and k >= count // 2 else 0
        shift = ((np.float32(k) + _HALF) / np.float32(count) - _HALF) * along_m
        at_x, at_y = x + shift * way_x, y + shift * way_y
        if across_m > texel:  # samples across as well, in turns
            aside = (_HALF * np.float32(k & 1) - np.float32(0.25)) * across_m
            at_x, at_y = at_x - aside * way_y, at_y + aside * way_x
        mask = mask_at(ground, at_x, at_y)
        colour = PAINT_LINE if is_painted(ground, mask, at_x, at_y) else colour_of(mask)
        red += GROUNDS[surface, colour, 0]
        green += GROUNDS[surface, colour, 1]
        blue += GROUNDS[surface, colour, 2]
        smooth += _ONE if colour != TERRAIN else _ZERO
        first = colour if n == 0 else first
        alike = alike and colour == first and mask & CROSSWALK == 0
        if n == 2 and alike:
            count = 3
            break
    # Averages of grain: what is left of it far away is patches.
    shade = (np.float32(0.9) + np.float32(0.2) * noise(x * np.float32(0.16), y * np.float32(0.16))) / np.float32(count)
    return red * shade, green * shade, blue * shade, smooth


@borrowing
def colour_of(mask: int) -> int:
    """Which colour of GROUNDS, but for paint."""
    if mask & ROAD:
        return ASPHALT
    if mask & SIDEWALK:
        return SLABS
    if mask & EDGE:
        return KERB
    return PAVED if mask & PAVED_GROUND else TERRAIN


@borrowing
def near_ground(
    ground: CameraGround, surface: int, x: np.float32, y: np.float32, across_m: np.float32,
    along_m: np.float32, texel: np.float32,
) -> tuple[np.float32, np.float32, np.float32, np.float32]:  # fmt: skip
    """Around edges each kind has a share, smooth over three texels either way; where it passes a half an edge is drawn, a pixel wide.

    The shares are those of a quadratic B-spline, which makes of the stairs of an oblique line a line.
    """
    place_x, place_y = (x - np.float32(ground.left)) / texel, (y - np.float32(ground.down)) / texel
    col, row = whole(place_x), whole(place_y)
    a, b = place_x - np.float32(col) - _HALF, place_y - np.float32(row) - _HALF
    right, up = (1 if a > _ZERO else -1), (1 if b > _ZERO else -1)
    here = mask_of(ground, row, col)
    others = mask_of(ground, row, col + right), mask_of(ground, row + up, col), mask_of(ground, row + up, col + right)
    alike = here == others[0] and here == others[1] and here == others[2]
    paved, road, walk, kerb, paint = _ZERO, _ZERO, _ZERO, _ZERO, _ZERO
    for k in range(1 if alike else 9):
        mask = here if alike else mask_of(ground, row + k // 3 - 1, col + k % 3 - 1)
        share = _ONE if alike else bump(k % 3, a) * bump(k // 3, b)
        colour = colour_of(mask)
        paved += share if colour != TERRAIN else _ZERO
        road += share if colour == ASPHALT else _ZERO
        walk += share if colour == SLABS else _ZERO
        kerb += share if colour == KERB or (colour == ASPHALT and mask & EDGE != 0) else _ZERO
        paint += share if mask & PAINTED != 0 else _ZERO
    stripes = (here | others[0] | others[1] | others[2]) & CROSSWALK != 0
    sharp = texel / max(max(across_m, _HALF * along_m), np.float32(0.004))
    if stripes and is_painted(ground, CROSSWALK, x, y) and road > _HALF:
        paint = _ONE
    paved, road, walk, kerb, paint = (
        edge(paved, sharp),
        edge(road, sharp),
        edge(walk, sharp),
        edge(kerb, sharp),
        edge(paint, sharp),
    )
    fine = max(_ONE - across_m * np.float32(25.0), _ZERO)  # grain of some centimetres
    speck = (grain(whole(x * np.float32(40.0)), whole(y * np.float32(40.0))) - _HALF) * fine if fine > _ZERO else _ZERO
    patch = noise(x * np.float32(0.16), y * np.float32(0.16))
    stain = noise(x * np.float32(1.1), y * np.float32(1.1)) - _HALF
    # Terrain below, then what is paved, one over the other.
    blade = noise(x * np.float32(5.0), y * np.float32(5.0)) - _HALF if paved < _ONE else _ZERO
    shade = np.float32(0.8) + np.float32(0.4) * patch + np.float32(0.45) * blade + np.float32(0.25) * speck
    red, green, blue = (
        GROUNDS[surface, TERRAIN, 0] * shade,
        GROUNDS[surface, TERRAIN, 1] * shade,
        GROUNDS[surface, TERRAIN, 2] * shade,
    )
    hard = np.float32(0.9) + np.float32(0.2) * patch + np.float32(0.1) * stain + np.float32(0.3) * speck
    joint = _ONE
    if walk > _ZERO and across_m < np.float32(0.04):  # slabs of half a metre
        slab_x, slab_y = _TWO * x - np.float32(math.floor(_TWO * x)), _TWO * y - np.float32(math.floor(_TWO * y))
        joint = np.float32(0.86) if slab_x < np.float32(0.04) or slab_y < np.float32(0.04) else _ONE
    red, green, blue = over(red, green, blue, surface, PAVED, paved, hard)
    red, green, blue = over(red, green, blue, surface, ASPHALT, road, hard)
    red, green, blue = over(red, green, blue, surface, SLABS, walk, hard * joint)
    red, green, blue = over(red, green, blue, surface, KERB, kerb, hard)
    worn = paint * (np.float32(0.92) - np.float32(0.3) * max(stain + np.float32(0.6) * speck, _ZERO))
    red, green, blue = over(red, green, blue, surface, PAINT_LINE, worn, np.float32(0.95) + np.float32(0.1) * speck)
    return red, green, blue, paved


@borrowing
def bump(number: int, off: np.float32) -> np.float32:
    """Weight of the texel before, at and after a place that is `off` from the middle one's centre, [-0.5, 0.5] texels."""
    if number == 1:
        return np.float32(0.75) - off * off
    far = _HALF - off if number == 0 else _HALF + off
    return _HALF * far * far


@borrowing
def edge(share: np.float32, sharp: np.float32) -> np.float32:
    """How much of a pixel lies on the side where a share that changes by 1 in `sharp` pixels is above a half."""
    return min(max((share - _HALF) * max(sharp, _ONE) + _HALF, _ZERO), _ONE)


@borrowing
def over(
    red: np.float32,
    green: np.float32,
    blue: np.float32,
    surface: int,
    colour: int,
    share: np.float32,
    shade: np.float32,
) -> Rgb:
    """A colour of the ground laid over another."""
    return (
        red + share * (GROUNDS[surface, colour, 0] * shade - red),
        green + share * (GROUNDS[surface, colour, 1] * shade - green),
        blue + share * (GROUNDS[surface, colour, 2] * shade - blue),
    )


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


@borrowing
def streak(rain: np.float32, row: int, col: int, rows: int, tick: int) -> np.float32:
    """Of rain before the camera: short upright lines, other ones at every tick."""
    length = max(rows // 14, 3)
    shift = int(grain(col, 77) * np.float32(1000.0))
    place = (row + shift + tick * 37) // length
    drop = grain(col * 977 + tick * 13, place)
    return np.float32(0.16) * rain if drop < np.float32(0.035) * rain else _ZERO
