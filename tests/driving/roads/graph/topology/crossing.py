"""A crossing of two roads, right-hand or left-hand: four arms drawn outwards from 10 m around the origin, lanes 3.5 m wide.

Ways through: "we", "ew", "sn", "ns" straight on, and "se" from the south to the east (a right turn in right-hand traffic).
In left-hand traffic everything is mirrored at the x axis, the names staying with the roads: "se" then comes from the north.
"""

from __future__ import annotations

import math

from sim_suite.driving.roads.opendrive.junctions import Connection, Junction, LaneLink
from sim_suite.driving.roads.opendrive.model import Arc, Geometry, Header, OpenDrive, Road
from tests.driving.roads.graph.straight import lane, road, section

HEADINGS = {"e": 0.0, "n": math.pi / 2, "w": math.pi, "s": -math.pi / 2}
WAYS = ("we", "ew", "sn", "ns", "se")
TURN_M = 10.0 * math.pi / 2


def crossing(
    *, left_hand=False, arms=None, priorities=(), controllers=(), junction_controllers=(), ways=WAYS, extra=()
):
    """arms: more of an arm's road by its name, e.g. {"s": {"signals": (...)}}; extra: more of the connecting roads, alike."""
    mirror, rule = (-1, "LHT") if left_hand else (1, "RHT")
    roads = []
    for name, angle in HEADINGS.items():
        heading = mirror * angle
        start = (10.0 * math.cos(heading), 10.0 * math.sin(heading))
        more = (arms or {}).get(name, {})
        roads.append(
            road(
                name,
                section(lane(1), lane(-1)),
                start=start,
                heading=heading,
                rule=rule,
                before=("junction", "j"),
                **more,
            )
        )
    connections = []
    for way in ways:
        roads.append(_connector(way, mirror, rule, dict(extra).get(way, {})))
        connections.append(Connection(way, way[0], way, "start", (LaneLink(mirror, -mirror),)))
    junction = Junction(
        "j", connections=tuple(connections), priorities=tuple(priorities), controllers=tuple(junction_controllers)
    )
    return OpenDrive(Header(), tuple(roads), (junction,), tuple(controllers))


def _connector(way, mirror, rule, more):
    source, target = way
    heading = mirror * HEADINGS[source]
    x, y, heading = 10.0 * math.cos(heading), 10.0 * math.sin(heading), heading + math.pi
    turns = way == "se"
    length = TURN_M if turns else 20.0
    made = road(
        way, section(lane(-mirror, before=(mirror,), after=(-mirror,))), length=length, junction="j", rule=rule,
        before=("road", source, "start"), after=("road", target, "start"), start=(x, y), heading=heading, **more,
    )  # fmt: skip
    if not turns:
        return made
    arc = Geometry(0.0, x, y, heading, length, Arc(-mirror / 10.0))
    fields = {name: getattr(made, name) for name in Road.__dataclass_fields__}
    return Road(**{**fields, "plan_view": (arc,)})


def lane_named(graph, name):
    """Index of the lane "road/section/id"."""
    return next(lane for lane in range(graph.num_lanes) if graph.name_of(lane) == name)
