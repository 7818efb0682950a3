"""Balances CartPole by a linear-quadratic regulator on its linearised motion. No learning.

The motion is that of Florian 2007 ("Correct equations for the dynamics of the cart-pole system", equations 23 and 24,
without friction), linearised about the upright pole and sampled as the environment samples it: one Euler step a tick.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.experts.regulator import lqr_gain
from agents.interface import Batch, Interface
from sim_suite.envs.views import VECTOR

# Gymnasium's CartPole-v1.
_TICK_S, _GRAVITY_MPS2 = 0.02, 9.8
_CART_KG, _POLE_KG, _HALF_POLE_M = 1.0, 0.1, 0.5
_RANGE = (2.4, 1.0, 0.2095, 1.0)
"""Bryson's rule: one unit of cost at the end of each range. The position and angle that end the episode; 1 m/s, 1 rad/s."""
_FORCE_N = 10.0


def linearised() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A [4, 4] and B [4, 1] of one tick for the state x, x', theta, theta' (metres, rad to the right, seconds), force in N."""
    total = _CART_KG + _POLE_KG
    # theta'' = (g theta - f / total) / lever;  x'' = (f - pole * half * theta'') / total
    lever = _HALF_POLE_M * (4 / 3 - _POLE_KG / total)
    arm = _POLE_KG * _HALF_POLE_M / total
    drift = np.eye(4)
    drift[0, 1] = drift[2, 3] = _TICK_S
    drift[3, 2] = _TICK_S * _GRAVITY_MPS2 / lever
    drift[1, 2] = -arm * drift[3, 2]
    steer = np.zeros((4, 1))
    steer[3, 0] = -_TICK_S / (total * lever)
    steer[1, 0] = _TICK_S / total - arm * steer[3, 0]
    return drift, steer


class LqrBalancer:
    """Pushes to the side of the regulator's force, since the environment offers no other strength. Without memory."""

    interface = Interface(VECTOR, "discrete")

    def __init__(self) -> None:
        drift, steer = linearised()
        cost = np.diag(1 / np.square(_RANGE))
        self._gain = lqr_gain(drift, steer, cost, np.array([[1 / _FORCE_N**2]]))

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[np.int64], Any | None]:
        """Actions [B] int64 (0 left, 1 right) for observations [B, 4]: position, speed, angle, turn rate."""
        # Summed by row, not by a matrix product, whose last bits depend on the batch size.
        force = -(np.asarray(observation, dtype=np.float64) * self._gain).sum(axis=1)
        return (force > 0).astype(np.int64), state
