"""What stands or is painted along the roads, as boxes and outlines in the world. Source: ASAM OpenDRIVE 1.8, clause 13.

Crosswalks are not among them: they are a group of their own. An object with <repeat> elements is its copies, without
itself; a repeat of distance 0 is one body along the road, whose outline follows it. Boxes are placed all at once: real files
have up to ten thousand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.geometry.tables import RoadTables
from sim_suite.driving.roads.graph.kinds import PropKind
from sim_suite.driving.roads.graph.layout import Floats, Props
from sim_suite.driving.roads.graph.topology.crosswalks import TYPES as CROSSWALK_TYPES
from sim_suite.driving.roads.graph.topology.outlines import SAME_M, outlines_of
from sim_suite.driving.roads.graph.topology.placing import place_on_roads
from sim_suite.driving.roads.graph.topology.repeats import Row, body_corners, body_row, copy_objects, copy_rows, row_of
from sim_suite.driving.roads.graph.topology.stop_lines import is_stop_line
from sim_suite.driving.roads.opendrive.findings import Finding
from sim_suite.driving.roads.opendrive.furniture import RoadObject
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
"""Copies are no longer made beyond these (2 MB): what any file may ask for."""
PROPS_AN_OBJECT: Final = 20
"""Beyond that, what each object of the file adds to the bound, so that large maps keep theirs."""


@dataclass
class _Found:
    """What the file has, one row an object; what is more than a box, by its row."""

    most: int
    """Rows beyond which copies are no longer made."""
    rows: list[Row] = field(default_factory=list)
    outlined: dict[int, RoadObject] = field(default_factory=dict)
    bodies: dict[int, Floats] = field(default_factory=dict)
    """(s, t) of their corners [N, 2]."""
    findings: list[Finding] = field(default_factory=list)


def find_props(document: OpenDrive, tables: RoadTables) -> tuple[Props, list[Finding]]:
    """All objects but crosswalks, in the file's order, repeats expanded until there are MAX_PROPS and PROPS_AN_OBJECT more for each."""
    found = _Found(MAX_PROPS + PROPS_AN_OBJECT * sum(len(road.objects) for road in document.roads))
    for number, road in enumerate(document.roads):
        for item in road.objects:
            if item.type in CROSSWALK_TYPES:
                continue
            if item.repeats:
                _add_repeats(found, number, road, item)
            else:
                _add(found, number, item, prop_kind_of(item))
    table = np.array(found.rows, np.float64).reshape(-1, 9)
    poses = place_on_roads(tables, table[:, 0], table[:, 1], table[:, 2])
    heading = poses[:, 3] + table[:, 3]
    first_corner, corners = _corners(poses, heading, table[:, 5], table[:, 6], _shapes(found, tables))
    props = Props(
        kind=table[:, 8].astype(np.uint8), x=poses[:, 0].copy(), y=poses[:, 1].copy(), z=poses[:, 2] + table[:, 4],
        heading=heading, length_m=table[:, 5].copy(), width_m=table[:, 6].copy(), height_m=table[:, 7].copy(),
        first_corner=first_corner.astype(np.int32), corner_x=corners[:, 0].copy(), corner_y=corners[:, 1].copy(),
        road=table[:, 0].astype(np.int32),
    )  # fmt: skip
    return props, found.findings


def prop_kind_of(item: RoadObject) -> PropKind:
    """By the standard's type, else by words in its type and name."""
    kind = KINDS.get(item.type)
    if kind is None and is_stop_line(item):
        kind = PropKind.ROAD_MARK
    if kind is None:
        text = f"{item.type} {item.subtype} {item.name}".lower()
        kind = next((kind for word, kind in WORDS if word in text), PropKind.OTHER)
    return kind


def _add(found: _Found, number: int, item: RoadObject, kind: PropKind) -> None:
    if item.outlines:
        found.outlined[len(found.rows)] = item
    found.rows.append(row_of(number, item, kind))


def _add_repeats(found: _Found, number: int, road: Road, item: RoadObject) -> None:
    kind = prop_kind_of(item)
    for repeat in item.repeats:
        length = min(max(repeat.length, 0.0), max(road.length - repeat.s, 0.0))
        if not repeat.distance > 0.0:
            found.bodies[len(found.rows)] = body_corners(item, repeat, length)
            found.rows.append(body_row(number, item, kind, repeat, length))
            continue
        wanted = length / repeat.distance + 1e-9  # a post that stands right at the end counts
        count = int(min(wanted, found.most)) + 1
        room = max(found.most - len(found.rows), 0)
        if count > room:
            message = (
                f"object {item.id!r} repeats more often than the {found.most} objects of a map; the rest is left out"
            )
            found.findings.append(Finding("ignored", "repeat", road.id, item.line, message))
        if item.outlines:
            for one in copy_objects(item, repeat, length, min(count, room)):
                _add(found, number, one, kind)
        else:
            found.rows += copy_rows(number, item, kind, repeat, length, min(count, room))


# --- corners


def _shapes(found: _Found, tables: RoadTables) -> dict[int, Floats]:
    """The corners [N, 2] in the world of what is more than a box."""
    outlined = [(int(found.rows[row][0]), item) for row, item in found.outlined.items()]
    worlds = zip(found.outlined, outlines_of(tables, outlined), strict=True)
    shapes = {row: np.array(world.corners, np.float64).reshape(-1, 2) for row, world in worlds}
    if found.bodies:
        owners = np.concatenate([np.full(len(one), found.rows[row][0]) for row, one in found.bodies.items()])
        places = np.concatenate(list(found.bodies.values()))
        poses = place_on_roads(tables, owners, places[:, 0], places[:, 1])
        ends = np.cumsum([len(one) for one in found.bodies.values()])[:-1]
        for row, shape in zip(found.bodies, np.split(poses[:, :2], ends), strict=True):
            tidied = _tidy(shape)
            if len(tidied) >= 3:  # a body without width is the line that its box is
                shapes[row] = tidied
    return shapes


def _tidy(shape: Floats) -> Floats:
    """Counter-clockwise, without corners that repeat the one before; empty where there is no area."""
    kept: Floats = shape[np.hypot(*(shape - np.roll(shape, 1, axis=0)).T) > SAME_M]
    if len(kept) < 3:
        return kept[:0]
    x, y = (kept - kept[0]).T  # far from the origin products would lose digits
    area = float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))
    if area == 0.0:
        return kept[:0]
    return kept if area > 0.0 else kept[::-1]


def _corners(
    poses: Floats, heading: Floats, length: Floats, width: Floats, shapes: dict[int, Floats]
) -> tuple[NDArray[np.int64], Floats]:
    """(where each object's corners begin [O + 1], corners [N, 2]): of boxes from the right rear one on, counter-clockwise."""
    length, width = np.abs(length), np.abs(width)
    along = (length / 2.0)[:, None] * np.column_stack((np.cos(heading), np.sin(heading)))
    across = (width / 2.0)[:, None] * np.column_stack((-np.sin(heading), np.cos(heading)))
    centre = poses[:, :2]
    boxes = np.stack(
        (centre - along - across, centre + along - across, centre + along + across, centre - along + across), 1
    )
    # Of a box without length or width its two ends; of one without either nothing.
    wide, long = width > SAME_M, length > SAME_M
    kept = np.column_stack((wide, long, wide, long))
    special = np.array(list(shapes), np.int64)
    kept[special] = False
    counts = kept.sum(axis=1)
    counts[special] = [len(shape) for shape in shapes.values()]
    first = np.concatenate(([0], np.cumsum(counts)))
    corners = np.empty((int(first[-1]), 2))
    corners[(first[:-1, None] + np.cumsum(kept, axis=1) - 1)[kept]] = boxes[kept]
    for row, shape in shapes.items():
        corners[first[row] : first[row + 1]] = shape
    return first, corners
