"""nuPlan's closed-loop score: four factors times a weighted mean of four terms, 0 to 100.

Source: motional/nuplan-devkit, `closed_loop_reactive_agents_weighted_average.yaml` and `weighted_average_metric_aggregator.py`
(master, commit e924167), where factors and weights were checked. The original runs from 0 to 1; it is published times 100.
Ours: progress is measured against the route instead of an expert, see `progress`, and what else the terms' files name as ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PROGRESS_WEIGHT: Final = 5.0
TTC_WEIGHT: Final = 5.0
SPEED_LIMIT_WEIGHT: Final = 4.0
COMFORT_WEIGHT: Final = 2.0


@dataclass(frozen=True)
class NuplanTerms:
    """Each 0 to 1."""

    no_at_fault_collision: float
    drivable_area: float
    driving_direction: float
    making_progress: float
    progress: float
    ttc_within_bound: float
    speed_limit: float
    comfort: float


def nuplan_score(terms: NuplanTerms) -> float:
    """Factors times weighted mean, times 100."""
    factor = terms.no_at_fault_collision * terms.drivable_area * terms.driving_direction * terms.making_progress
    weighed = (
        PROGRESS_WEIGHT * terms.progress
        + TTC_WEIGHT * terms.ttc_within_bound
        + SPEED_LIMIT_WEIGHT * terms.speed_limit
        + COMFORT_WEIGHT * terms.comfort
    )
    return 100.0 * factor * weighed / (PROGRESS_WEIGHT + TTC_WEIGHT + SPEED_LIMIT_WEIGHT + COMFORT_WEIGHT)
