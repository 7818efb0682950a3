"""The reader: each part of the standard, from 1.4 to 1.8, as the model keeps it; and what is refused, where."""

from __future__ import annotations

import pytest

from sim_suite.driving.roads.opendrive.findings import RoadError
from sim_suite.driving.roads.opendrive.furniture import Corner, Outline, Repeat, Structure, Validity
from sim_suite.driving.roads.opendrive.junctions import JunctionController, LaneLink, Priority
from sim_suite.driving.roads.opendrive.model import (
    Arc,
    Crossfall,
    Cubic,
    LaneSpeed,
    Line,
    MarkLine,
    Offset,
    ParamPoly3,
    Poly3,
    RoadLink,
    RoadMark,
    RoadType,
    ShapeRecord,
    Speed,
    Spiral,
)
from sim_suite.driving.roads.opendrive.reader import parse_opendrive, read_opendrive
from sim_suite.driving.roads.opendrive.writer import to_xml
from tests.driving.roads.opendrive.samples import crossing
from tests.driving.roads.opendrive.texts import LANES, PLAN, lane, only_road, read, repaired, road, section


def plan(shape: str) -> str:
    return f'<planView><geometry s="0" x="1" y="2" hdg="0.5" length="100">{shape}</geometry></planView>'


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("<line/>", Line()),
        ('<arc curvature="-0.01"/>', Arc(-0.01)),
        ('<spiral curvStart="0" curvEnd="0.02"/>', Spiral(0.0, 0.02)),
        ('<poly3 a="0" b="0.1" c="1e-3" d="0"/>', Poly3(0.0, 0.1, 1e-3, 0.0)),
        ('<paramPoly3 pRange="arcLength" aU="0" bU="1" cU="0" dU="0" aV="0" bV="0" cV="2" dV="3"/>',
         ParamPoly3(0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 2.0, 3.0, False)),
        ('<paramPoly3 aU="0" bU="1" cU="0" dU="0" aV="0" bV="0" cV="2" dV="3"/>',
         ParamPoly3(0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 2.0, 3.0, True)),
    ],
)  # fmt: skip
def test_every_shape_of_the_plan_view(text, shape):
    geometry = only_road(road(plan=plan(text))).plan_view[0]
    assert geometry.shape == shape
    assert (geometry.x, geometry.y, geometry.heading, geometry.length) == (1.0, 2.0, 0.5, 100.0)


def test_header_with_reference_and_offset():
    header = (
        '<header revMajor="1" revMinor="7" name="n" version="1.00" date="d" north="1.5" south="-2" east="" vendor="v">'
        '<geoReference>\n<![CDATA[+proj=tmerc +lat_0=1]]></geoReference><offset x="1" y="2" z="3" hdg="0.5"/></header>'
    )
    found = read(road(), header=header).document.header
    assert (found.rev_major, found.rev_minor, found.vendor) == (1, 7, "v")
    assert (found.north, found.south, found.east, found.west) == (1.5, -2.0, None, None)
    assert found.geo_reference == "+proj=tmerc +lat_0=1"
    assert found.offset == Offset(1.0, 2.0, 3.0, 0.5)


def test_road_attributes_links_types_and_profiles():
    found = only_road(
        road(
            '<type s="0" type="town" country="DE"><speed max="50" unit="km/h"/></type>'
            '<type s="50" type="rural"><speed max="no limit"/></type>'
            '<elevationProfile><elevation s="0" a="1" b="2e-2" c="0" d="0"/></elevationProfile>'
            '<lateralProfile><superelevation s="0" a="0.1" b="0" c="0" d="0"/>'
            '<crossfall side="left" s="0" a="0.02" b="0" c="0" d="0"/>'
            '<shape s="0" t="-2" a="0" b="0.1" c="0" d="0"/></lateralProfile>',
            attributes='name="High St" length="100" junction="-1" rule="LHT"',
            link='<link><predecessor elementType="road" elementId="1" elementS="20" elementDir="+"/></link>',
        )
    )
    assert (found.name, found.rule, found.line) == ("High St", "LHT", 1)
    assert found.predecessor == RoadLink("road", "1", None, 20.0, "+")
    assert found.types == (
        RoadType(0.0, "town", "DE", Speed(50.0, "km/h")),
        RoadType(50.0, "rural", "", Speed(None, "m/s")),
    )
    assert found.elevations == (Cubic(0.0, 1.0, 0.02),)
    assert found.superelevations == (Cubic(0.0, 0.1),)
    assert found.crossfalls == (Crossfall("left", Cubic(0.0, 0.02)),)
    assert found.shapes == (ShapeRecord(0.0, -2.0, 0.0, 0.1, 0.0, 0.0),)


def test_a_lane_with_everything():
    inner = (
        '<link><predecessor id="-2"/><predecessor id="-3"/><successor id="-1"/></link>'
        '<border sOffset="0" a="-4" b="0" c="0" d="0"/>'
        '<roadMark sOffset="0" type="solid broken" weight="bold" color="yellow" width="0.2" laneChange="increase">'
        '<sway ds="0" a="0"/><type name="x" width="1"><line length="1" space="2" tOffset="0" sOffset="0"/></type></roadMark>'
        '<roadMark sOffset="5"><type name="broken"/></roadMark>'
        '<material sOffset="0"/><access sOffset="0" restriction="bus"/><height sOffset="0" inner="0" outer="0"/>'
        '<speed sOffset="2" max="30" unit="mph"/><userData><predecessor id="9"/><width a="1"/></userData>'
    )
    text = lane(inner).replace('type="driving">', 'type="mwyEntry" level="true" direction="reversed">', 1)
    found = only_road(
        road(lanes=f'<lanes><laneOffset s="0" a="1" b="0" c="0" d="0"/>{section(text)}</lanes>')
    ).sections[0].lanes[1]  # fmt: skip
    assert (found.id, found.type, found.level, found.direction) == (-1, "mwyEntry", True, "reversed")
    assert (found.predecessors, found.successors) == ((-2, -3), (-1,))
    assert found.widths == (Cubic(0.0, 3.5),)
    assert found.borders == (Cubic(0.0, -4.0),)
    assert found.road_marks == (
        RoadMark(0.0, "solid broken", "yellow", "bold", 0.2, "increase", (MarkLine(1.0, 2.0),)),
        RoadMark(5.0, "broken"),
    )
    assert found.speeds == (LaneSpeed(2.0, Speed(30.0, "mph")),)


def test_lines_of_a_mark_and_what_is_wrong_with_them():
    once = '<explicit><line length="2" tOffset="-0.1" sOffset="7"/></explicit>'
    good = '<line length="3" space="8" tOffset="0.1" sOffset="1" width="0.12" color="white" rule="caution"/>'
    bad = '<line length="-1" space="8"/><line length="x" space="8"/><line length="3"/><line length="1" space="1" sOffset="?"/>'
    text = f'<roadMark sOffset="0" type="broken">{once}<type name="broken" width="0.1">{good}{bad}</type></roadMark>'
    reading = read(road(lanes=f"<lanes>{section(lane(text))}</lanes>"))
    (mark,) = reading.document.roads[0].sections[0].lanes[1].road_marks
    assert mark.lines == (MarkLine(3.0, 8.0, 0.1, 1.0, 0.12, "white", "caution"), MarkLine(2.0, None, -0.1, 7.0))
    found = [finding.message for finding in reading.findings if finding.element == "line"]
    assert len(found) == 4
    assert all(finding.kind == "ignored" for finding in reading.findings if finding.element == "line")


def test_lanes_come_from_left_to_right_and_a_single_side_says_which():
    text = (
        '<laneSection s="0" singleSide="true"><left>'
        + lane(id=1)
        + lane(id=2)
        + '</left><center><lane id="0"/></center>'
        "</laneSection>"
    )
    found = only_road(road(lanes=f"<lanes>{text}</lanes>")).sections[0]
    assert [one.id for one in found.lanes] == [2, 1, 0]
    assert found.single_side == "left"


def test_signals_and_references():
    found = only_road(
        road(
            '<signals><signal id="7" s="90" t="-4" type="1000001" subtype="-1" country="OpenDRIVE" dynamic="yes" orientation="+" '
            'value="30" unit="km/h" text="x" name="n" zOffset="2" hOffset="0.1" pitch="0.2" roll="0.3" height="1" width="2">'
            '<validity fromLane="0" toLane="-1"/><dependency id="7" type="a"/></signal>'
            '<signalReference id="7" s="10" t="2" orientation="-"><validity fromLane="-1" toLane="-1"/></signalReference></signals>'
        )
    )
    signal, reference = found.signals[0], found.signal_references[0]
    assert (signal.id, signal.type, signal.subtype, signal.dynamic) == ("7", "1000001", "-1", True)
    assert (signal.value, signal.unit, signal.orientation, signal.dependencies) == (30.0, "km/h", "+", ("7",))
    assert signal.validities == (Validity(-1, 0),)
    assert (signal.z_offset, signal.h_offset, signal.pitch, signal.roll) == (2.0, 0.1, 0.2, 0.3)
    assert (signal.height, signal.width) == (1.0, 2.0)
    assert (reference.s, reference.orientation, reference.validities) == (10.0, "-", (Validity(-1, -1),))


CORNERS = '<cornerRoad s="1" t="2" dz="3" height="4"/><cornerRoad s="2" t="2"/>'


@pytest.mark.parametrize(
    "outline", [f"<outline>{CORNERS}</outline>", f"<outlines><outline id='0'>{CORNERS}</outline></outlines>"]
)
def test_outlines_of_1_4_and_of_later_versions(outline):
    found = only_road(road(f'<objects><object id="3" type="crosswalk" s="1" t="0">{outline}</object></objects>'))
    assert found.objects[0].outlines == (Outline((Corner(False, 1.0, 2.0, 3.0, 4.0), Corner(False, 2.0, 2.0))),)


def test_objects_with_repeats_parking_and_structures():
    found = only_road(
        road(
            '<objects><object id="3" type="parkingSpace" name="p" s="1" t="2" zOffset="0.5" hdg="1" orientation="+" length="5" '
            'width="2" height="1" radius="0.1" validLength="9" dynamic="no"><repeat s="5" length="20" distance="4"/>'
            '<outline closed="false" fillType="grass"><cornerLocal u="1" v="2" z="0" height="1"/></outline>'
            '<validity fromLane="-1" toLane="-1"/><parkingSpace access="handicapped"/></object>'
            '<tunnel id="8" s="10" length="20" type="standard"/><bridge id="9" s="50" length="5" name="b"/></objects>'
        )
    )
    thing = found.objects[0]
    assert (thing.type, thing.heading, thing.length, thing.valid_length) == ("parkingSpace", 1.0, 5.0, 9.0)
    assert thing.repeats == (Repeat(5.0, 20.0, 4.0, 2.0, 2.0, z_offset_start=0.5, z_offset_end=0.5),)
    assert thing.outlines == (Outline((Corner(True, 1.0, 2.0, 0.0, 1.0),), False, "grass"),)
    assert (thing.parking_access, thing.validities) == ("handicapped", (Validity(-1, -1),))
    assert found.structures == (
        Structure("tunnel", "8", 10.0, 20.0, "standard"),
        Structure("bridge", "9", 50.0, 5.0, name="b"),
    )


def test_junctions_of_all_types():
    light = '<signals><signal id="7" s="9" t="0"/></signals>'
    document = read(
        road(light, attributes='length="100" junction="-1"'),
        road(id="2", attributes='length="100" junction="5"'),
        '<controller id="20" name="c" sequence="3"><control signalId="7" type="0"/></controller>',
        '<junction id="5" name="x"><connection id="0" incomingRoad="1" connectingRoad="2" contactPoint="start">'
        '<laneLink from="-1" to="-1"/></connection><priority high="1" low="2"/>'
        '<controller id="20" type="t" sequence="1"/></junction>',
        '<junction id="6" type="direct"><connection id="0" incomingRoad="1" linkedRoad="2" contactPoint="end">'
        '<laneLink from="-1" to="-1"/></connection></junction>',
        '<junction id="7" type="virtual" mainRoad="1" sStart="1" sEnd="2" orientation="+"/>',
        '<junction id="8" type="crossing"><roadSection roadId="1" sStart="1" sEnd="2"/></junction>',
    ).document
    default, direct, virtual, cross = document.junctions
    assert default.connections[0].lane_links == (LaneLink(-1, -1),)
    assert default.priorities == (Priority("1", "2"),)
    assert default.controllers == (JunctionController("20", "t", 1),)
    assert document.controllers[0].signals == ("7",)
    assert (direct.type, direct.connections[0].connecting_road, direct.connections[0].contact_point) == (
        "direct",
        "2",
        "end",
    )
    assert (virtual.main_road, virtual.s_start, virtual.s_end, virtual.orientation) == ("1", 1.0, 2.0, "+")
    assert cross.type == "crossing"


def test_a_namespaced_document_reads_the_same():
    text = to_xml(crossing()).replace(
        "<OpenDRIVE>", '<OpenDRIVE xmlns="http://code.asam.net/simulation/standard/opendrive_schema">'
    )
    assert parse_opendrive(text.encode()).document == crossing()


@pytest.mark.parametrize(
    ("written", "value"), [(" 3443.48 ", 3443.48), ("1,5", 1.5), ("4.0000+0", 4.0), ("2.5-1", 0.25), ("1e2", 100.0)]
)
def test_spellings_of_numbers(written, value):
    assert only_road(road(plan=PLAN.replace('x="0"', f'x="{written}"'))).plan_view[0].x == value


@pytest.mark.parametrize("written", ["nan", "inf", "1e9", "-1e400", "abc", "1,000,000", "0x10"])
def test_numbers_that_place_something_are_refused_with_element_road_and_line(written):
    plan_view = PLAN.replace("<geometry", "\n<geometry").replace('x="0"', f'x="{written}"')
    text = f"<OpenDRIVE>\n{road(plan=plan_view, id='12')}\n</OpenDRIVE>"
    with pytest.raises(RoadError, match=r"^m\.xodr, line 3, road 12, <geometry>: x = ") as caught:
        parse_opendrive(text.encode(), "m.xodr")
    assert (caught.value.element, caught.value.road, caught.value.line) == ("geometry", "12", 3)


def test_numbers_that_decorate_are_left_out_with_a_finding():
    document, finding = repaired(road('<signals><signal id="1" s="1" t="0" pitch="nan"/></signals>'))
    assert document.roads[0].signals[0].pitch == 0.0
    assert (finding.kind, finding.element, finding.road) == ("ignored", "signal", "1")


def test_heights_that_are_no_numbers_are_left_out():
    profile = '<elevationProfile><elevation s="0" a="nan" b="0" c="0" d="0"/><elevation s="5" a="1" b="0" c="0" d="0"/></elevationProfile>'
    document, finding = repaired(road(profile))
    assert document.roads[0].elevations == (Cubic(5.0, 1.0),)
    assert finding.kind == "ignored"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<osm/>", "not <OpenDRIVE>"),
        ("<OpenDRIVE/>", "no road"),
        ('<OpenDRIVE><road id="1" length="1"/></OpenDRIVE>', "no planView"),
        (f"<OpenDRIVE>{road(id='')}</OpenDRIVE>", "id is missing"),
        (f"<OpenDRIVE>{road(plan=plan(''))}</OpenDRIVE>", "no shape"),
        (f"<OpenDRIVE>{road(plan=plan('<line/><line/>'))}</OpenDRIVE>", "several shapes"),
        (f"<OpenDRIVE>{road(plan=plan('<arc/>'))}</OpenDRIVE>", "curvature is missing"),
        (f"<OpenDRIVE>{road(lanes='<lanes>' + section('<lane/>') + '</lanes>')}</OpenDRIVE>", "id is missing"),
    ],
)
def test_what_is_no_road_network_is_refused(text, words):
    with pytest.raises(RoadError, match=words):
        parse_opendrive(text.encode())


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(RoadError, match="No such file"):
        read_opendrive(tmp_path / "none.xodr")
    with pytest.raises(RoadError, match="directory"):
        read_opendrive(tmp_path)


def test_unused_elements_of_the_standard_are_silent_and_foreign_ones_are_summed():
    assert read(road("<surface/><railroad/><userData/><userData/>")).findings == ()
    document, finding = repaired(road("<mystery/><mystery/>"))
    assert (finding.kind, finding.element) == ("ignored", "mystery")
    assert "2 in the file" in finding.message
    assert len(document.roads) == 1


def test_findings_alike_are_listed_twenty_times_and_then_summed():
    signals = "".join(f'<signal id="{i}" s="1" t="0" pitch="x"/>' for i in range(50))
    findings = read(road(f"<signals>{signals}</signals>")).findings
    assert len(findings) == 21
    assert findings[-1].message.startswith("30 more like this")


@pytest.mark.parametrize("written", ["4294967296", "-100000000", "1.5", "nan", "one", "9" * 400])
def test_ids_of_lanes_are_whole_and_of_32_bits(written):
    with pytest.raises(RoadError, match=r"id = .* is not a whole number"):
        read(road(lanes=f"<lanes>{section(lane(id=written))}</lanes>"))


def test_an_id_written_with_a_point_is_read():
    assert only_road(road(lanes=f"<lanes>{section(lane(id='-1.0'))}</lanes>")).sections[0].lanes[1].id == -1


@pytest.mark.parametrize("written", ["1_0", "\u0661\u0662", "\uff11", "1\u0662,5"])
def test_spellings_that_only_python_reads_are_no_numbers(written):
    with pytest.raises(RoadError, match=r"x = .* is not a number"):
        read(road(plan=PLAN.replace('x="0"', f'x="{written}"')))
    with pytest.raises(RoadError, match=r"a = .* is not a number"):
        read(road(lanes=LANES.replace('a="3.5"', f'a="{written}"')))
    with pytest.raises(RoadError, match=r"id = .* is not a whole number"):
        read(road(lanes=f"<lanes>{section(lane(id=written))}</lanes>"))


@pytest.mark.parametrize(
    ("inner", "element"),
    [
        ('<signals><signal id="1" s="nan" t="0"/>{}</signals>', "signal"),
        ('<signals><signal id="1" s="1"/>{}</signals>', "signal"),
        ('<signals><signal s="1" t="1"/>{}</signals>', "signal"),
        ('<signals>{}<signalReference id="7" s="1" t="x"/></signals>', "signalReference"),
        ('<signals>{}</signals><objects><object id="1" s="1" t="inf"/></objects>', "object"),
        ('<signals>{}</signals><objects><object id="1" s="1" t="2"><outline><cornerLocal u="0"/></outline></object></objects>',
         "cornerLocal"),
        ('<signals>{}</signals><objects><object id="1" s="1" t="2"><repeat s="x"/></object></objects>', "repeat"),
        ('<signals>{}</signals><objects><tunnel id="1" s="nan" length="2"/></objects>', "tunnel"),
        ('<signals>{}</signals><type s="nan" type="town"/>', "type"),
        ('<signals>{}</signals><lateralProfile><shape s="0" t="nan" a="0" b="0" c="0" d="0"/></lateralProfile>', "shape"),
        ('<signals>{}</signals><lateralProfile><crossfall s="0" a="nan" b="0" c="0" d="0"/></lateralProfile>', "crossfall"),
    ],
)  # fmt: skip
def test_what_cannot_be_placed_is_left_out_with_its_line_and_its_neighbours_stay(inner, element):
    document, finding = repaired("\n", road(inner.format('<signal id="7" s="5" t="-4"/>')))
    found = document.roads[0]
    assert [one.id for one in found.signals] == ["7"]
    assert (found.objects, found.signal_references, found.structures, found.types) == ((), (), (), ())
    assert (found.shapes, found.crossfalls) == ((), ())
    assert (finding.kind, finding.element, finding.line, finding.road) == ("ignored", element, 2, "1")
    assert finding.message.endswith("; left out")


@pytest.mark.parametrize(
    "inner", ['<roadMark sOffset="nan" type="solid"/>', '<speed sOffset="x" max="3"/>'], ids=["mark", "speed"]
)
def test_marks_and_limits_of_lanes_that_cannot_be_placed_are_left_out(inner):
    document, finding = repaired(road(lanes=f"<lanes>{section(lane(inner))}</lanes>"))
    found = document.roads[0].sections[0].lanes[1]
    assert (found.road_marks, found.speeds) == ((), ())
    assert finding.kind == "ignored"


def test_an_object_whose_repeats_state_their_places_needs_none():
    text = '<objects><object id="8"><repeat s="20" length="50" distance="0" tStart="5" tEnd="4"/></object></objects>'
    thing = only_road(road(text)).objects[0]
    assert (thing.s, thing.t) == (0.0, 0.0)
    assert thing.repeats == (Repeat(20.0, 50.0, 0.0, 5.0, 4.0),)


NO_NUMBERS = 'a="nan" b="nan" c="nan" d="nan"'
NUMBERS = 'a="-2" b="0" c="0" d="0"'


@pytest.mark.parametrize("element", ["width", "border", "laneOffset"])
def test_records_without_extent_that_hold_no_numbers_are_left_out(element):
    start = "s" if element == "laneOffset" else "sOffset"

    def text(second: float) -> str:
        records = f'<{element} {start}="0" {NO_NUMBERS}/><{element} {start}="{second}" {NUMBERS}/>'
        if element == "laneOffset":
            return road(lanes=LANES.replace("<lanes>", "<lanes>" + records))
        return road(lanes=f"<lanes>{section(lane(width=records))}</lanes>")

    reading = read(text(0.0))
    found = reading.document.roads[0]
    of_lane = found.sections[0].lanes[1]
    held = {"width": of_lane.widths, "border": of_lane.borders, "laneOffset": found.lane_offsets}[element]
    assert held == (Cubic(0.0, -2.0),)
    assert [str(one) for one in reading.findings if one.kind == "ignored"] == [
        f"ignored: line 1, road 1, <{element}>: a = 'nan' is not a number between -1e+08 and 1e+08; "
        f"another begins at the same {start}; left out"
    ]
    with pytest.raises(RoadError, match="a = 'nan' is not a number"):
        read(text(1e-6))


@pytest.mark.parametrize(
    ("attributes", "message", "revisions"),
    [
        ("", "no revMajor and no revMinor; read as 1.4", (1, 4)),
        ('revMajor="1"', "no revMinor; read as 4", (1, 4)),
        ('revMinor="6"', "no revMajor; read as 1", (1, 6)),
        ('revMajor="1" revMinor="x"', "revMinor = 'x' is not a whole number; read as 4", (1, 4)),
        ('revMajor="2" revMinor="4"', "revMajor = 2; the reader knows OpenDRIVE 1.4 to 1.8", (2, 4)),
        ('revMajor="1" revMinor="3"', "revMinor = 3; the reader knows OpenDRIVE 1.4 to 1.8", (1, 3)),
    ],
)
def test_odd_revisions_give_one_finding(attributes, message, revisions):
    reading = read(road(), header=f"<header {attributes}/>")
    assert [one.message for one in reading.findings] == [message]
    assert (reading.document.header.rev_major, reading.document.header.rev_minor) == revisions


def test_a_link_to_what_is_neither_road_nor_junction_is_left_out():
    link = '<link><successor elementType="fiddleyard" elementId="f" contactPoint="start"/></link>'
    document, finding = repaired(road(link=link))
    assert document.roads[0].successor is None
    assert finding.message == "elementType = 'fiddleyard' is neither road nor junction; the link is left out"
