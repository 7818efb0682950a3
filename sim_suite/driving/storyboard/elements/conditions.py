"""What is waited for, as OpenSCENARIO names it. Source: OpenSCENARIO XML 1.3, 7.6 and class reference `Condition`.

Each is plain data; `sim_suite.driving.storyboard.staging.judging` evaluates it for all variations at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim_suite.driving.storyboard.elements.positions import Position
from sim_suite.driving.storyboard.numbers import Number
from sim_suite.driving.storyboard.parameters import Rule

Edge = Literal["none", "rising", "falling", "risingOrFalling"]
DistanceType = Literal["longitudinal", "lateral", "euclidianDistance"]
CoordinateSystem = Literal["entity", "lane", "road", "trajectory"]
Direction = Literal["longitudinal", "lateral", "vertical"]
ElementType = Literal["story", "act", "maneuverGroup", "maneuver", "event", "action"]
ElementState = Literal[
    "startTransition", "endTransition", "stopTransition", "skipTransition",
    "completeState", "runningState", "standbyState",
]  # fmt: skip


# By value.
@dataclass(frozen=True)
class SimulationTimeCondition:
    """Seconds since the start."""

    value: Number
    rule: Rule = "greaterThan"


@dataclass(frozen=True)
class StoryboardElementStateCondition:
    """Whether a part of the storyboard is in a state, or has just changed into one."""

    element: str
    """Its name, or names joined by "::" from a part above it."""
    state: ElementState
    type: ElementType = "event"


@dataclass(frozen=True)
class ParameterCondition:
    """What a parameter's value is."""

    name: str
    value: Number | str
    rule: Rule = "equalTo"


@dataclass(frozen=True)
class VariableCondition:
    """What a variable's value is."""

    name: str
    value: Number | str
    rule: Rule = "equalTo"


@dataclass(frozen=True)
class TrafficSignalCondition:
    """What a light shows."""

    signal: str
    state: str


@dataclass(frozen=True)
class TrafficSignalControllerCondition:
    """In which phase a controller of lights is."""

    controller: str
    phase: str


# By entity: of each triggering entity.
@dataclass(frozen=True)
class EndOfRoadCondition:
    """It has been at the end of the road for so long, s."""

    duration: Number


@dataclass(frozen=True)
class CollisionCondition:
    """It touches an entity, or anything of a kind."""

    entity: str | None = None
    kind: str | None = None
    """pedestrian, vehicle or miscellaneous."""


@dataclass(frozen=True)
class OffroadCondition:
    """It has been off the road for so long, s."""

    duration: Number


@dataclass(frozen=True)
class TimeHeadwayCondition:
    """Distance to an entity by its own speed, s."""

    entity: str
    value: Number
    rule: Rule
    freespace: bool = False
    coordinate_system: CoordinateSystem = "entity"
    distance_type: DistanceType = "euclidianDistance"


@dataclass(frozen=True)
class TimeToCollisionCondition:
    """Distance to an entity or a place by the speed at which it shrinks, s."""

    target: str | Position
    value: Number
    rule: Rule
    freespace: bool = False
    coordinate_system: CoordinateSystem = "entity"
    distance_type: DistanceType = "euclidianDistance"


@dataclass(frozen=True)
class AccelerationCondition:
    """m/s^2."""

    value: Number
    rule: Rule
    direction: Direction | None = None


@dataclass(frozen=True)
class StandStillCondition:
    """It has stood for so long, s."""

    duration: Number


@dataclass(frozen=True)
class SpeedCondition:
    """m/s."""

    value: Number
    rule: Rule
    direction: Direction | None = None


@dataclass(frozen=True)
class RelativeSpeedCondition:
    """Its speed minus an entity's, m/s."""

    entity: str
    value: Number
    rule: Rule
    direction: Direction | None = None


@dataclass(frozen=True)
class TraveledDistanceCondition:
    """It has gone so far, m, since the start."""

    value: Number


@dataclass(frozen=True)
class ReachPositionCondition:
    """It is so near to a place, m."""

    position: Position
    tolerance: Number


@dataclass(frozen=True)
class DistanceCondition:
    """How far it is from a place, m."""

    position: Position
    value: Number
    rule: Rule
    freespace: bool = False
    coordinate_system: CoordinateSystem = "entity"
    distance_type: DistanceType = "euclidianDistance"


@dataclass(frozen=True)
class RelativeDistanceCondition:
    """How far it is from an entity, m."""

    entity: str
    value: Number
    rule: Rule
    distance_type: DistanceType = "euclidianDistance"
    freespace: bool = False
    coordinate_system: CoordinateSystem = "entity"


@dataclass(frozen=True)
class RelativeClearanceCondition:
    """Whether nobody is within so far ahead and behind, on lanes counted from its own."""

    forward: Number = 0.0
    backward: Number = 0.0
    free_space: bool = True
    opposite_lanes: bool = False
    lanes: tuple[tuple[int, int], ...] = ((0, 0),)
    """From and to, added to its lane's id."""
    entities: tuple[str, ...] = ()
    """Who counts; empty: everybody."""


@dataclass(frozen=True)
class AngleCondition:
    """Its heading, rad: in the map's frame or against the lane."""

    angle: Number
    tolerance: Number
    coordinate_system: Literal["entity", "lane", "road", "trajectory", "world"] = "road"


@dataclass(frozen=True)
class RelativeAngleCondition:
    """Its heading against an entity's, rad."""

    entity: str
    angle: Number
    tolerance: Number


ValueCondition = (
    SimulationTimeCondition
    | StoryboardElementStateCondition
    | ParameterCondition
    | VariableCondition
    | TrafficSignalCondition
    | TrafficSignalControllerCondition
)
EntityCondition = (
    EndOfRoadCondition
    | CollisionCondition
    | OffroadCondition
    | TimeHeadwayCondition
    | TimeToCollisionCondition
    | AccelerationCondition
    | StandStillCondition
    | SpeedCondition
    | RelativeSpeedCondition
    | TraveledDistanceCondition
    | ReachPositionCondition
    | DistanceCondition
    | RelativeDistanceCondition
    | RelativeClearanceCondition
    | AngleCondition
    | RelativeAngleCondition
)


@dataclass(frozen=True)
class Condition:
    """A condition with when it counts."""

    of: ValueCondition | EntityCondition
    entities: tuple[str, ...] = ()
    """Of conditions by entity: the triggering ones."""
    every: bool = False
    """Whether all of these must meet it, or any one."""
    delay: Number = 0.0
    """Seconds after which it counts."""
    edge: Edge = "none"
    """rising: only in the moment in which it begins to hold."""
    name: str = "condition"


@dataclass(frozen=True)
class ConditionGroup:
    """Conditions that must hold together."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Trigger:
    """Groups of which one must hold; with none, it holds at once."""

    groups: tuple[ConditionGroup, ...] = ()
