"""Junctions of all four types. Source: ASAM OpenDRIVE 1.8, clause 12."""

from __future__ import annotations

from typing import Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.roads.opendrive.junctions import Connection, Junction, JunctionController, LaneLink, Priority
from sim_suite.driving.roads.opendrive.reading.furniture import read_sequence
from sim_suite.driving.roads.opendrive.reading.notes import Notes
from sim_suite.driving.roads.opendrive.reading.values import decoration, identity, whole, word

_TYPES: Final = frozenset({"default", "direct", "virtual", "crossing"})
_CONTACTS: Final = frozenset({"start", "end"})
_ORIENTATIONS: Final = frozenset({"+", "-", "none"})


def read_junction(node: Node, notes: Notes) -> Junction:
    """One <junction>. Raises `RoadError` where it has no id."""
    get = node.attributes.get
    connections = (_read_connection(one, notes) for one in node.all("connection"))
    return Junction(
        id=identity(node, "id", notes),
        name=get("name", ""),
        type=word(node, "type", _TYPES, "default", notes),
        connections=tuple(one for one in connections if one is not None),
        priorities=_read_priorities(node, notes),
        controllers=tuple(
            JunctionController(identity(one, "id", notes), one.attributes.get("type", ""), read_sequence(one, notes))
            for one in node.all("controller")
        ),
        main_road=get("mainRoad", "").strip() or None,
        s_start=decoration(node, "sStart", notes),
        s_end=decoration(node, "sEnd", notes),
        orientation=word(node, "orientation", _ORIENTATIONS, "", notes) or None,
        line=node.line,
    )


def _read_connection(node: Node, notes: Notes) -> Connection | None:
    get = node.attributes.get
    incoming = get("incomingRoad", "").strip()
    connecting = get("connectingRoad", "").strip() or get("linkedRoad", "").strip()
    if not incoming or not connecting:
        notes.ignored("connection", node.line, "it names no incoming or no connecting road; left out")
        return None
    return Connection(
        id=get("id", "").strip(),
        incoming_road=incoming,
        connecting_road=connecting,
        contact_point=word(node, "contactPoint", _CONTACTS, "", notes),
        lane_links=_read_lane_links(node, notes),
        line=node.line,
    )


def _read_lane_links(node: Node, notes: Notes) -> tuple[LaneLink, ...]:
    found: list[LaneLink] = []
    for one in node.children:
        if one.tag != "laneLink":
            continue
        from_lane, to_lane = whole(one.attributes.get("from", "")), whole(one.attributes.get("to", ""))
        if from_lane is None or to_lane is None:
            notes.ignored("laneLink", one.line, "from or to is not a whole number; left out")
        else:
            found.append(LaneLink(from_lane, to_lane))
    return tuple(dict.fromkeys(found))


def _read_priorities(node: Node, notes: Notes) -> tuple[Priority, ...]:
    found: list[Priority] = []
    for one in node.all("priority"):
        high, low = one.attributes.get("high", "").strip(), one.attributes.get("low", "").strip()
        if high and low:
            found.append(Priority(high, low))
        else:
            notes.ignored("priority", one.line, "it does not name two roads; left out")
    return tuple(found)
