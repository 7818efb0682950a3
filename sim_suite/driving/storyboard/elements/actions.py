"""What actors are made to do, as OpenSCENARIO names it. Source: OpenSCENARIO XML 1.3, 7.4 and class reference `Action`.

Each is plain data; `sim_suite.driving.storyboard.staging.acting` carries it out. Speeds are m/s, times seconds, lengths metres.
Whom a private action moves is said by the group of actors that its event belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim_suite.driving.storyboard.elements.positions import Position, Route, Trajectory
from sim_suite.driving.storyboard.numbers import Number

ShapeName = Literal["linear", "cubic", "sinusoidal", "step"]
Dimension = Literal["time", "distance", "rate"]


@dataclass(frozen=True)
class TransitionDynamics:
    """How a value goes over into another."""

    shape: ShapeName = "step"
    dimension: Dimension = "time"
    value: Number = 0.0
    """Seconds, metres, or the greatest change a second, as the dimension says."""


AT_ONCE = TransitionDynamics()


@dataclass(frozen=True)
class DynamicConstraints:
    """What bounds a motion that reaches a target by itself; None: nothing does."""

    max_acceleration: Number | None = None
    max_deceleration: Number | None = None
    max_speed: Number | None = None


# Whom or what a target counts from.
@dataclass(frozen=True)
class AbsoluteTargetSpeed:
    """A speed."""

    value: Number


@dataclass(frozen=True)
class RelativeTargetSpeed:
    """A speed that depends on an entity's."""

    entity: str
    value: Number
    value_type: Literal["delta", "factor"] = "delta"
    continuous: bool = False
    """Whether it follows the entity's speed for as long as the action lasts."""


@dataclass(frozen=True)
class AbsoluteTargetLane:
    """A lane by its id."""

    value: Number


@dataclass(frozen=True)
class RelativeTargetLane:
    """A lane by the id of an entity's, plus a number; lane 0 does not count."""

    entity: str
    value: Number


@dataclass(frozen=True)
class AbsoluteTargetLaneOffset:
    """A place beside the lane's centre, positive as the road's t."""

    value: Number


@dataclass(frozen=True)
class RelativeTargetLaneOffset:
    """A place beside the lane's centre, counted from where an entity is beside it."""

    entity: str
    value: Number


@dataclass(frozen=True)
class TeleportAction:
    """Be somewhere at once."""

    position: Position


@dataclass(frozen=True)
class SpeedAction:
    """Reach a speed."""

    target: AbsoluteTargetSpeed | RelativeTargetSpeed
    dynamics: TransitionDynamics = AT_ONCE


@dataclass(frozen=True)
class SpeedProfileEntry:
    """A speed to be reached ..."""

    speed: Number
    time: Number | None = None
    """... so long after the entry before; None: as the constraints allow, or at once."""


@dataclass(frozen=True)
class SpeedProfileAction:
    """Reach one speed after the other, straight between them."""

    entries: tuple[SpeedProfileEntry, ...]
    entity: str | None = None
    """Whose speed is added to each; None: nobody's."""
    constraints: DynamicConstraints = DynamicConstraints()


@dataclass(frozen=True)
class LongitudinalDistanceAction:
    """Reach a distance, or a time gap, to an entity ahead or behind, and with `continuous` keep it."""

    entity: str
    distance: Number | None = None
    time_gap: Number | None = None
    freespace: bool = False
    continuous: bool = False
    displacement: Literal["any", "trailingReferencedEntity", "leadingReferencedEntity"] = "any"
    coordinate_system: Literal["entity", "lane", "road", "trajectory"] = "entity"
    constraints: DynamicConstraints | None = None


@dataclass(frozen=True)
class LaneChangeAction:
    """Go over to another lane."""

    target: AbsoluteTargetLane | RelativeTargetLane
    dynamics: TransitionDynamics
    target_offset: Number = 0.0
    """Where beside the new lane's centre to arrive, positive as the road's t."""


@dataclass(frozen=True)
class LaneOffsetAction:
    """Drive beside the lane's centre."""

    target: AbsoluteTargetLaneOffset | RelativeTargetLaneOffset
    shape: ShapeName = "step"
    max_lateral_acceleration: Number | None = None
    """m/s^2, which says how long it takes."""
    continuous: bool = False


@dataclass(frozen=True)
class LateralDistanceAction:
    """Reach a distance beside an entity."""

    entity: str
    distance: Number | None = None
    freespace: bool = False
    continuous: bool = False
    displacement: Literal["any", "leftToReferencedEntity", "rightToReferencedEntity"] = "any"
    coordinate_system: Literal["entity", "lane", "road", "trajectory"] = "entity"
    constraints: DynamicConstraints | None = None


@dataclass(frozen=True)
class FollowTrajectoryAction:
    """Move along a path."""

    trajectory: Trajectory
    timing: Timing | None = None
    """None: at the actor's own speed."""
    following_mode: Literal["position", "follow"] = "position"
    initial_distance_offset: Number = 0.0


@dataclass(frozen=True)
class Timing:
    """That the times of a trajectory hold."""

    domain: Literal["absolute", "relative"] = "relative"
    """Counted from the start of the simulation, or of the action."""
    scale: Number = 1.0
    offset: Number = 0.0


@dataclass(frozen=True)
class AssignRouteAction:
    """Take a route at forks."""

    route: Route


@dataclass(frozen=True)
class AcquirePositionAction:
    """Drive to a place by the shortest way."""

    position: Position


@dataclass(frozen=True)
class SynchronizeAction:
    """Reach a place when another entity, the master, reaches its own."""

    master: str
    target_master: Position
    target: Position
    final_speed: AbsoluteTargetSpeed | RelativeTargetSpeed | None = None
    tolerance_master: Number = 0.0
    tolerance: Number = 0.0


@dataclass(frozen=True)
class AddEntityAction:
    """Come into the world."""

    entity: str
    position: Position


@dataclass(frozen=True)
class DeleteEntityAction:
    """Leave the world."""

    entity: str


@dataclass(frozen=True)
class VariableAction:
    """Change a variable (or, in versions before 1.2, a parameter)."""

    name: str
    value: Number
    operation: Literal["set", "add", "multiply"] = "set"
    is_parameter: bool = False


@dataclass(frozen=True)
class EnvironmentAction:
    """Change the weather; None: as it was. Only what the driving world knows of."""

    friction: Number | None = None
    visibility: Number | None = None
    """Metres."""
    name: str = "environment"


@dataclass(frozen=True)
class TrafficSignalStateAction:
    """Let a light show something."""

    signal: str
    """Its id in the map."""
    state: str


@dataclass(frozen=True)
class TrafficSignalControllerAction:
    """Let a controller of lights go on with a phase."""

    controller: str
    phase: str


@dataclass(frozen=True)
class RecordedAction:
    """Something that has no counterpart in the driving world (lights of vehicles, controllers, visibility, ...): it does nothing, and the
    report of a run names it."""

    element: str
    """Of OpenSCENARIO."""
    xml: str = ""
    """As it stood in the file, canonical, to be written back."""


PrivateAction = (
    TeleportAction
    | SpeedAction
    | SpeedProfileAction
    | LongitudinalDistanceAction
    | LaneChangeAction
    | LaneOffsetAction
    | LateralDistanceAction
    | FollowTrajectoryAction
    | AssignRouteAction
    | AcquirePositionAction
    | SynchronizeAction
)
GlobalAction = (
    AddEntityAction
    | DeleteEntityAction
    | VariableAction
    | EnvironmentAction
    | TrafficSignalStateAction
    | TrafficSignalControllerAction
)
Action = PrivateAction | GlobalAction | RecordedAction
