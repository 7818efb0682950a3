"""Signals, references to them, and what lanes they hold for. Source: ASAM OpenDRIVE 1.8, clause 14."""

from __future__ import annotations

from typing import Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.roads.opendrive.furniture import Signal, SignalReference, Validity
from sim_suite.driving.roads.opendrive.reading.notes import Notes
from sim_suite.driving.roads.opendrive.reading.values import (
    decoration,
    flag,
    identity,
    number,
    pose,
    readable,
    whole,
    word,
)

ORIENTATIONS: Final = frozenset({"+", "-", "none"})


def read_signals(parent: Node, notes: Notes) -> tuple[Signal, ...]:
    """The <signal> elements of a road's <signals>, without those that cannot be named or placed."""
    return readable(parent.all("signal"), _read_signal, notes)


def read_references(parent: Node, notes: Notes) -> tuple[SignalReference, ...]:
    """The <signalReference> elements of a road's <signals>, without those that cannot be named or placed."""
    return readable(parent.all("signalReference"), _read_reference, notes)


def read_validities(parent: Node, notes: Notes) -> tuple[Validity, ...]:
    """The <validity> elements of a signal, reference or object, the smaller lane id first."""
    found: list[Validity] = []
    for node in parent.children:
        if node.tag != "validity":
            continue
        from_lane = whole(node.attributes.get("fromLane", ""))
        to_lane = whole(node.attributes.get("toLane", ""))
        if from_lane is None or to_lane is None:
            notes.ignored("validity", node.line, "fromLane or toLane is not a whole number; left out")
            continue
        found.append(Validity(min(from_lane, to_lane), max(from_lane, to_lane)))
    return tuple(found)


def _read_reference(node: Node, notes: Notes) -> SignalReference:
    return SignalReference(
        id=identity(node, "id", notes),
        s=number(node, "s", notes),
        t=number(node, "t", notes),
        orientation=word(node, "orientation", ORIENTATIONS, "none", notes),
        validities=read_validities(node, notes),
        line=node.line,
    )


def _read_signal(node: Node, notes: Notes) -> Signal:
    get = node.attributes.get
    return Signal(
        id=identity(node, "id", notes),
        s=number(node, "s", notes),
        t=number(node, "t", notes),
        type=get("type", "").strip(),
        subtype=get("subtype", "").strip(),
        country=get("country", ""),
        dynamic=flag(node, "dynamic", notes),
        orientation=word(node, "orientation", ORIENTATIONS, "none", notes),
        value=decoration(node, "value", notes),
        unit=get("unit", ""),
        text=get("text", ""),
        name=get("name", ""),
        z_offset=pose(node, "zOffset", notes),
        h_offset=pose(node, "hOffset", notes),
        pitch=pose(node, "pitch", notes),
        roll=pose(node, "roll", notes),
        height=decoration(node, "height", notes),
        width=decoration(node, "width", notes),
        validities=read_validities(node, notes),
        dependencies=tuple(
            one.attributes["id"].strip() for one in node.all("dependency") if one.attributes.get("id", "").strip()
        ),
        line=node.line,
    )
