"""Route completion: the share of the route that lies behind, in per cent, 0 to 100.

Source: carla-simulator/scenario_runner, `atomic_criteria.py`, class RouteCompletionTest (master, 2025), where both bounds were
checked: a route counts as complete beyond 99 % and less than 10 m from its end.
"""

from __future__ import annotations

from typing import Final

COMPLETE_PERCENT: Final = 99.0
COMPLETE_M: Final = 10.0


def route_completion(progress_m: float, route_length_m: float) -> float:
    """Per cent of the route. progress_m: metres of it that lie behind; route_length_m: all of it, above 0."""
    percent = 100.0 * min(max(progress_m / route_length_m, 0.0), 1.0)
    if percent > COMPLETE_PERCENT and route_length_m - progress_m < COMPLETE_M:
        return 100.0
    return percent
