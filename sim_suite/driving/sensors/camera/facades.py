"""The walls of buildings: storeys of windows, lit by night. Source: ours."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.sensors.camera.colours import WALLS
from sim_suite.driving.sensors.camera.looks import Look, grey, pick
from sim_suite.driving.sensors.camera.noise import grain, noise, whole
from sim_suite.driving.sensors.solids.solids import HALF_LENGTH, HALF_WIDTH, HEIGHT, SEED

_ZERO, _HALF, _ONE, _TWO = np.float32(0.0), np.float32(0.5), np.float32(1.0), np.float32(2.0)
STOREY_M: Final = np.float32(3.2)
"""As generated buildings have (roads/towns/buildings.py)."""
BAY_M: Final = np.float32(2.8)
"""About the distance of windows."""
LIT_SHARE: Final = np.float32(0.3)
"""Of windows that are lit by night."""


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
    stain = noise(side * np.float32(0.7), z * _HALF + seed * np.float32(99.0))
    shade = np.float32(0.86) + np.float32(0.14) * stain
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
    bar = abs(abs(a - _HALF) - wide) < np.float32(0.03) or abs(a - _HALF) < np.float32(0.012)
    wall_side = 1 if nx > _HALF else (2 if nx < -_HALF else (3 if ny > _HALF else 4))
    lit = lamps and grain(bay * 31 + storey, int(seed * np.float32(65536.0)) + wall_side) < LIT_SHARE
    rest = _ONE - share
    if inside and bar and melt == _ZERO:
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
