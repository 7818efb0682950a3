"""What is true in a CarRacing world, for planners and experts that do not look at pixels. Source: ours.

Frame: x east, y north, yaw counter-clockwise from east, in the units of Gymnasium's physics (called metres there).
Gymnasium measures the hull's angle from north; that is turned here, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class CarRacingState:
    """One moment of one car on one track. Arrays are read-only."""

    x_m: float
    y_m: float
    yaw_rad: float
    """Heading of the car's nose, counter-clockwise from east."""
    forward_mps: float
    """Speed along the nose."""
    left_mps: float
    """Speed across the nose, positive to the left."""
    yaw_rate_rps: float
    steer_rad: float
    """Mean angle of the front wheels against the hull, positive to the left."""
    wheel_omega_rps: tuple[float, float, float, float]
    """Angular speed of the wheels: front left, front right, rear left, rear right."""
    centre: NDArray[np.float64]
    """[N, 2] metres, world frame: centres of the road tiles in driving order, a closed loop.

    The same array all episode long."""
    half_width_m: float
    """Half the road's width."""
    visited: NDArray[np.bool_]
    """[N] which tiles have paid their reward, in the order of `centre`."""
    tick: int
    """Steps since the reset."""
