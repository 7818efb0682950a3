"""Places, as OpenSCENARIO names them. Source: OpenSCENARIO XML 1.3, 6.3.8 and class reference `Position`.

A position says where; `sim_suite.driving.storyboard.staging.placing` finds it on a map, for all variations at once. Lengths are
metres, angles radians. Angles that are relative count from the direction of travel of the lane, or from the entity's heading.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim_suite.driving.storyboard.numbers import Number


@dataclass(frozen=True)
class Orientation:
    """Which way something faces."""

    h: Number = 0.0
    """Heading, rad."""
    type: Literal["relative", "absolute"] = "relative"


AHEAD = Orientation()


@dataclass(frozen=True)
class WorldPosition:
    """A place in the map's frame."""

    x: Number
    y: Number
    h: Number = 0.0
    """Heading, rad, from east to the left."""


@dataclass(frozen=True)
class RoadPosition:
    """A place beside a road's reference line."""

    road_id: str
    s: Number
    t: Number
    """To the left of the reference line."""
    orientation: Orientation = AHEAD


@dataclass(frozen=True)
class LanePosition:
    """A place on a lane."""

    road_id: str
    lane_id: Number
    s: Number
    offset: Number = 0.0
    """From the lane's centre, positive as the road's t."""
    orientation: Orientation = AHEAD


@dataclass(frozen=True)
class RelativeWorldPosition:
    """A place some way from an entity, along the axes of the map."""

    entity: str
    dx: Number
    dy: Number
    orientation: Orientation = AHEAD


@dataclass(frozen=True)
class RelativeObjectPosition:
    """A place some way from an entity, along the entity's own axes: dx ahead, dy to the left."""

    entity: str
    dx: Number
    dy: Number
    orientation: Orientation = AHEAD


@dataclass(frozen=True)
class RelativeRoadPosition:
    """A place some way along the road of an entity, and beside it."""

    entity: str
    ds: Number
    """Along the entity's direction of travel."""
    dt: Number
    """Beside it, positive as the road's t."""
    orientation: Orientation = AHEAD


@dataclass(frozen=True)
class RelativeLanePosition:
    """A place some way along the road of an entity, on its lane or another."""

    entity: str
    d_lane: Number
    """Added to the lane's id; lane 0, the reference line, does not count."""
    ds: Number = 0.0
    """Along the entity's direction of travel."""
    offset: Number = 0.0
    orientation: Orientation = AHEAD


@dataclass(frozen=True)
class Waypoint:
    """A place that a route leads to, by the shortest or the fastest way."""

    position: Position
    strategy: Literal["fastest", "leastIntersections", "random", "shortest"] = "shortest"


@dataclass(frozen=True)
class Route:
    """Waypoints one after the other."""

    name: str
    waypoints: tuple[Waypoint, ...]
    closed: bool = False


@dataclass(frozen=True)
class RoutePosition:
    """A place along a route."""

    route: Route
    s: Number
    """From the first waypoint on."""
    lane_id: Number | None = None
    """Of the road there; None: the lane that the route follows."""
    offset: Number = 0.0
    orientation: Orientation = AHEAD


@dataclass(frozen=True)
class TrajectoryPosition:
    """A place along a trajectory."""

    trajectory: Trajectory
    s: Number
    t: Number = 0.0
    orientation: Orientation = AHEAD


@dataclass(frozen=True)
class Vertex:
    """A point of a polyline."""

    position: Position
    time: Number | None = None
    """Seconds; None where the trajectory has no times of its own."""


@dataclass(frozen=True)
class Polyline:
    """Straight pieces between points."""

    vertices: tuple[Vertex, ...]


@dataclass(frozen=True)
class Clothoid:
    """A curve whose curvature changes evenly along it."""

    position: Position
    curvature: Number
    """At its start, 1/m, left positive."""
    curvature_prime: Number
    """Change of it, 1/m^2."""
    length: Number
    start_time: Number | None = None
    stop_time: Number | None = None


@dataclass(frozen=True)
class ClothoidSpline:
    """Clothoids one after the other. Source: OpenSCENARIO XML 1.3, `ClothoidSpline`."""

    segments: tuple[ClothoidSegment, ...]
    time_end: Number | None = None


@dataclass(frozen=True)
class ClothoidSegment:
    """A piece of a clothoid spline."""

    curvature_start: Number
    curvature_end: Number
    length: Number
    h_offset: Number = 0.0
    position: Position | None = None
    """Where it starts; None: where the piece before ends."""
    time_start: Number | None = None


@dataclass(frozen=True)
class ControlPoint:
    """A point that pulls at a curve."""

    position: Position
    weight: Number = 1.0
    time: Number | None = None


@dataclass(frozen=True)
class Nurbs:
    """A non-uniform rational B-spline. Source: Piegl and Tiller, The NURBS Book (1997), eq. 4.1."""

    order: int
    control_points: tuple[ControlPoint, ...]
    knots: tuple[Number, ...]


Shape = Polyline | Clothoid | ClothoidSpline | Nurbs


@dataclass(frozen=True)
class Trajectory:
    """A path that can be followed."""

    name: str
    shape: Shape
    closed: bool = False


Position = (
    WorldPosition
    | RoadPosition
    | LanePosition
    | RelativeWorldPosition
    | RelativeObjectPosition
    | RelativeRoadPosition
    | RelativeLanePosition
    | RoutePosition
    | TrajectoryPosition
)
