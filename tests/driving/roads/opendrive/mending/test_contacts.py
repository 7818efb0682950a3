"""Contact points that the ends of roads and the signs of lanes contradict."""

from __future__ import annotations

from dataclasses import replace
from math import pi

from sim_suite.driving.roads.opendrive.model import Geometry, Lane, LaneSection, Line, OpenDrive, Road, RoadLink
from sim_suite.driving.roads.opendrive.reader import Reading, parse_opendrive
from sim_suite.driving.roads.opendrive.writer import to_xml
from tests.driving.roads.opendrive.samples import lanes, straight


def _turned(lane: Lane) -> Lane:
    return replace(lane, predecessors=(-lane.id,) if lane.id else ())


def _read(
    contact: str | None, heading: float = pi, turned: bool = True, start_x: float = 0.0, s: float | None = None
) -> Reading:
    """Road 1 runs from the origin eastwards; road 2 starts at `start_x` and says that road 1 precedes it, with its `contact`."""
    first = replace(straight().roads[0], sections=(LaneSection(0.0, lanes(1, 1, linked=False)),))
    cross_section = tuple(_turned(lane) if turned else lane for lane in lanes(1, 1))
    second = Road(
        "2", 100.0, (Geometry(0.0, start_x, 0.0, heading, 100.0, Line()),), (LaneSection(0.0, cross_section),),
        predecessor=RoadLink("road", "1", contact, s),
    )  # fmt: skip
    return parse_opendrive(to_xml(OpenDrive(straight().header, (first, second))).encode())


def _contact(reading: Reading) -> str | None:
    link = reading.document.roads[1].predecessor
    assert link is not None
    return link.contact_point


def test_a_contact_point_that_lies_elsewhere_is_mended():
    reading = _read("end")
    assert _contact(reading) == "start"
    assert "contactPoint = 'end', but road 1 lies with its start there" in "".join(map(str, reading.findings))


def test_a_contact_point_that_holds_is_kept():
    assert _contact(_read("start")) == "start"
    assert _contact(_read("end", heading=0.0, turned=False, start_x=100.0)) == "end"


def test_a_contact_point_that_the_lanes_agree_with_is_kept():
    assert _contact(_read("end", turned=False)) == "end"


def test_a_contact_point_is_kept_where_the_roads_touch_nowhere():
    assert _contact(_read("end", start_x=30.0)) == "end"


def test_an_element_s_at_an_end_is_read_as_that_end():
    for s, start_x, contact in ((2.1e-314, 1.5, "start"), (1.0, -1.5, "start"), (99.0, 101.0, "end")):
        reading = _read(None, start_x=start_x, s=s)
        link = reading.document.roads[1].predecessor
        assert link == RoadLink("road", "1", contact)
        assert f"is the {contact} of road 1" in "".join(map(str, reading.findings))


def test_an_element_s_inside_a_road_is_kept():
    for s, start_x in ((50.0, 50.0), (1.0, 50.0), (50.0, 0.0)):
        link = _read(None, start_x=start_x, s=s).document.roads[1].predecessor
        assert link == RoadLink("road", "1", None, s)
