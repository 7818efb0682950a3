"""OpenDRIVE files as text, assembled from fragments, for tests of the reader."""

from __future__ import annotations

from sim_suite.driving.roads.opendrive.findings import Finding
from sim_suite.driving.roads.opendrive.model import OpenDrive, Road
from sim_suite.driving.roads.opendrive.reader import Reading, parse_opendrive

PLAN = '<planView><geometry s="0" x="0" y="0" hdg="0" length="100"><line/></geometry></planView>'
LANE = '<lane id="-1" type="driving"><width sOffset="0" a="3.5" b="0" c="0" d="0"/></lane>'
LANES = (
    f'<lanes><laneSection s="0"><center><lane id="0" type="none"/></center><right>{LANE}</right></laneSection></lanes>'
)


def road(
    inner: str = "", *, id: str = "1", plan: str = PLAN, lanes: str = LANES, link: str = "", attributes: str = ""
) -> str:
    """A <road> of 100 m along x with one lane to the right."""
    attributes = attributes or 'length="100" junction="-1"'
    return f'<road id="{id}" {attributes}>{link}{plan}{lanes}{inner}</road>'


def lane(inner: str = "", *, id: int | str = -1, width: str = '<width sOffset="0" a="3.5" b="0" c="0" d="0"/>') -> str:
    """A <lane>."""
    return f'<lane id="{id}" type="driving">{inner}{width}</lane>'


def section(lanes: str, s: float = 0.0) -> str:
    """A <laneSection> with lanes on the right."""
    return f'<laneSection s="{s}"><center><lane id="0" type="none"/></center><right>{lanes}</right></laneSection>'


def read(*inner: str, header: str = '<header revMajor="1" revMinor="4"/>') -> Reading:
    """Read a file of these elements."""
    return parse_opendrive(f"<OpenDRIVE>{header}{''.join(inner)}</OpenDRIVE>".encode(), "test.xodr")


def only_road(*inner: str) -> Road:
    """The single road of a file in which nothing was amiss."""
    reading = read(*inner)
    assert reading.findings == ()
    assert len(reading.document.roads) == 1
    return reading.document.roads[0]


def repaired(*inner: str) -> tuple[OpenDrive, Finding]:
    """The document, and the single finding."""
    reading = read(*inner)
    assert len(reading.findings) == 1, [str(one) for one in reading.findings]
    return reading.document, reading.findings[0]
