"""Roads as XML: links, plan view, profiles. Source: ASAM OpenDRIVE 1.8, clauses 9 and 10."""

from __future__ import annotations

from sim_suite.driving.documents.text import Text
from sim_suite.driving.roads.opendrive.model import (
    Arc,
    Cubic,
    Geometry,
    Line,
    Poly3,
    Road,
    RoadLink,
    Spiral,
)
from sim_suite.driving.roads.opendrive.writing.furniture import write_objects, write_signals
from sim_suite.driving.roads.opendrive.writing.lanes import write_section, write_speed


def write_road(text: Text, road: Road) -> None:
    """One <road>."""
    rule = None if road.rule == "RHT" else road.rule
    with text.element("road", name=road.name, length=road.length, id=road.id, junction=road.junction, rule=rule):
        if road.predecessor is not None or road.successor is not None:
            with text.element("link"):
                _write_link(text, "predecessor", road.predecessor)
                _write_link(text, "successor", road.successor)
        for one in road.types:
            with text.element("type", s=one.s, type=one.type, country=one.country or None):
                if one.speed is not None:
                    write_speed(text, one.speed)
        with text.element("planView"):
            for geometry in road.plan_view:
                _write_geometry(text, geometry)
        _write_profiles(text, road)
        with text.element("lanes"):
            _write_cubics(text, "laneOffset", road.lane_offsets)
            for section in road.sections:
                write_section(text, section)
        write_objects(text, road)
        write_signals(text, road)


def _write_link(text: Text, tag: str, link: RoadLink | None) -> None:
    if link is not None:
        text.empty(
            tag,
            elementType=link.element_type or None,
            elementId=link.element_id,
            contactPoint=link.contact_point,
            elementS=link.element_s,
            elementDir=link.element_direction,
        )


def _write_geometry(text: Text, geometry: Geometry) -> None:
    shape = geometry.shape
    with text.element(
        "geometry", s=geometry.s, x=geometry.x, y=geometry.y, hdg=geometry.heading, length=geometry.length
    ):
        if isinstance(shape, Line):
            text.empty("line")
        elif isinstance(shape, Arc):
            text.empty("arc", curvature=shape.curvature)
        elif isinstance(shape, Spiral):
            text.empty("spiral", curvStart=shape.curvature_start, curvEnd=shape.curvature_end)
        elif isinstance(shape, Poly3):
            text.empty("poly3", a=shape.a, b=shape.b, c=shape.c, d=shape.d)
        else:
            text.empty(
                "paramPoly3",
                pRange="normalized" if shape.normalized else "arcLength",
                aU=shape.a_u, bU=shape.b_u, cU=shape.c_u, dU=shape.d_u,
                aV=shape.a_v, bV=shape.b_v, cV=shape.c_v, dV=shape.d_v,
            )  # fmt: skip


def _write_profiles(text: Text, road: Road) -> None:
    if road.elevations:
        with text.element("elevationProfile"):
            _write_cubics(text, "elevation", road.elevations)
    if road.superelevations or road.crossfalls or road.shapes:
        with text.element("lateralProfile"):
            _write_cubics(text, "superelevation", road.superelevations)
            for fall in road.crossfalls:
                s, a, b, c, d = fall.cubic
                text.empty("crossfall", side=fall.side, s=s, a=a, b=b, c=c, d=d)
            for one in road.shapes:
                text.empty("shape", s=one.s, t=one.t, a=one.a, b=one.b, c=one.c, d=one.d)


def _write_cubics(text: Text, tag: str, records: tuple[Cubic, ...]) -> None:
    for s, a, b, c, d in records:
        text.empty(tag, s=s, a=a, b=b, c=c, d=d)
