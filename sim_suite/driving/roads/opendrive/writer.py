"""OpenDRIVE out: the model as a file's text, exact and with the same bytes each time. Source: ASAM OpenDRIVE 1.4 to 1.8.

Elements and attributes are those of 1.4, which every tool and LibCarla read (it finds crosswalks only where <outline> stands
directly under <object>); those of later versions are written only where the model holds something that needs them.
Numbers are the shortest that read back as the same 64 bits.
"""

from __future__ import annotations

from pathlib import Path

from sim_suite.driving.documents.text import Text, Value
from sim_suite.driving.roads.opendrive.furniture import Controller
from sim_suite.driving.roads.opendrive.junctions import Connection, Junction
from sim_suite.driving.roads.opendrive.model import Header, OpenDrive
from sim_suite.driving.roads.opendrive.writing.roads import write_road
from sim_suite.files import write_atomic


def to_xml(document: OpenDrive) -> str:
    """The text of the file, in UTF-8 as its declaration says. Raises `SuiteError` for what XML cannot hold."""
    text = Text()
    text.open("OpenDRIVE")
    _write_header(text, document.header)
    for road in document.roads:
        write_road(text, road)
    for controller in document.controllers:
        _write_controller(text, controller)
    for junction in document.junctions:
        _write_junction(text, junction)
    text.close("OpenDRIVE")
    return text.finished()


def write_opendrive(document: OpenDrive, path: Path) -> None:
    """Write the file in one step. Raises `SuiteError` as `to_xml` does, or when the disk refuses."""
    write_atomic(path, to_xml(document))


def _write_header(text: Text, header: Header) -> None:
    attributes: dict[str, Value] = {
        "revMajor": header.rev_major,
        "revMinor": header.rev_minor,
        "name": header.name,
        "version": header.version,
        "date": header.date,
        "north": header.north,
        "south": header.south,
        "east": header.east,
        "west": header.west,
        "vendor": header.vendor or None,
    }
    with text.element("header", **attributes):
        if header.geo_reference:
            text.cdata("geoReference", header.geo_reference)
        if header.offset is not None:
            x, y, z, heading = header.offset.x, header.offset.y, header.offset.z, header.offset.heading
            text.empty("offset", x=x, y=y, z=z, hdg=heading)


def _write_controller(text: Text, controller: Controller) -> None:
    with text.element("controller", id=controller.id, name=controller.name or None, sequence=controller.sequence):
        for signal in controller.signals:
            text.empty("control", signalId=signal, type="")


def _write_junction(text: Text, junction: Junction) -> None:
    attributes: dict[str, Value] = {
        "id": junction.id,
        "name": junction.name,
        "type": None if junction.type == "default" else junction.type,
        "mainRoad": junction.main_road,
        "sStart": junction.s_start,
        "sEnd": junction.s_end,
        "orientation": junction.orientation,
    }
    with text.element("junction", **attributes):
        for connection in junction.connections:
            _write_connection(text, connection, "linkedRoad" if junction.type == "direct" else "connectingRoad")
        for priority in junction.priorities:
            text.empty("priority", high=priority.high, low=priority.low)
        for controller in junction.controllers:
            text.empty("controller", id=controller.id, type=controller.type, sequence=controller.sequence)


def _write_connection(text: Text, connection: Connection, connecting: str) -> None:
    attributes: dict[str, Value] = {
        "id": connection.id,
        "incomingRoad": connection.incoming_road,
        connecting: connection.connecting_road,
        "contactPoint": connection.contact_point or None,
    }
    with text.element("connection", **attributes):
        for link in connection.lane_links:
            text.empty("laneLink", **{"from": link.from_lane, "to": link.to_lane})
