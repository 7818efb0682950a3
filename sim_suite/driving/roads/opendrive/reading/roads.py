"""Roads: links, types with their speed limits, and the parts that other modules read. Source: ASAM OpenDRIVE 1.8, clause 10."""

from __future__ import annotations

from typing import Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.roads.opendrive.model import NO_JUNCTION, Road, RoadLink, RoadType
from sim_suite.driving.roads.opendrive.reading.furniture import read_objects, read_structures
from sim_suite.driving.roads.opendrive.reading.geometry import (
    read_crossfalls,
    read_cubics,
    read_heights,
    read_plan_view,
    read_shapes,
)
from sim_suite.driving.roads.opendrive.reading.lanes import read_section
from sim_suite.driving.roads.opendrive.reading.notes import Notes
from sim_suite.driving.roads.opendrive.reading.signals import read_references, read_signals
from sim_suite.driving.roads.opendrive.reading.speeds import read_speed
from sim_suite.driving.roads.opendrive.reading.values import decoration, identity, needed, readable, word

RULES: Final = frozenset({"RHT", "LHT"})
CONTACTS: Final = frozenset({"start", "end"})
_ENDS: Final = frozenset({"road", "junction"})
_DIRECTIONS: Final = frozenset({"+", "-"})
LENGTH_UNSTATED: Final = -1.0
"""`Road.length` of a road that states none, until the mending puts in the sum of its geometries."""


def read_road(node: Node, notes: Notes) -> Road:
    """One <road>. Raises `RoadError` where a number that the road depends on cannot be read."""
    notes.road = node.attributes.get("id")
    plan_view = node.first("planView")
    elevation = node.first("elevationProfile")
    lateral = node.first("lateralProfile")
    lanes = _read_layer(node, notes)
    objects = node.first("objects")
    signals = node.first("signals")
    if plan_view is None:
        raise notes.refusal(
            "road", node.line, "there is no planView, so the road has no place. Add one, or remove the road."
        )
    predecessor, successor = _read_links(node.first("link"), notes)
    road = Road(
        id=identity(node, "id", notes),
        length=decoration(node, "length", notes) or LENGTH_UNSTATED,
        plan_view=read_plan_view(plan_view, notes),
        sections=() if lanes is None else tuple(read_section(one, notes) for one in lanes.all("laneSection")),
        name=node.attributes.get("name", ""),
        junction=node.attributes.get("junction", "").strip() or NO_JUNCTION,
        rule=word(node, "rule", RULES, "RHT", notes),
        predecessor=predecessor,
        successor=successor,
        types=readable(node.all("type"), _read_type, notes),
        elevations=read_heights(elevation, "elevation", notes),
        superelevations=read_heights(lateral, "superelevation", notes),
        crossfalls=read_crossfalls(lateral, notes),
        shapes=read_shapes(lateral, notes),
        lane_offsets=read_cubics(lanes, "laneOffset", notes),
        objects=() if objects is None else read_objects(objects, notes),
        structures=() if objects is None else read_structures(objects, notes),
        signals=() if signals is None else read_signals(signals, notes),
        signal_references=() if signals is None else read_references(signals, notes),
        line=node.line,
    )
    notes.road = None
    return road


def _read_layer(road: Node, notes: Notes) -> Node | None:
    """The <lanes> of the road; of several (layers, 1.9) the permanent one."""
    layers = road.all("lanes")
    if len(layers) < 2:
        return layers[0] if layers else None
    chosen = next((one for one in layers if one.attributes.get("layer") == "permanent"), layers[0])
    notes.ignored(
        "lanes", road.line, "it has {} layers of lanes; only that of line {} is used", len(layers), chosen.line
    )
    return chosen


def _read_links(node: Node | None, notes: Notes) -> tuple[RoadLink | None, RoadLink | None]:
    if node is None:
        return None, None
    return _read_link(node.first("predecessor"), notes), _read_link(node.first("successor"), notes)


def _read_link(node: Node | None, notes: Notes) -> RoadLink | None:
    if node is None:
        return None
    get = node.attributes.get
    element_id = get("elementId", "").strip()
    if not element_id:
        notes.ignored(node.tag, node.line, "the link names no element; left out")
        return None
    element_type = get("elementType", "").strip()
    if element_type not in _ENDS and element_type:
        notes.ignored(
            node.tag, node.line, "elementType = {!r} is neither road nor junction; the link is left out", element_type
        )
        return None
    contact = get("contactPoint", "").strip()
    return RoadLink(
        element_type=element_type,
        element_id=element_id,
        contact_point=contact if contact in CONTACTS else None,  # "", "NA": mending finds the end out
        element_s=decoration(node, "elementS", notes),
        element_direction=word(node, "elementDir", _DIRECTIONS, "", notes) or None,
    )


def _read_type(node: Node, notes: Notes) -> RoadType:
    speed = node.first("speed")
    return RoadType(
        s=needed(node, "s", notes, 0.0),
        type=node.attributes.get("type", "unknown"),
        country=node.attributes.get("country", ""),
        speed=None if speed is None else read_speed(speed, notes),
    )
