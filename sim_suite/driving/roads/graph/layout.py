"""The lane graph: every lane of a map as flat arrays, which kernels read and nothing writes after it is built. Source: ours.

A lane here is one lane of one lane section, pointing the way traffic runs on it: with rising s on the right of a
right-hand-traffic road, against it on the left (mirrored for left-hand traffic; a `reversed` lane the other way round).
Everything counted along a lane (arc, left, right, successor) is seen by somebody who travels it. Lanes of all kinds are
in it; kernels choose by `kind`. Lane 0 is not.

World frame: the file's own, x east, y north, metres, radians counter-clockwise. Indices are int32, -1 means none. Lists
that belong to a lane are stored one after the other, sorted by lane, then by arc: those of lane i are
`first[i]:first[i + 1]` (CSR). L lanes, P points, M entries of a list, as each group says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]


class Lanes(NamedTuple):
    """[L] each, ordered by road, section, then falling lane id (left to right)."""

    road: Ints
    """Index into `LaneGraph.road_ids`."""
    section: Ints
    """Which lane section of the road."""
    lane_id: Ints
    """The file's id within the section."""
    kind: Bytes
    """LaneKind."""
    direction: NDArray[np.int8]
    """+1 where traffic runs with rising s of the road, -1 against it."""
    junction: Ints
    """Index into `LaneGraph.junction_ids` for lanes of connecting roads, else -1."""
    length_m: Floats
    """Of the centre line."""
    first_point: Ints
    """[L + 1]. The points of lane i are `first_point[i]:first_point[i + 1]`, at least two."""
    step_m: Floats
    """Distance between neighbouring points, equal within a lane: point k lies at arc k * step_m."""
    left: Ints
    """The lane to the left, whatever its kind and direction: the next lane id, across the centre line too; -1 at the edge."""
    right: Ints
    level: Bytes
    """1 where super-elevation is not applied."""


class Points(NamedTuple):
    """[P] each: samples of the lanes' centre lines, equally spaced in arc length within a lane, both ends included.

    Spacing is chosen so that straight segments between points leave the true centre line by at most 5 mm.
    """

    x: Floats
    y: Floats
    z: Floats
    """Elevation of the reference line plus super-elevation or crossfall at the lane's centre."""
    heading: Floats
    """Tangent of the centre line in the direction of travel; continuous along a lane (it may leave [-pi, pi])."""
    curvature: Floats
    """1/m of the centre line, positive to the left of travel."""
    width: Floats
    """Distance between the lane's borders across the road, metres."""
    road_s: Floats
    """Where on the road's reference line the point belongs."""
    speed_limit_mps: Floats
    """NaN where neither lane, road nor signs state one."""
    change: Bytes
    """CHANGE_LEFT | CHANGE_RIGHT."""
    left_x: Floats
    left_y: Floats
    """The left border at the same road_s."""
    right_x: Floats
    right_y: Floats
    left_mark: Bytes
    """MarkKind of the mark on the left border."""
    right_mark: Bytes


class Dashes(NamedTuple):
    """How the broken lines on the lanes' borders are painted. D patterns; number 0 is for marks whose file does not say."""

    left: Bytes
    """[P] The pattern on the left border of each point."""
    right: Bytes
    line_m: Floats
    """[D] What is painted..."""
    gap_m: Floats
    """[D] ... and what is left out, in turns."""


class Adjacency(NamedTuple):
    """Lanes that follow (or precede) lanes, as CSR."""

    first: Ints
    """[L + 1]"""
    lane: Ints
    """[M]"""


class Signals(NamedTuple):
    """[S] each: the file's signals, in its order. Their ids, types and texts are in `LaneGraph.signal_ids` and the model."""

    x: Floats
    y: Floats
    z: Floats
    heading: Floats
    """The way that traffic which sees its front is driving."""
    kind: Bytes
    """SignalKind."""
    value: Floats
    """m/s for speed limits; NaN where there is none."""
    group: Ints
    """For lights: index into `LaneGraph.group_ids`, those that switch together; else -1."""
    road: Ints
    road_s: Floats


class StopLines(NamedTuple):
    """Where a light, stop or give-way sign holds traffic, as CSR by lane."""

    first: Ints
    """[L + 1]"""
    arc_m: Floats
    """[M]"""
    kind: Bytes
    """[M] SignalKind: LIGHT, STOP or YIELD."""
    signal: Ints
    """[M] index into Signals."""


class Crosswalks(NamedTuple):
    """Places where pedestrians cross. C crosswalks."""

    first_corner: Ints
    """[C + 1]"""
    corner_x: Floats
    corner_y: Floats
    """Polygons, counter-clockwise, not closed."""
    walk: Floats
    """[C, 2, 2] The two ends of the line along which pedestrians walk, (x, y) each."""
    first_lane: Ints
    """[C + 1]"""
    lane: Ints
    """Lanes that a crosswalk lies on."""
    from_arc_m: Floats
    to_arc_m: Floats


class Conflicts(NamedTuple):
    """Pairs of junction lanes whose areas overlap, as CSR by lane; each pair stands under both of its lanes."""

    first: Ints
    """[L + 1]"""
    lane: Ints
    """[M] The other lane."""
    from_arc_m: Floats
    to_arc_m: Floats
    """[M] The stretch of this lane that lies in the overlap."""
    other_from_arc_m: Floats
    other_to_arc_m: Floats
    merges: Bytes
    """[M] 1 where both lanes run into the same lane, 0 where they cross. Lanes that split from one lane do not conflict."""
    priority: Bytes
    """[M] Priority, seen from this lane."""


class Props(NamedTuple):
    """[O] each: solid or painted objects (parking spaces, poles, buildings, trees, barriers) as boxes or outlines."""

    kind: Bytes
    """PropKind."""
    x: Floats
    y: Floats
    z: Floats
    heading: Floats
    length_m: Floats
    width_m: Floats
    height_m: Floats
    first_corner: Ints
    """[O + 1] Outline, counter-clockwise, not closed; the box's four corners where the file has no outline."""
    corner_x: Floats
    corner_y: Floats
    road: Ints


@dataclass(frozen=True)
class LaneGraph:
    """A whole map. Arrays are read-only."""

    lanes: Lanes
    points: Points
    dashes: Dashes
    successors: Adjacency
    predecessors: Adjacency
    signals: Signals
    stop_lines: StopLines
    crosswalks: Crosswalks
    conflicts: Conflicts
    props: Props
    road_ids: tuple[str, ...]
    junction_ids: tuple[str, ...]
    signal_ids: tuple[str, ...]
    group_ids: tuple[str, ...]
    """Ids of the controllers of lights; a light without one is a group of its own, named "signal:ID"."""
    group_junction: Ints
    """[G] The junction that a group of lights belongs to, -1 if none."""
    bounds: tuple[float, float, float, float]
    """(x_min, y_min, x_max, y_max) of all lanes, metres."""

    @property
    def num_lanes(self) -> int:
        """L."""
        return len(self.lanes.kind)

    def name_of(self, lane: int) -> str:
        """Road, section and lane id as in the file, e.g. "12/0/-1"."""
        lanes = self.lanes
        return f"{self.road_ids[lanes.road[lane]]}/{lanes.section[lane]}/{lanes.lane_id[lane]}"
