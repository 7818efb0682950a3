"""Cars, trucks and buses close by: paint, windows, lights, wheels. Source: ours. Places as in materials.py."""

from __future__ import annotations

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.sensors.camera.colours import COACHES, LOADS, PAINTS
from sim_suite.driving.sensors.camera.looks import Look, glass, grey, pick, plain, shining
from sim_suite.driving.sensors.camera.noise import whole
from sim_suite.driving.sensors.solids.solids import HALF_LENGTH, LOOK, SEED
from sim_suite.driving.world.kinds import BRAKE_LIGHT, LEFT_INDICATOR, RIGHT_INDICATOR

_ZERO, _HALF, _ONE = np.float32(0.0), np.float32(0.5), np.float32(1.0)


@borrowing
def blinks(signals: int, left: bool, tick: int) -> bool:
    """Whether the indicator of a side is lit: 1.5 times a second (UN Regulation 48: 60 to 120 a minute)."""
    bit = LEFT_INDICATOR if left else RIGHT_INDICATOR
    return signals & bit != 0 and (tick // 7) % 2 == 0


@borrowing
def head_light(lamps: bool) -> Look:
    """Lit or not."""
    return shining(0.9, 0.9, 0.86, 3.0 if lamps else 0.15)


@borrowing
def rear_light(signals: int, lamps: bool) -> Look:
    """Bright where the vehicle brakes."""
    if signals & BRAKE_LIGHT:
        return shining(1.0, 0.03, 0.02, 1.6)
    return shining(0.45, 0.012, 0.012, 0.7 if lamps else 0.05)


@borrowing
def indicator() -> Look:
    """Lit."""
    return shining(1.0, 0.45, 0.02, 2.0)


@borrowing
def car_body(
    solid: np.ndarray, x: np.float32, y: np.float32, z: np.float32, across: np.float32, up: np.float32,
    nx: np.float32, nz: np.float32, tick: int, lamps: bool,
) -> Look:  # fmt: skip
    """Paint, sills, wheel arches, lights, number plates."""
    signals, seed = int(solid[LOOK]), solid[SEED]
    chosen = pick(seed, 1, len(PAINTS))
    aside = abs(across)
    if nx > _HALF or nx < -_HALF:
        if up > np.float32(0.42) and up < np.float32(0.78) and aside > np.float32(0.62):
            if aside > np.float32(0.86) and blinks(signals, bool(y > _ZERO), tick):
                return indicator()
            return head_light(lamps) if nx > _HALF else rear_light(signals, lamps)
        if aside < np.float32(0.28) and up > np.float32(0.3) and up < np.float32(0.48):
            return grey(0.75)
        grille = nx > _HALF and aside < np.float32(0.55) and up > _HALF and up < np.float32(0.72)
        if up < np.float32(0.24) or grille:
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
    seed: np.float32, along: np.float32, across: np.float32, up: np.float32, nx: np.float32, ny: np.float32, nz: np.float32
) -> Look:  # fmt: skip
    """Windows between pillars, below a painted roof."""
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
def cabin(
    seed: np.float32, along: np.float32, across: np.float32, up: np.float32, nx: np.float32, ny: np.float32, lamps: bool
) -> Look:  # fmt: skip
    """A truck's, with windows before and aside."""
    beside = abs(ny) > _HALF and along > -np.float32(0.1) and along < np.float32(0.8)
    if up > _HALF and up < np.float32(0.92) and (nx > _HALF or beside):
        return glass(0.35)
    if nx > _HALF and up < np.float32(0.22) and abs(across) > np.float32(0.6):
        return head_light(lamps)
    return plain(PAINTS, pick(seed, 1, len(PAINTS)), _ONE if up > np.float32(0.12) else np.float32(0.3))


@borrowing
def rim(x: np.float32, z: np.float32, height: np.float32) -> Look:
    """A tyre and its rim, seen from the side."""
    radius = _HALF * height
    up = z - radius
    far = (x * x + up * up) / (radius * radius)
    return grey(0.22) if far < np.float32(0.3) else grey(0.014)


@borrowing
def coach(
    solid: np.ndarray, x: np.float32, across: np.float32, up: np.float32,
    nx: np.float32, nz: np.float32, tick: int, lamps: bool,
) -> Look:  # fmt: skip
    """A bus: a band of windows around it, doors, lights below."""
    signals, chosen = int(solid[LOOK]), pick(solid[SEED], 1, len(COACHES))
    if nz > _HALF:
        return grey(0.5)
    if abs(nx) > _HALF:
        if up < np.float32(0.25) and up > np.float32(0.12) and abs(across) > np.float32(0.7):
            if blinks(signals, bool(across > _ZERO), tick):
                return indicator()
            return head_light(lamps) if nx > _ZERO else rear_light(signals, lamps)
        sill = np.float32(0.3) if nx > _ZERO else _HALF
        if abs(across) < np.float32(0.9) and up < np.float32(0.86) and up > sill:
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
            return rear_light(signals, lamps)
        dark = abs(across) < np.float32(0.02) or up < np.float32(0.08)
        return plain(LOADS, chosen, _HALF if dark else np.float32(0.95))
    seam = abs(along * np.float32(2.5))
    return plain(LOADS, chosen, np.float32(0.8) if seam - np.float32(whole(seam)) < np.float32(0.03) else _ONE)
