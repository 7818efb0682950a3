"""CARLA driving score 1.0: route completion times a product of penalties, 0 to 100.

Source: carla-simulator/leaderboard, `leaderboard/utils/statistics_manager.py`, branch leaderboard-1.0 (commit 2165f5e), where
each coefficient was checked: PENALTY_COLLISION_PEDESTRIAN, _VEHICLE, _STATIC, PENALTY_TRAFFIC_LIGHT, PENALTY_STOP. What was
driven outside of the route's lanes multiplies by 1 - its share.
"""

from __future__ import annotations

from typing import Final

from sim_suite.driving.metrics.infractions import Infractions

PEDESTRIAN: Final = 0.50
VEHICLE: Final = 0.60
STATIC: Final = 0.65
RED_LIGHT: Final = 0.70
STOP_SIGN: Final = 0.80


def driving_score_1_0(completion_percent: float, infractions: Infractions, outside_percent: float) -> float:
    """completion_percent: see `route_completion`; outside_percent: see `outside_lanes`."""
    return completion_percent * (1.0 - outside_percent / 100.0) * penalty_1_0(infractions)


def penalty_1_0(infractions: Infractions) -> float:
    """The product of all penalties, 0 to 1."""
    return float(
        PEDESTRIAN**infractions.pedestrian_collisions
        * VEHICLE**infractions.vehicle_collisions
        * STATIC**infractions.static_collisions
        * RED_LIGHT**infractions.red_lights
        * STOP_SIGN**infractions.stop_signs
    )
