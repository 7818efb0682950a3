"""What stands or is painted along the roads, as boxes and outlines in the world. Source: ASAM OpenDRIVE 1.8, clause 13.

Crosswalks are not among them: they are a group of their own. An object with <repeat> elements is its copies, without
itself; a repeat of distance 0 is one body along the road, whose outline follows it.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Final

import numpy as np

from sim_suite.driving.roads.geometry.tables import RoadTables
from sim_suite.driving.roads.graph.crosswalks import TYPES as CROSSWALK_TYPES
from sim_suite.driving.roads.graph.kinds import PropKind
from sim_suite.driving.roads.graph.layout import Props
from sim_suite.driving.roads.graph.outlines import outlines_of, size_of
from sim_suite.driving.roads.graph.stop_lines import is_stop_line
from sim_suite.driving.roads.opendrive.findings import Finding
from sim_suite.driving.roads.opendrive.furniture import Corner, Outline, Repeat, RoadObject
from sim_suite.driving.roads.opendrive.model import OpenDrive, Road

KINDS: Final[dict[str, PropKind]] = {
    "parkingSpace": PropKind.PARKING_SPACE,
    "parking": PropKind.PARKING_SPACE,
    "pole": PropKind.POLE,
    "gantry": PropKind.POLE,
    "streetLamp": PropKind.POLE,
    "building": PropKind.BUILDING,
    "tree": PropKind.TREE,
    "vegetation": PropKind.TREE,
    "barrier": PropKind.BARRIER,
    "railing": PropKind.BARRIER,
    "soundBarrier": PropKind.BARRIER,
    "curb": PropKind.BARRIER,
    "obstacle": PropKind.OBSTACLE,
    "trafficIsland": PropKind.OBSTACLE,
    **dict.fromkeys(("car", "van", "bus", "trailer", "bike", "motorbike", "tram", "train"), PropKind.OBSTACLE),
    "roadMark": PropKind.ROAD_MARK,
    "patch": PropKind.ROAD_MARK,
}
"""Type names of 1.4 to 1.8; the vehicles are those that 1.4 and 1.5 allowed as objects."""
WORDS: Final = (
    ("stencil", PropKind.ROAD_MARK),
    ("arrow", PropKind.ROAD_MARK),
    ("parking", PropKind.PARKING_SPACE),
    ("pole", PropKind.POLE),
    ("post", PropKind.POLE),
    ("lamp", PropKind.POLE),
    ("tree", PropKind.TREE),
    ("building", PropKind.BUILDING),
    ("house", PropKind.BUILDING),
    ("barrier", PropKind.BARRIER),
    ("railing", PropKind.BARRIER),
    ("fence", PropKind.BARRIER),
    ("wall", PropKind.BARRIER),
)
"""Words of types and names that tell what an object of no standard type is: many files put the kind there."""
MAX_PROPS: Final = 20_000
"""Copies are no longer made beyond these (2 MB, and a second of Python)."""
BODY_STEP_M: Final = 2.0
"""Corners of a continuous body lie this far apart: 2.5 cm beside a kerb of 20 m radius."""
MAX_BODY_CORNERS: Final = 2000


def find_props(document: OpenDrive, tables: RoadTables) -> tuple[Props, list[Finding]]:
    """All objects but crosswalks, in the file's order, repeats expanded until there are MAX_PROPS."""
    findings: list[Finding] = []
    objects: list[tuple[int, RoadObject]] = []
    for number, road in enumerate(document.roads):
        for item in road.objects:
            if item.type not in CROSSWALK_TYPES:
                copies = _copies(road, item, MAX_PROPS - len(objects), findings) if item.repeats else [item]
                objects += [(number, copy) for copy in copies]
    worlds = outlines_of(tables, objects)
    sizes = np.array([size_of(item) for _, item in objects], np.float64).reshape(-1, 2)
    corners = np.array([corner for world in worlds for corner in world.corners], np.float64).reshape(-1, 2)
    props = Props(
        kind=np.array([prop_kind_of(item) for _, item in objects], np.uint8),
        x=np.array([world.x for world in worlds], np.float64), y=np.array([world.y for world in worlds], np.float64),
        z=np.array([world.z for world in worlds], np.float64),
        heading=np.array([world.heading for world in worlds], np.float64),
        length_m=sizes[:, 0].copy(), width_m=sizes[:, 1].copy(),
        height_m=np.array([_height_of(item) for _, item in objects], np.float64),
        first_corner=np.cumsum([0, *(len(world.corners) for world in worlds)]).astype(np.int32),
        corner_x=corners[:, 0].copy(), corner_y=corners[:, 1].copy(),
        road=np.array([number for number, _ in objects], np.int32),
    )  # fmt: skip
    return props, findings


def prop_kind_of(item: RoadObject) -> PropKind:
    """By the standard's type, else by words in its type and name."""
    kind = KINDS.get(item.type)
    if kind is None and is_stop_line(item):
        kind = PropKind.ROAD_MARK
    if kind is None:
        text = f"{item.type} {item.subtype} {item.name}".lower()
        kind = next((kind for word, kind in WORDS if word in text), PropKind.OTHER)
    return kind


def _height_of(item: RoadObject) -> float:
    """The object's own, else the highest of its corners'."""
    if item.height is not None:
        return item.height
    return max((corner.height for outline in item.outlines for corner in outline.corners), default=0.0)


def _copies(road: Road, item: RoadObject, allowed: int, findings: list[Finding]) -> list[RoadObject]:
    copies: list[RoadObject] = []
    for repeat in item.repeats:
        length = min(max(repeat.length, 0.0), max(road.length - repeat.s, 0.0))
        if not repeat.distance > 0.0:
            copies.append(_body(item, repeat, length))
            continue
        wanted = length / repeat.distance + 1e-9  # a post that stands right at the end counts
        count = int(min(wanted, MAX_PROPS)) + 1
        room = max(allowed - len(copies), 0)
        if count > room:
            message = (
                f"object {item.id!r} repeats more often than the {MAX_PROPS} objects of a map; the rest is left out"
            )
            findings.append(Finding("ignored", "repeat", road.id, item.line, message))
        copies += [_copy(item, repeat, k * repeat.distance, length) for k in range(min(count, room))]
    return copies


def _between(start: float | None, end: float | None, part: float, default: float | None) -> float | None:
    if start is None:
        return default
    return start if end is None else start + part * (end - start)


def _copy(item: RoadObject, repeat: Repeat, along: float, length: float) -> RoadObject:
    """The object `along` metres into the repeat, outlines moved with it."""
    part = along / length if length > 0.0 else 0.0
    s, t = repeat.s + along, repeat.t_start + part * (repeat.t_end - repeat.t_start)
    return dataclasses.replace(
        item, s=s, t=t, repeats=(), outlines=tuple(_moved(one, s - item.s, t - item.t) for one in item.outlines),
        z_offset=repeat.z_offset_start + part * (repeat.z_offset_end - repeat.z_offset_start),
        length=_between(repeat.length_start, repeat.length_end, part, item.length),
        width=_between(repeat.width_start, repeat.width_end, part, item.width),
        height=_between(repeat.height_start, repeat.height_end, part, item.height),
    )  # fmt: skip


def _moved(outline: Outline, ds: float, dt: float) -> Outline:
    corners = (
        one if one.local else dataclasses.replace(one, first=one.first + ds, second=one.second + dt)
        for one in outline.corners
    )
    return dataclasses.replace(outline, corners=tuple(corners))


def _body(item: RoadObject, repeat: Repeat, length: float) -> RoadObject:
    """One body along the road, as an outline in (s, t) around its middle."""
    steps = max(min(math.ceil(length / BODY_STEP_M), MAX_BODY_CORNERS // 2), 1)
    left, right = [], []
    for k in range(steps + 1):
        part = k / steps
        t = repeat.t_start + part * (repeat.t_end - repeat.t_start)
        half = (_between(repeat.width_start, repeat.width_end, part, item.width) or 0.0) / 2.0
        left.append(Corner(False, repeat.s + part * length, t + half))
        right.append(Corner(False, repeat.s + part * length, t - half))
    return dataclasses.replace(
        item, s=repeat.s + length / 2.0, t=(repeat.t_start + repeat.t_end) / 2.0, heading=0.0, repeats=(),
        outlines=(Outline((*right, *reversed(left))),), length=length,
        z_offset=(repeat.z_offset_start + repeat.z_offset_end) / 2.0,
        width=_between(repeat.width_start, repeat.width_end, 0.5, item.width),
        height=_between(repeat.height_start, repeat.height_end, 0.5, item.height),
    )  # fmt: skip
