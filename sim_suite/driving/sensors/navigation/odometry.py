"""The speed that a vehicle's rear wheels tell: off by a share that stays, and by noise. Source: J. Borenstein and L. Feng, "Measurement
and correction of systematic odometry errors in mobile robots", IEEE Trans. Robotics and Automation 12(6), 1996: wheels that are not of
the assumed diameter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import shared
from sim_suite.compiling.sharing import share
from sim_suite.driving.dynamics.vehicles import PARAMETERS, REAR_M, WHEELBASE_M
from sim_suite.driving.sensors.attaching import Slots, attached
from sim_suite.driving.sensors.sensor_noise import CONSTANT, ODOMETRY, WHITE, four_normals
from sim_suite.driving.world.kinds import NO_CONTROL
from sim_suite.driving.world.layout import (
    CONTROL,
    ID,
    KIND,
    SEED_HIGH,
    SEED_LOW,
    SLIP,
    SPEED,
    TICK,
    WHEELBASE,
    State,
)
from sim_suite.refusals import refuse_outside

WHEEL_SPEED, ODOMETRY_COLUMNS = range(2)
"""Column of a reading: m/s along the heading, negative in reverse."""
_LEAST_WORLDS: Final = 256


@dataclass(frozen=True)
class OdometrySpec:
    """How well wheels tell. Deviations (1 sigma); checked when built."""

    scale: float = 0.01
    """Of the share by which an actor's wheels tell too much, drawn once, 0 to 0.5: tyres lose 1 % of their radius by wear. Ours."""
    noise_mps: float = 0.05
    """Of each reading, 0 to 10. Ours."""

    def __post_init__(self) -> None:
        refuse_outside(self, "scale", 0.0, 0.5)
        refuse_outside(self, "noise_mps", 0.0, 10.0)


class Odometry:
    """Wheel sensors of one kind. They keep no state."""

    def __init__(self, spec: OdometrySpec | None = None) -> None:
        self.spec = OdometrySpec() if spec is None else spec

    def read(self, state: State, out: NDArray[np.float64], slots: Slots = None) -> None:
        """Fill `out`, [W, M, ODOMETRY_COLUMNS] float64: the speed of each carrier's rear wheels now; NaN for empty slots.

        Raises SuiteError for an array or slots that do not fit.
        """
        carriers = attached(state, slots, out, ODOMETRY_COLUMNS)
        share(
            lambda _, begin, end: _read(
                state.body, state.mind, state.world, carriers, self.spec.scale, self.spec.noise_mps, out, begin, end
            ),
            state.num_worlds,
            _LEAST_WORLDS,
        )


def rear_axle_m(state: State, slots: Slots = None) -> NDArray[np.float64]:
    """[W, M] How far behind the box's centre an actor's rear axle is, m: there a vehicle moves along its heading."""
    chosen = slice(None) if slots is None else np.atleast_1d(np.asarray(slots, np.int64))
    kind = state.mind[:, chosen, KIND]
    share_behind = PARAMETERS[kind, REAR_M].astype(np.float64) / PARAMETERS[kind, WHEELBASE_M]
    found: NDArray[np.float64] = state.body[:, chosen, WHEELBASE] * share_behind
    return found


@shared
def _read(
    body: np.ndarray, mind: np.ndarray, world: np.ndarray, carriers: np.ndarray, scale: float, noise: float,
    out: np.ndarray, begin: int, end: int,
) -> None:  # fmt: skip
    for w in range(begin, end):
        low, high, tick = world[w, SEED_LOW], world[w, SEED_HIGH], world[w, TICK]
        for m in range(len(carriers)):
            a = carriers[m]
            if mind[w, a, CONTROL] == NO_CONTROL:
                out[w, m, WHEEL_SPEED] = math.nan
                continue
            actor = mind[w, a, ID]
            white, _, _, _ = four_normals(low, high, ODOMETRY, tick, actor, WHITE)
            share_more, _, _, _ = four_normals(low, high, ODOMETRY, 0, actor, CONSTANT)
            along = float(body[w, a, SPEED]) * math.cos(float(body[w, a, SLIP]))
            out[w, m, WHEEL_SPEED] = along * (1.0 + scale * share_more) + noise * white
