"""Where a scenario's road file lies, and the lights it switches. Source: OpenSCENARIO XML 1.3, `RoadNetwork`; the search is ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.roads.maps import SUFFIX, map_paths
from sim_suite.driving.storyboard.elements.signals import SignalController
from sim_suite.driving.storyboard.xosc.forms import Many
from sim_suite.driving.storyboard.xosc.kinds import TEXT
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.driving.storyboard.xosc.tables.signals import SIGNAL_CONTROLLER
from sim_suite.errors import SuiteError

_KNOWN: Final = frozenset({"LogicFile", "SceneGraphFile", "TrafficSignals", "UsedArea"})


def find_road(root: Node, folder: Path, context: Context) -> Path:
    """The OpenDRIVE file: where the scenario says, in ../xodr, beside the scenario, or a map of that name."""
    network = root.first("RoadNetwork")
    logic = None if network is None else network.first("LogicFile")
    if network is None or logic is None or not logic.attributes.get("filepath", "").strip():
        raise context.refuse(network or root, "there is no <LogicFile> with a filepath. Name an OpenDRIVE file in it.")
    for child in network.children:
        if child.tag not in _KNOWN:
            raise context.refuse(child, "not supported in <RoadNetwork>. Take it out.")
    try:
        stated = TEXT.read(logic.attributes["filepath"], logic, "filepath", context).replace("\\", "/")
    except SuiteError as error:
        raise context.placed(logic, error) from None
    name = PurePosixPath(stated).name
    looked = [folder / stated, folder.parent / "xodr" / name, folder / name]
    for place in looked:
        if _is_file(place):
            if place != looked[0]:
                context.note(f"the road file is not at {stated}; read from {place}")
            return place.resolve()
    stem = name.removesuffix(SUFFIX)
    known = map_paths()
    if stem in known:
        context.note(f"the road file is not at {stated}; the map {stem!r} is used")
        return known[stem]
    places = ", ".join(dict.fromkeys(map(str, looked)))
    raise context.refuse(logic, f"no road file. Looked for it at {places}, and for a map named {stem!r}.")


def read_signal_controllers(root: Node, context: Context) -> tuple[SignalController, ...]:
    """Controllers of lights (TrafficSignals)."""
    blocks = [one for network in root.all("RoadNetwork") for one in network.all("TrafficSignals")]
    return tuple(_controllers(blocks, context))


def _controllers(blocks: list[Node], context: Context) -> Iterator[SignalController]:
    for block in blocks:
        yield from Many("TrafficSignalController", SIGNAL_CONTROLLER).read(block, context)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # names that no file can have
        return False
