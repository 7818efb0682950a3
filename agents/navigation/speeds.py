"""How fast one may go towards what is ahead. Source: the simplified Gipps model of M. Treiber and A. Kesting 2013, "Traffic Flow
Dynamics", section 11.3; constants as named.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from agents.navigation.path import Floats

COMFORT_BRAKE: Final = 2.0
"""m/s^2: as the traffic of driving/ brakes (traffic/idm.py); CARLA's cars do so at a brake of about 0.3."""
HARD_BRAKE: Final = 4.0
"""m/s^2: who must brake harder than this makes an emergency stop. Twice as hard as in comfort."""
LATERAL_ACCEL: Final = 2.0
"""m/s^2 in bends; as hard as it brakes."""


def safe_speed(gap_m: float, lead_mps: float, reaction_s: float) -> float:
    """The speed in m/s from which one still stops behind a leader who brakes in comfort. gap_m: to where one wants to stand.

    At the same speed as the leader's the gap that it leaves is `reaction_s` long. 0 where the gap is used up by a leader who stands.
    """
    under = (COMFORT_BRAKE * reaction_s) ** 2 + lead_mps * lead_mps + 2.0 * COMFORT_BRAKE * gap_m
    return max(math.sqrt(under) - COMFORT_BRAKE * reaction_s, 0.0) if under > 0.0 else 0.0


def braking_needed(speed_mps: float, lead_mps: float, gap_m: float) -> float:
    """m/s^2 that keeps a gap: inf where it is used up and still closes, 0 where it does not close."""
    closing = speed_mps - lead_mps
    if closing <= 0.0:
        return 0.0
    if gap_m <= 0.0:
        return math.inf
    return closing * closing / (2.0 * gap_m)


def speed_in_bends(arcs_m: Floats, curvature: Floats) -> float:
    """m/s now, from which each bend ahead is reached, braking in comfort, at no more than LATERAL_ACCEL; inf without any.

    arcs_m, curvature: [N] metres to each and its curvature, 1/m.
    """
    if len(arcs_m) == 0:
        return math.inf
    # A curvature below 1e-6 is straight for every speed that a car has.
    squares = LATERAL_ACCEL / np.maximum(curvature, 1e-6) + 2.0 * COMFORT_BRAKE * arcs_m
    return float(np.sqrt(squares.min()))
