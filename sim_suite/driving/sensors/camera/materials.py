"""What solids look like at a place: which material has which look. Source: ours.

Places are in the solid's own frame, x along it, z from its base; along, across and up are shares of its half length, half width and
height.
"""

from __future__ import annotations

import numpy as np

from sim_suite.compiling import called
from sim_suite.driving.sensors.camera.colours import (
    CROWNS,
    JACKETS,
    PAINTS,
    SKINS,
    TROUSERS,
)
from sim_suite.driving.sensors.camera.facades import facade
from sim_suite.driving.sensors.camera.looks import Look, grey, pick, plain, shining
from sim_suite.driving.sensors.camera.noise import grain, whole
from sim_suite.driving.sensors.camera.sign_looks import light_head, plate
from sim_suite.driving.sensors.camera.vehicle_looks import cabin, car_body, cargo, coach, glass_house, rim
from sim_suite.driving.sensors.solids.solids import (
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
)

_ZERO, _HALF, _ONE, _TWO = np.float32(0.0), np.float32(0.5), np.float32(1.0), np.float32(2.0)


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
        three = np.float32(3.0)
        lump = grain(whole(three * x) * 7 + whole(three * z), whole(three * y)) * min(up + np.float32(0.35), _ONE)
        return plain(CROWNS, pick(seed, 1, len(CROWNS)), np.float32(0.55) + np.float32(0.6) * lump)
    if material == PAINT:
        return car_body(solid, x, y, z, across, up, nx, nz, tick, lamps)
    if material == GLASS_HOUSE:
        return glass_house(seed, along, across, up, nx, ny, nz)
    if material == WHEEL:
        return rim(x, z, solid[HEIGHT])
    if material == COACH:
        return coach(solid, x, across, up, nx, nz, tick, lamps)
    if material == CARGO:
        return cargo(solid, along, across, up, nx, lamps)
    if material == CABIN:
        return cabin(seed, along, across, up, nx, ny, lamps)
    if material == CLOTH:
        return plain(JACKETS, pick(seed, 1, len(JACKETS)), _ONE)
    if material == LEGS:
        return plain(TROUSERS, pick(seed, 8, len(TROUSERS)), _ONE if up > np.float32(0.1) else np.float32(0.4))
    if material == SKIN:
        hair = up > np.float32(0.72) or (nx < -np.float32(0.1) and up > np.float32(0.3))
        return grey(0.02 + 0.05 * float(seed)) if hair else plain(SKINS, pick(seed, 64, len(SKINS)), _ONE)
    if material == LIGHT_HEAD:
        return light_head(y, up, solid[HEIGHT], nx, shown)
    if material >= STOP_PLATE and material <= LIMIT_PLATE:
        return plate(material, across, up, nx, int(solid[LOOK]))
    if material == LAMP:
        return shining(1.0, 0.86, 0.62, 4.0) if lamps and nz < _ZERO else grey(0.5)
    if material == BARK:
        rough = grain(whole(z * np.float32(9.0)), whole((x + y) * np.float32(40.0)))
        return plain(PAINTS, 6, np.float32(0.12) + np.float32(0.1) * rough)
    if material == METAL:
        return grey(0.2)
    if material == CHASSIS:
        return grey(0.03)
    return grey(0.36 + 0.06 * float(grain(whole(x * np.float32(6.0)), whole(z * np.float32(6.0)))))
