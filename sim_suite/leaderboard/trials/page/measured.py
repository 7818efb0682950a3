"""What was measured of all variations of a trial: best, median and worst of each measure. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sim_suite.leaderboard.trials.trial import Trial

LOW_IS_BAD: Final = ("least_time_to_collision_s", "post_encroachment_s", "least_gap_m")
HIGH_IS_BAD: Final = (
    "impact_speed_mps", "time_exposed_s", "hardest_brake_mps2", "most_lateral_mps2", "most_jerk_mps3",
)  # fmt: skip
COMFORTABLE: Final = "comfortable"
BINS: Final = 12


@dataclass(frozen=True)
class Measured:
    """One measure over the variations in which it has a value."""

    name: str
    best: float
    median: float
    worst: float
    count: int
    """Variations with a value."""
    worst_id: str
    """The first variation that has the worst."""
    shares: tuple[float, ...]
    """Counts of BINS even bins from the best value to the worst, by the fullest one: 0 to 1."""


def measured(trial: Trial) -> list[Measured]:
    """All measures that any variation has, those of encounters first."""
    found = []
    for name in (*LOW_IS_BAD, *HIGH_IS_BAD):
        known = [(one.measures[name], one.id) for one in trial.verdicts if name in one.measures]
        if not known:
            continue
        values = np.array([value for value, _ in known])
        low = name in LOW_IS_BAD
        at = int(np.argmin(values) if low else np.argmax(values))
        ends = (float(values.max()), float(values.min())) if low else (float(values.min()), float(values.max()))
        counts = np.histogram(values, bins=BINS)[0][:: -1 if low else 1]
        shares = tuple((counts / counts.max()).round(3).tolist())
        median = round(float(np.median(values)), 4)
        found.append(Measured(name, ends[0], median, ends[1], len(known), known[at][1], shares))
    return found


def comfortable(trial: Trial) -> tuple[int, int]:
    """(variations within nuPlan's bounds of comfort, variations of which it is known)."""
    known = [one.measures[COMFORTABLE] for one in trial.verdicts if COMFORTABLE in one.measures]
    return sum(value > 0 for value in known), len(known)
