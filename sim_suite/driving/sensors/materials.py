"""What solids and the ground look like close by: colours, windows, lights, plates. Source: ours.

A look is (red, green, blue, mirror, glow): linear colour, the share of the sky that it mirrors, and the share of the colour that it
shines with by itself. Places are in the solid's own frame, x along it, z from its base.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing, called
from sim_suite.driving.sensors.solids import (
    BARK,
    CABIN,
    CARGO,
    CHASSIS,
    CLOTH,
    COACH,
    FACADE,
    GLASS_HOUSE,
    HALF_LENGTH,
    HALF_WIDTH,
    HEIGHT,
    LAMP,
    LEAVES,
    LEGS,
    LIGHT_HEAD,
    LIMIT_PLATE,
    LOOK,
    MATERIAL,
    METAL,
    PAINT,
    SEED,
    SKIN,
    STOP_PLATE,
    WHEEL,
    YIELD_PLATE,
)
from sim_suite.driving.world.kinds import BRAKE_LIGHT, GREEN, LEFT_INDICATOR, RED, RIGHT_INDICATOR, YELLOW
from sim_suite.driving.world.random import uniform

Look = tuple[np.float32, np.float32, np.float32, np.float32, np.float32]

_ZERO, _HALF, _ONE, _TWO = np.float32(0.0), np.float32(0.5), np.float32(1.0), np.float32(2.0)


def _linear(*colours: tuple[int, int, int]) -> NDArray[np.float32]:
    """[N, 3] of colours as screens show them, 0 to 255; screens are taken to square (sRGB has 2.2)."""
    shares: NDArray[np.float32] = np.array(colours, np.float32) / np.float32(255.0)
    return shares * shares


PAINTS: Final = _linear(
    (232, 232, 230), (28, 29, 32), (148, 151, 156), (92, 96, 104), (168, 30, 34), (30, 62, 128), (196, 190, 176),
    (38, 84, 62), (204, 116, 32), (110, 28, 44), (70, 116, 160), (58, 60, 66),
)  # fmt: skip
"""Of cars: white, black, silver, grey and red, blue, beige, green, orange, wine."""
LOADS: Final = _linear((226, 226, 222), (200, 204, 208), (176, 60, 44), (44, 92, 140), (214, 178, 72), (80, 120, 84))
COACHES: Final = _linear((206, 52, 40), (228, 190, 62), (52, 110, 170), (224, 224, 220), (70, 140, 96))
JACKETS: Final = _linear(
    (150, 40, 44),
    (40, 60, 110),
    (60, 62, 66),
    (196, 180, 150),
    (60, 110, 80),
    (216, 160, 50),
    (120, 70, 120),
    (230, 230, 226),
)
TROUSERS: Final = _linear((44, 52, 78), (50, 48, 46), (96, 88, 74), (30, 30, 34))
SKINS: Final = _linear((226, 184, 152), (196, 144, 108), (140, 94, 66), (90, 62, 48))
CROWNS: Final = _linear((72, 112, 48), (88, 124, 52), (58, 98, 52), (112, 128, 52), (64, 104, 66))
WALLS: Final = np.stack([
    _linear((214, 200, 176), (188, 112, 86), (222, 214, 196), (176, 172, 164), (206, 178, 132), (200, 188, 190)),
    _linear((222, 202, 160), (210, 170, 120), (200, 180, 150), (230, 218, 190), (184, 150, 118), (214, 190, 160)),
    _linear((170, 84, 66), (150, 74, 60), (190, 110, 84), (206, 194, 178), (140, 80, 70), (178, 98, 72)),
    _linear((226, 228, 230), (204, 210, 216), (190, 196, 202), (216, 220, 214), (236, 232, 224), (180, 188, 196)),
])  # fmt: skip
"""[SURFACES, 6, 3]"""
TABLES: Final = 20
"""Stream of random numbers (world/random.py), of which the tables of noise are made."""
TERRAIN, ASPHALT, PAVED, SLABS, KERB, PAINT_LINE = range(6)
GROUNDS: Final = np.stack([
    _linear((96, 122, 66), (92, 93, 97), (104, 102, 100), (158, 154, 147), (176, 173, 167), (232, 231, 224)),
    _linear((158, 146, 96), (106, 104, 100), (120, 114, 106), (176, 164, 146), (188, 178, 162), (230, 226, 212)),
    _linear((110, 118, 70), (80, 78, 80), (112, 92, 84), (150, 116, 100), (164, 140, 126), (226, 224, 216)),
    _linear((132, 142, 110), (124, 127, 130), (136, 136, 136), (182, 184, 184), (196, 197, 196), (240, 240, 238)),
])  # fmt: skip
"""[SURFACES, 6, 3]"""

GLYPHS: Final = np.array(
    [0b111101101101111, 0b010110010010111, 0b111001111100111, 0b111001111001111, 0b101101111001001, 0b111100111001111,
     0b111100111101111, 0b111001010010010, 0b111101111101111, 0b111101111001111, 0b111100111001111, 0b111010010010010,
     0b111101101101111, 0b111101111100100],
    np.int32,
)  # fmt: skip
"""Digits 0 to 9, then S, T, O, P: five rows of three, the upper left first."""
STOREY_M: Final = np.float32(3.2)
"""As generated buildings have (roads/towns/buildings.py)."""
BAY_M: Final = np.float32(2.8)
"""About the distance of windows."""


def _shuffled() -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """A permutation of 0 to 255, twice in a row, and random numbers [256] in [0, 1): the tables of Perlin 1985."""
    words = np.array([uniform(0x5EED, 0, TABLES, 0, k, 0) for k in range(512)], np.float32)
    order = np.argsort(words[:256], kind="stable").astype(np.int32)
    return np.concatenate([order, order]), words[256:]


ORDER, VALUES = _shuffled()


@borrowing
def whole(value: np.float32) -> int:
    """The whole number at or below."""
    return int(math.floor(value))  # noqa: RUF046  on a GPU floor is a float


@borrowing
def grain(a: int, b: int) -> np.float32:
    """[0, 1) of two whole numbers; it repeats after 256."""
    return np.float32(VALUES[ORDER[ORDER[a & 255] + (b & 255)]])


@borrowing
def noise(x: np.float32, y: np.float32) -> np.float32:
    """Value noise, [0, 1): random at whole places, smooth between (K. Perlin 1985, "An image synthesizer")."""
    i, k = whole(x), whole(y)
    a, b = x - np.float32(i), y - np.float32(k)
    a, b = a * a * (np.float32(3.0) - _TWO * a), b * b * (np.float32(3.0) - _TWO * b)
    left, right, low, high = ORDER[i & 255], ORDER[(i + 1) & 255], k & 255, (k + 1) & 255
    below = VALUES[ORDER[left + low]] * (_ONE - a) + VALUES[ORDER[right + low]] * a
    above = VALUES[ORDER[left + high]] * (_ONE - a) + VALUES[ORDER[right + high]] * a
    return np.float32(below * (_ONE - b) + above * b)


@borrowing
def pick(seed: np.float32, times: int, count: int) -> int:
    """One of `count` things by a seed; `times` makes choices independent."""
    share = seed * np.float32(times)
    return int((share - np.float32(whole(share))) * np.float32(count))


@borrowing
def plain(colours: np.ndarray, number: int, shade: np.float32) -> Look:
    """A colour of [N, 3], darker by a shade."""
    return shade * colours[number, 0], shade * colours[number, 1], shade * colours[number, 2], _ZERO, _ZERO


@borrowing
def grey(value: float) -> Look:
    """Linear."""
    v = np.float32(value)
    return v, v, v, _ZERO, _ZERO


@borrowing
def glass(mirror: float) -> Look:
    """Dark, mirrors the sky."""
    return np.float32(0.018), np.float32(0.024), np.float32(0.03), np.float32(mirror), _ZERO


@borrowing
def shining(red: float, green: float, blue: float, glow: float) -> Look:
    """A lamp."""
    return np.float32(red), np.float32(green), np.float32(blue), _ZERO, np.float32(glow)


@called
def look_of(
    solid: np.ndarray, x: np.float32, y: np.float32, z: np.float32, nx: np.float32, ny: np.float32, nz: np.float32,
    shown: int, tick: int, surface: int, lamps: bool, pixel_m: np.float32,
) -> Look:  # fmt: skip
    """Of a solid [SOLID] at a place with the outward normal (nx, ny, nz).

    shown: what a traffic light shows; lamps: whether they are lit; pixel_m: how much of it a pixel covers.
    """
    material, seed = int(solid[MATERIAL]), solid[SEED]
    along, across, up = x / solid[HALF_LENGTH], y / solid[HALF_WIDTH], z / solid[HEIGHT]
    if material == FACADE:
        return facade(solid, x, y, z, nx, ny, nz, surface, lamps, pixel_m)
    if material == LEAVES:
        lump = grain(
            whole(x * np.float32(3.0)) * 7 + whole(z * np.float32(3.0)),
            whole(y * np.float32(3.0)),
        )
        return plain(
            CROWNS,
            pick(seed, 1, len(CROWNS)),
            np.float32(0.55) + np.float32(0.6) * lump * min(up + np.float32(0.35), _ONE),
        )
    if material == PAINT:
        return car_body(solid, x, y, z, along, across, up, nx, nz, tick, lamps)
    if material == GLASS_HOUSE:
        return glass_house(solid, along, across, up, nx, ny, nz)
    if material == WHEEL:
        return rim(x, z, solid[HEIGHT])
    if material == COACH:
        return coach(solid, x, z, along, across, up, nx, nz, tick, lamps)
    if material == CARGO:
        return cargo(solid, along, across, up, nx, lamps)
    if material == CABIN:
        if (
            up > _HALF
            and up < np.float32(0.92)
            and (nx > _HALF or (abs(ny) > _HALF and along > -np.float32(0.1) and along < np.float32(0.8)))
        ):
            return glass(0.35)
        if nx > _HALF and up < np.float32(0.22) and abs(across) > np.float32(0.6):
            return shining(0.9, 0.88, 0.8, 3.0 if lamps else 0.3)
        return plain(PAINTS, pick(seed, 1, len(PAINTS)), _ONE if up > np.float32(0.12) else np.float32(0.3))
    if material == CLOTH:
        return plain(JACKETS, pick(seed, 1, len(JACKETS)), _ONE)
    if material == LEGS:
        return plain(TROUSERS, pick(seed, 8, len(TROUSERS)), _ONE if up > np.float32(0.1) else np.float32(0.4))
    if material == SKIN:
        hair = up > np.float32(0.72) or (nx < -np.float32(0.1) and up > np.float32(0.3))
        return grey(0.02 + 0.05 * float(seed)) if hair else plain(SKINS, pick(seed, 64, len(SKINS)), _ONE)
    if material == LIGHT_HEAD:
        return light_head(y, up, solid[HALF_WIDTH], solid[HEIGHT], nx, shown)
    if material >= STOP_PLATE and material <= LIMIT_PLATE:
        return plate(material, across, up, nx, int(solid[LOOK]))
    if material == LAMP:
        return shining(1.0, 0.86, 0.62, 4.0) if lamps and nz < _ZERO else grey(0.5)
    if material == BARK:
        return plain(
            PAINTS,
            6,
            np.float32(0.12) + np.float32(0.1) * grain(int(z * np.float32(9.0)), int((x + y) * np.float32(40.0))),
        )
    if material == METAL:
        return grey(0.2)
    if material == CHASSIS:
        return grey(0.03)
    return grey(0.36 + 0.06 * float(grain(whole(x * np.float32(6.0)), whole(z * np.float32(6.0)))))


@borrowing
def facade(
    solid: np.ndarray, x: np.float32, y: np.float32, z: np.float32, nx: np.float32, ny: np.float32, nz: np.float32,
    surface: int, lamps: bool, pixel_m: np.float32,
) -> Look:  # fmt: skip
    """Storeys of windows between plain wall; a darker ground floor; far off the windows melt into the wall."""
    seed = solid[SEED]
    wall = WALLS[surface]
    chosen = pick(seed, 1, len(wall))
    if nz > _HALF:
        return grey(0.13)
    side, half = (y, solid[HALF_WIDTH]) if abs(nx) > abs(ny) else (x, solid[HALF_LENGTH])
    bays = max(np.float32(whole(_TWO * half / BAY_M)), _ONE)
    place = (side + half) / (_TWO * half) * bays
    bay = int(place)
    storey = int(z / STOREY_M)
    a, b = place - np.float32(bay), z / STOREY_M - np.float32(storey)
    storeys = int(solid[HEIGHT] / STOREY_M + _HALF)
    wide = np.float32(0.2) + np.float32(0.07) * np.float32(pick(seed, 16, 3))
    shade = np.float32(0.86) + np.float32(0.14) * noise(
        side * np.float32(0.7), z * np.float32(0.5) + seed * np.float32(99.0)
    )
    if storey == 0:
        shade *= np.float32(0.72)
    if storey >= storeys - 1 and b > np.float32(0.9):
        shade *= np.float32(0.7)  # the eaves
    low, high = (np.float32(0.06), np.float32(0.72)) if storey == 0 else (np.float32(0.28), np.float32(0.8))
    inside = abs(a - _HALF) < wide and b > low and b < high
    # Where a pixel covers a window or more, all of the wall has their mean colour.
    melt = min(max((pixel_m - np.float32(0.35)) / np.float32(0.9), _ZERO), _ONE)
    covered = _TWO * wide * (high - low)
    share = (_ONE - melt) * (_ONE if inside else _ZERO) + melt * covered
    frame = (
        inside
        and (abs(abs(a - _HALF) - wide) < np.float32(0.03) or abs(a - _HALF) < np.float32(0.012))
        and melt == _ZERO
    )
    lit = lamps and grain(
        bay * 31 + storey,
        int(seed * np.float32(65536.0)) + (1 if nx > _HALF else (2 if nx < -_HALF else (3 if ny > _HALF else 4))),
    ) < np.float32(0.3)
    rest = _ONE - share
    if frame:
        return np.float32(0.6) * shade, np.float32(0.6) * shade, np.float32(0.58) * shade, _ZERO, _ZERO
    if lit and share > _ZERO:
        warm = share * np.float32(0.9)
        return (
            rest * shade * wall[chosen, 0] + warm, rest * shade * wall[chosen, 1] + warm * np.float32(0.72),
            rest * shade * wall[chosen, 2] + warm * np.float32(0.38), _ZERO, np.float32(0.75) * share,
        )  # fmt: skip
    dark = np.float32(0.03) * share
    return (
        rest * shade * wall[chosen, 0] + dark, rest * shade * wall[chosen, 1] + dark,
        rest * shade * wall[chosen, 2] + np.float32(1.2) * dark, np.float32(0.34) * share, _ZERO,
    )  # fmt: skip


@borrowing
def blinks(signals: int, left: bool, tick: int) -> bool:
    """Whether the indicator of a side is lit: 1.5 times a second (UN Regulation 48: 60 to 120 a minute)."""
    bit = LEFT_INDICATOR if left else RIGHT_INDICATOR
    return signals & bit != 0 and (tick // 7) % 2 == 0


@borrowing
def car_body(
    solid: np.ndarray, x: np.float32, y: np.float32, z: np.float32, along: np.float32, across: np.float32, up: np.float32,
    nx: np.float32, nz: np.float32, tick: int, lamps: bool,
) -> Look:  # fmt: skip
    """Paint, sills, wheel arches, lights, number plates."""
    signals, seed = int(solid[LOOK]), solid[SEED]
    chosen = pick(seed, 1, len(PAINTS))
    aside = abs(across)
    if nx > _HALF or nx < -_HALF:
        if up > np.float32(0.42) and up < np.float32(0.78) and aside > np.float32(0.62):
            if aside > np.float32(0.86) and blinks(signals, bool(y > _ZERO), tick):
                return shining(1.0, 0.45, 0.02, 2.0)
            if nx > _HALF:
                return shining(0.9, 0.9, 0.86, 3.0 if lamps else 0.15)
            if signals & BRAKE_LIGHT:
                return shining(1.0, 0.03, 0.02, 1.6)
            return shining(0.45, 0.012, 0.012, 0.7 if lamps else 0.05)
        if aside < np.float32(0.28) and up > np.float32(0.3) and up < np.float32(0.48):
            return grey(0.75)
        if up < np.float32(0.24) or (
            nx > _HALF and aside < np.float32(0.55) and up > np.float32(0.5) and up < np.float32(0.72)
        ):
            return grey(0.02)
        return plain(PAINTS, chosen, _ONE)
    if nz > _HALF:
        red, green, blue, _, _ = plain(PAINTS, chosen, _ONE)
        return red, green, blue, np.float32(0.12), _ZERO
    # Wheels stand at three fifths of the half length (actor_solids.add_wheels); z counts from the body's underside.
    from_wheel = abs(abs(x) - np.float32(0.6) * solid[HALF_LENGTH])
    over = z + np.float32(0.24) - np.float32(0.32)
    if from_wheel * from_wheel + over * over < np.float32(0.15):
        return grey(0.012)
    if up < np.float32(0.14):
        return grey(0.03)
    line = _ONE if abs(up - np.float32(0.62)) > np.float32(0.02) else np.float32(0.7)
    red, green, blue, _, _ = plain(PAINTS, chosen, line)
    return red, green, blue, np.float32(0.06), _ZERO


@borrowing
def glass_house(
    solid: np.ndarray,
    along: np.float32,
    across: np.float32,
    up: np.float32,
    nx: np.float32,
    ny: np.float32,
    nz: np.float32,
) -> Look:
    """Windows between pillars, below a painted roof."""
    seed = solid[SEED]
    if nz > np.float32(0.97) or up > np.float32(0.9):
        return plain(PAINTS, pick(seed, 1, len(PAINTS)), _ONE)
    narrow = _ONE - np.float32(0.38) * up
    if abs(ny) > abs(nx):
        if abs(along) > np.float32(0.93) * narrow or abs(along + np.float32(0.04)) < np.float32(0.035):
            return plain(PAINTS, pick(seed, 1, len(PAINTS)), np.float32(0.6))
    elif abs(across) > np.float32(0.92) * (_ONE - np.float32(0.2) * up):
        return plain(PAINTS, pick(seed, 1, len(PAINTS)), np.float32(0.6))
    return glass(0.32)


@borrowing
def rim(x: np.float32, z: np.float32, height: np.float32) -> Look:
    """A tyre and its rim, seen from the side."""
    radius = _HALF * height
    up = z - radius
    far = (x * x + up * up) / (radius * radius)
    return grey(0.22) if far < np.float32(0.3) else grey(0.014)


@borrowing
def coach(
    solid: np.ndarray, x: np.float32, z: np.float32, along: np.float32, across: np.float32, up: np.float32,
    nx: np.float32, nz: np.float32, tick: int, lamps: bool,
) -> Look:  # fmt: skip
    """A bus: a band of windows around it, doors, lights below."""
    signals, chosen = int(solid[LOOK]), pick(solid[SEED], 1, len(COACHES))
    if nz > _HALF:
        return grey(0.5)
    if abs(nx) > _HALF:
        if up < np.float32(0.25) and up > np.float32(0.12) and abs(across) > np.float32(0.7):
            if blinks(signals, bool(across > _ZERO), tick):
                return shining(1.0, 0.45, 0.02, 2.0)
            if nx > _ZERO:
                return shining(0.9, 0.9, 0.86, 3.0 if lamps else 0.15)
            return (
                shining(1.0, 0.03, 0.02, 1.6)
                if signals & BRAKE_LIGHT
                else shining(0.45, 0.012, 0.012, 0.7 if lamps else 0.05)
            )
        if (
            abs(across) < np.float32(0.9)
            and up < np.float32(0.86)
            and up > (np.float32(0.3) if nx > _ZERO else np.float32(0.5))
        ):
            return glass(0.34)
        if nx > _ZERO and up > np.float32(0.88) and up < np.float32(0.97) and abs(across) < _HALF:
            return shining(0.9, 0.55, 0.1, 0.8)
        return plain(COACHES, chosen, _ONE)
    if up > np.float32(0.4) and up < np.float32(0.82):
        bay = abs(x) / np.float32(1.45)
        return grey(0.03) if bay - np.float32(whole(bay)) < np.float32(0.06) else glass(0.3)
    return plain(COACHES, chosen, np.float32(0.25) if up < np.float32(0.06) else _ONE)


@borrowing
def cargo(
    solid: np.ndarray, along: np.float32, across: np.float32, up: np.float32, nx: np.float32, lamps: bool
) -> Look:
    """A box body: doors behind, lights below them, seams along it."""
    signals, chosen = int(solid[LOOK]), pick(solid[SEED], 32, len(LOADS))
    if nx < -_HALF:
        if up < np.float32(0.08) and abs(across) > np.float32(0.72):
            return (
                shining(1.0, 0.03, 0.02, 1.6)
                if signals & BRAKE_LIGHT
                else shining(0.45, 0.012, 0.012, 0.7 if lamps else 0.05)
            )
        return plain(
            LOADS,
            chosen,
            np.float32(0.5) if abs(across) < np.float32(0.02) or up < np.float32(0.08) else np.float32(0.95),
        )
    seam = abs(along * np.float32(2.5))
    return plain(LOADS, chosen, np.float32(0.8) if seam - np.float32(whole(seam)) < np.float32(0.03) else _ONE)


@borrowing
def light_head(
    y: np.float32, up: np.float32, half_width: np.float32, height: np.float32, nx: np.float32, shown: int
) -> Look:
    """Three fields, red above; those that are not lit are dark."""
    if nx < _HALF:
        return grey(0.012)
    field = min(int(up * np.float32(3.0)), 2)
    dz = (up - (np.float32(field) + _HALF) / np.float32(3.0)) * height
    if y * y + dz * dz > np.float32(0.0154):  # fields of 200 to 300 mm: 0.124 m around
        return grey(0.012)
    lit = (field == 2 and shown == RED) or (field == 1 and shown == YELLOW) or (field == 0 and shown == GREEN)
    glow = 2.2 if lit else 0.0
    dim = _ONE if lit else np.float32(0.05)
    if field == 2:
        return dim * _ONE, dim * np.float32(0.03), dim * np.float32(0.02), _ZERO, np.float32(glow)
    if field == 1:
        return dim * _ONE, dim * np.float32(0.55), dim * np.float32(0.02), _ZERO, np.float32(glow)
    return dim * np.float32(0.03), dim * np.float32(0.9), dim * np.float32(0.35), _ZERO, np.float32(glow)


@borrowing
def in_glyph(number: int, a: np.float32, b: np.float32) -> bool:
    """Whether a place, a to the right and b down, both in [0, 1), belongs to a glyph."""
    if not (_ZERO <= a < _ONE and _ZERO <= b < _ONE):
        return False
    bit = 14 - (int(b * np.float32(5.0)) * 3 + int(a * np.float32(3.0)))
    return bool((GLYPHS[number] >> bit) & 1 == 1)


@borrowing
def plate(material: int, across: np.float32, up: np.float32, nx: np.float32, limit: int) -> Look:
    """A sign's face; its back is grey."""
    if nx < _HALF:
        return grey(0.18)
    level = _TWO * up - _ONE
    right = across  # whoever looks at a plate has its left on their right
    if material == STOP_PLATE:
        edge = max(max(abs(right), abs(level)), (abs(right) + abs(level)) / np.float32(math.sqrt(2.0)))
        place = (right + np.float32(0.72)) / np.float32(0.36)
        letter = whole(place)
        white = edge > np.float32(0.9) or (
            0 <= letter < 4
            and in_glyph(
                10 + letter,
                (place - np.float32(letter)) * np.float32(1.25),
                (np.float32(0.32) - level) / np.float32(0.64),
            )
        )
        return grey(0.8) if white else shining(0.62, 0.012, 0.02, 0.0)
    if material == YIELD_PLATE:
        inside = level < np.float32(0.74) and _TWO * abs(right) < level + _ONE - np.float32(0.62)
        return grey(0.8) if inside else shining(0.62, 0.012, 0.02, 0.0)
    far = right * right + level * level
    if far > np.float32(0.58):
        return shining(0.62, 0.012, 0.02, 0.0)
    digits = 3 if limit >= 100 else 2
    place = (right + np.float32(0.25) * np.float32(digits)) / _HALF
    digit = whole(place)
    if limit > 0 and 0 <= digit < digits:
        power = 1 if digit == digits - 1 else (10 if digit == digits - 2 else 100)
        figure = (limit // power) % 10
        if in_glyph(
            figure, (place - np.float32(digit)) * np.float32(1.25), (np.float32(0.42) - level) / np.float32(0.84)
        ):
            return grey(0.01)
    return grey(0.8)
