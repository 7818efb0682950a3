"""Moves one vehicle of a world by a tick, by the model that it is set to; and turns an agent's controls into what it moves by.

Source: ours; the models are in kinematic.py, single_track.py and longitudinal.py.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing, called
from sim_suite.driving.dynamics.kinematic import bicycle_step
from sim_suite.driving.dynamics.longitudinal import drive_accel
from sim_suite.driving.dynamics.single_track import single_track_step
from sim_suite.driving.dynamics.vehicles import (
    CG_HEIGHT_M,
    DRAG_KG_PER_M,
    FRONT_STIFFNESS,
    INERTIA_KGM2,
    MASS_KG,
    MAX_BRAKE,
    MAX_DRIVE,
    MAX_WHEEL_RAD,
    PARAMETERS,
    POWER_W,
    REAR_M,
    REAR_STIFFNESS,
    REVERSE_TOP_SPEED,
    ROLLING,
    TOP_SPEED,
    WHEEL_RATE,
    WHEELBASE_M,
)
from sim_suite.driving.world.kinds import AGENT, SINGLE_TRACK, TICK_S
from sim_suite.driving.world.layout import (
    ACCEL,
    CONTROL,
    KIND,
    MODEL,
    SLIP,
    SPEED,
    STEER,
    WHEELBASE,
    YAW,
    YAW_RATE,
    X,
    Y,
)

_DT: Final = np.float32(TICK_S)
_ZERO: Final = np.float32(0.0)


@called
def move_vehicle(
    body_row: NDArray[np.float32],
    mind_row: NDArray[np.int32],
    wheel_target: np.float32,
    accel: np.float32,
    friction: np.float32,
) -> None:
    """One tick, in place: writes X, Y, YAW, SPEED, SLIP, YAW_RATE, STEER and ACCEL of a body's row.

    wheel_target: rad; accel: m/s^2; friction: 1 on dry asphalt, felt by the single-track model alone. Only agents can go into
    reverse: whatever else stands or rolls back and is given a negative accel stands.
    """
    kind = mind_row[KIND]
    speed = body_row[SPEED]
    wish = np.float32(accel)  # callers from Python hand over float64
    if mind_row[CONTROL] != AGENT and speed <= _ZERO:
        wish = max(wish, _ZERO)
    wheelbase = body_row[WHEELBASE]
    rear_m = wheelbase * PARAMETERS[kind, REAR_M] / PARAMETERS[kind, WHEELBASE_M]
    if mind_row[MODEL] == SINGLE_TRACK:
        x, y, yaw, new_speed, slip, yaw_rate, steer = single_track_step(
            body_row[X],
            body_row[Y],
            body_row[YAW],
            speed,
            body_row[SLIP],
            body_row[YAW_RATE],
            body_row[STEER],
            np.float32(wheel_target),
            wish,
            wheelbase - rear_m,
            rear_m,
            PARAMETERS[kind, INERTIA_KGM2] / PARAMETERS[kind, MASS_KG],
            PARAMETERS[kind, FRONT_STIFFNESS],
            PARAMETERS[kind, REAR_STIFFNESS],
            PARAMETERS[kind, CG_HEIGHT_M],
            np.float32(friction),
            PARAMETERS[kind, MAX_WHEEL_RAD],
            PARAMETERS[kind, WHEEL_RATE],
            _DT,
        )
    else:
        x, y, yaw, new_speed, slip, yaw_rate, steer = bicycle_step(
            body_row[X],
            body_row[Y],
            body_row[YAW],
            speed,
            body_row[STEER],
            np.float32(wheel_target),
            wish,
            wheelbase,
            rear_m,
            PARAMETERS[kind, MAX_WHEEL_RAD],
            PARAMETERS[kind, WHEEL_RATE],
            _DT,
        )
    body_row[X], body_row[Y], body_row[YAW] = x, y, yaw
    body_row[SPEED], body_row[SLIP], body_row[YAW_RATE], body_row[STEER] = new_speed, slip, yaw_rate, steer
    before = -speed if new_speed * speed < _ZERO else speed  # a spin past a right angle is no change of speed
    body_row[ACCEL] = (new_speed - before) / _DT


@borrowing
def controls_of(
    body_row: NDArray[np.float32],
    mind_row: NDArray[np.int32],
    steer: np.float32,
    throttle: np.float32,
    brake: np.float32,
    friction: np.float32,
) -> tuple[np.float32, np.float32]:
    """(wheel angle rad, acceleration m/s^2) that an agent's controls ask for. steer: [-1, 1] of the kind's largest wheel angle,
    left positive; throttle: [-1, 1], below 0 reverse; brake: [0, 1].
    """
    kind = mind_row[KIND]
    mass = PARAMETERS[kind, MASS_KG]
    accel = drive_accel(
        throttle,
        brake,
        body_row[SPEED],
        friction,
        PARAMETERS[kind, POWER_W] / mass,
        PARAMETERS[kind, MAX_DRIVE],
        PARAMETERS[kind, MAX_BRAKE],
        PARAMETERS[kind, DRAG_KG_PER_M] / mass,
        PARAMETERS[kind, ROLLING],
        PARAMETERS[kind, TOP_SPEED],
        PARAMETERS[kind, REVERSE_TOP_SPEED],
    )
    return steer * PARAMETERS[kind, MAX_WHEEL_RAD], accel
