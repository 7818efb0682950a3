"""What the elements of a file say of each other: repaired where one is plainly right, else refused. Source: ours, over ASAM OpenDRIVE 1.8.

A repaired document is a fixed point: mending it again changes nothing. The order matters: roads first, for links and
junctions name their sections and lanes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from sim_suite.driving.roads.opendrive.junctions import Junction
from sim_suite.driving.roads.opendrive.mending.furniture import mend_controllers, mend_furniture
from sim_suite.driving.roads.opendrive.mending.geometry import mend_profiles, mend_reference_line
from sim_suite.driving.roads.opendrive.mending.junctions import mend_junctions
from sim_suite.driving.roads.opendrive.mending.lane_links import mend_lane_links
from sim_suite.driving.roads.opendrive.mending.lanes import mend_lanes
from sim_suite.driving.roads.opendrive.mending.links import mend_links
from sim_suite.driving.roads.opendrive.model import OpenDrive, Road
from sim_suite.driving.roads.opendrive.reading.notes import Notes

T = TypeVar("T", Road, Junction)


def mend(document: OpenDrive, notes: Notes) -> OpenDrive:
    """The document with its parts in agreement; what was changed goes into `notes`. Raises `RoadError`."""
    junctions = {one.id: one for one in _unique("junction", document.junctions, notes)}
    roads: dict[str, Road] = {}
    for road in _unique("road", document.roads, notes):
        notes.road = road.id
        mended = mend_reference_line(road, notes)
        if mended is not None:
            roads[road.id] = mend_furniture(mend_lanes(mend_profiles(mended, notes), notes), notes)
    notes.road = None
    if not roads:
        raise notes.refusal("OpenDRIVE", 1, "there is no road in it. Give a file with at least one.")
    roads = mend_links(roads, junctions, notes)
    roads, junctions = mend_junctions(roads, junctions, notes)
    roads = mend_lane_links(roads, notes)
    notes.road = None
    mended_document = replace(document, roads=tuple(roads.values()), junctions=tuple(junctions.values()))
    return mend_controllers(mended_document, notes)


def _unique(element: str, found: Sequence[T], notes: Notes) -> list[T]:
    """Without repetitions. Raises `RoadError` where two differ under one id, since every reference to it is ambiguous."""
    seen: dict[str, T] = {}
    for one in found:
        other = seen.get(one.id)
        if other is None:
            seen[one.id] = one
        elif other == one:
            notes.repaired(element, one.line, "it repeats the {} of line {}; left out", element, other.line)
        else:
            raise notes.refusal(
                element, one.line, "its id {!r} is also that of line {}. Give each its own.", one.id, other.line
            )
    return list(seen.values())
