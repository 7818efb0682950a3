"""Road links that lead somewhere and back. Source: ours, over ASAM OpenDRIVE 1.8, clause 10.3.

LibCarla follows what is written and drops what leads nowhere; so do we, and complete what the other end says. It reads
no contact points between roads but enters a road at the end that the sign of the lane's id tells; ours are mended where
the ends of the roads and the signs of their lanes both contradict them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import dist, hypot
from typing import Final

from sim_suite.driving.roads.opendrive.junctions import Junction
from sim_suite.driving.roads.opendrive.mending.ends import end_of, start_of
from sim_suite.driving.roads.opendrive.model import NO_JUNCTION, Road, RoadLink
from sim_suite.driving.roads.opendrive.reading.notes import Notes

ENDS: Final = (("predecessor", "start"), ("successor", "end"))
"""A road's links, and the contact point by which others name that end."""
_TOUCH_M: Final = 0.5
"""How close two ends must be to tell a contact point by. Ours: half a lane's drift is met, a road's length never."""

_CLEARLY: Final = 4.0
"""How many times nearer than the stated end the other must be. Ours: ends are lanes apart, roads longer than that."""

_EDGE_M: Final = 2.0
"""How far inside a road `elementS` may still mean its end. Ours: shorter than any vehicle that could turn in there."""


def mend_links(roads: dict[str, Road], junctions: Mapping[str, Junction], notes: Notes) -> dict[str, Road]:
    """Roads with links that name what exists, with their contact points, and both ways."""
    mended: dict[str, Road] = {}
    for road in roads.values():
        notes.road = road.id
        links = [_mend_link(road, name, roads, junctions, notes) for name, _ in ENDS]
        belongs = road.junction
        if belongs != NO_JUNCTION and belongs not in junctions:
            notes.repaired("road", road.line, "junction = {!r} is not in the file; read as a road outside", belongs)
            belongs = NO_JUNCTION
        if links[0] is not road.predecessor or links[1] is not road.successor or belongs != road.junction:
            road = replace(road, predecessor=links[0], successor=links[1], junction=belongs)
        mended[road.id] = road
    for road in list(mended.values()):
        for name, contact in ENDS:
            _complete_back_link(mended, road.id, name, contact, junctions, notes)
    notes.road = None
    return mended


def link_at(road: Road, contact: str) -> RoadLink | None:
    """The road's link at its start or end."""
    return road.predecessor if contact == "start" else road.successor


def _mend_link(
    road: Road, name: str, roads: Mapping[str, Road], junctions: Mapping[str, Junction], notes: Notes
) -> RoadLink | None:
    link: RoadLink | None = getattr(road, name)
    if link is None:
        return None
    is_road, is_junction = link.element_id in roads, link.element_id in junctions
    if not (is_road if link.element_type == "road" else is_junction if link.element_type == "junction" else False):
        if is_road == is_junction or (link.element_type and not _known_there(road, link, roads, junctions)):
            notes.ignored(name, road.line, "it names {} {!r}, which is not in the file; left out",
                          link.element_type or "element", link.element_id)  # fmt: skip
            return None
        kind = "road" if is_road else "junction"
        notes.repaired(
            name, road.line, "{!r} is a {}, not a {}", link.element_id, kind, link.element_type or "(unnamed)"
        )
        link = replace(link, element_type=kind)
    if link.element_type == "junction":
        return link
    if link.element_s is not None:
        contact = contact_at_s(road, name, link, roads)
        if contact is None:
            return link
        notes.repaired(name, road.line, "elementS = {} is the {} of road {}; read as its contactPoint",
                       link.element_s, contact, link.element_id)  # fmt: skip
        return RoadLink("road", link.element_id, contact)
    if link.contact_point is not None:
        contact = contradicted_contact(road, name, link, roads)
        if contact is None:
            return link
        notes.repaired(name, road.line, "contactPoint = {!r}, but road {} lies with its {} there, as the lanes have it; that is used",
                       link.contact_point, link.element_id, contact)  # fmt: skip
        return replace(link, contact_point=contact)
    contact = _contact(road, name, roads[link.element_id])
    if contact is None:
        notes.ignored(name, road.line, "it does not say at which end it joins road {}; left out", link.element_id)
        return None
    notes.repaired(name, road.line, "no contactPoint; it joins road {} at its {}", link.element_id, contact)
    return replace(link, contact_point=contact)


def contact_at_s(road: Road, name: str, link: RoadLink, roads: Mapping[str, Road]) -> str | None:
    """The end of the linked road that `elementS` means; None where it lies inside that road, as virtual junctions have it.

    Exporters write it in common junctions too, with what their memory held. name: predecessor or successor.
    """
    other = roads[link.element_id]
    place = start_of(road) if name == "predecessor" else end_of(road)
    from_start, from_end = dist(place, start_of(other)), dist(place, end_of(other))
    s = link.element_s or 0.0
    if s <= _EDGE_M and from_start * _CLEARLY < from_end:
        return "start"
    return "end" if s >= other.length - _EDGE_M and from_end * _CLEARLY < from_start else None


def contradicted_contact(road: Road, name: str, link: RoadLink, roads: Mapping[str, Road]) -> str | None:
    """The end of the linked road that lies near this road's, where the stated one neither does nor suits the lanes; else None.

    name: predecessor or successor. Roads that meet at like ends (start with start) join lanes of unlike sign.
    """
    other = roads[link.element_id]
    contact = "end" if link.contact_point == "start" else "start"
    like_ends = (name == "predecessor") == (contact == "start")
    section = road.sections[0 if name == "predecessor" else -1] if road.sections else None
    pairs = [
        (lane.id, target)
        for lane in (section.lanes if section else ())
        for target in (lane.predecessors if name == "predecessor" else lane.successors)
        if lane.id and target
    ]
    suits = pairs and all(((own > 0) != (target > 0)) == like_ends for own, target in pairs)
    if not suits or other is road or other.rule != road.rule:
        return None
    place = start_of(road) if name == "predecessor" else end_of(road)
    from_start, from_end = dist(place, start_of(other)), dist(place, end_of(other))
    stated, nearer = (from_start, from_end) if contact == "end" else (from_end, from_start)
    return contact if stated > max(_TOUCH_M, _CLEARLY * nearer) else None


def _known_there(road: Road, link: RoadLink, roads: Mapping[str, Road], junctions: Mapping[str, Junction]) -> bool:
    """Whether what bears the id that `link` names, though of the other type, knows of `road`: else the id is a coincidence."""
    if link.element_id in roads:
        other = roads[link.element_id]
        return _names(other.predecessor, road) or _names(other.successor, road)
    return any(one.incoming_road == road.id for one in junctions[link.element_id].connections)


def _contact(road: Road, name: str, other: Road) -> str | None:
    """The end of `other` that `road` joins, by the links of `other`, else by where the ends lie."""
    back = [contact for at, contact in ENDS if _names(getattr(other, at), road)]
    if len(back) == 1:
        return back[0]
    return touching_end(start_of(road) if name == "predecessor" else end_of(road), other)


def touching_end(place: tuple[float, float], other: Road) -> str | None:
    """Which end of `other` lies at `place`, world frame; None if neither or both do."""
    near = [
        contact
        for contact, (x, y) in (("start", start_of(other)), ("end", end_of(other)))
        if hypot(x - place[0], y - place[1]) <= _TOUCH_M
    ]
    return near[0] if len(near) == 1 else None


def _names(link: RoadLink | None, road: Road) -> bool:
    if link is None:
        return False
    if link.element_type == "road":
        return link.element_id == road.id
    return link.element_type == "junction" and link.element_id == road.junction


def _complete_back_link(
    roads: dict[str, Road], road_id: str, name: str, contact: str, junctions: Mapping[str, Junction], notes: Notes
) -> None:
    """Give the road that `road_id` links to a link back, where that end of it has none."""
    road = roads[road_id]
    link: RoadLink | None = getattr(road, name)
    if link is None or link.element_type != "road" or link.contact_point is None or link.element_s is not None:
        return
    other = roads[link.element_id]
    if link_at(other, link.contact_point) is not None:
        return
    if road.junction == NO_JUNCTION:
        back = RoadLink("road", road_id, contact)
    elif junctions[road.junction].type == "default":
        back = RoadLink("junction", road.junction)
    else:
        return
    notes.road = other.id
    notes.repaired("link", other.line, "its {} has no link, but {} {} joins it there; added",
                   link.contact_point, back.element_type, back.element_id)  # fmt: skip
    if link.contact_point == "start":
        roads[other.id] = replace(other, predecessor=back)
    else:
        roads[other.id] = replace(other, successor=back)
