"""What a trial comes to: for each variation, which criteria held, and what was measured. Source: ours."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

import numpy as np

from sim_suite.driving.metrics.batch.measures import Measures
from sim_suite.driving.storyboard.staging.referee import NEVER, End
from sim_suite.driving.storyboard.variations import Variation
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.envs.scenarios.stage import Stage

ENDS: Final = {
    End.GOAL: "goal reached", End.STORYBOARD: "storyboard over", End.BROKEN: "criterion broken", End.ROUTE_LOST: "route lost",
    End.BLOCKED: "blocked", End.TIME: "out of time", End.RUNNING: "broken off",
}  # fmt: skip
MEASURED: Final = (
    "least_time_to_collision_s", "time_exposed_s", "post_encroachment_s", "least_gap_m", "impact_speed_mps", "top_speed_mps",
    "distance_m", "hardest_brake_mps2", "most_lateral_mps2", "most_jerk_mps3", "comfortable",
)  # fmt: skip
"""Fields of `Measures` that a verdict holds; left out where they are not finite."""


@dataclass(frozen=True)
class Held:
    """One criterion in one variation."""

    name: str
    held: bool
    value: float | None
    """What it measured; None where that is not finite."""
    limit: float | None
    unit: str
    tick: int | None = None
    """When it was broken first."""
    x: float | None = None
    """Where the ego was then, map's frame, m."""
    y: float | None = None


@dataclass(frozen=True)
class Verdict:
    """One variation."""

    id: str
    values: Mapping[str, float]
    passed: bool
    criteria: tuple[Held, ...]
    end: str
    """Why it was over."""
    ticks: int
    partner: str
    """Whom the ego hit first; empty where nobody."""
    measures: Mapping[str, float]
    avoidable: bool | None = None
    """Whether anybody could have mastered the hazard; None where nobody asked."""

    @property
    def duration_s(self) -> float:
        """Simulated."""
        return round(self.ticks * TICK_S, 2)

    @property
    def severity(self) -> float:
        """How bad it went, for sorting: failures before passes, by the speed of the impact, then by how near it came to one."""
        near = self.measures.get("least_time_to_collision_s", math.inf)
        gap = self.measures.get("least_gap_m", math.inf)
        close = 1.0 / (1.0 + min(near, 10.0)) + 1.0 / (1.0 + min(gap, 100.0)) / 10.0
        return (0.0 if self.passed else 1000.0) + 10.0 * self.measures.get("impact_speed_mps", 0.0) + close

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self) | {
            "duration_s": self.duration_s,
            "values": dict(self.values),
            "measures": dict(self.measures),
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Verdict:
        """The inverse of `to_dict`."""
        own = {item.name: data[item.name] for item in fields(Verdict)}
        return Verdict(**(own | {"criteria": tuple(Held(**held) for held in data["criteria"])}))


def verdicts(stage: Stage, variations: list[Variation], measures: Measures) -> list[Verdict]:
    """Of all variations of a stage."""
    referee, found = stage.referee, []
    for w, variation in enumerate(variations):
        criteria = tuple(_held(stage, w, k) for k in range(len(stage.scenario.criteria)))
        measured = {name: float(getattr(measures, name)[w]) for name in MEASURED}
        one = Verdict(
            id=variation.id,
            values=variation.values,
            passed=bool(referee.passed[w]),
            criteria=criteria,
            end=ENDS[End(int(referee.end[w]))],
            ticks=max(int(referee.end_tick[w]), 0),
            partner=referee.partner(w),
            measures={name: round(value, 4) for name, value in measured.items() if math.isfinite(value)},
        )
        found.append(one)
    return found


def _held(stage: Stage, w: int, k: int) -> Held:
    referee, criterion = stage.referee, stage.scenario.criteria[k]
    tick = int(referee.broken_tick[w, k])
    value, limit = (_finite(array[w, k]) for array in (referee.value, referee.limit))
    if tick == NEVER:
        return Held(criterion.name, True, value, limit, criterion.unit)
    x, y = referee.broken_place[w, k]
    return Held(criterion.name, False, value, limit, criterion.unit, tick, round(float(x), 3), round(float(y), 3))


def _finite(value: np.floating[Any]) -> float | None:
    return round(float(value), 6) if math.isfinite(value) else None
