"""The ground's colour in a pixel, smooth where it is seen close by and averaged where a pixel covers much. Source: ours."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.baking.layout import CROSSWALK, EDGE, ROAD, SIDEWALK
from sim_suite.driving.sensors.camera.camera_ground import (
    PAINTED,
    PAVED_GROUND,
    CameraGround,
    is_painted,
    mask_at,
    mask_of,
)
from sim_suite.driving.sensors.camera.colours import (
    ASPHALT,
    GROUNDS,
    KERB,
    PAINT_LINE,
    PAVED,
    SLABS,
    TERRAIN,
)
from sim_suite.driving.sensors.camera.noise import grain, noise, whole
from sim_suite.driving.sensors.camera.sky import Rgb

_ZERO, _HALF, _ONE, _TWO = np.float32(0.0), np.float32(0.5), np.float32(1.0), np.float32(2.0)
MOST_SAMPLES: Final = 6
"""Of the ground in one pixel, along the ray, where it covers many texels."""


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
