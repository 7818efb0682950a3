"""Lane links that name lanes which exist. Source: ours, over ASAM OpenDRIVE 1.8, clause 11.5.

Links that only one of two lanes states are left so: the lane graph takes what either end states.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sim_suite.driving.roads.opendrive.mending.unchanged import kept, with_parts
from sim_suite.driving.roads.opendrive.model import Lane, LaneSection, Road
from sim_suite.driving.roads.opendrive.reading.notes import Notes


def mend_lane_links(roads: Mapping[str, Road], notes: Notes) -> dict[str, Road]:
    """Roads whose lanes link only to lanes that exist in the section before or after."""
    mended: dict[str, Road] = {}
    for road in roads.values():
        notes.road = road.id
        sections = (_mend_section(roads, road, index, notes) for index in range(len(road.sections)))
        mended[road.id] = with_parts(road, sections=kept(sections, road.sections))
    notes.road = None
    return mended


def _mend_section(roads: Mapping[str, Road], road: Road, index: int, notes: Notes) -> LaneSection:
    section = road.sections[index]
    before = _lanes_beside(roads, road, index, -1)
    after = _lanes_beside(roads, road, index, 1)
    if before is None and after is None:
        return section
    lanes = (_mend_lane(lane, before, after, notes) for lane in section.lanes)
    return with_parts(section, lanes=kept(lanes, section.lanes))


def _lanes_beside(roads: Mapping[str, Road], road: Road, index: int, step: int) -> frozenset[int] | None:
    """Ids of the lanes before (step -1) or after (+1) a section; None at junctions, at a road's end, and for single sides."""
    if 0 <= index + step < len(road.sections):
        beside = road.sections[index + step]
    else:
        link = road.successor if step == 1 else road.predecessor
        if link is None or link.element_type != "road" or link.contact_point is None:
            return None
        other = roads[link.element_id]
        beside = other.sections[0 if link.contact_point == "start" else -1]
    if beside.single_side is not None or road.sections[index].single_side is not None:
        return None  # the lanes of the other side continue in another section
    return frozenset([lane.id for lane in beside.lanes])


def _mend_lane(lane: Lane, before: frozenset[int] | None, after: frozenset[int] | None, notes: Notes) -> Lane:
    predecessors = _existing(lane, lane.predecessors, before, "predecessor", notes)
    successors = _existing(lane, lane.successors, after, "successor", notes)
    if predecessors is lane.predecessors and successors is lane.successors:
        return lane
    return replace(lane, predecessors=predecessors, successors=successors)


def _existing(
    lane: Lane, ids: tuple[int, ...], there: frozenset[int] | None, side: str, notes: Notes
) -> tuple[int, ...]:
    if not ids or there is None or there.issuperset(ids):
        return ids
    missing = next(one for one in ids if one not in there)
    notes.ignored("lane", lane.line, "the {} of lane {}, lane {}, does not exist; left out", side, lane.id, missing)
    return tuple(one for one in ids if one in there)
