"""Documents of straight roads and their lanes, worked out without the code under test: for tests of the graph's parts."""

from __future__ import annotations

import math

import numpy as np

from sim_suite.driving.roads.graph.kinds import LANE_KINDS
from sim_suite.driving.roads.graph.layout import Lanes, Points
from sim_suite.driving.roads.graph.topology.neighbours import find_neighbours
from sim_suite.driving.roads.opendrive.model import (
    Cubic,
    Geometry,
    Header,
    Lane,
    LaneSection,
    Line,
    OpenDrive,
    Road,
    RoadLink,
)

STEPS = 10
"""Points of a lane, less one."""


def lane(number, *, width=3.5, kind="driving", before=(), after=(), **more):
    """A lane of constant width; `before` and `after` are its predecessors and successors as the file states them."""
    widths = () if number == 0 else (width if isinstance(width, tuple) else (Cubic(0.0, width),))
    return Lane(number, kind if number else "none", widths, predecessors=before, successors=after, **more)


def section(*lanes, s=0.0):
    """Lanes in any order, the centre line added."""
    return LaneSection(s, tuple(sorted([*lanes, lane(0)], key=lambda item: -item.id)))


def road(name, *sections, start=(0.0, 0.0), heading=0.0, length=100.0, before=None, after=None, **more):
    """A straight road; `before` and `after` are ("road", id, contact) or ("junction", id)."""
    links = {key: value and RoadLink(*value) for key, value in (("predecessor", before), ("successor", after))}
    return Road(name, length, (Geometry(0.0, *start, heading, length, Line()),), tuple(sections), **links, **more)


def two_way(before=(), after=(), lanes=1, **more):
    """A section with `lanes` lanes each way that keep their ids where they lead on."""
    ids = [*range(lanes, 0, -1), *range(-1, -lanes - 1, -1)]
    keep = {"before": lambda k: (k,) if before else (), "after": lambda k: (k,) if after else ()}
    return section(*[lane(k, before=keep["before"](k), after=keep["after"](k), **more) for k in ids])


def document(*roads, **more):
    return OpenDrive(Header(), tuple(roads), **more)


def width_at(item, s):
    """Width of a lane, s metres into its section."""
    record = [w for w in item.widths if w.s <= s + 1e-9][-1]
    ds = s - record.s
    return record.a + record.b * ds + record.c * ds**2 + record.d * ds**3


def lanes_of(doc):
    """(Lanes, Points) of a document of straight roads, with STEPS + 1 points a lane; no speeds, changes or marks yet."""
    rows, points = [], []
    for number, item in enumerate(doc.roads):
        geometry = item.plan_view[0]
        for place, part in enumerate(item.sections):
            until = item.sections[place + 1].s if place + 1 < len(item.sections) else item.length
            for member in part.lanes:
                if member.id:
                    direction = -1 if (member.id > 0) != (item.rule == "LHT") else 1
                    direction = -direction if member.direction == "reversed" else direction
                    rows.append(
                        (number, place, member.id, LANE_KINDS[member.type], direction, item.junction, until - part.s)
                    )
                    points.append(_points(geometry, part, member, until, direction))
    junctions = [j.id for j in doc.junctions]
    road_of, section_of, ids, kinds, directions = (np.array([row[k] for row in rows], np.int32) for k in range(5))
    left, right = find_neighbours(road_of, section_of, directions.astype(np.int8))
    count = len(rows)
    lengths = np.array([row[6] for row in rows], float)
    lanes = Lanes(
        road=road_of, section=section_of, lane_id=ids, kind=kinds.astype(np.uint8), direction=directions.astype(np.int8),
        junction=np.array([junctions.index(row[5]) if row[5] in junctions else -1 for row in rows], np.int32),
        length_m=lengths, first_point=np.arange(count + 1, dtype=np.int32) * (STEPS + 1), step_m=lengths / STEPS,
        left=left, right=right, level=np.zeros(count, np.uint8),
    )  # fmt: skip
    columns = np.concatenate(points, axis=1)
    blank = np.zeros(columns.shape[1], np.uint8)
    named = dict(
        zip(("x", "y", "heading", "width", "road_s", "left_x", "left_y", "right_x", "right_y"), columns, strict=True)
    )
    flat = np.zeros(columns.shape[1])
    return lanes, Points(
        **named, z=flat, curvature=flat, speed_limit_mps=flat, change=blank, left_mark=blank, right_mark=blank
    )


def _points(geometry, part, member, until, direction):
    """[9, STEPS + 1] in the direction of travel."""
    s = np.linspace(part.s, until, STEPS + 1)
    side = 1 if member.id > 0 else -1
    inner = np.zeros(STEPS + 1)
    for k in range(side, member.id, side):
        other = next(item for item in part.lanes if item.id == k)
        inner += [width_at(other, value - part.s) for value in s]
    width = np.array([width_at(member, value - part.s) for value in s])
    cos, sin = math.cos(geometry.heading), math.sin(geometry.heading)

    def at(t):
        return geometry.x + s * cos - t * sin, geometry.y + s * sin + t * cos

    near, far = at(side * inner), at(side * (inner + width))
    road_left, road_right = (far, near) if side > 0 else (near, far)
    left, right = (road_left, road_right) if direction > 0 else (road_right, road_left)
    heading = np.full(STEPS + 1, geometry.heading + (0.0 if direction > 0 else math.pi))
    columns = np.stack([*at(side * (inner + width / 2)), heading, width, s, *left, *right])
    return columns if direction > 0 else columns[:, ::-1]
