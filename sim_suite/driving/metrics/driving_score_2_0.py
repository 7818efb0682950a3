"""CARLA driving score 2.0: score 1.0 with three more penalties, 0 to 100.

Source: carla-simulator/leaderboard, `leaderboard/utils/statistics_manager.py`, branch leaderboard-2.0 (commit a87a341; master
at aec8131 is equal), where each coefficient was checked: PENALTY_VALUE_DICT (those of 1.0, SCENARIO_TIMEOUT 0.7,
YIELD_TO_EMERGENCY_VEHICLE 0.7) and PENALTY_PERC_DICT (MIN_SPEED_INFRACTION 0.7, in proportion to what is missing from 100 %).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Final

from sim_suite.driving.metrics.driving_score_1_0 import penalty_1_0
from sim_suite.driving.metrics.infractions import Infractions

SCENARIO_TIMEOUT: Final = 0.70
EMERGENCY_VEHICLE: Final = 0.70
MIN_SPEED: Final = 0.70
"""Of a stretch on which the ego stood still; less in proportion."""


def driving_score_2_0(
    completion_percent: float, infractions: Infractions, outside_percent: float, slow_percents: Sequence[float]
) -> float:
    """completion_percent: see `route_completion`; outside_percent: see `outside_lanes`; slow_percents: see `min_speed`."""
    penalty = (
        penalty_1_0(infractions)
        * SCENARIO_TIMEOUT**infractions.scenario_timeouts
        * EMERGENCY_VEHICLE**infractions.emergency_vehicles_blocked
        * prod(1.0 - (1.0 - MIN_SPEED) * (1.0 - percent / 100.0) for percent in slow_percents)
    )
    return completion_percent * (1.0 - outside_percent / 100.0) * penalty
