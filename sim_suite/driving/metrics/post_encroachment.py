"""Post-encroachment time: how long after one road user left a place the other came to it, in seconds; 0 where both met.

Source: Allen, Shin & Cooper 1978 (Transportation Research Record 667). Ours: the conflict point is wherever the boxes of both
covered the same ground while they drove across each other's way; the smallest such time of a trip is reported.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.driving.metrics.boxes import boxes_touch, radius
from sim_suite.driving.metrics.trip import NOBODY, Others, Trip
from sim_suite.driving.world.kinds import ActorKind

HORIZON_S: Final = 5.0
"""Ours: who passed longer before or after was in nobody's way."""
CROSSING_RAD: Final = float(np.deg2rad(20.0))
"""Ours: ways that meet at a smaller angle, or head-on within it, follow one another and do not cross."""
STATIC: Final = (ActorKind.PARKED, ActorKind.OBSTACLE)


def post_encroachment_time(trip: Trip, others: Others) -> float | None:
    """The smallest time of the trip, a multiple of its step; None where nobody crossed the ego's way within HORIZON_S."""
    from scipy.spatial import KDTree  # takes 0.4 s to import, which the first step need not wait for

    count, size = len(trip.time_s), np.array([trip.length_m, trip.width_m])
    longest = min(round(HORIZON_S / trip.step_s), count - 1) if trip.step_s else 0
    moving = (others.kind != NOBODY) & ~np.isin(others.kind, STATIC)
    time, place = np.nonzero(moving)
    # Nearly all are far from wherever the ego went: a tree of its places made a report of 1,501 samples and 63 road users
    # twenty times as fast (1.6 to 0.07 s).
    reach = radius(size) + radius(others.size_m[time, place])
    gap_m = KDTree(trip.pose[:, :2]).query(others.pose[time, place, :2])[0]
    close = gap_m <= reach
    time, place, reach = time[close], place[close], reach[close]
    lags = np.arange(-longest, longest + 1)
    then = time[:, None] + lags
    own = trip.pose[np.clip(then, 0, count - 1), :2] - others.pose[time, place, None, :2]
    near = (then >= 0) & (then < count) & ((own**2).sum(-1) <= reach[:, None] ** 2)
    which, lag = np.nonzero(near)
    ego, pose = trip.pose[then[which, lag]], others.pose[time, place][which]
    met = np.abs(np.sin(pose[:, 2] - ego[:, 2])) >= np.sin(CROSSING_RAD)
    met &= boxes_touch(ego, size, pose, others.size_m[time, place][which])
    found = np.abs(lags[lag[met]])
    return float(found.min() * trip.step_s) if found.size else None
