"""Objects along roads, tunnels, bridges, and controllers. Source: ASAM OpenDRIVE 1.8, clauses 13 and 14.6; for 1.4 its clause 5.3.8."""

from __future__ import annotations

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.roads.opendrive.furniture import Controller, Corner, Outline, Repeat, RoadObject, Structure
from sim_suite.driving.roads.opendrive.reading.notes import Notes
from sim_suite.driving.roads.opendrive.reading.signals import ORIENTATIONS, read_validities
from sim_suite.driving.roads.opendrive.reading.values import (
    decoration,
    flag,
    identity,
    needed,
    number,
    pose,
    readable,
    whole,
    word,
)


def read_objects(parent: Node, notes: Notes) -> tuple[RoadObject, ...]:
    """The <object> elements of a road's <objects>, without those that cannot be placed."""
    references = parent.all("objectReference")
    if references:
        notes.ignored("objectReference", references[0].line, "references to objects of other roads are not used")
    return readable(parent.all("object"), _read_object, notes)


def read_structures(parent: Node, notes: Notes) -> tuple[Structure, ...]:
    """The <tunnel> and <bridge> elements of a road's <objects>, without those that cannot be placed."""
    return readable((one for one in parent.children if one.tag in ("tunnel", "bridge")), _read_structure, notes)


def _read_structure(node: Node, notes: Notes) -> Structure:
    return Structure(
        kind=node.tag,
        id=node.attributes.get("id", ""),
        s=number(node, "s", notes),
        length=needed(node, "length", notes, 0.0),
        type=node.attributes.get("type", ""),
        name=node.attributes.get("name", ""),
        line=node.line,
    )


def read_controller(node: Node, notes: Notes) -> Controller:
    """One <controller> with the signals that it switches."""
    signals = (one.attributes.get("signalId", "").strip() for one in node.all("control"))
    return Controller(
        id=identity(node, "id", notes),
        signals=tuple(dict.fromkeys(one for one in signals if one)),
        name=node.attributes.get("name", ""),
        sequence=read_sequence(node, notes),
        line=node.line,
    )


def read_sequence(node: Node, notes: Notes) -> int | None:
    """The attribute sequence, None if there is none that can be read."""
    text = node.attributes.get("sequence", "").strip()
    value = whole(text)
    if text and value is None:
        notes.ignored(node.tag, node.line, "sequence = {!r} is not a whole number; left out", text)
    return value


def _read_object(node: Node, notes: Notes) -> RoadObject:
    get = node.attributes.get
    repeats = node.all("repeat")
    default = 0.0 if repeats else None  # its repeats state their own places
    s = number(node, "s", notes, default)
    t = number(node, "t", notes, default)
    z_offset = pose(node, "zOffset", notes)
    parking = node.first("parkingSpace")
    return RoadObject(
        id=get("id", "").strip(),
        s=s,
        t=t,
        type=get("type", ""),
        subtype=get("subtype", ""),
        name=get("name", ""),
        orientation=word(node, "orientation", ORIENTATIONS, "none", notes),
        heading=pose(node, "hdg", notes),
        pitch=pose(node, "pitch", notes),
        roll=pose(node, "roll", notes),
        z_offset=z_offset,
        length=decoration(node, "length", notes),
        width=decoration(node, "width", notes),
        height=decoration(node, "height", notes),
        radius=decoration(node, "radius", notes),
        valid_length=decoration(node, "validLength", notes),
        dynamic=flag(node, "dynamic", notes),
        outlines=_read_outlines(node, notes),
        repeats=tuple(_read_repeat(one, s, t, z_offset, notes) for one in repeats),
        validities=read_validities(node, notes),
        parking_access=None if parking is None else parking.attributes.get("access", "all"),
        line=node.line,
    )


def _read_outlines(parent: Node, notes: Notes) -> tuple[Outline, ...]:
    nodes = parent.all("outline")  # 1.4
    for group in parent.all("outlines"):  # since 1.5
        nodes += group.all("outline")
    outlines = (_read_outline(node, notes) for node in nodes)
    return tuple(outline for outline in outlines if outline.corners)


def _read_outline(node: Node, notes: Notes) -> Outline:
    corners: list[Corner] = []
    for one in node.children:
        if one.tag == "cornerRoad":
            height = pose(one, "height", notes)
            s, t, dz = number(one, "s", notes), number(one, "t", notes), number(one, "dz", notes, 0.0)
            corners.append(Corner(False, s, t, dz, height))
        elif one.tag == "cornerLocal":
            height = pose(one, "height", notes)
            u, v, z = number(one, "u", notes), number(one, "v", notes), number(one, "z", notes, 0.0)
            corners.append(Corner(True, u, v, z, height))
    closed = "closed" not in node.attributes or flag(node, "closed", notes)
    return Outline(tuple(corners), closed, node.attributes.get("fillType", ""))


def _read_repeat(node: Node, s: float, t: float, z_offset: float, notes: Notes) -> Repeat:
    """One <repeat>; what it does not state is the object's own (clause 13.4)."""
    t_start = number(node, "tStart", notes, t)
    z_start = decoration(node, "zOffsetStart", notes)
    z_end = decoration(node, "zOffsetEnd", notes)
    return Repeat(
        s=number(node, "s", notes, s),
        length=needed(node, "length", notes, 0.0),
        distance=needed(node, "distance", notes, 0.0),
        t_start=t_start,
        t_end=number(node, "tEnd", notes, t_start),
        width_start=decoration(node, "widthStart", notes),
        width_end=decoration(node, "widthEnd", notes),
        height_start=decoration(node, "heightStart", notes),
        height_end=decoration(node, "heightEnd", notes),
        length_start=decoration(node, "lengthStart", notes),
        length_end=decoration(node, "lengthEnd", notes),
        z_offset_start=z_offset if z_start is None else z_start,
        z_offset_end=z_offset if z_end is None else z_end,
    )
