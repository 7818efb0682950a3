"""Consistency: what a file's elements say of each other, repaired with a finding or refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim_suite.driving.roads.opendrive.findings import RoadError
from sim_suite.driving.roads.opendrive.furniture import Controller, SignalReference, Validity
from sim_suite.driving.roads.opendrive.junctions import LaneLink
from sim_suite.driving.roads.opendrive.mending.mend import mend
from sim_suite.driving.roads.opendrive.mending.unchanged import kept, with_parts
from sim_suite.driving.roads.opendrive.model import Cubic, OpenDrive, RoadLink
from sim_suite.driving.roads.opendrive.reading.notes import Notes
from tests.driving.roads.opendrive.samples import crossing
from tests.driving.roads.opendrive.texts import LANES, PLAN, lane, read, repaired, road, section


def mended(document: OpenDrive) -> tuple[OpenDrive, list[str]]:
    notes = Notes()
    found = mend(document, notes)
    again = Notes()
    assert mend(found, again) == found, "mending twice changes more"
    assert all(one.kind == "noted" for one in again.findings())
    return found, [str(one) for one in notes.findings()]


def with_road(index: int, **changes: object) -> OpenDrive:
    document = crossing()
    roads = list(document.roads)
    roads[index] = replace(roads[index], **changes)  # type: ignore[arg-type]
    return replace(document, roads=tuple(roads))


def geometries(*pieces: tuple[float, float, float]) -> str:
    """A plan view of lines: (s, x, length) each."""
    inner = "".join(f'<geometry s="{s}" x="{x}" y="0" hdg="0" length="{n}"><line/></geometry>' for s, x, n in pieces)
    return f"<planView>{inner}</planView>"


def test_a_lawful_document_stays_as_it_is():
    assert mended(crossing()) == (crossing(), [])


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([(0, 0, 60), (60.2, 60, 40)], [(0.0, 60.0), (60.0, 40.0)]),  # s drifts: lengths hold
        ([(60, 60, 40), (0, 0, 60)], [(0.0, 60.0), (60.0, 40.0)]),  # out of order
        ([(0, 0, 60), (60, 60, 0), (60, 60, 40)], [(0.0, 60.0), (60.0, 40.0)]),  # one of no length
        ([(5, 0, 60), (65, 60, 40)], [(0.0, 60.0), (60.0, 40.0)]),  # does not begin at 0
        ([(0, 0, 30), (60, 60, 40)], [(0.0, 60.0), (60.0, 40.0)]),  # too short to reach the next one
    ],
)
def test_geometries_are_put_in_step(pieces, expected):
    document, finding = repaired(road(plan=geometries(*pieces)))
    assert finding.kind == "repaired"
    assert [(one.s, one.length) for one in document.roads[0].plan_view] == expected


def test_geometries_that_leave_a_gap_whichever_number_holds_are_refused():
    with pytest.raises(RoadError, match="leave a gap"):
        read(road(plan=geometries((0, 0, 30), (45, 60, 40))))


@pytest.mark.parametrize("bad", ["-1", "1e7"])
def test_absurd_lengths_are_refused(bad):
    with pytest.raises(RoadError, match="between 0 and 1e6"):
        read(road(plan=PLAN.replace('length="100"', f'length="{bad}"')))


def test_a_geometry_that_winds_hundreds_of_times_is_refused():
    with pytest.raises(RoadError, match="turns by 10000"):
        read(road(plan=PLAN.replace("<line/>", '<arc curvature="100"/>')))


@pytest.mark.parametrize(("attribute", "length"), [('length="100.3"', 100.0), ("", 100.0), ('length="200"', 100.0)])
def test_the_length_of_the_reference_line_holds(attribute, length):
    document, finding = repaired(road(attributes=f'junction="-1" {attribute}'))
    assert document.roads[0].length == length
    assert finding.kind == "repaired"


def test_a_road_may_end_before_its_reference_line():
    document, finding = repaired(road(attributes='length="20"'))
    assert document.roads[0].length == 20.0
    assert finding.kind == "noted"


def test_a_road_without_length_is_left_out():
    document, finding = repaired(road(), road(id="2", plan=PLAN.replace('length="100"', 'length="0"')))
    assert [one.id for one in document.roads] == ["1"]
    assert (finding.kind, finding.road) == ("ignored", "2")


def test_roads_of_one_id_are_refused_unless_they_are_equal():
    document, _ = repaired(road(), road())
    assert len(document.roads) == 1
    with pytest.raises(RoadError, match="also that of line"):
        read(road(), road(attributes='length="100" name="other"'))


def lanes(*sections: str) -> str:
    return f"<lanes>{''.join(sections)}</lanes>"


def test_sections_are_sorted_and_begin_at_0():
    document, finding = repaired(road(lanes=lanes(section(lane(), 50), section(lane(), 0))))
    assert [one.s for one in document.roads[0].sections] == [0.0, 50.0]
    assert "out of order" in finding.message
    document, finding = repaired(road(lanes=lanes(section(lane(), 3))))
    assert [one.s for one in document.roads[0].sections] == [0.0]


def test_a_section_beyond_the_end_is_dropped_and_its_links_are_led_on():
    first = section(lane('<link><successor id="-2"/></link>'))
    beyond = section(lane(id=-1) + lane('<link><successor id="-3"/></link>', id=-2), 100)
    document, finding = repaired(road(lanes=lanes(first, beyond)))
    assert len(document.roads[0].sections) == 1
    assert document.roads[0].sections[0].lanes[1].successors == (-3,)
    assert finding.kind == "ignored"


def test_a_road_without_sections_has_a_centre_lane_only():
    document, finding = repaired(road(lanes="<lanes/>"))
    assert [one.id for one in document.roads[0].sections[0].lanes] == [0]
    assert finding.kind == "repaired"


def test_a_missing_centre_lane_is_added():
    document, _ = repaired(road(lanes=LANES.replace('<lane id="0" type="none"/>', "")))
    assert [one.id for one in document.roads[0].sections[0].lanes] == [0, -1]


def test_two_different_lanes_of_one_id_are_refused():
    with pytest.raises(RoadError, match="a second lane -1"):
        read(road(lanes=lanes(section(lane() + lane(width='<width sOffset="0" a="9" b="0" c="0" d="0"/>')))))


def test_a_gap_in_the_numbers_of_lanes_is_noted_and_kept():
    document, finding = repaired(road(lanes=lanes(section(lane() + lane(id=-3)))))
    assert [one.id for one in document.roads[0].sections[0].lanes] == [0, -1, -3]
    assert finding.kind == "noted"


@pytest.mark.parametrize(
    ("widths", "expected", "kind"),
    [
        ([(5, 3.0, 0)], [(0.0, 3.0, 0.0), (5.0, 3.0, 0.0)], "repaired"),
        ([(50, 2.0, 0), (0, 3.0, 0)], [(0.0, 3.0, 0.0), (50.0, 2.0, 0.0)], "repaired"),
        ([(-10, 3.0, 0.1)], [(0.0, 4.0, 0.1)], "repaired"),
        ([(0, 3.0, 0), (150, 9.0, 0)], [(0.0, 3.0, 0.0)], "ignored"),
        ([], [(0.0, 0.0, 0.0)], "repaired"),
        ([(0, -1.0, 0)], [(0.0, -1.0, 0.0)], "noted"),
    ],
)
def test_widths(widths, expected, kind):
    text = "".join(f'<width sOffset="{s}" a="{a}" b="{b}" c="0" d="0"/>' for s, a, b in widths)
    document, finding = repaired(road(lanes=lanes(section(lane(width=text)))))
    assert [one[:3] for one in document.roads[0].sections[0].lanes[1].widths] == expected
    assert finding.kind == kind


def test_a_lane_wider_than_a_kilometre_is_refused_at_its_end_too():
    with pytest.raises(RoadError, match="reach 10003"):
        read(road(lanes=lanes(section(lane(width='<width sOffset="0" a="3" b="100" c="0" d="0"/>')))))


def test_steep_coefficients_of_short_records_are_kept():
    sections = section(lane(width='<width sOffset="0" a="3" b="0" c="1e12" d="0"/>')), section(lane(), 1e-6)
    assert read(road(lanes=lanes(*sections))).document.roads[0].sections[0].lanes[1].widths == (
        Cubic(0.0, 3.0, 0.0, 1e12),
    )


WEST, MIDDLE, EAST = 0, 1, 2


def test_links_to_what_is_missing_are_dropped():
    document, findings = mended(with_road(EAST, successor=RoadLink("road", "99", "start")))
    assert document == crossing()
    assert "'99', which is not in the file" in findings[0]


def test_a_contact_point_is_found_by_the_link_back_or_by_place():
    document, findings = mended(with_road(MIDDLE, predecessor=RoadLink("road", "1")))
    assert document == crossing()
    assert "no contactPoint" in findings[0]
    plain = with_road(MIDDLE, predecessor=RoadLink("road", "1"))
    west = replace(plain.roads[WEST], successor=None)
    document, _ = mended(replace(plain, roads=(west, *plain.roads[1:])))
    assert document.roads[MIDDLE].predecessor == RoadLink("road", "1", "end")


def test_a_link_of_one_side_is_completed():
    document, findings = mended(with_road(WEST, successor=None))
    assert document == crossing()
    assert "its end has no link, but junction 5 joins it there" in findings[0]


def test_a_type_that_contradicts_the_id_is_repaired_only_if_the_other_knows_us():
    wrong = road(link='<link><successor elementType="junction" elementId="2" contactPoint="start"/></link>')
    back = '<link><predecessor elementType="road" elementId="1" contactPoint="end"/></link>'
    document, finding = repaired(wrong, road(id="2", link=back))
    assert document.roads[0].successor == RoadLink("road", "2", "start")
    assert finding.kind == "repaired"
    document, finding = repaired(wrong, road(id="2"))
    assert document.roads[0].successor is None
    assert finding.kind == "ignored"


def test_a_road_of_a_missing_junction_stands_outside():
    document, _ = repaired(road(attributes='length="100" junction="77"'))
    assert document.roads[0].junction == "-1"


def test_a_connecting_road_that_does_not_say_so_is_taken_in():
    document, findings = mended(with_road(MIDDLE, junction="-1"))
    assert document.roads[MIDDLE] == crossing().roads[MIDDLE]
    assert any("taken as part of it" in one for one in findings)


def connection(**changes: object) -> OpenDrive:
    document = crossing()
    junction = document.junctions[0]
    one = replace(junction.connections[0], **changes)  # type: ignore[arg-type]
    return replace(document, junctions=(replace(junction, connections=(one,)),))


@pytest.mark.parametrize(
    "changes",
    [{"contact_point": ""}, {"lane_links": (LaneLink(-1, -1), LaneLink(-7, -1), LaneLink(-1, 3))}],
    ids=["contact", "lanes"],
)
def test_connections_are_repaired(changes):
    document, findings = mended(connection(**changes))
    assert document == crossing()
    assert len(findings) == 1


def test_lane_links_that_are_left_out_come_from_the_lanes():
    document, _ = mended(connection(lane_links=()))
    assert document.junctions[0].connections[0].lane_links == (LaneLink(-1, -1),)


def test_connections_of_missing_roads_are_dropped():
    document, findings = mended(connection(connecting_road="99"))
    assert document.junctions[0].connections == ()
    assert len(findings) == 1


def test_lane_links_to_missing_lanes_are_dropped():
    east = crossing().roads[EAST]
    first = east.sections[0]
    lane_there = replace(first.lanes[-1], successors=(-1, -9))
    changed = replace(first, lanes=(*first.lanes[:-1], lane_there))
    document, findings = mended(with_road(EAST, sections=(changed, east.sections[1])))
    assert document == crossing()
    assert "lane -9, does not exist" in findings[0]


def test_signals_are_moved_onto_the_road_and_hold_for_lanes_that_exist():
    west = crossing().roads[WEST]
    light = replace(west.signals[0], s=45.0, validities=(Validity(-1, -1), Validity(-9, -8)))
    document, findings = mended(with_road(WEST, signals=(light, west.signals[1])))
    assert document.roads[WEST].signals[0] == replace(west.signals[0], s=40.0)
    assert len(findings) == 2


def test_controllers_references_and_dependencies_name_signals_that_exist():
    document = crossing()
    west = document.roads[WEST]
    changed = replace(
        west,
        signals=(replace(west.signals[0], dependencies=("404",)), west.signals[1]),
        signal_references=(SignalReference("404", 1.0, 0.0),),
    )
    bad = replace(
        document, roads=(changed, *document.roads[1:]), controllers=(Controller("300", ("100", "404")),)
    )  # fmt: skip
    found, findings = mended(bad)
    assert found == document
    assert len(findings) == 3


def test_a_junction_names_controllers_and_roads_that_exist():
    document, findings = mended(replace(crossing(), controllers=()))
    assert document.junctions[0].controllers == ()
    assert len(findings) == 1


def test_repeats_end_with_the_road_and_are_not_without_number():
    west = crossing().roads[WEST]
    pole = west.objects[1]
    long = replace(pole, repeats=(replace(pole.repeats[0], length=500.0),))
    document, _ = mended(with_road(WEST, objects=(long,)))
    assert document.roads[WEST].objects[0].repeats[0].length == 35.0
    dense = replace(pole, repeats=(replace(pole.repeats[0], distance=1e-6),))
    with pytest.raises(RoadError, match="one object every 1e-06 m"):
        mended(with_road(WEST, objects=(dense,)))


def test_of_a_document_in_order_every_road_and_section_stays_the_very_same_object():
    document = crossing()
    mended = mend(document, Notes())
    assert all(new is old for new, old in zip(mended.roads, document.roads, strict=True))
    assert with_parts(document.roads[0], id=document.roads[0].id) is document.roads[0]
    assert with_parts(document.roads[0], id="other") == replace(document.roads[0], id="other")
    assert kept(iter(("a",)), ("a", "b")) == ("a",)


@pytest.mark.parametrize(
    ("cubic", "lowest"),
    [
        ('a="3.5" b="-0.1" c="0" d="0"', "-6.5"),  # at the end, 100 m on
        ('a="1" b="-0.1" c="0.001" d="0"', "-1.5"),  # at 50 m
        ('a="0" b="-0.9" c="0" d="0.0003"', "-18.9737"),  # at sqrt(1000) m, whose cube grows it again
        ('a="-1" b="0" c="0" d="0"', "-1"),
    ],
)
def test_a_width_that_turns_negative_is_noted_with_its_least_value(cubic, lowest):
    text = lane(width=f'<width sOffset="0" {cubic}/>')
    _, finding = repaired(road(lanes=f"<lanes>{section(text)}</lanes>"))
    assert finding.message == f"lane -1 has a negative width, {float(lowest):.6g} m; counts as 0"


@pytest.mark.parametrize("cubic", ['a="3" b="-0.03" c="0" d="0"', 'a="3" b="0.1" c="-0.001" d="0"'])
def test_a_width_that_ends_at_zero_or_dips_only_beyond_the_section_is_not(cubic):
    text = lane(width=f'<width sOffset="0" {cubic}/>')
    assert read(road(lanes=f"<lanes>{section(text)}</lanes>")).findings == ()


@pytest.mark.parametrize(
    ("value", "shown"), [(22.0, "22"), (105.23278869526771, "105.233"), (12345.6789, "12345.679"), (1e12, "1e+12")]
)
def test_numbers_in_messages_are_short(value, shown):
    notes = Notes()
    notes.noted("road", 1, "{} m", value)
    assert notes.findings()[0].message == f"{shown} m"


def test_a_length_that_is_not_the_reference_lines_says_which_is_used():
    attributes = 'length="98.5" junction="-1"'
    plan = PLAN.replace('length="100"', 'length="98.6413"')
    _, finding = repaired(road(attributes=attributes, plan=plan))
    assert finding.message == "length = 98.5, but its reference line measures 98.6413 m; 98.6413 m is used"
