"""Signals and objects as XML. Source: ASAM OpenDRIVE 1.8, clauses 13 and 14; outlines as in 1.4, where LibCarla looks for them."""

from __future__ import annotations

from sim_suite.driving.documents.text import Text, Value
from sim_suite.driving.roads.opendrive.furniture import (
    Outline,
    Repeat,
    RoadObject,
    Signal,
    SignalReference,
    Validity,
)
from sim_suite.driving.roads.opendrive.model import Road


def write_objects(text: Text, road: Road) -> None:
    """The <objects> of a road, if it has any."""
    if not (road.objects or road.structures):
        return
    with text.element("objects"):
        for one in road.objects:
            _write_object(text, one)
        for part in road.structures:
            text.empty(
                part.kind, id=part.id, s=part.s, length=part.length, type=part.type or None, name=part.name or None
            )


def write_signals(text: Text, road: Road) -> None:
    """The <signals> of a road, if it has any."""
    if not (road.signals or road.signal_references):
        return
    with text.element("signals"):
        for one in road.signals:
            _write_signal(text, one)
        for reference in road.signal_references:
            _write_reference(text, reference)


def _write_object(text: Text, one: RoadObject) -> None:
    attributes: dict[str, Value] = {
        "id": one.id,
        "type": one.type or None,
        "subtype": one.subtype or None,
        "name": one.name or None,
        "s": one.s,
        "t": one.t,
        "zOffset": one.z_offset,
        "validLength": one.valid_length,
        "orientation": one.orientation,
        "hdg": one.heading,
        "pitch": one.pitch,
        "roll": one.roll,
        "length": one.length,
        "width": one.width,
        "radius": one.radius,
        "height": one.height,
        "dynamic": "yes" if one.dynamic else None,
    }
    with text.element("object", **attributes):
        for repeat in one.repeats:
            _write_repeat(text, repeat)
        for outline in one.outlines:
            _write_outline(text, outline)
        _write_validities(text, one.validities)
        if one.parking_access is not None:
            text.empty("parkingSpace", access=one.parking_access)


def _write_repeat(text: Text, repeat: Repeat) -> None:
    text.empty(
        "repeat",
        s=repeat.s,
        length=repeat.length,
        distance=repeat.distance,
        tStart=repeat.t_start,
        tEnd=repeat.t_end,
        widthStart=repeat.width_start,
        widthEnd=repeat.width_end,
        heightStart=repeat.height_start,
        heightEnd=repeat.height_end,
        lengthStart=repeat.length_start,
        lengthEnd=repeat.length_end,
        zOffsetStart=repeat.z_offset_start,
        zOffsetEnd=repeat.z_offset_end,
    )


def _write_outline(text: Text, outline: Outline) -> None:
    closed = None if outline.closed else False
    with text.element("outline", closed=closed, fillType=outline.fill_type or None):
        for corner in outline.corners:
            if corner.local:
                text.empty("cornerLocal", u=corner.first, v=corner.second, z=corner.z, height=corner.height)
            else:
                text.empty("cornerRoad", s=corner.first, t=corner.second, dz=corner.z, height=corner.height)


def _write_validities(text: Text, validities: tuple[Validity, ...]) -> None:
    for one in validities:
        text.empty("validity", fromLane=one.from_lane, toLane=one.to_lane)


def _write_signal(text: Text, one: Signal) -> None:
    attributes: dict[str, Value] = {
        "id": one.id,
        "name": one.name,
        "s": one.s,
        "t": one.t,
        "zOffset": one.z_offset,
        "dynamic": "yes" if one.dynamic else "no",
        "orientation": one.orientation,
        "country": one.country or None,
        "type": one.type,
        "subtype": one.subtype,
        "value": one.value,
        "unit": one.unit or None,
        "text": one.text or None,
        "hOffset": one.h_offset,
        "pitch": one.pitch,
        "roll": one.roll,
        "height": one.height,
        "width": one.width,
    }
    with text.element("signal", **attributes):
        _write_validities(text, one.validities)
        for name in one.dependencies:
            text.empty("dependency", id=name, type="")


def _write_reference(text: Text, one: SignalReference) -> None:
    with text.element("signalReference", id=one.id, s=one.s, t=one.t, orientation=one.orientation):
        _write_validities(text, one.validities)
