"""Small lane graphs laid out by hand: circular arcs and straights with known answers, for tests that need no file."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np

from sim_suite.driving.roads.graph.kinds import LaneKind
from sim_suite.driving.roads.graph.layout import (
    Adjacency,
    Conflicts,
    Crosswalks,
    Dashes,
    LaneGraph,
    Lanes,
    Points,
    Props,
    Signals,
    StopLines,
)


@dataclass
class Strip:
    """A lane of constant curvature; its width changes linearly."""

    x: float
    y: float
    heading: float
    length: float
    curvature: float = 0.0
    width: float = 3.5
    end_width: float | None = None
    kind: LaneKind = LaneKind.DRIVING
    successors: tuple[int, ...] = ()
    left: int = -1
    right: int = -1
    change: int = 0
    """Along the whole lane."""
    speed: float = math.nan
    junction: int = -1
    road: int = -1
    """-1: a road of its own."""
    step: float = 1.0
    z: float = 0.0

    def bend(self, arc: float) -> float:
        """Curvature there."""
        return self.curvature

    def end(self) -> tuple[float, float, float]:
        return self.pose(self.length)

    def pose(self, arc: float, lateral: float = 0.0) -> tuple[float, float, float]:
        """Exact, by the circle's formula."""
        heading = self.heading + self.curvature * arc
        if abs(self.curvature) < 1e-12:
            x, y = self.x + arc * math.cos(self.heading), self.y + arc * math.sin(self.heading)
        else:
            x = self.x + (math.sin(heading) - math.sin(self.heading)) / self.curvature
            y = self.y - (math.cos(heading) - math.cos(self.heading)) / self.curvature
        return x - lateral * math.sin(heading), y + lateral * math.cos(heading), heading


class Bend(Strip):
    """A lane that is straight for STRAIGHT metres and then curves; points lie on both sides of where it begins to."""

    STRAIGHT = 10.3

    def bend(self, arc: float) -> float:
        return self.curvature if arc > self.STRAIGHT else 0.0

    def pose(self, arc: float, lateral: float = 0.0) -> tuple[float, float, float]:
        straight = Strip(self.x, self.y, self.heading, self.STRAIGHT)
        if arc <= self.STRAIGHT:
            return straight.pose(arc, lateral)
        return Strip(*straight.end(), self.length, self.curvature).pose(arc - self.STRAIGHT, lateral)


def graph_of(strips: list[Strip]) -> LaneGraph:
    """The lane graph of some strips, in their order; read-only, as those of files are, so that kernels are the same."""
    columns: dict[str, list[float]] = {name: [] for name in Points._fields}
    first, steps = [0], []
    for strip in strips:
        intervals = max(math.ceil(strip.length / strip.step - 1e-9), 1)
        steps.append(strip.length / intervals)
        end_width = strip.width if strip.end_width is None else strip.end_width
        for k in range(intervals + 1):
            arc = strip.length * k / intervals
            width = strip.width + (end_width - strip.width) * k / intervals
            x, y, heading = strip.pose(arc)
            left, right = strip.pose(arc, width / 2), strip.pose(arc, -width / 2)
            values = (x, y, strip.z, heading, strip.bend(arc), width, arc, strip.speed, strip.change,
                      *left[:2], *right[:2], 0, 0)  # fmt: skip
            for name, value in zip(Points._fields, values, strict=True):
                columns[name].append(value)
        first.append(len(columns["x"]))
    small = {"change", "left_mark", "right_mark"}
    points = Points(**{n: np.array(c, np.uint8 if n in small else np.float64) for n, c in columns.items()})
    count = len(strips)
    lanes = Lanes(
        road=ints([s.road if s.road >= 0 else i for i, s in enumerate(strips)]),
        section=ints([0] * count),
        lane_id=ints([-1] * count),
        kind=np.array([s.kind for s in strips], np.uint8),
        direction=np.ones(count, np.int8),
        junction=ints([s.junction for s in strips]),
        length_m=np.array([s.length for s in strips], float),
        first_point=ints(first),
        step_m=np.array(steps, float),
        left=ints([s.left for s in strips]),
        right=ints([s.right for s in strips]),
        level=np.zeros(count, np.uint8),
    )
    pairs = [(i, j) for i, s in enumerate(strips) for j in s.successors]
    none, no_bytes, empty = ints([]), np.zeros(0, np.uint8), np.zeros(0)
    zeros = ints([0] * (count + 1))
    unmarked = np.zeros(len(points.x), np.uint8)
    dashes = Dashes(unmarked, unmarked, np.array([3.0]), np.array([6.0]))
    xs, ys = [*points.left_x, *points.right_x], [*points.left_y, *points.right_y]
    graph = LaneGraph(
        lanes, points, dashes, adjacency(pairs, count), adjacency([(j, i) for i, j in pairs], count),
        Signals(empty, empty, empty, empty, no_bytes, empty, none, none, empty),
        StopLines(zeros, empty, no_bytes, none),
        Crosswalks(ints([0]), empty, empty, np.zeros((0, 2, 2)), ints([0]), none, empty, empty),
        Conflicts(zeros, none, empty, empty, empty, empty, no_bytes, no_bytes),
        Props(no_bytes, empty, empty, empty, empty, empty, empty, empty, ints([0]), empty, empty, none),
        tuple(str(i) for i in range(count)), ("900",), (), (), none, (min(xs), min(ys), max(xs), max(ys)),
    )  # fmt: skip
    for part in vars(graph).values():
        for array in part if isinstance(part, tuple) else (part,):
            if isinstance(array, np.ndarray):
                array.flags.writeable = False
    return graph


def altered(graph: LaneGraph, part: str, **columns: np.ndarray) -> LaneGraph:
    """The graph with other columns of "lanes" or "points"."""
    for column in columns.values():
        column.flags.writeable = False
    return dataclasses.replace(graph, **{part: getattr(graph, part)._replace(**columns)})


def adjacency(pairs: list[tuple[int, int]], count: int) -> Adjacency:
    ordered = sorted(pairs)
    first = np.searchsorted([a for a, _ in ordered], np.arange(count + 1))
    return Adjacency(ints(first), ints([b for _, b in ordered]))


def ints(values) -> np.ndarray:
    return np.array(values, np.int32)
