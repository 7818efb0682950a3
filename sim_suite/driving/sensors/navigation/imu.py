"""What an inertial unit and a compass feel: specific force, turn rates, heading; with white noise, biases, and biases that wander.

Source: the model of errors is that of N. El-Sheimy, H. Hou and X. Niu, "Analysis and modeling of inertial sensors using Allan variance",
IEEE Trans. Instrum. Meas. 57(1), 2008: angle random walk is white noise of the rate, rate random walk is a bias that wanders.
Readings are means over the ticks since another moment, from the exact change of heading and velocity.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing, shared
from sim_suite.compiling.sharing import share
from sim_suite.driving.sensors.attaching import Slots, attached
from sim_suite.driving.sensors.navigation.motion import NOBODY, Motion, motion_of
from sim_suite.driving.sensors.sensor_noise import CONSTANT, IMU, WALK, WHITE, four_normals, four_walks
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.driving.world.layout import BORN, ID, SEED_HIGH, SEED_LOW, YAW_RATE, State
from sim_suite.refusals import refuse_outside

ACCEL_X, ACCEL_Y, ACCEL_Z, GYRO_X, GYRO_Y, GYRO_Z, COMPASS, IMU_COLUMNS = range(8)
"""Columns of a reading: specific force (m/s^2) and turn rates (rad/s) in the body's frame, x ahead, y left, z up; the heading as a
compass shows it, rad clockwise from the map's north, 0 to 2 pi."""
GRAVITY: Final = 9.80665
"""m/s^2, ISO 80000-3: felt upwards by what stands."""
_LEAST_WORLDS: Final = 64
_TURN: Final = 2.0 * math.pi


@dataclass(frozen=True)
class ImuSpec:
    """How well it feels. Deviations (1 sigma), each axis; checked when built.

    Densities and walks are those of the ADIS16448 in the EuRoC data set (M. Burri et al., IJRR 35(10), 2016, its sensor.yaml).
    """

    accel_noise: float = 2.0e-3
    """m/s^2 a root hertz, 0 to 10: a mean over t seconds has this over the root of t."""
    accel_bias: float = 0.2
    """m/s^2, when the actor comes into the world, 0 to 10: 20 mg, an uncalibrated unit. Ours."""
    accel_walk: float = 3.0e-3
    """m/s^2 a root second, 0 to 10: by how much the bias wanders."""
    gyro_noise: float = 1.6968e-4
    """rad/s a root hertz, 0 to 1."""
    gyro_bias: float = 8.7e-3
    """rad/s, 0 to 1: half a degree a second. Ours."""
    gyro_walk: float = 1.9393e-5
    """rad/s a root second, 0 to 1."""
    compass_noise: float = 0.035
    """rad, 0 to 1: two degrees. Ours."""

    def __post_init__(self) -> None:
        for name in vars(self):
            refuse_outside(self, name, 0.0, 10.0 if name.startswith("accel") else 1.0)


class Imu:
    """Units of one kind, at the centres of actors' boxes. They keep no state."""

    def __init__(self, spec: ImuSpec | None = None) -> None:
        self.spec = ImuSpec() if spec is None else spec
        self._constants = np.array(list(vars(self.spec).values()), np.float64)

    def read(self, before: Motion, state: State, out: NDArray[np.float64], slots: Slots = None) -> None:
        """Fill `out`, [W, M, IMU_COLUMNS] float64: what each carrier has felt since `before`; NaN for empty slots.

        Who has come into a slot since then has felt its present turn rate and no change of velocity. Raises SuiteError for an array
        or slots that do not fit.
        """
        carriers, now = attached(state, slots, out, IMU_COLUMNS), motion_of(state)
        share(
            lambda _, begin, end: _read(
                before, now, state.body, state.mind, state.world, carriers, self._constants, out, begin, end
            ),
            state.num_worlds,
            _LEAST_WORLDS,
        )


@shared
def _read(
    before: Motion, now: Motion, body: np.ndarray, mind: np.ndarray, world: np.ndarray, carriers: np.ndarray,
    constants: np.ndarray, out: np.ndarray, begin: int, end: int,
) -> None:  # fmt: skip
    for w in range(begin, end):
        for m in range(len(carriers)):
            a, row = carriers[m], out[w, m]
            if now.actor[w, a] == NOBODY:
                for column in range(IMU_COLUMNS):
                    row[column] = math.nan
                continue
            seconds = TICK_S * (now.tick[w] - before.tick[w])
            known = seconds > 0.0 and before.actor[w, a] == now.actor[w, a]
            if not known:
                seconds = TICK_S
            _feel(before, now, w, a, known, seconds, float(body[w, a, YAW_RATE]), row)
            age = now.tick[w] - mind[w, a, BORN]
            low, high, actor = world[w, SEED_LOW], world[w, SEED_HIGH], mind[w, a, ID]
            _disturb(low, high, now.tick[w], age, actor, seconds, constants, row)


@borrowing
def _feel(
    before: Motion, now: Motion, w: int, a: int, known: bool, seconds: float, rate: float, row: np.ndarray
) -> None:
    """What an ideal unit reads. The change of velocity is seen from the heading halfway."""
    row[ACCEL_X], row[ACCEL_Y], row[ACCEL_Z] = 0.0, 0.0, GRAVITY
    row[GYRO_X], row[GYRO_Y], row[GYRO_Z] = 0.0, 0.0, rate
    if known:
        turn = now.yaw[w, a] - before.yaw[w, a]
        turn -= _TURN * math.floor(turn / _TURN + 0.5)
        cos, sin = math.cos(0.5 * turn), math.sin(0.5 * turn)
        along = (now.along[w, a] - before.along[w, a]) * cos - (now.aside[w, a] + before.aside[w, a]) * sin
        aside = (now.along[w, a] + before.along[w, a]) * sin + (now.aside[w, a] - before.aside[w, a]) * cos
        row[ACCEL_X], row[ACCEL_Y], row[GYRO_Z] = along / seconds, aside / seconds, turn / seconds
    row[COMPASS] = 0.5 * math.pi - now.yaw[w, a]


@borrowing
def _disturb(
    low: int, high: int, tick: int, age: int, actor: int, seconds: float, constants: np.ndarray, row: np.ndarray
) -> None:
    """Add noise and biases. constants: the fields of `ImuSpec` in their order."""
    a0, a1, a2, north = four_normals(low, high, IMU, tick, actor, WHITE)
    g0, g1, g2, _ = four_normals(low, high, IMU, tick, actor, WHITE + 1)
    b0, b1, b2, _ = four_normals(low, high, IMU, 0, actor, CONSTANT)
    c0, c1, c2, _ = four_normals(low, high, IMU, 0, actor, CONSTANT + 1)
    u0, u1, u2, _ = four_walks(low, high, IMU, age, actor, WALK)
    v0, v1, v2, _ = four_walks(low, high, IMU, age, actor, WALK + 1)
    white, bias, walk = constants[0] / math.sqrt(seconds), constants[1], constants[2] * math.sqrt(TICK_S)
    row[ACCEL_X] += white * a0 + bias * b0 + walk * u0
    row[ACCEL_Y] += white * a1 + bias * b1 + walk * u1
    row[ACCEL_Z] += white * a2 + bias * b2 + walk * u2
    white, bias, walk = constants[3] / math.sqrt(seconds), constants[4], constants[5] * math.sqrt(TICK_S)
    row[GYRO_X] += white * g0 + bias * c0 + walk * v0
    row[GYRO_Y] += white * g1 + bias * c1 + walk * v1
    row[GYRO_Z] += white * g2 + bias * c2 + walk * v2
    heading = row[COMPASS] + constants[6] * north
    row[COMPASS] = heading - _TURN * math.floor(heading / _TURN)
