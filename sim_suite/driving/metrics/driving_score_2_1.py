"""CARLA driving score 2.1: route completion over 1 + a sum of coefficients, 0 to 100.

Source: carla-simulator/leaderboard, `leaderboard/utils/statistics_manager.py`, branch leaderboard-2.1 (commit cfecdc8), where
the form and each coefficient of PENALTY_VALUE_DICT were checked. With n_i infractions of kind i the penalty is
1 / (1 + sum c_i n_i): the second of a kind weighs less than the first, and none takes all that is left. What was driven outside
of the route's lanes still multiplies by 1 - its share.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sim_suite.driving.metrics.infractions import Infractions

PEDESTRIAN: Final = 1.0
VEHICLE: Final = 0.70
STATIC: Final = 0.60
RED_LIGHT: Final = 0.40
STOP_SIGN: Final = 0.25
SCENARIO_TIMEOUT: Final = 0.40
EMERGENCY_VEHICLE: Final = 0.40
MIN_SPEED: Final = 0.40
"""Of a stretch on which the ego stood still; less in proportion."""


def driving_score_2_1(
    completion_percent: float, infractions: Infractions, outside_percent: float, slow_percents: Sequence[float]
) -> float:
    """completion_percent: see `route_completion`; outside_percent: see `outside_lanes`; slow_percents: see `min_speed`."""
    burden = (
        PEDESTRIAN * infractions.pedestrian_collisions
        + VEHICLE * infractions.vehicle_collisions
        + STATIC * infractions.static_collisions
        + RED_LIGHT * infractions.red_lights
        + STOP_SIGN * infractions.stop_signs
        + SCENARIO_TIMEOUT * infractions.scenario_timeouts
        + EMERGENCY_VEHICLE * infractions.emergency_vehicles_blocked
        + MIN_SPEED * sum(1.0 - percent / 100.0 for percent in slow_percents)
    )
    return completion_percent * (1.0 - outside_percent / 100.0) / (1.0 + burden)
