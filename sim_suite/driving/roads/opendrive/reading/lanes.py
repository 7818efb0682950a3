"""Lane sections and lanes. Source: ASAM OpenDRIVE 1.8, clause 11; for 1.4 its clause 5.3.7."""

from __future__ import annotations

from typing import Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.roads.opendrive.model import Lane, LaneSection, LaneSpeed, MarkLine, RoadMark
from sim_suite.driving.roads.opendrive.reading.notes import Notes
from sim_suite.driving.roads.opendrive.reading.speeds import read_speed
from sim_suite.driving.roads.opendrive.reading.values import (
    cubics,
    decoration,
    flag,
    integer,
    needed,
    number,
    readable,
    whole,
    word,
)

_DIRECTIONS: Final = frozenset({"standard", "reversed", "both"})
_CHANGES: Final = frozenset({"increase", "decrease", "both", "none"})


def read_section(node: Node, notes: Notes) -> LaneSection:
    """One <laneSection>, its lanes from left to right whatever their order in the file. Raises `RoadError`."""
    lanes: list[Lane] = []
    sides = set()
    for side in node.children:
        if side.tag in ("left", "center", "right"):
            found = [read_lane(one, notes) for one in side.children if one.tag == "lane"]
            lanes += found
            if found:
                sides.add(side.tag)
    single_side = None
    if flag(node, "singleSide", notes) and len(sides & {"left", "right"}) == 1:
        single_side = "left" if "left" in sides else "right"
    lanes.sort(key=lambda lane: -lane.id)
    return LaneSection(needed(node, "s", notes, 0.0), tuple(lanes), single_side, node.line)


def read_lane(node: Node, notes: Notes) -> Lane:
    """One <lane>. Raises `RoadError` where its id or its width cannot be read."""
    parts: dict[str, list[Node]] = {}
    for child in node.children:
        parts.setdefault(child.tag, []).append(child)
    predecessors: tuple[int, ...] = ()
    successors: tuple[int, ...] = ()
    for link in parts.get("link", ()):
        predecessors = _read_neighbours(link, "predecessor", notes)
        successors = _read_neighbours(link, "successor", notes)
    speeds = readable(parts.get("speed", ()), _read_lane_speed, notes)
    return Lane(
        integer(node, "id", notes),
        node.attributes.get("type", "none"),
        cubics(parts.get("width", ()), "sOffset", notes),
        cubics(parts.get("border", ()), "sOffset", notes),
        predecessors,
        successors,
        readable(parts.get("roadMark", ()), _read_mark, notes),
        tuple([one for one in speeds if one is not None]),
        flag(node, "level", notes),
        word(node, "direction", _DIRECTIONS, "standard", notes),
        node.line,
    )


def _read_lane_speed(node: Node, notes: Notes) -> LaneSpeed | None:
    speed = read_speed(node, notes)
    return None if speed is None else LaneSpeed(needed(node, "sOffset", notes, 0.0), speed)


def _read_neighbours(link: Node, tag: str, notes: Notes) -> tuple[int, ...]:
    found: list[int] = []
    for one in link.children:
        if one.tag == tag:
            lane_id = whole(one.attributes.get("id", ""))
            if lane_id is None:
                notes.ignored(tag, one.line, "id = {!r} is no lane; left out", one.attributes.get("id", ""))
            elif lane_id not in found:
                found.append(lane_id)
    return tuple(found)


def _read_mark(node: Node, notes: Notes) -> RoadMark:
    get = node.attributes.get
    mark_type = get("type")
    if mark_type is None:  # 1.4 let the child <type name=...> say it alone
        child = node.first("type")
        mark_type = "none" if child is None else child.attributes.get("name", "none")
    return RoadMark(
        needed(node, "sOffset", notes, 0.0),
        mark_type,
        get("color", "standard"),
        get("weight", "standard"),
        decoration(node, "width", notes),
        word(node, "laneChange", _CHANGES, "", notes) or None,
        _read_lines(node, notes) if node.children else (),
        node.line,
    )


def _read_lines(mark: Node, notes: Notes) -> tuple[MarkLine, ...]:
    """Lines of <type>, then those of <explicit>; one that says nothing of use is left out with a finding."""
    found: tuple[MarkLine, ...] = ()
    for tag, read in (("type", _read_repeated), ("explicit", _read_once)):
        for node in mark.all(tag):
            found += readable(node.all("line"), read, notes)
    return found


def _read_repeated(node: Node, notes: Notes) -> MarkLine:
    return _read_line(node, _positive(node, "space", notes), notes)


def _read_once(node: Node, notes: Notes) -> MarkLine:
    return _read_line(node, None, notes)


def _read_line(node: Node, space: float | None, notes: Notes) -> MarkLine:
    get = node.attributes.get
    length, s, t = (
        _positive(node, "length", notes),
        number(node, "sOffset", notes, 0.0),
        number(node, "tOffset", notes, 0.0),
    )
    return MarkLine(length, space, t, s, decoration(node, "width", notes), get("color"), get("rule"))


def _positive(node: Node, name: str, notes: Notes) -> float:
    value = number(node, name, notes)
    if value < 0.0:
        raise notes.refusal(node.tag, node.line, "{} = {} is negative. Correct it.", name, value)
    return value
