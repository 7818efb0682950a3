"""A file's bytes into its root element, with the version that it says. Source: OpenSCENARIO XML 1.0 to 1.3, `FileHeader`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sim_suite.driving.documents.files import file_bytes
from sim_suite.driving.documents.xml import Node, parse_xml
from sim_suite.driving.storyboard.xosc.canonical import ALL, OPENSCENARIO, WITH_TEXT
from sim_suite.driving.storyboard.xosc.errors import ScenarioFileError
from sim_suite.driving.storyboard.xosc.expressions import read_number

MOST_BYTES: Final = 32 << 20
"""The largest file that is read. Ours: recorded trajectories of many cars for minutes."""
NEWEST: Final = 3
"""Of the minor versions, which go from 0 on; later ones are read as this one, since what is new in them is refused by its name."""


@dataclass(frozen=True)
class Document:
    """A file as XML."""

    root: Node
    minor: int
    header: Node


def read_document(path: Path) -> Document:
    """Read a file. Raises `ScenarioFileError`, its only error."""
    return parse_document(file_bytes(path, MOST_BYTES, OPENSCENARIO), str(path))


def parse_document(data: bytes, source: str) -> Document:
    """Read a file's bytes. Raises `ScenarioFileError`, its only error."""
    root = parse_xml(data, OPENSCENARIO, ALL, WITH_TEXT, source).root
    if root.tag not in ("OpenSCENARIO", "OpenScenario"):
        raise ScenarioFileError(
            f"the root element is <{root.tag}>, not <OpenSCENARIO>. Give an OpenSCENARIO file (.xosc).",
            line=root.line,
            source=source,
        )
    header = root.first("FileHeader")
    if header is None:
        raise ScenarioFileError("<FileHeader> is missing. State the version in it.", line=root.line, source=source)
    major, minor = (read_number(header.attributes.get(name, "")) for name in ("revMajor", "revMinor"))
    if major != 1 or minor is None or minor < 0 or minor != int(minor):
        said = ".".join(header.attributes.get(name, "?")[:20] for name in ("revMajor", "revMinor"))
        raise ScenarioFileError(
            f"version {said} of OpenSCENARIO is not supported; 1.0 to 1.{NEWEST} are. Convert the file.",
            element="FileHeader",
            line=header.line,
            source=source,
        )
    return Document(root, int(minor), header)
