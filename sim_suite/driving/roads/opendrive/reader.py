"""OpenDRIVE in: a file's bytes into the model, repaired where the meaning is plain, else refused. Source: ASAM OpenDRIVE 1.4 to 1.8.

    reading = read_opendrive(Path("town.xodr"))
    reading.document, reading.findings

The parts: reading/ makes nodes of the XML and turns them into the model one element at a time; mending/ then compares what
the elements say of each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sim_suite.driving.documents.files import file_bytes
from sim_suite.driving.documents.xml import MOST_BYTES, Node, Tree, parse_xml
from sim_suite.driving.roads.collecting import collection_paused
from sim_suite.driving.roads.opendrive.findings import OPENDRIVE, Finding, RoadError
from sim_suite.driving.roads.opendrive.furniture import Controller
from sim_suite.driving.roads.opendrive.junctions import Junction
from sim_suite.driving.roads.opendrive.mending.mend import mend
from sim_suite.driving.roads.opendrive.model import Header, Offset, OpenDrive, Road
from sim_suite.driving.roads.opendrive.reading.furniture import read_controller
from sim_suite.driving.roads.opendrive.reading.junctions import read_junction
from sim_suite.driving.roads.opendrive.reading.names import KNOWN, UNUSED, WITH_TEXT
from sim_suite.driving.roads.opendrive.reading.notes import Notes
from sim_suite.driving.roads.opendrive.reading.roads import read_road
from sim_suite.driving.roads.opendrive.reading.values import decoration, number, whole

MAJOR: Final = (1,)
"""Major revisions of OpenDRIVE that the reader was written for."""
SUPPORTED: Final = range(4, 9)
"""Minor revisions of OpenDRIVE 1 that the reader was written for."""

_DEFAULT_REVISION: Final = {"revMajor": 1, "revMinor": 4}


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as read."""

    document: OpenDrive
    findings: tuple[Finding, ...]
    """What was repaired, left out or odd, by line."""


def read_opendrive(path: Path) -> Reading:
    """Read a file, plain or gzip. Raises `RoadError`, its only error, where there is none or it is no road network."""
    return parse_opendrive(file_bytes(path, MOST_BYTES, OPENDRIVE), str(path))


@collection_paused()
def parse_opendrive(data: bytes, source: str = "") -> Reading:
    """Read a file's bytes; `source` names it in messages. Raises `RoadError`, its only error."""
    notes = Notes(source)
    document = mend(read_as_written(data, notes), notes)
    return Reading(document, notes.findings())


def read_as_written(data: bytes, notes: Notes) -> OpenDrive:
    """Element by element, without comparing them with each other. Raises `RoadError`."""
    roads: list[Road] = []
    junctions: list[Junction] = []
    controllers: list[Controller] = []
    headers: list[Header] = []

    def take(root: Node, node: Node) -> None:
        _check_root(root, notes)
        if node.tag == "road":
            roads.append(read_road(node, notes))
        elif node.tag == "junction":
            junctions.append(read_junction(node, notes))
        elif node.tag == "controller":
            controllers.append(read_controller(node, notes))
        elif node.tag == "header" and not headers:
            headers.append(_read_header(node, notes))

    tree = parse_xml(data, OPENDRIVE, KNOWN, WITH_TEXT, notes.source, take)
    _check_root(tree.root, notes)
    _say_what_was_passed_over(tree, notes)
    if not headers:
        notes.repaired("OpenDRIVE", tree.root.line, "there is no header; read as OpenDRIVE 1.4")
        headers.append(Header())
    return OpenDrive(headers[0], tuple(roads), tuple(junctions), tuple(controllers))


def _check_root(root: Node, notes: Notes) -> None:
    if root.tag != "OpenDRIVE":
        raise RoadError(
            f"the root element is <{root.tag}>, not <OpenDRIVE>. Give an OpenDRIVE file (.xodr).",
            line=root.line,
            source=notes.source,
        )


def _say_what_was_passed_over(tree: Tree, notes: Notes) -> None:
    for remark in tree.remarks:
        notes.repaired("OpenDRIVE", 1, "{}", remark)
    for tag, (count, line) in tree.passed_over.items():
        if tag not in UNUSED:
            notes.ignored(tag, line, "not used; {} in the file", count)


def _read_header(node: Node, notes: Notes) -> Header:
    get = node.attributes.get
    revisions = _read_revisions(node, notes)
    geo_reference = node.first("geoReference")
    return Header(
        rev_major=revisions[0],
        rev_minor=revisions[1],
        name=get("name", ""),
        version=get("version", ""),
        date=get("date", ""),
        vendor=get("vendor", ""),
        north=decoration(node, "north", notes),
        south=decoration(node, "south", notes),
        east=decoration(node, "east", notes),
        west=decoration(node, "west", notes),
        geo_reference="" if geo_reference is None else geo_reference.text.strip(),
        offset=_read_offset(node.first("offset"), notes),
    )


def _read_revisions(node: Node, notes: Notes) -> tuple[int, int]:
    """revMajor and revMinor; 1 and 4, with a finding, where they are missing or no numbers."""
    missing = [name for name in _DEFAULT_REVISION if not node.attributes.get(name, "").strip()]
    if missing:
        meant = "1.4" if len(missing) == 2 else str(_DEFAULT_REVISION[missing[0]])
        notes.repaired("header", node.line, "no {}; read as {}", " and no ".join(missing), meant)
    found = []
    for name, default in _DEFAULT_REVISION.items():
        text = node.attributes.get(name, "")
        value = default if name in missing else whole(text)
        if value is None:
            notes.repaired("header", node.line, "{} = {!r} is not a whole number; read as {}", name, text, default)
            value = default
        elif value not in (MAJOR if name == "revMajor" else SUPPORTED):
            notes.noted("header", node.line, "{} = {}; the reader knows OpenDRIVE 1.4 to 1.8", name, value)
        found.append(value)
    return found[0], found[1]


def _read_offset(node: Node | None, notes: Notes) -> Offset | None:
    if node is None:
        return None
    return Offset(*(number(node, name, notes, 0.0) for name in ("x", "y", "z", "hdg")))
