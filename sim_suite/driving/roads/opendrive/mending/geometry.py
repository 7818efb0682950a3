"""Reference lines, lengths and height profiles in agreement. Source: ours, over ASAM OpenDRIVE 1.8, clauses 9 and 10.

Tolerances are ours, from some seven hundred public files: rounding leaves millimetres, and where lengths differ by more
than a hundredth the two numbers were never meant to agree.
"""

from __future__ import annotations

from dataclasses import replace
from math import hypot
from operator import attrgetter
from typing import Final, Protocol, TypeVar

from sim_suite.driving.roads.opendrive.mending.unchanged import kept, with_parts
from sim_suite.driving.roads.opendrive.model import Arc, Cubic, Geometry, Road, Spiral
from sim_suite.driving.roads.opendrive.reading.notes import Notes
from sim_suite.driving.roads.opendrive.reading.roads import LENGTH_UNSTATED

SHORTEST_ROAD: Final = 1e-9
"""Metres. Public maps join roads by others of 1e-7 m, which carry links; below this only rounding is left."""
LONGEST_ROAD: Final = 1e6
"""Metres. The longest motorways of the world, cut nowhere, are of this order."""
MOST_TURN: Final = 1000.0
"""Radians that one geometry may turn, some 160 full circles."""
HIGHEST: Final = 1e5
"""Metres or radians that a height profile may reach."""
_AGREE: Final = 0.01
_SLIGHT: Final = (0.5, 0.01)
"""Metres, and share of the length: a difference that rounding or later editing explains."""


class _HasS(Protocol):
    @property
    def s(self) -> float: ...


Ordered = TypeVar("Ordered", bound=_HasS)


def mend_reference_line(road: Road, notes: Notes) -> Road | None:
    """The road with geometries in order, each beginning where the last ends, and a length to match; None if it has none."""
    geometries = _whole(road, notes)
    if not geometries:
        notes.ignored("road", road.line, "its reference line has no length; left out")
        return None
    geometries = _in_step(geometries, notes)
    last = geometries[-1]
    return _with_length(with_parts(road, plan_view=kept(geometries, road.plan_view)), last.s + last.length, notes)


def mend_profiles(road: Road, notes: Notes) -> Road:
    """The road with its records of height, lane offset and type in order and within its length."""
    length = road.length
    return with_parts(
        road,
        types=in_order(road.types, "type", road.line, notes),
        elevations=mend_records(road.elevations, "elevation", length, HIGHEST, road.line, notes),
        superelevations=mend_records(road.superelevations, "superelevation", length, HIGHEST, road.line, notes),
        crossfalls=kept(sorted(road.crossfalls, key=lambda one: one.cubic.s), road.crossfalls),
        shapes=kept(sorted(road.shapes, key=lambda one: (one.s, one.t)), road.shapes),
        lane_offsets=mend_records(road.lane_offsets, "laneOffset", length, HIGHEST, road.line, notes),
    )


def mend_records(
    records: tuple[Cubic, ...], element: str, length: float, most: float, line: int, notes: Notes
) -> tuple[Cubic, ...]:
    """Polynomial records in order within [0, length]. Raises `RoadError` where one passes `most` within its reach."""
    if not records:
        return records
    records = in_order(records, element, line, notes)
    if records[0].s < 0.0:
        before = [one for one in records if one.s <= 0.0]
        notes.repaired(element, line, "it starts at {}, before the road or section; moved to its start", records[0].s)
        records = (moved(before[-1], 0.0), *records[len(before) :])
    if records[-1].s > length + _AGREE:
        kept = tuple(one for one in records if one.s <= length + _AGREE)
        notes.ignored(element, line, "it starts at {}, after the end at {}; left out", records[-1].s, length)
        records = kept
    for i, one in enumerate(records):
        if abs(one.a) > most or abs(one.b) + abs(one.c) + abs(one.d) > 1.0:
            end = max(min(records[i + 1].s, length) if i + 1 < len(records) else length, one.s)
            reach = max(abs(value(one, s)) for s in (one.s, 0.5 * (one.s + end), end))
            if reach > most:
                raise notes.refusal(element, line, "its values from {} on reach {}. Correct it.", one.s, reach)
    return records


def in_order(records: tuple[Ordered, ...], element: str, line: int, notes: Notes) -> tuple[Ordered, ...]:
    """Records sorted by s, those with equal s in the file's order; says so if they were not."""
    for i in range(1, len(records)):
        if records[i].s < records[i - 1].s:
            notes.repaired(element, line, "the records are out of order; sorted")
            return tuple(sorted(records, key=attrgetter("s")))
    return records


def value(record: Cubic, s: float) -> float:
    """The record's value at `s`."""
    ds = s - record.s
    return record.a + ds * (record.b + ds * (record.c + ds * record.d))


def moved(record: Cubic, s: float) -> Cubic:
    """The same polynomial, counted from `s` on."""
    ds = s - record.s
    _, _, b, c, d = record
    return Cubic(s, value(record, s), b + ds * (2.0 * c + ds * 3.0 * d), c + ds * 3.0 * d, d)


def _whole(road: Road, notes: Notes) -> list[Geometry]:
    """The geometries that have a length, in order. Raises `RoadError` for those that no road can have."""
    for one in road.plan_view:
        if one.length < 0.0 or one.length > LONGEST_ROAD:
            raise notes.refusal(
                "geometry", one.line, "length = {}; it must lie between 0 and 1e6. Correct it.", one.length
            )
        turn = one.length * _most_curvature(one)
        if turn > MOST_TURN:
            raise notes.refusal(
                "geometry", one.line, "it turns by {} rad, more than {}. Correct its curvature.", turn, MOST_TURN
            )
    found = list(in_order(road.plan_view, "geometry", road.line, notes))
    whole = [one for one in found if one.length > 0.0]
    if len(whole) < len(found) and sum(one.length for one in whole) >= SHORTEST_ROAD:
        empty = next(one for one in found if one.length == 0.0)
        notes.repaired("geometry", empty.line, "its length is 0; left out")
    return whole if sum(one.length for one in whole) >= SHORTEST_ROAD else []


def _most_curvature(geometry: Geometry) -> float:
    shape = geometry.shape
    if isinstance(shape, Arc):
        return abs(shape.curvature)
    if isinstance(shape, Spiral):
        return max(abs(shape.curvature_start), abs(shape.curvature_end))
    return 0.0


def _in_step(geometries: list[Geometry], notes: Notes) -> list[Geometry]:
    """Each geometry beginning at the s where the one before it ends, to a centimetre."""
    first = geometries[0]
    if abs(first.s) > 0.0:
        notes.repaired("geometry", first.line, "the first begins at s = {}; taken from 0", first.s)
        geometries = [replace(one, s=one.s - first.s) for one in geometries]
    for i in range(1, len(geometries)):
        before, here = geometries[i - 1], geometries[i]
        gap = here.s - (before.s + before.length)
        if abs(gap) <= _AGREE:
            continue
        chord = hypot(here.x - before.x, here.y - before.y)
        if abs(gap) > max(_SLIGHT[0], _SLIGHT[1] * before.length) and chord > before.length + _AGREE:
            if here.s - before.s < chord - _AGREE:
                raise notes.refusal(
                    "geometry",
                    before.line,
                    "its length {} and the next one's s {} leave a gap. Correct one of them.",
                    before.length,
                    here.s,
                )
            notes.repaired(
                "geometry",
                before.line,
                "length = {}, but the next begins {} m on; {} m is used",
                before.length,
                here.s - before.s,
                here.s - before.s,
            )
            geometries[i - 1] = replace(before, length=here.s - before.s)
        else:
            notes.repaired(
                "geometry", here.line, "s = {}, but the one before ends at {}; that is used", here.s, here.s - gap
            )
            for k in range(i, len(geometries)):
                geometries[k] = replace(geometries[k], s=geometries[k].s - gap)
    return geometries


def _with_length(road: Road, total: float, notes: Notes) -> Road:
    """The road with the length of its reference line, or its own where that is shorter: nothing was laid out beyond it."""
    stated = road.length
    if total > LONGEST_ROAD:
        raise notes.refusal("road", road.line, "its reference line is {} m long, more than 1e6. Correct it.", total)
    if abs(stated - total) <= _AGREE and stated >= SHORTEST_ROAD:
        return road
    if stated == LENGTH_UNSTATED:
        notes.repaired("road", road.line, "it states no length; its reference line is {} m long", total)
    elif SHORTEST_ROAD <= stated < total - max(_SLIGHT[0], _SLIGHT[1] * total):
        notes.noted(
            "road", road.line, "it ends at its length {}, before its reference line of {} m does", stated, total
        )
        return road
    else:
        notes.repaired(
            "road", road.line, "length = {}, but its reference line measures {} m; {} m is used", stated, total, total
        )
    return replace(road, length=total)
