"""Lane sections in order, each with its lanes whole. Source: ours, over ASAM OpenDRIVE 1.8, clause 11."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import sqrt
from typing import Final

from sim_suite.driving.roads.opendrive.mending.geometry import SHORTEST_ROAD, in_order, mend_records, value
from sim_suite.driving.roads.opendrive.mending.unchanged import kept, with_parts
from sim_suite.driving.roads.opendrive.model import Cubic, Lane, LaneSection, Road
from sim_suite.driving.roads.opendrive.reading.notes import Notes

WIDEST: Final = 1000.0
"""Metres that a lane's width or border may reach. Ours: aprons of proving grounds are some hundred metres wide."""
MOST_LANES: Final = 1000
"""Lanes of a section. Ours."""
_NEGATIVE: Final = 1e-3
"""Metres below 0 that rounding leaves where a lane ends."""
_CENTRE: Final = Lane(0, "none")


def mend_lanes(road: Road, notes: Notes) -> Road:
    """The road with at least one section, the first at 0, none beyond its end, and every lane with a width."""
    sections = in_order(road.sections, "laneSection", road.line, notes)
    if not sections:
        notes.repaired("lanes", road.line, "there is no lane section; read as a road without lanes")
        return replace(road, sections=(LaneSection(0.0, (_CENTRE,)),))
    if sections[0].s != 0.0:
        notes.repaired("laneSection", sections[0].line, "the first begins at s = {}; taken from 0", sections[0].s)
        sections = tuple(one if one.s > 0.0 and i else replace(one, s=0.0) for i, one in enumerate(sections))
    sections = _within(sections, road.length, notes)
    ends = [one.s for one in sections[1:]] + [road.length]
    mended = [_mend_section(one, max(end - one.s, 0.0), notes) for one, end in zip(sections, ends, strict=True)]
    return with_parts(road, sections=kept(mended, road.sections))


def _within(sections: tuple[LaneSection, ...], length: float, notes: Notes) -> tuple[LaneSection, ...]:
    """Without the sections that have no length; the lanes before them are linked to the lanes after them."""
    kept = [sections[0]]
    for section in sections[1:]:
        before = kept[-1]
        if section.s > length - SHORTEST_ROAD:
            notes.ignored(
                "laneSection",
                section.line,
                "it begins at s = {}, at or after the end at {}; left out",
                section.s,
                length,
            )
            kept[-1] = _bridged(before, section, forward=True)
        elif section.s == before.s and section.single_side is None and before.single_side is None:
            notes.ignored("laneSection", before.line, "another begins at the same s = {}; left out", before.s)
            kept[-1] = _bridged(section, before, forward=False)
        else:
            kept.append(section)
    return tuple(kept)


def _bridged(section: LaneSection, removed: LaneSection, forward: bool) -> LaneSection:
    """`section` with its links into `removed` led on to where those of `removed` lead."""
    beyond = {lane.id: lane.successors if forward else lane.predecessors for lane in removed.lanes}

    def onward(ids: Iterable[int]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(far for one in ids for far in beyond.get(one, ())))

    lanes = tuple(
        replace(lane, successors=onward(lane.successors))
        if forward
        else replace(lane, predecessors=onward(lane.predecessors))
        for lane in section.lanes
    )
    return replace(section, lanes=lanes)


def _mend_section(section: LaneSection, length: float, notes: Notes) -> LaneSection:
    lanes = [_mend_lane(lane, length, notes) for lane in section.lanes]
    if len(lanes) > MOST_LANES:
        raise notes.refusal("laneSection", section.line, "it has {} lanes, more than {}.", len(lanes), MOST_LANES)
    lanes.sort(key=lambda lane: -lane.id)
    ids = [lane.id for lane in lanes]
    if 0 not in ids:
        if section.single_side is None or not ids:
            notes.repaired("laneSection", section.line, "it has no centre lane; added")
        lanes.append(_CENTRE)
        lanes.sort(key=lambda lane: -lane.id)
        ids = [lane.id for lane in lanes]
    for i in range(len(ids) - 2, -1, -1):
        if ids[i] == ids[i + 1]:
            if lanes[i] != lanes[i + 1]:
                raise notes.refusal(
                    "lane", lanes[i + 1].line, "a second lane {} in one section. Number them anew.", ids[i]
                )
            notes.repaired("lane", lanes[i + 1].line, "it repeats lane {}; left out", ids[i])
            del lanes[i + 1]
        elif ids[i] - ids[i + 1] > 1:
            notes.noted(
                "laneSection", section.line, "lane {} stands next to lane {}; numbers are missing", ids[i], ids[i + 1]
            )
    return with_parts(section, lanes=kept(lanes, section.lanes))


def _mend_lane(lane: Lane, length: float, notes: Notes) -> Lane:
    widths, borders = lane.widths, lane.borders
    if widths:
        widths = _mend_extent(widths, "width", length, lane, notes)
    if borders:
        borders = _mend_extent(borders, "border", length, lane, notes)
    if lane.id and not widths and not borders:
        notes.repaired("lane", lane.line, "lane {} has no width; read as 0 m", lane.id)
        widths = (Cubic(0.0),)
    marks, speeds = lane.road_marks, lane.speeds
    if len(marks) > 1:
        marks = in_order(marks, "roadMark", lane.line, notes)
    if len(speeds) > 1:
        speeds = in_order(speeds, "speed", lane.line, notes)
    if widths is lane.widths and borders is lane.borders and marks is lane.road_marks and speeds is lane.speeds:
        return lane
    return replace(lane, widths=widths, borders=borders, road_marks=marks, speeds=speeds)


def _mend_extent(
    records: tuple[Cubic, ...], element: str, length: float, lane: Lane, notes: Notes
) -> tuple[Cubic, ...]:
    """Widths or borders of a lane, from the section's start on."""
    s, a, b, c, d = records[0]
    if len(records) == 1 and s == 0.0 and 0.0 <= a <= WIDEST and not (b or c or d):
        return records  # a constant needs no look: half of all
    only = mend_records(records, element, length, WIDEST, lane.line, notes)
    first = only[0] if only else records[0]
    if first.s > 0.0 or not only:
        notes.repaired(
            element, lane.line, "the first begins at sOffset = {}; its value {} holds from 0", first.s, first.a
        )
        only = (Cubic(0.0, first.a), *only)
    if element == "width":
        ends = [one.s for one in only[1:]] + [length]
        lowest = min(_lowest(one, end) for one, end in zip(only, ends, strict=True))
        if lowest < -_NEGATIVE:
            notes.noted("width", lane.line, "lane {} has a negative width, {} m; counts as 0", lane.id, lowest)
    return only


def _lowest(record: Cubic, end: float) -> float:
    """The least value of a record from its start to `end`: at one of these or where its slope is zero."""
    s, a, b, c, d = record
    if not (b or c or d) or end <= s:
        return a
    lowest = min(a, value(record, end))
    root = c * c - 3.0 * b * d
    if root >= 0.0:
        least = (
            (-c + sqrt(root)) / (3.0 * d) if d else (-b / (2.0 * c) if c > 0.0 else 0.0)
        )  # of two, where it is convex
        if 0.0 < least < end - s:
            lowest = min(lowest, value(record, s + least))
    return lowest
