"""What the ego is judged by. Source: ScenarioRunner's criteria of CARLA for the names; OpenSCENARIO knows none.

A criterion is plain data; `sim_suite.driving.storyboard.staging.referee` watches it in all variations at once. Each measures one
number, which must not go beyond a limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim_suite.driving.storyboard.numbers import Number


@dataclass(frozen=True)
class NoCollision:
    """The ego touches nobody. Measures collisions; ends a variation."""

    name: ClassVar[str] = "no_collision"
    unit: ClassVar[str] = ""


@dataclass(frozen=True)
class ImpactSpeed:
    """If the ego hits somebody, then slowly. Measures the closing speed of the first collision, which ends a variation."""

    at_most: Number
    """m/s"""
    name: ClassVar[str] = "impact_speed"
    unit: ClassVar[str] = "m/s"


@dataclass(frozen=True)
class StaysOnRoad:
    """No corner of the ego leaves the paved ground. Measures how often one did."""

    name: ClassVar[str] = "stays_on_road"
    unit: ClassVar[str] = ""


@dataclass(frozen=True)
class RightWay:
    """The ego does not drive against the traffic. Measures how often it did."""

    name: ClassVar[str] = "right_way"
    unit: ClassVar[str] = ""


@dataclass(frozen=True)
class StopsAtRed:
    """The ego runs no red light. Measures how many."""

    name: ClassVar[str] = "stops_at_red"
    unit: ClassVar[str] = ""


@dataclass(frozen=True)
class StopsAtStopSign:
    """The ego stands at every stop sign. Measures how many it ran."""

    name: ClassVar[str] = "stops_at_stop_sign"
    unit: ClassVar[str] = ""


@dataclass(frozen=True)
class ReachesGoal:
    """The ego comes to its goal in time. Measures the share of the route that is left, per cent; ends a variation when it is met."""

    name: ClassVar[str] = "reaches_goal"
    unit: ClassVar[str] = "% left"


@dataclass(frozen=True)
class StaysInLane:
    """The ego's centre keeps near the middle of its lane. Measures the greatest distance from it."""

    at_most: Number
    """m"""
    name: ClassVar[str] = "stays_in_lane"
    unit: ClassVar[str] = "m"


@dataclass(frozen=True)
class BackInLane:
    """The ego finds back to the middle of its lane and stays there. Measures when it was last elsewhere."""

    within_s: Number
    offset: Number
    """From the middle, m, ..."""
    heading: Number
    """... and angle to it, rad, that count as back."""
    name: ClassVar[str] = "back_in_lane"
    unit: ClassVar[str] = "s"


@dataclass(frozen=True)
class StoryboardCompletes:
    """The storyboard comes to its end before the time is over. Measures whether it did not."""

    name: ClassVar[str] = "storyboard_completes"
    unit: ClassVar[str] = ""


@dataclass(frozen=True)
class InTime:
    """A variation ends by itself before its time is over. Measures the seconds it took."""

    name: ClassVar[str] = "in_time"
    unit: ClassVar[str] = "s"


Criterion = (
    NoCollision
    | ImpactSpeed
    | StaysOnRoad
    | RightWay
    | StopsAtRed
    | StopsAtStopSign
    | ReachesGoal
    | StaysInLane
    | BackInLane
    | StoryboardCompletes
    | InTime
)
CRITERIA = {
    one.name: one
    for one in (
        NoCollision, ImpactSpeed, StaysOnRoad, RightWay, StopsAtRed, StopsAtStopSign, ReachesGoal, StaysInLane, BackInLane,
        StoryboardCompletes, InTime,
    )
}  # fmt: skip
"""By name."""
