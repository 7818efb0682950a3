"""Infractions per kilometre of the route that was driven.

Source: carla-simulator/leaderboard, `leaderboard/utils/statistics_manager.py`, compute_global_statistics (branch leaderboard-2.1,
commit cfecdc8): kilometres are route length times route completion, at least 0.001. CARLA divides the sums over all routes;
here each trip has its own rates, so that they can be averaged with an interval.
"""

from __future__ import annotations

from typing import Final

LEAST_KM: Final = 0.001


def per_km(count: int, completion_percent: float, route_length_m: float) -> float:
    """How often something happened per kilometre driven."""
    return count / max(route_length_m / 1000.0 * completion_percent / 100.0, LEAST_KM)
