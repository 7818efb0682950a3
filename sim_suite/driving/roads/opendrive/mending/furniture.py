"""Signals, objects and controllers within their roads, naming what exists. Source: ours, over ASAM OpenDRIVE 1.8, clauses 13 and 14.

LibCarla ends the process at a controller that names a missing signal, so such names must not get through.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import Final, TypeVar

from sim_suite.driving.roads.opendrive.furniture import (
    Controller,
    Repeat,
    RoadObject,
    Signal,
    SignalReference,
    Structure,
    Validity,
)
from sim_suite.driving.roads.opendrive.junctions import Junction
from sim_suite.driving.roads.opendrive.mending.unchanged import kept, with_parts
from sim_suite.driving.roads.opendrive.model import OpenDrive, Road
from sim_suite.driving.roads.opendrive.reading.notes import Notes

MOST_COPIES: Final = 100_000
"""Copies that one <repeat> may ask for. Ours: a post a metre over a hundred kilometres."""
_BEYOND: Final = 0.01
"""Metres beyond the end of a road that are rounding: moved without a word."""

Placed = TypeVar("Placed", Signal, SignalReference, RoadObject, Structure)
HasValidity = TypeVar("HasValidity", Signal, SignalReference, RoadObject)


def mend_furniture(road: Road, notes: Notes) -> Road:
    """The road with everything placed on it, and valid for lanes that it has."""
    if not (road.signals or road.signal_references or road.objects or road.structures):
        return road
    signals = (_valid(_placed(one, "signal", road, notes), "signal", road, notes) for one in road.signals)
    references = (
        _valid(_placed(one, "signalReference", road, notes), "signalReference", road, notes)
        for one in road.signal_references
    )
    objects = (_mend_object(one, road, notes) for one in road.objects)
    structures = (_placed(one, one.kind, road, notes) for one in road.structures)
    return with_parts(
        road,
        signals=kept(signals, road.signals),
        signal_references=kept(references, road.signal_references),
        objects=kept(objects, road.objects),
        structures=kept(structures, road.structures),
    )


def mend_controllers(document: OpenDrive, notes: Notes) -> OpenDrive:
    """The document with controllers, references and dependencies naming signals that exist, and each id once."""
    lines: dict[str, int] = {}
    for road in document.roads:
        notes.road = road.id
        for one in road.signals:
            if one.id in lines:
                notes.noted(
                    "signal",
                    one.line,
                    "its id {!r} is also that of line {}; references mean the first",
                    one.id,
                    lines[one.id],
                )
            else:
                lines[one.id] = one.line
    roads = tuple(_with_known_signals(road, lines, notes) for road in document.roads)
    notes.road = None
    controllers = _mended_controllers(document.controllers, lines, notes)
    names = {one.id for one in controllers}
    junctions = tuple(_with_known_controllers(one, names, notes) for one in document.junctions)
    return replace(document, roads=roads, junctions=junctions, controllers=controllers)


def _placed(one: Placed, element: str, road: Road, notes: Notes) -> Placed:
    if 0.0 <= one.s <= road.length:
        return one
    s = min(max(one.s, 0.0), road.length)
    if abs(s - one.s) > _BEYOND:
        notes.repaired(
            element, one.line, "s = {} is not on the road, which is {} m long; moved to {}", one.s, road.length, s
        )
    return replace(one, s=s)


def _valid(one: HasValidity, element: str, road: Road, notes: Notes) -> HasValidity:
    """Without validities that cover no lane there; 0 to 0, which some exporters write for "no lane", stays."""
    if not one.validities:
        return one
    section = road.sections[max(bisect_right([each.s for each in road.sections], one.s) - 1, 0)]
    ids = [lane.id for lane in section.lanes]

    def covers(validity: Validity) -> bool:
        return any(validity.from_lane <= lane <= validity.to_lane for lane in ids)

    kept = tuple(validity for validity in one.validities if covers(validity))
    if len(kept) == len(one.validities):
        return one
    bad = next(validity for validity in one.validities if validity not in kept)
    notes.ignored(
        "validity",
        one.line,
        "{} {}: there are no lanes {} to {}; left out",
        element,
        one.id,
        bad.from_lane,
        bad.to_lane,
    )
    return replace(one, validities=kept)


def _mend_object(one: RoadObject, road: Road, notes: Notes) -> RoadObject:
    placed = _valid(_placed(one, "object", road, notes), "object", road, notes)
    if not placed.repeats:
        return placed
    repeats = (_mend_repeat(each, one.line, road, notes) for each in placed.repeats)
    return with_parts(placed, repeats=kept(repeats, placed.repeats))


def _mend_repeat(repeat: Repeat, line: int, road: Road, notes: Notes) -> Repeat:
    s = min(max(repeat.s, 0.0), road.length)
    length = min(max(repeat.length, 0.0), road.length - s)
    distance = max(repeat.distance, 0.0)
    if abs(s - repeat.s) > _BEYOND or abs(length - repeat.length) > _BEYOND or distance != repeat.distance:
        notes.repaired(
            "repeat",
            line,
            "from {} over {} m it leaves the road, which is {} m long; cut",
            repeat.s,
            repeat.length,
            road.length,
        )
    if distance and length / distance > MOST_COPIES:
        raise notes.refusal("repeat", line, "one object every {} m over {} m. Correct distance.", distance, length)
    if (s, length, distance) == (repeat.s, repeat.length, repeat.distance):
        return repeat
    return replace(repeat, s=s, length=length, distance=distance)


def _with_known_signals(road: Road, known: dict[str, int], notes: Notes) -> Road:
    notes.road = road.id
    references = tuple(one for one in road.signal_references if one.id in known)
    if len(references) < len(road.signal_references):
        bad = next(one for one in road.signal_references if one.id not in known)
        notes.ignored("signalReference", bad.line, "signal {!r} is not in the file; left out", bad.id)
    signals = road.signals
    if any(name not in known for one in signals for name in one.dependencies):
        bad_one = next(one for one in signals if any(name not in known for name in one.dependencies))
        notes.ignored(
            "dependency", bad_one.line, "signal {} depends on one that is not in the file; left out", bad_one.id
        )
        signals = tuple(
            replace(one, dependencies=tuple(name for name in one.dependencies if name in known)) for one in signals
        )
    if references == road.signal_references and signals is road.signals:
        return road
    return replace(road, signals=signals, signal_references=references)


def _mended_controllers(
    controllers: tuple[Controller, ...], known: dict[str, int], notes: Notes
) -> tuple[Controller, ...]:
    mended: dict[str, Controller] = {}
    for one in controllers:
        signals = tuple(name for name in one.signals if name in known)
        if len(signals) < len(one.signals):
            bad = next(name for name in one.signals if name not in known)
            notes.ignored("control", one.line, "controller {}: signal {!r} is not in the file; left out", one.id, bad)
            one = replace(one, signals=signals)
        if one.id in mended:
            notes.repaired(
                "controller", one.line, "a second controller {}; its signals are added to the first's", one.id
            )
            first = mended[one.id]
            one = replace(first, signals=tuple(dict.fromkeys(first.signals + one.signals)))
        mended[one.id] = one
    return tuple(mended.values())


def _with_known_controllers(junction: Junction, known: set[str], notes: Notes) -> Junction:
    kept = tuple(one for one in junction.controllers if one.id in known)
    if len(kept) == len(junction.controllers):
        return junction
    bad = next(one for one in junction.controllers if one.id not in known)
    notes.ignored(
        "controller", junction.line, "junction {}: controller {!r} is not in the file; left out", junction.id, bad.id
    )
    return replace(junction, controllers=kept)
