"""Turns a town of right-hand traffic into one of left-hand traffic: its mirror image. Source: ours.

What lies left comes to lie right, so every lane id, t, angle and curvature changes its sign, and s stays. The direction of
traffic along s stays too, which is what the rule "LHT" then says of lanes on the other side.
"""

from __future__ import annotations

from dataclasses import replace

from sim_suite.driving.roads.opendrive.furniture import Corner, Outline, Repeat, RoadObject, Signal, Validity
from sim_suite.driving.roads.opendrive.junctions import Connection, Junction, LaneLink
from sim_suite.driving.roads.opendrive.model import (
    Arc,
    Cubic,
    Geometry,
    Lane,
    LaneSection,
    OpenDrive,
    Road,
    Shape,
    Spiral,
)
from sim_suite.driving.roads.towns.paths import POSITION_DIGITS

_SWAPPED = {"solid broken": "broken solid", "broken solid": "solid broken"}


def mirrored(document: OpenDrive, about_y: float = 0.0) -> OpenDrive:
    """The mirror image in the line y = about_y, for documents of lines, arcs and spirals as towns have them."""
    header, twice = document.header, 2.0 * about_y
    north, south = header.south, header.north
    return replace(
        document,
        header=replace(
            header,
            north=None if north is None else _flip(north, twice),
            south=None if south is None else _flip(south, twice),
        ),
        roads=tuple(_road(road, twice) for road in document.roads),
        junctions=tuple(_junction(junction) for junction in document.junctions),
    )


def _minus(value: float) -> float:
    return 0.0 - value  # never -0.0


def _flip(y: float, twice: float) -> float:
    return round(twice - y, POSITION_DIGITS)


def _road(road: Road, twice: float) -> Road:
    return replace(
        road,
        rule="LHT" if road.rule == "RHT" else "RHT",
        plan_view=tuple(_geometry(geometry, twice) for geometry in road.plan_view),
        sections=tuple(_section(section) for section in road.sections),
        superelevations=tuple(_cubic(cubic) for cubic in road.superelevations),
        lane_offsets=tuple(_cubic(cubic) for cubic in road.lane_offsets),
        objects=tuple(_object(item) for item in road.objects),
        signals=tuple(_signal(signal) for signal in road.signals),
    )


def _geometry(geometry: Geometry, twice: float) -> Geometry:
    return replace(geometry, y=_flip(geometry.y, twice), heading=_minus(geometry.heading), shape=_shape(geometry.shape))


def _shape(shape: Shape) -> Shape:
    match shape:
        case Arc(curvature):
            return Arc(_minus(curvature))
        case Spiral(start, end):
            return Spiral(_minus(start), _minus(end))
        case _:
            return shape


def _cubic(cubic: Cubic) -> Cubic:
    return Cubic(cubic.s, _minus(cubic.a), _minus(cubic.b), _minus(cubic.c), _minus(cubic.d))


def _section(section: LaneSection) -> LaneSection:
    return replace(section, lanes=tuple(_lane(lane) for lane in reversed(section.lanes)))


def _lane(lane: Lane) -> Lane:
    return replace(
        lane,
        id=-lane.id,
        predecessors=tuple(-other for other in lane.predecessors),
        successors=tuple(-other for other in lane.successors),
        road_marks=tuple(replace(mark, type=_SWAPPED.get(mark.type, mark.type)) for mark in lane.road_marks),
    )


def _signal(signal: Signal) -> Signal:
    return replace(
        signal,
        t=_minus(signal.t),
        h_offset=_minus(signal.h_offset),
        validities=tuple(map(_validity, signal.validities)),
    )


def _validity(validity: Validity) -> Validity:
    return Validity(-validity.to_lane, -validity.from_lane)


def _object(item: RoadObject) -> RoadObject:
    return replace(
        item,
        t=_minus(item.t),
        heading=_minus(item.heading),
        outlines=tuple(_outline(outline) for outline in item.outlines),
        repeats=tuple(_repeat(repeat) for repeat in item.repeats),
        validities=tuple(map(_validity, item.validities)),
    )


def _outline(outline: Outline) -> Outline:
    """Its corners run the other way round, so that they stay counter-clockwise."""
    return replace(outline, corners=tuple(_corner(corner) for corner in reversed(outline.corners)))


def _corner(corner: Corner) -> Corner:
    return replace(corner, second=_minus(corner.second))


def _repeat(repeat: Repeat) -> Repeat:
    return replace(repeat, t_start=_minus(repeat.t_start), t_end=_minus(repeat.t_end))


def _junction(junction: Junction) -> Junction:
    return replace(junction, connections=tuple(_connection(connection) for connection in junction.connections))


def _connection(connection: Connection) -> Connection:
    return replace(
        connection, lane_links=tuple(LaneLink(-link.from_lane, -link.to_lane) for link in connection.lane_links)
    )
