"""Maps by name or path: where they are found, and what a loaded one holds. Source: ours.

A map is one OpenDRIVE file. It is looked for as a path, then in the folders of the environment variable SIM_SUITE_MAPS,
then among those that are shipped (`scenarios/maps`).
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sim_suite.errors import SuiteError, UnknownNameError

if TYPE_CHECKING:
    from sim_suite.driving.roads.graph.layout import LaneGraph
    from sim_suite.driving.roads.opendrive.findings import Finding
    from sim_suite.driving.roads.opendrive.model import OpenDrive

SUFFIX: Final = ".xodr"
VARIABLE: Final = "SIM_SUITE_MAPS"
"""Folders of the user's own maps, separated as in PATH."""
SHIPPED: Final = Path(__file__).parents[3] / "scenarios" / "maps"
"""Beside the package `sim_suite`, in a checkout and where a wheel was installed alike; not imported, since scenarios stand
above driving."""


@dataclass(frozen=True)
class RoadMap:
    """A map, read and laid out."""

    name: str
    """The file's name without its ending."""
    path: Path | None
    """None where it did not come from a file."""
    sha256: str
    """Of the file's bytes (unpacked): equal hashes are equal maps."""
    document: OpenDrive
    graph: LaneGraph
    findings: tuple[Finding, ...]
    """What reading and laying out repaired, left out or noted, in the order of the lines."""
    is_fleeting: bool = False
    """Made to be driven on once: nothing of it is kept on disk."""


def map_folders() -> list[Path]:
    """Where names are looked up, first to last."""
    own = [Path(part).expanduser() for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part]
    return [*own, SHIPPED]


def look_first_in(folder: Path) -> None:
    """Look for names in this folder before all others, in this process and those that it starts. Raises `SuiteError` for what is none."""
    if not folder.is_dir():
        raise SuiteError(f"{folder} is no folder. Name one that holds {SUFFIX} files.")
    others = os.environ.get(VARIABLE, "")
    os.environ[VARIABLE] = os.pathsep.join([str(folder.resolve()), *([others] if others else [])])


def map_paths() -> dict[str, Path]:
    """Every map that has a name, sorted by name; a user's map hides a shipped one of the same name."""
    found: dict[str, Path] = {}
    for folder in map_folders():
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


def map_names() -> list[str]:
    """Names that `find_map` knows."""
    return list(map_paths())


def find_map(name_or_path: str | Path) -> Path:
    """The file of a map. Raises `UnknownNameError` with the nearest names, or `SuiteError` for a path that is no file."""
    path = Path(name_or_path).expanduser()
    if path.exists() and not path.is_dir():
        return path
    text = str(name_or_path)
    known = map_paths()
    if text in known:
        return known[text]
    if path.is_dir():
        raise SuiteError(f"{text} is a folder. Name one {SUFFIX} file in it.")
    if path.suffix or len(path.parts) > 1:
        raise SuiteError(
            f"{text} does not exist. Give the path of an OpenDRIVE file, or a name of `sim-suite maps list`."
        )
    raise UnknownNameError(
        "map", text, known, f"`sim-suite maps list` shows all; {VARIABLE} names folders of your own."
    )


def load_map(name_or_path: str | Path) -> RoadMap:
    """Find a map (.xodr, or packed by gzip), read it and build its lane graph.

    Raises `RoadError` for a file that cannot be read as a road network, `SuiteError` where there is none.
    """
    from sim_suite.driving.documents.files import file_bytes
    from sim_suite.driving.documents.xml import MOST_BYTES
    from sim_suite.driving.roads.opendrive.findings import OPENDRIVE

    path = find_map(name_or_path)
    return read_map(file_bytes(path, MOST_BYTES, OPENDRIVE), name=path.stem, source=str(path), path=path)


def read_map(
    data: bytes, *, name: str = "map", source: str = "", path: Path | None = None, is_fleeting: bool = False
) -> RoadMap:
    """A map from the bytes of an OpenDRIVE file, such as a CARLA server sends. `source` is what errors call it; is_fleeting: see
    `RoadMap`."""
    from sim_suite.driving.roads.graph.build import build_graph  # compiles kernels
    from sim_suite.driving.roads.opendrive.reader import parse_opendrive

    reading = parse_opendrive(data, source or name)
    built = build_graph(reading.document)
    findings = tuple(sorted((*reading.findings, *built.findings), key=lambda finding: finding.line))
    return RoadMap(name, path, hashlib.sha256(data).hexdigest(), reading.document, built.graph, findings, is_fleeting)
