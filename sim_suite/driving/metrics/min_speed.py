"""Slow stretches: the ego's mean speed on each quarter of the route, in per cent of that of the traffic around it.

Source: carla-simulator/scenario_runner, `atomic_criteria.py`, class MinimumSpeedRouteTest (master, 2025); four stretches by
carla-simulator/leaderboard, `route_scenario.py` (branches leaderboard-2.0 and leaderboard-2.1). A stretch is judged when it
has been driven to its end, the last one from 95 % of the route on.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.driving.metrics.trip import Floats, Trip
from sim_suite.driving.world.kinds import ActorKind

STRETCHES: Final = 4
LAST_FROM: Final = 0.95
"""Share of the route from which the last stretch is judged."""
TRAFFIC: Final = (ActorKind.CAR, ActorKind.TRUCK, ActorKind.BUS, ActorKind.BICYCLE)


def slow_stretches(trip: Trip) -> tuple[float, ...] | None:
    """The per cents below 100 of the stretches driven; None where the others were not recorded."""
    if trip.others is None:
        return None
    vehicles = np.isin(trip.others.kind, TRAFFIC)
    numbers = vehicles.sum(axis=1)
    met = numbers > 0
    traffic = np.abs(trip.others.speed_mps * vehicles).sum(axis=1) / np.maximum(numbers, 1)
    share = trip.progress_m / trip.route_length_m
    stretch = np.minimum((share * STRETCHES).astype(np.int64), STRETCHES - 1)
    driven = [k for k in range(STRETCHES) if share[-1] >= ((k + 1) / STRETCHES if k + 1 < STRETCHES else LAST_FROM)]
    percents = [_percent(trip.speed_mps[met & (stretch == k)], traffic[met & (stretch == k)]) for k in driven]
    return tuple(percent for percent in percents if percent < 100.0)


def _percent(own: Floats, traffic: Floats) -> float:
    """100 where there was no traffic, or none that moved."""
    if own.size == 0 or traffic.mean() == 0:
        return 100.0
    return 100.0 * float(np.abs(own).mean() / traffic.mean())
