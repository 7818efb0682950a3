"""Post-encroachment time: how long after one road user left a place the other came to it, in seconds; 0 where both met.

Source: Allen, Shin & Cooper 1978 (Transportation Research Record 667). Ours: the conflict point is wherever the boxes of both
covered the same ground while they drove across each other's way; the smallest such time of a trip is reported.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.driving.metrics.boxes import boxes_touch, radius
from sim_suite.driving.metrics.trip import Bools, Floats, Others, Trip
from sim_suite.driving.world.kinds import ActorKind

HORIZON_S: Final = 5.0
"""Ours: who passed longer before or after was in nobody's way."""
CROSSING_RAD: Final = float(np.deg2rad(20.0))
"""Ours: ways that meet at a smaller angle, or head-on within it, follow one another and do not cross."""
STATIC: Final = (ActorKind.PARKED, ActorKind.OBSTACLE)


def post_encroachment_time(trip: Trip, others: Others) -> float | None:
    """The smallest time of the trip, a multiple of its step; None where nobody crossed the ego's way within HORIZON_S."""
    size = np.array([trip.length_m, trip.width_m])
    reach = radius(size) + radius(others.size_m)
    moving = (others.kind >= 0) & ~np.isin(others.kind, STATIC)
    most = min(round(HORIZON_S / trip.step_s) if trip.step_s else 0, len(trip.time_s) - 1)
    for lag in range(most + 1):
        if _met(trip, others, moving, reach, lag) or (lag and _met(trip, others, moving, reach, -lag)):
            return lag * trip.step_s
    return None


def _met(trip: Trip, others: Others, moving: Bools, reach: Floats, lag: int) -> bool:
    """Whether somebody covered ground `lag` samples after the ego did (before it, where negative)."""
    count = len(trip.time_s) - abs(lag)
    ego = slice(max(-lag, 0), max(-lag, 0) + count)
    other = slice(max(lag, 0), max(lag, 0) + count)
    gap = others.pose[other, :, :2] - trip.pose[ego, None, :2]
    turn = others.pose[other, :, 2] - trip.pose[ego, None, 2]
    near = moving[other] & ((gap**2).sum(-1) <= reach[other] ** 2) & (np.abs(np.sin(turn)) >= np.sin(CROSSING_RAD))
    time, place = np.nonzero(near)
    size = np.array([trip.length_m, trip.width_m])
    return bool(
        boxes_touch(
            trip.pose[ego][time], size, others.pose[other][time, place], others.size_m[other][time, place]
        ).any()
    )
