"""Junctions whose connections name roads, ends and lanes that exist. Source: ours, over ASAM OpenDRIVE 1.8, clause 12."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sim_suite.driving.roads.opendrive.junctions import Connection, Junction, LaneLink
from sim_suite.driving.roads.opendrive.mending.ends import end_of, start_of
from sim_suite.driving.roads.opendrive.mending.links import link_at, touching_end
from sim_suite.driving.roads.opendrive.model import NO_JUNCTION, LaneSection, Road
from sim_suite.driving.roads.opendrive.reading.notes import Notes

Roads = dict[str, Road]
Junctions = dict[str, Junction]


def mend_junctions(roads: Roads, junctions: Junctions, notes: Notes) -> tuple[Roads, Junctions]:
    """Roads and junctions in agreement: who connects what, where, and which lanes."""
    roads = _with_membership(roads, junctions, notes)
    mended: Junctions = {}
    for junction in junctions.values():
        connections = tuple(
            one for one in (_mend_connection(one, junction, roads, notes) for one in junction.connections) if one
        )
        priorities = tuple(one for one in junction.priorities if one.high in roads and one.low in roads)
        if len(priorities) < len(junction.priorities):
            notes.ignored(
                "priority", junction.line, "junction {}: it names a road that is not in the file; left out", junction.id
            )
        if connections != junction.connections or priorities != junction.priorities:
            junction = replace(junction, connections=connections, priorities=priorities)
        mended[junction.id] = junction
    return roads, mended


def _with_membership(roads: Roads, junctions: Mapping[str, Junction], notes: Notes) -> Roads:
    """Connecting roads of one default junction that do not say so are made to; others stay as they are."""
    claims: dict[str, set[str]] = {}
    incoming = {one.incoming_road for junction in junctions.values() for one in junction.connections}
    for junction in junctions.values():
        if junction.type == "default":
            for one in junction.connections:
                claims.setdefault(one.connecting_road, set()).add(junction.id)
    mended = dict(roads)
    for road_id, claimants in claims.items():
        road = roads.get(road_id)
        if road is None or road.junction in claimants:
            continue
        notes.road = road_id
        if road.junction == NO_JUNCTION and len(claimants) == 1 and road_id not in incoming:
            junction_id = next(iter(claimants))
            notes.repaired(
                "road",
                road.line,
                "it connects roads in junction {} without saying so; taken as part of it",
                junction_id,
            )
            mended[road_id] = replace(road, junction=junction_id)
        else:
            notes.noted(
                "road", road.line, "junction {} uses it, and its own junction is {}", min(claimants), road.junction
            )
    notes.road = None
    return mended


def _mend_connection(one: Connection, junction: Junction, roads: Roads, notes: Notes) -> Connection | None:
    where = f"junction {junction.id}, connection {one.id}"
    for name in (one.incoming_road, one.connecting_road):
        if name not in roads:
            notes.ignored("connection", one.line, "{}: road {!r} is not in the file; left out", where, name)
            return None
    incoming, connecting = roads[one.incoming_road], roads[one.connecting_road]
    contact = one.contact_point or _contact(incoming, connecting, junction.id)
    if contact is None:
        notes.ignored("connection", one.line, "{}: it does not say where the roads meet; left out", where)
        return None
    if not one.contact_point:
        notes.repaired("connection", one.line, "{}: no contactPoint; the roads meet at the {} of {}",
                       where, contact, connecting.id)  # fmt: skip
    there = _ids(connecting.sections[0 if contact == "start" else -1])
    links = tuple(
        link for link in one.lane_links if link.to_lane in there and link.from_lane in _incoming(incoming, junction.id)
    )
    if len(links) < len(one.lane_links):
        bad = next(link for link in one.lane_links if link not in links)
        notes.ignored("laneLink", one.line, "{}: there are no lanes {} of road {} and {} of road {} to link; left out",
                      where, bad.from_lane, incoming.id, bad.to_lane, connecting.id)  # fmt: skip
    if not links:
        links = _links_of_lanes(incoming, connecting, contact, junction.id)
        if links:
            notes.repaired(
                "connection", one.line, "{}: no laneLink; taken from the links of road {}'s lanes", where, connecting.id
            )
    if contact == one.contact_point and links == one.lane_links:
        return one
    return replace(one, contact_point=contact, lane_links=links)


def _contact(incoming: Road, connecting: Road, junction_id: str) -> str | None:
    """The end of `connecting` that joins `incoming`, by its links, else by where the ends lie."""
    named = [
        end
        for end in ("start", "end")
        if (link := link_at(connecting, end)) is not None
        and link.element_type == "road"
        and link.element_id == incoming.id
    ]
    if len(named) == 1:
        return named[0]
    places = [start_of(incoming)] if _joins(incoming, "start", junction_id) else []
    places += [end_of(incoming)] if _joins(incoming, "end", junction_id) else []
    touching = {touching_end(place, connecting) for place in places} - {None}
    return touching.pop() if len(touching) == 1 else None


def _joins(road: Road, end: str, junction_id: str) -> bool:
    link = link_at(road, end)
    return link is not None and link.element_type == "junction" and link.element_id == junction_id


def _incoming(road: Road, junction_id: str) -> frozenset[int]:
    """Ids of the lanes with which a road meets a junction, at the end that is linked to it; at both if neither is."""
    ends = [end for end in ("start", "end") if _joins(road, end, junction_id)] or ["start", "end"]
    return frozenset().union(*(_ids(road.sections[0 if end == "start" else -1]) for end in ends))


def _ids(section: LaneSection) -> frozenset[int]:
    return frozenset([lane.id for lane in section.lanes])


def _links_of_lanes(incoming: Road, connecting: Road, contact: str, junction_id: str) -> tuple[LaneLink, ...]:
    """Lane links as the connecting road's own lanes state them, where that end of it is linked to the incoming road."""
    link = link_at(connecting, contact)
    if link is None or link.element_type != "road" or link.element_id != incoming.id:
        return ()
    lanes = connecting.sections[0 if contact == "start" else -1].lanes
    known = _incoming(incoming, junction_id)
    return tuple(
        LaneLink(far, lane.id)
        for lane in lanes
        if lane.id
        for far in (lane.predecessors if contact == "start" else lane.successors)
        if far in known and far
    )
