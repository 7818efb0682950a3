"""The writer: what is written reads back equal, the same bytes each time, as LibCarla wants it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from sim_suite.driving.roads.opendrive.furniture import Corner, Outline, RoadObject, Signal
from sim_suite.driving.roads.opendrive.model import Header, OpenDrive
from sim_suite.driving.roads.opendrive.reader import parse_opendrive, read_opendrive
from sim_suite.driving.roads.opendrive.writer import to_xml, write_opendrive
from sim_suite.errors import SuiteError
from tests.driving.roads.opendrive.documents import documents
from tests.driving.roads.opendrive.samples import crossing, straight


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(documents())
def test_what_is_written_reads_back_equal_and_needs_no_repair(document: OpenDrive):
    text = to_xml(document)
    reading = parse_opendrive(text.encode())
    assert reading.document == document
    assert [one for one in reading.findings if one.kind != "noted"] == []
    assert to_xml(reading.document) == text


def test_numbers_are_exact(tmp_path):
    document = straight(length=0.1 + 0.2, width=1e-17)
    write_opendrive(document, tmp_path / "a.xodr")
    assert 'length="0.30000000000000004"' in (tmp_path / "a.xodr").read_text()
    assert read_opendrive(tmp_path / "a.xodr").document == document


def test_an_outline_stands_directly_under_its_object():
    corners = tuple(Corner(False, s, t) for s, t in ((1.0, -3.5), (4.0, -3.5), (4.0, 3.5), (1.0, 3.5)))
    road = straight().roads[0]
    walk = RoadObject("9", 2.5, 0.0, "crosswalk", outlines=(Outline(corners),))
    text = to_xml(replace(straight(), roads=(replace(road, objects=(walk,)),)))
    assert "<outlines>" not in text
    assert text.index("<object ") < text.index("<outline>") < text.index("<cornerRoad ")


def test_the_header_says_what_the_document_says():
    header = Header(1, 7, geo_reference="+proj=tmerc +lat_0=0 +lon_0=0")
    text = to_xml(replace(straight(), header=header))
    assert 'revMajor="1" revMinor="7"' in text
    assert "<geoReference><![CDATA[+proj=tmerc +lat_0=0 +lon_0=0]]></geoReference>" in text


def test_later_attributes_are_written_only_where_they_are_needed():
    text = to_xml(crossing())
    for name in ("rule=", "singleSide=", "direction=", "elementS=", 'type="default"', "closed="):
        assert name not in text


def test_a_document_that_xml_cannot_hold_is_refused():
    road = straight().roads[0]
    with pytest.raises(SuiteError, match="finite"):
        to_xml(OpenDrive(Header(), (replace(road, length=float("nan")),)))
    with pytest.raises(SuiteError, match="x00"):
        to_xml(OpenDrive(Header(), (replace(road, signals=(Signal("1", 0.0, 0.0, "\0"),)),)))
