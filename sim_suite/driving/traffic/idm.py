"""The Intelligent Driver Model. Source: Treiber, Hennecke and Helbing 2000 (Phys. Rev. E 62, 1805), eq. 2 and 3."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing

GAP_STANDING_M: Final = np.float32(2.0)
"""s0 of table I."""
COMFORT_BRAKE: Final = np.float32(2.0)
"""b, m/s^2: between table I's 1.67 and the 3.0 that ISO 15622 allows an automatic driver."""
HARDEST_BRAKE: Final = np.float32(-8.0)
"""m/s^2: an emergency stop on dry asphalt."""
FREE: Final = np.float32(1000.0)
"""The gap where there is no leader."""
_ONE: Final = np.float32(1.0)
_ZERO: Final = np.float32(0.0)
_LEAST_GAP: Final = np.float32(0.1)


@borrowing
def free_accel(speed: np.float32, wish: np.float32, most: np.float32) -> np.float32:
    """Acceleration on an empty road: a [1 - (v / v0)^4]; above v0 it brakes gently. m/s, m/s, m/s^2."""
    share = speed / max(wish, _LEAST_GAP)
    square = share * share
    return max(most * (_ONE - square * square), -COMFORT_BRAKE)


@borrowing
def follow_accel(
    speed: np.float32,
    leader_speed: np.float32,
    gap: np.float32,
    headway: np.float32,
    most: np.float32,
    standing: np.float32,
) -> np.float32:
    """The interaction term -a (s* / s)^2, to be added to the free one. gap: bumper to bumper, m; standing: s0, m."""
    closing = speed - leader_speed
    wanted = standing + max(
        _ZERO, speed * headway + speed * closing / (np.float32(2.0) * np.float32(math.sqrt(most * COMFORT_BRAKE)))
    )
    share = wanted / max(gap, _LEAST_GAP)
    return -most * share * share


@borrowing
def stop_accel(speed: np.float32, distance: np.float32) -> np.float32:
    """Acceleration that stops a vehicle `distance` m ahead (of its front) with even braking; 1000 where nothing needs to be done yet.

    Ours: a line does not flee as a leader does, so IDM would brake too early for it. Braking begins at COMFORT_BRAKE.
    """
    needed = speed * speed / (np.float32(2.0) * max(distance, np.float32(0.05)))
    if distance < np.float32(0.05):
        return HARDEST_BRAKE if speed > np.float32(0.5) else -COMFORT_BRAKE
    # Begins a little early, so that the last metres are rolled.
    if needed < np.float32(0.7) * COMFORT_BRAKE and distance > np.float32(1.0):
        return FREE
    return max(-needed * np.float32(1.05), HARDEST_BRAKE)
