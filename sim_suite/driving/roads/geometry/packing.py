"""Packs a document's roads into the flat arrays of tables.py. Source: ASAM OpenDRIVE 1.8, clauses 9 to 11."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from sim_suite.driving.roads.geometry.pieces import pack_pieces
from sim_suite.driving.roads.geometry.tables import Records, RoadTables
from sim_suite.driving.roads.graph.layout import Floats, Ints
from sim_suite.driving.roads.opendrive.findings import RoadError
from sim_suite.driving.roads.opendrive.model import Cubic, Lane, LaneSection, OpenDrive, Road

_ZERO: Final = Cubic(0.0)


def pack_roads(document: OpenDrive) -> RoadTables:
    """All roads of a document. Raises RoadError for a road without a reference line, and as `pack_pieces` does."""
    roads = document.roads
    for road in roads:
        if not road.plan_view:
            raise RoadError("the road has no <geometry>. Give it one", element="planView", road=road.id, line=road.line)
    sections = [(index, road, section) for index, road in enumerate(roads) for section in road.sections]
    lanes = [
        (number, roads[sections[number][0]], lane)
        for number, (_, _, section) in enumerate(sections)
        for lane in section.lanes
        if lane.id != 0
    ]
    starts = np.array([section.s for _, _, section in sections], dtype=np.float64)
    return RoadTables(
        length=np.array([road.length for road in roads], dtype=np.float64),
        pieces=pack_pieces(roads),
        lane_offset=_profiles(road.lane_offsets for road in roads),
        elevation=_profiles(road.elevations for road in roads),
        superelevation=_profiles(road.superelevations for road in roads),
        crossfall_left=_profiles(_crossfalls(road, "left") for road in roads),
        crossfall_right=_profiles(_crossfalls(road, "right") for road in roads),
        first_shape=_first(len(road.shapes) for road in roads),
        shapes=np.array([(r.s, r.t, r.a, r.b, r.c, r.d) for road in roads for r in road.shapes]).reshape(-1, 6),
        first_section=_first(len(road.sections) for road in roads),
        section_road=np.array([index for index, _, _ in sections], dtype=np.int32),
        section_start=starts,
        section_end=np.maximum(starts, _section_ends(roads)),
        first_lane=_first(sum(lane.id != 0 for lane in section.lanes) for _, _, section in sections),
        num_left=np.array([_num_left(section) for _, _, section in sections], dtype=np.int32),
        lane_section=np.array([number for number, _, _ in lanes], dtype=np.int32),
        lane_id=np.array([lane.id for _, _, lane in lanes], dtype=np.int32),
        lane_side=np.array([1 if lane.id > 0 else -1 for _, _, lane in lanes], dtype=np.int8),
        direction=np.array([direction_of(road, lane) for _, road, lane in lanes], dtype=np.int8),
        level=np.array([lane.level for _, _, lane in lanes], dtype=np.uint8),
        sloped_until=_sloped_until(sections),
        bordered=np.array([not lane.widths and bool(lane.borders) for _, _, lane in lanes], dtype=np.uint8),
        width=_records((lane.widths or lane.borders) for _, _, lane in lanes),
    )


def direction_of(road: Road, lane: Lane) -> int:
    """+1 where traffic on the lane runs with rising s, -1 against it (clauses 10.2 and 11.4)."""
    with_s = (lane.id < 0) == (road.rule != "LHT")
    return 1 if with_s != (lane.direction == "reversed") else -1


def _num_left(section: LaneSection) -> int:
    return sum(lane.id > 0 for lane in section.lanes)


def _sloped_until(sections: Iterable[tuple[int, Road, LaneSection]]) -> Ints:
    """The inmost of the level lanes that lie side by side with a level lane on its side of lane 0."""
    found: list[int] = []
    for _, _, section in sections:
        lanes = [lane for lane in section.lanes if lane.id != 0]
        start = len(found)
        found += range(start, start + len(lanes))
        if not any(lane.level for lane in lanes):
            continue
        from_centre_out = [*reversed(range(_num_left(section))), *range(_num_left(section), len(lanes))]
        for place in from_centre_out:
            inner = place + (1 if lanes[place].id > 0 else -1)
            beside = 0 <= inner < len(lanes) and (lanes[inner].id > 0) == (lanes[place].id > 0)
            if beside and lanes[place].level and lanes[inner].level:
                found[start + place] = found[start + inner]
    return np.array(found, dtype=np.int32)


def _section_ends(roads: Sequence[Road]) -> Floats:
    ends: list[float] = []
    for road in roads:
        starts = [section.s for section in road.sections]
        ends += [*starts[1:], road.length] if starts else []
    return np.array(ends, dtype=np.float64)


def _crossfalls(road: Road, side: str) -> tuple[Cubic, ...]:
    return tuple(crossfall.cubic for crossfall in road.crossfalls if crossfall.side in (side, "both"))


def _profiles(owners: Iterable[Sequence[Cubic]]) -> Records:
    """Profiles along roads are zero until their first record (clause 9.4)."""
    return _records((_ZERO, *cubics) if cubics and cubics[0].s > 0.0 else cubics for cubics in owners)


def _records(owners: Iterable[Sequence[Cubic]]) -> Records:
    lists = list(owners)
    values = np.array([cubic for cubics in lists for cubic in cubics], dtype=np.float64).reshape(-1, 5)
    return Records(_first(len(cubics) for cubics in lists), values)


def _first(counts: Iterable[int]) -> Ints:
    return np.cumsum([0, *counts]).astype(np.int32)
