"""OpenSCENARIO out: a scenario as a file of version 1.3 and its road file beside it. Source: OpenSCENARIO XML 1.3.

    path = write_scenario(scenario, Path("out"))     # out/NAME.xosc, out/MAP.xodr
    replace(read_scenario(path), map=scenario.map) == scenario

Before anything is written, the text is read back: a scenario that would come back changed is refused, and the field named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.roads.maps import find_map
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.driving.storyboard.xosc.kinds import TEXT
from sim_suite.driving.storyboard.xosc.reader import NOTHING_SET, scenario_of
from sim_suite.driving.storyboard.xosc.reading.documents import NEWEST, parse_document
from sim_suite.driving.storyboard.xosc.tables.signals import SIGNAL_CONTROLLER
from sim_suite.driving.storyboard.xosc.tables.story import STORYBOARD
from sim_suite.driving.storyboard.xosc.writing.entities import entities_node
from sim_suite.driving.storyboard.xosc.writing.parameters import parameter_declarations, variable_declarations
from sim_suite.driving.storyboard.xosc.writing.text import document_text
from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic

SUFFIX: Final = ".xosc"
DATE: Final = "2026-01-01T00:00:00"
"""The standard demands a date; equal scenarios give equal files, so it is always this one."""
_UNSAFE: Final = re.compile(r"[^\w.-]+")
"""What does not go into a file's name."""


def write_scenario(scenario: Scenario, path: str | Path) -> Path:
    """Write the scenario to `path`, if that ends in .xosc, or by its name into the folder `path`. Returns the file.

    Raises `SuiteError` for what OpenSCENARIO cannot say, where another map of the road file's name lies there, or if the disk refuses.
    """
    place = Path(path).expanduser()
    name = _UNSAFE.sub("_", scenario.name).strip(".") or "scenario"
    file = place if place.suffix == SUFFIX else place / f"{name}{SUFFIX}"
    road = find_map(scenario.map)
    data = road.read_bytes()
    beside = file.with_name(road.name)
    if beside.exists() and beside.read_bytes() != data:
        raise SuiteError(f"{beside} is there and is another map. Write to another folder.")
    text = to_xml(scenario, road)
    if not beside.exists():
        write_atomic(beside, data)
    write_atomic(file, text)
    return file


def to_xml(scenario: Scenario, road: Path) -> str:
    """The file's text, with `road` as the road file beside it. Raises `SuiteError` for what OpenSCENARIO cannot say."""
    try:
        text = document_text(_root(scenario, road.name))
    except SuiteError as error:
        raise SuiteError(f"scenario {scenario.name!r} cannot be written to OpenSCENARIO: {error}") from None
    try:
        again = scenario_of(parse_document(text.encode(), "its file"), Path(scenario.name + SUFFIX), NOTHING_SET, road)
    except SuiteError as error:
        raise SuiteError(f"scenario {scenario.name!r} cannot be written: it would not be read back, {error}") from None
    for field, before, after in differences(scenario, replace(again, map=scenario.map)):
        raise SuiteError(
            f"scenario {scenario.name!r} cannot be written to OpenSCENARIO: {field} would be read back as {after!r:.80}, "
            f"and is {before!r:.80}."
        )
    return text


def differences(one: Any, other: Any, field: str = "scenario") -> Iterator[tuple[str, Any, Any]]:
    """Where two values of any types differ: path of fields, what the one holds, what the other holds."""
    if one == other and not isinstance(one, float):
        return
    if is_dataclass(one) and type(one) is type(other):
        for item in fields(one):
            yield from differences(getattr(one, item.name), getattr(other, item.name), f"{field}.{item.name}")
    elif isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        for k, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differences(left, right, f"{field}[{k}]")
    elif one != other:
        yield field, one, other


def _root(scenario: Scenario, road: str) -> Node:
    root = Node("OpenSCENARIO", {}, 0)
    header = {
        "revMajor": "1", "revMinor": str(NEWEST), "date": DATE, "description": TEXT.write(scenario.summary), "author": "sim-suite",
    }  # fmt: skip
    network = Node("RoadNetwork", {}, 0)
    network.children.append(Node("LogicFile", {"filepath": TEXT.write(road)}, 0))
    if scenario.signal_controllers:
        signals = Node("TrafficSignals", {}, 0)
        signals.children = [
            SIGNAL_CONTROLLER.write(one, "TrafficSignalController") for one in scenario.signal_controllers
        ]
        network.children.append(signals)
    root.children = [
        Node("FileHeader", header, 0),
        parameter_declarations(scenario.parameters, scenario.constraints),
        *([variable_declarations(scenario.variables)] if scenario.variables else []),
        Node("CatalogLocations", {}, 0),
        network,
        entities_node(scenario),
        STORYBOARD.write(scenario.storyboard, "Storyboard"),
    ]
    return root
