"""The longitudinal model turned round: the throttle and brake that give an acceleration. Source: that of longitudinal.py."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.dynamics.longitudinal import GRAVITY
from sim_suite.driving.dynamics.vehicles import (
    DRAG_KG_PER_M,
    MASS_KG,
    MAX_BRAKE,
    MAX_DRIVE,
    PARAMETERS,
    POWER_W,
    ROLLING,
    TOP_SPEED,
)

_ZERO: Final = np.float32(0.0)
_ONE: Final = np.float32(1.0)


@borrowing
def pedals_for(kind: int, speed: np.float32, accel: np.float32, friction: np.float32) -> tuple[np.float32, np.float32]:
    """(throttle, brake), each in [0, 1] and never both above 0, that give an acceleration; the nearest where none does.

    accel: m/s^2 along the heading; speed: m/s, negative in reverse, where only the brake can be used; friction: 1 on dry asphalt.
    """
    mass = PARAMETERS[kind, MASS_KG]
    resistance = PARAMETERS[kind, ROLLING] * GRAVITY + PARAMETERS[kind, DRAG_KG_PER_M] / mass * speed * speed
    strongest = PARAMETERS[kind, MAX_BRAKE]
    if speed < _ZERO:
        return _ZERO, min(max(accel - resistance, _ZERO) / strongest, _ONE)
    force = accel + resistance
    if speed == _ZERO and accel <= _ZERO:
        force = min(accel, _ZERO)  # what stands needs no throttle to keep standing
    if force <= _ZERO:
        return _ZERO, min(-force / strongest, _ONE)
    grip = friction * GRAVITY
    most = min(PARAMETERS[kind, MAX_DRIVE], grip)
    if speed * PARAMETERS[kind, MAX_DRIVE] > PARAMETERS[kind, POWER_W] / mass:
        most = min(PARAMETERS[kind, POWER_W] / (mass * speed), grip)
    if most <= _ZERO or speed >= PARAMETERS[kind, TOP_SPEED]:
        return _ZERO, _ZERO
    return min(force / most, _ONE), _ZERO
