"""Lane sections, lanes and speeds as XML. Source: ASAM OpenDRIVE 1.8, clause 11."""

from __future__ import annotations

from sim_suite.driving.documents.text import Text
from sim_suite.driving.roads.opendrive.model import Lane, LaneSection, MarkLine, RoadMark, Speed


def write_section(text: Text, section: LaneSection) -> None:
    """One <laneSection>, lanes from left to right."""
    single = None if section.single_side is None else True
    with text.element("laneSection", s=section.s, singleSide=single):
        sides = (
            ("left", [lane for lane in section.lanes if lane.id > 0]),
            ("center", [lane for lane in section.lanes if lane.id == 0]),
            ("right", [lane for lane in section.lanes if lane.id < 0]),
        )
        for side, lanes in sides:
            if lanes:
                with text.element(side):
                    for lane in lanes:
                        _write_lane(text, lane)


def write_speed(text: Text, speed: Speed, s_offset: float | None = None) -> None:
    """One <speed> of a road's type, or of a lane from `s_offset` on."""
    text.empty("speed", sOffset=s_offset, max="no limit" if speed.maximum is None else speed.maximum, unit=speed.unit)


def _write_lane(text: Text, lane: Lane) -> None:
    direction = None if lane.direction == "standard" else lane.direction
    with text.element("lane", id=lane.id, type=lane.type, level=lane.level, direction=direction):
        if lane.predecessors or lane.successors:
            with text.element("link"):
                for one in lane.predecessors:
                    text.empty("predecessor", id=one)
                for one in lane.successors:
                    text.empty("successor", id=one)
        for tag, records in (("border", lane.borders), ("width", lane.widths)):
            for s, a, b, c, d in records:
                text.empty(tag, sOffset=s, a=a, b=b, c=c, d=d)
        for mark in lane.road_marks:
            _write_mark(text, mark)
        for limit in lane.speeds:
            write_speed(text, limit.speed, limit.s)


def _write_mark(text: Text, mark: RoadMark) -> None:
    with text.element(
        "roadMark",
        sOffset=mark.s,
        type=mark.type,
        weight=mark.weight,
        color=mark.color,
        width=mark.width,
        laneChange=mark.lane_change,
    ):
        repeated = [line for line in mark.lines if line.space is not None]
        once = [line for line in mark.lines if line.space is None]
        if repeated:
            with text.element("type", name=mark.type, width=mark.width):
                _write_lines(text, repeated)
        if once:
            with text.element("explicit"):
                _write_lines(text, once)


def _write_lines(text: Text, lines: list[MarkLine]) -> None:
    for length, space, t, s, width, color, rule in lines:
        text.empty("line", length=length, space=space, tOffset=t, sOffset=s, width=width, color=color, rule=rule)
