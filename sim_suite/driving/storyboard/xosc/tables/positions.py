"""Positions, routes and trajectories as tables. Source: OpenSCENARIO XML 1.3, class reference `Position`, `Route`, `Trajectory`."""

from __future__ import annotations

from typing import Any, Final, Literal

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.elements.positions import (
    AHEAD,
    Clothoid,
    ClothoidSegment,
    ClothoidSpline,
    ControlPoint,
    LanePosition,
    Nurbs,
    Orientation,
    Polyline,
    RelativeLanePosition,
    RelativeObjectPosition,
    RelativeRoadPosition,
    RelativeWorldPosition,
    RoadPosition,
    Route,
    RoutePosition,
    Trajectory,
    TrajectoryPosition,
    Vertex,
    Waypoint,
    WorldPosition,
)
from sim_suite.driving.storyboard.xosc.forms import Attribute, Bare, Child, Choice, Element, Many, Value
from sim_suite.driving.storyboard.xosc.kinds import COUNT, FLAG, LANE, NUMBER, TEXT, words
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.driving.storyboard.xosc.referring import Referring
from sim_suite.errors import SuiteError

_ORIENTATION: Final = Element(
    Orientation,
    h=Attribute("h", NUMBER, 0.0),
    type=Attribute("type", words(Literal["relative", "absolute"]), "absolute"),
    unused=("p", "r"),
)
"""Source of the default: class reference `Orientation`, "missing value is interpreted as absolute"."""
_FACING: Final = Child("Orientation", _ORIENTATION, AHEAD)
_ENTITY: Final = Attribute("entityRef", TEXT)

POSITION: Final = Choice({}, {"GeoPosition": "places by latitude and longitude need the map's projection"})
"""Filled below, since routes and trajectories are made of positions and positions of them."""
_AT: Final = Child("Position", POSITION)

_STRATEGIES = Literal["fastest", "leastIntersections", "random", "shortest"]
_WAYPOINT: Final = Element(Waypoint, position=_AT, strategy=Attribute("routeStrategy", words(_STRATEGIES), "shortest"))
ROUTE: Final = Element(
    Route,
    name=Attribute("name", TEXT, ""),
    closed=Attribute("closed", FLAG, False),
    waypoints=Many("Waypoint", _WAYPOINT, least=2),
    declares=True,
)

_VERTEX: Final = Element(Vertex, time=Attribute("time", NUMBER, None, True), position=_AT)
_CLOTHOID: Final = Element(
    Clothoid,
    curvature=Attribute("curvature", NUMBER),
    curvature_prime=Attribute("curvaturePrime", NUMBER, old=("curvatureDot",)),
    length=Attribute("length", NUMBER),
    start_time=Attribute("startTime", NUMBER, None, True),
    stop_time=Attribute("stopTime", NUMBER, None, True),
    position=_AT,
)
_SEGMENT: Final = Element(
    ClothoidSegment,
    curvature_start=Attribute("curvatureStart", NUMBER),
    curvature_end=Attribute("curvatureEnd", NUMBER),
    length=Attribute("length", NUMBER),
    h_offset=Attribute("hOffset", NUMBER, 0.0, True),
    time_start=Attribute("timeStart", NUMBER, None, True),
    position=Child("PositionStart", POSITION, None),
)
_CONTROL_POINT: Final = Element(
    ControlPoint,
    time=Attribute("time", NUMBER, None, True),
    weight=Attribute("weight", NUMBER, 1.0, True),
    position=_AT,
)
SHAPE: Final = Choice({
    "Polyline": (Polyline, Element(Polyline, vertices=Many("Vertex", _VERTEX, least=2))),
    "Clothoid": (Clothoid, _CLOTHOID),
    "ClothoidSpline": (
        ClothoidSpline,
        Element(
            ClothoidSpline,
            time_end=Attribute("timeEnd", NUMBER, None, True),
            segments=Many("ClothoidSplineSegment", _SEGMENT, least=1),
        ),
    ),
    "Nurbs": (
        Nurbs,
        Element(
            Nurbs,
            order=Attribute("order", COUNT),
            control_points=Many("ControlPoint", _CONTROL_POINT, least=2),
            knots=Many("Knot", Bare("value", NUMBER), least=2),
        ),
    ),
})  # fmt: skip
TRAJECTORY: Final = Element(
    Trajectory,
    name=Attribute("name", TEXT, ""),
    closed=Attribute("closed", FLAG, False),
    shape=Child("Shape", SHAPE),
    declares=True,
)

REFERRED_ROUTE: Final = Referring("Route", ROUTE)
REFERRED_TRAJECTORY: Final = Referring("Trajectory", TRAJECTORY)


class _InRoute:
    """InRoutePosition: along the route in a lane of the road there, or (`FromRoadCoordinates`) beside the lane that the route follows."""

    _LANE: Final = Element(
        lambda **fields: fields,
        s=Attribute("pathS", NUMBER),
        lane_id=Attribute("laneId", LANE),
        offset=Attribute("laneOffset", NUMBER, 0.0, True),
    )
    _ROAD: Final = Element(lambda **fields: fields, s=Attribute("pathS", NUMBER), offset=Attribute("t", NUMBER))

    def read(self, node: Node, context: Context) -> dict[str, Value]:
        """See `Form`."""
        inner = node.children[0] if len(node.children) == 1 else Node("", {}, node.line)
        if inner.tag == "FromLaneCoordinates":
            return dict(self._LANE.read(inner, context))
        if inner.tag == "FromRoadCoordinates":
            return {**self._ROAD.read(inner, context), "lane_id": None}
        raise context.refuse(node, "only FromLaneCoordinates and FromRoadCoordinates are supported.")

    def write(self, value: Any, tag: str) -> Node:  # a RoutePosition
        """See `Form`."""
        node = Node(tag, {}, 0)
        if value.lane_id is None:
            node.children.append(self._ROAD.write(value, "FromRoadCoordinates"))
        else:
            node.children.append(self._LANE.write(value, "FromLaneCoordinates"))
        return node


class _RouteForm:
    """RoutePosition, whose numbers stand in an element of their own."""

    _OUTER: Final = Element(
        lambda **fields: fields,
        route=Child("RouteRef", REFERRED_ROUTE),
        orientation=_FACING,
        place=Child("InRoutePosition", _InRoute()),
    )

    def read(self, node: Node, context: Context) -> RoutePosition:
        """See `Form`."""
        fields = self._OUTER.read(node, context)
        return RoutePosition(fields["route"], orientation=fields["orientation"], **fields["place"])

    def write(self, value: RoutePosition, tag: str) -> Node:
        """See `Form`."""
        node = Node(tag, {}, 0)
        self._OUTER.parts["route"].write(value.route, node)
        self._OUTER.parts["orientation"].write(value.orientation, node)
        self._OUTER.parts["place"].write(value, node)
        return node


def _relative_lane(ds: Any, ds_lane: Any, **fields: Any) -> RelativeLanePosition:  # numbers or None
    if ds is None and ds_lane is None:
        raise SuiteError("ds is missing. State it.")
    return RelativeLanePosition(ds=ds_lane if ds is None else ds, **fields)


class _RelativeLaneForm:
    """RelativeLanePosition, which counts along the road or (`dsLane`) along the lane; both are read as one."""

    _IN: Final = Element(
        _relative_lane,
        entity=_ENTITY,
        d_lane=Attribute("dLane", LANE),
        ds=Attribute("ds", NUMBER, None),
        ds_lane=Attribute("dsLane", NUMBER, None),
        offset=Attribute("offset", NUMBER, 0.0),
        orientation=_FACING,
    )
    _OUT: Final = Element(
        RelativeLanePosition,
        entity=_ENTITY,
        d_lane=Attribute("dLane", LANE),
        ds=Attribute("ds", NUMBER),
        offset=Attribute("offset", NUMBER, 0.0, True),
        orientation=_FACING,
    )

    def read(self, node: Node, context: Context) -> Value:
        """See `Form`."""
        if "dsLane" in node.attributes:
            context.note("dsLane of <RelativeLanePosition> counts along the road, not along the lane")
        return self._IN.read(node, context)

    def write(self, value: RelativeLanePosition, tag: str) -> Node:
        """See `Form`."""
        return self._OUT.write(value, tag)


_DX: Final = Attribute("dx", NUMBER)
_DY: Final = Attribute("dy", NUMBER)
POSITION.extend({
    "WorldPosition": (
        WorldPosition,
        Element(
            WorldPosition,
            x=Attribute("x", NUMBER),
            y=Attribute("y", NUMBER),
            h=Attribute("h", NUMBER, 0.0, True),
            unused=("z", "p", "r"),
        ),
    ),
    "RelativeWorldPosition": (
        RelativeWorldPosition,
        Element(RelativeWorldPosition, entity=_ENTITY, dx=_DX, dy=_DY, orientation=_FACING, unused=("dz",)),
    ),
    "RelativeObjectPosition": (
        RelativeObjectPosition,
        Element(RelativeObjectPosition, entity=_ENTITY, dx=_DX, dy=_DY, orientation=_FACING, unused=("dz",)),
    ),
    "RoadPosition": (
        RoadPosition,
        Element(
            RoadPosition,
            road_id=Attribute("roadId", TEXT),
            s=Attribute("s", NUMBER),
            t=Attribute("t", NUMBER, 0.0),
            orientation=_FACING,
        ),
    ),
    "RelativeRoadPosition": (
        RelativeRoadPosition,
        Element(
            RelativeRoadPosition,
            entity=_ENTITY,
            ds=Attribute("ds", NUMBER),
            dt=Attribute("dt", NUMBER),
            orientation=_FACING,
        ),
    ),
    "LanePosition": (
        LanePosition,
        Element(
            LanePosition,
            road_id=Attribute("roadId", TEXT),
            lane_id=Attribute("laneId", LANE),
            s=Attribute("s", NUMBER),
            offset=Attribute("offset", NUMBER, 0.0, True),
            orientation=_FACING,
        ),
    ),
    "RelativeLanePosition": (RelativeLanePosition, _RelativeLaneForm()),
    "RoutePosition": (RoutePosition, _RouteForm()),
    "TrajectoryPosition": (
        TrajectoryPosition,
        Element(
            TrajectoryPosition,
            s=Attribute("s", NUMBER),
            t=Attribute("t", NUMBER, 0.0, True),
            orientation=_FACING,
            trajectory=Child("TrajectoryRef", REFERRED_TRAJECTORY),
        ),
    ),
})  # fmt: skip
