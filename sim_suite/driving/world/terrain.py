"""A map as driving kernels read it: the lane graph packed into few float32 arrays, with what traffic needs to know of it.

Source: ours. Beyond the lane graph it holds who goes first where two ways conflict by the rules of the road, the programmes
of the lights (traffic/programmes.py), where along a crosswalk each lane lies, and which sidewalk begins at its ends.

Positions count from `origin`, see layout.py. Lists that belong to lanes are CSR, as in the lane graph: those of lane i are
`first[i]:first[i + 1]`, with the `first` of each list a column of `lane`.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.baking.cache import textures_of
from sim_suite.driving.roads.baking.layout import Textures
from sim_suite.driving.roads.baking.sets import per_set
from sim_suite.driving.roads.graph.grid import LaneGrid, build_grid
from sim_suite.driving.roads.graph.kinds import DRIVABLE, PAVED, WALKABLE, LaneKind, MarkKind, Priority, SignalKind
from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.roads.graph.projection import project
from sim_suite.driving.roads.maps import RoadMap
from sim_suite.driving.roads.routes.network import CAR_LANES, DEFAULT_SPEED_MPS
from sim_suite.driving.roads.routes.route import TURN_RAD, lane_turns
from sim_suite.driving.traffic.programmes import light_programmes
from sim_suite.driving.world.safe_speeds import safe_speeds

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

FAR_OUT_M: Final = 8192.0
"""Beyond this float32 steps are above half a millimetre; such maps get an origin of their own."""
WIDER_M: Final = 1.2
"""By so much the stretches of conflicts, found for cars, are longer for everybody: trucks are wider and cut corners."""
_SOLID: Final = (MarkKind.SOLID, MarkKind.SOLID_SOLID, MarkKind.BROKEN_SOLID, MarkKind.CURB, MarkKind.GRASS)
"""Marks that may not be crossed; of two lines the nearer counts."""
WALK_BACK_M: Final = 0.9
"""People wait so far behind the end of a crosswalk, which files put at the edge of the carriageway: an arm's length and a half."""
SIDEWALK_REACH_M: Final = 4.0
"""A crosswalk's end leads to a sidewalk at most this far away: wider than the verge between them."""

# Columns of `Terrain.lane`, [L + 1, LANE_COLUMNS] int32. The last row holds the ends of the lists alone.
FIRST_POINT: Final = 0
FIRST_SUCCESSOR: Final = 1
FIRST_PREDECESSOR: Final = 2
FIRST_CONFLICT: Final = 3
FIRST_STOP: Final = 4
FIRST_CROSSING: Final = 5
LANE_KIND: Final = 6
JUNCTION: Final = 7
LEFT: Final = 8
"""The lane to the left that cars may use and that runs the same way, or -1."""
RIGHT: Final = 9
BESIDE_LEFT: Final = 10
"""The lane to the left whatever it is, or -1."""
BESIDE_RIGHT: Final = 11
ONCOMING: Final = 12
"""The nearest lane on the side where traffic comes the other way, or -1."""
DRIVEN: Final = 13
"""1 where any car may drive."""
GROUP: Final = 14
"""The group of lights that holds traffic just before this junction lane, or -1."""
MERGES_INTO: Final = 15
"""1 where the lane ends without a successor though a lane beside it goes on."""
LANE_COLUMNS: Final = 16

# Columns of `Terrain.point`, [P, POINT_COLUMNS] float32.
PX: Final = 0
PY: Final = 1
HEADING: Final = 2
"""Continuous along a lane."""
CURVATURE: Final = 3
HALF_WIDTH: Final = 4
LIMIT: Final = 5
"""m/s, the town limit where the map states none."""
CHANGE: Final = 6
"""CHANGE_LEFT | CHANGE_RIGHT | SOLID_LEFT | SOLID_RIGHT, as a number."""
SOLID_LEFT: Final = 4
"""The mark on the left border may not be crossed from this lane."""
SOLID_RIGHT: Final = 8
SAFE: Final = 7
"""m/s at which the bends and limits of the rest of the lane can be met: see safe_speeds.py."""
POINT_COLUMNS: Final = 8

# Columns of `Terrain.lane_f`, [L, 4] float32.
LANE_LENGTH: Final = 0
LANE_STEP: Final = 1
LANE_TURN: Final = 2
"""By how much its heading changes in a junction, rad, left positive; 0 elsewhere."""
LANE_EXIT: Final = 3
"""Metres from the lane's end to the next junction along its only way on, at most 200; 0 in junctions."""

# Columns of `Terrain.conflict`, [M, 3] int32, and `conflict_f`, [M, 4] float32.
OTHER: Final = 0
MERGES: Final = 1
"""1 where both run into the same lane."""
ORDER: Final = 2
"""+1: traffic on this lane goes first, -1: it yields, 0: nobody says."""
OWN_FROM, OWN_TO, OTHER_FROM, OTHER_TO = range(4)

# Columns of `Terrain.stop`, [M, 3] int32; its arcs are in `stop_arc`.
STOP_KIND: Final = 0
"""SignalKind."""
STOP_GROUP: Final = 1
"""Of lights; -1 for signs."""
STOP_JUNCTION_LANE: Final = 2
"""1 where the line lies on a lane of a junction."""

# Columns of `Terrain.crossing`, [M, 1] int32 and `crossing_f`, [M, 4] float32: where a lane runs over a crosswalk.
CROSSWALK_OF: Final = 0
CROSS_FROM, CROSS_TO, WALK_FROM, WALK_TO = range(4)
"""Arcs along the lane, and metres along the crosswalk, between which they overlap."""

# Columns of `Terrain.crosswalk`, [C + 1, 4] int32, and `crosswalk_f`, [C, 8] float32.
END_LANE: Final = 0
"""0 and 1: the sidewalk at either end, or -1."""
WALK_GROUP: Final = 2
"""The group of lights that holds the traffic which runs over it, or -1."""
FIRST_CROSSED: Final = 3
"""Of the rows of `Terrain.crossed` that belong to it; there is one row of `crosswalk` more than there are crosswalks."""
AX, AY, BX, BY, WALK_LENGTH, WALK_WIDTH, END_ARC = range(7)
"""END_ARC and the column after it: where along the sidewalk either end lies."""

# Columns of `Terrain.programme`, [G, 4] int32, in ticks.
GREEN_FROM: Final = 0
GREEN_TICKS: Final = 1
YELLOW_TICKS: Final = 2
CYCLE: Final = 3


class Terrain(NamedTuple):
    """L lanes, P points, G groups of lights, C crosswalks; M entries of each list. Read-only."""

    lane: Ints
    lane_f: Floats
    point: Floats
    successor: Ints
    """[M]"""
    predecessor: Ints
    conflict: Ints
    conflict_f: Floats
    stop: Ints
    stop_arc: Floats
    crossing: Ints
    crossing_f: Floats
    crosswalk: Ints
    crosswalk_f: Floats
    crossed: Ints
    """[M, 2] Row of `crossing` and lane, by crosswalk."""
    programme: Ints
    spawn_lane: Ints
    """[K] Lanes on which traffic may begin, outside of junctions ..."""
    spawn_m: Floats
    """[K] ... and their lengths, summed up."""
    walk_lane: Ints
    """[K'] Sidewalks, likewise."""
    walk_m: Floats
    bay: Floats
    """[B, 3] x, y, heading of parking spaces."""
    left_hand: int
    """1 where traffic keeps to the left."""
    origin_x: float
    origin_y: float


class Ground(NamedTuple):
    """All that kernels know of a map."""

    terrain: Terrain
    grid: LaneGrid
    """In the file's own frame, float64."""
    textures: Textures
    """Likewise."""
    paved: NDArray[np.uint8]
    """[S] 1 for sets of lanes with a paved one among them."""


class DrivingMap(NamedTuple):
    """A map made ready for driving."""

    road_map: RoadMap
    ground: Ground

    @property
    def graph(self) -> LaneGraph:
        """The lane graph that it was made of."""
        return self.road_map.graph


def prepare(road_map: RoadMap) -> DrivingMap:
    """Make a map ready for driving; textures come from disk where they were baked before."""
    graph = road_map.graph
    grid = build_grid(graph)
    textures = textures_of(road_map)
    lane_paved = ((PAVED >> graph.lanes.kind.astype(np.int64)) & 1).astype(np.uint8)
    return DrivingMap(road_map, Ground(build_terrain(graph, grid), grid, textures, per_set(textures, lane_paved)))


def build_terrain(graph: LaneGraph, grid: LaneGrid) -> Terrain:
    """Pack a lane graph. grid: of the same graph."""
    lanes, points = graph.lanes, graph.points
    origin_x, origin_y = _origin(graph.bounds)
    count = graph.num_lanes
    turn = lane_turns(graph)
    driven = ((CAR_LANES >> lanes.kind.astype(np.int64)) & 1).astype(np.int32)
    lane = np.full((count + 1, LANE_COLUMNS), -1, np.int32)
    for column, first in (
        (FIRST_POINT, lanes.first_point),
        (FIRST_SUCCESSOR, graph.successors.first),
        (FIRST_PREDECESSOR, graph.predecessors.first),
        (FIRST_CONFLICT, graph.conflicts.first),
        (FIRST_STOP, graph.stop_lines.first),
    ):
        lane[:, column] = first
    lane[:count, LANE_KIND] = lanes.kind
    lane[:count, JUNCTION] = lanes.junction
    lane[:count, BESIDE_LEFT], lane[:count, BESIDE_RIGHT] = lanes.left, lanes.right
    left_hand = _keeps_left(graph, driven)
    for own, beside, oncoming_side in ((LEFT, lanes.left, not left_hand), (RIGHT, lanes.right, left_hand)):
        there = beside >= 0
        same = there & (lanes.direction[beside] == lanes.direction) & (driven[beside] == 1) & (driven == 1)
        lane[:count, own] = np.where(same, beside, -1)
        if oncoming_side:
            lane[:count, ONCOMING] = _oncoming(graph, beside, driven)
    lane[:count, DRIVEN] = driven
    point = np.empty((len(points.x), POINT_COLUMNS), np.float32)
    point[:, PX], point[:, PY] = points.x - origin_x, points.y - origin_y
    point[:, HEADING], point[:, CURVATURE] = points.heading, points.curvature
    point[:, HALF_WIDTH] = points.width / 2
    point[:, LIMIT] = np.where(np.isnan(points.speed_limit_mps), DEFAULT_SPEED_MPS, points.speed_limit_mps)
    point[:, CHANGE] = (
        points.change
        + SOLID_LEFT * np.isin(points.left_mark, _SOLID)
        + SOLID_RIGHT * np.isin(points.right_mark, _SOLID)
    )
    point[:, SAFE] = safe_speeds(lanes.first_point, lanes.step_m, point[:, CURVATURE], point[:, LIMIT])
    lane_f = np.zeros((count, 4), np.float32)
    lane_f[:, LANE_LENGTH], lane_f[:, LANE_STEP], lane_f[:, LANE_TURN] = lanes.length_m, lanes.step_m, turn
    conflict, conflict_f = _conflicts(graph, turn, left_hand)
    stops = graph.stop_lines
    stop = np.empty((len(stops.kind), 3), np.int32)
    stop_lane = np.repeat(np.arange(count), np.diff(stops.first))
    stop[:, STOP_KIND] = stops.kind
    stop[:, STOP_GROUP] = np.where(stops.kind == SignalKind.LIGHT, graph.signals.group[stops.signal], -1)
    stop[:, STOP_JUNCTION_LANE] = lanes.junction[stop_lane] >= 0
    lane[:count, GROUP] = _groups(graph, stop)
    lane[:count, MERGES_INTO] = _merging(graph, lane[:count], driven)
    first_crossing, crossing, crossing_f, crosswalk, crosswalk_f, crossed = _crosswalks(
        graph, grid, stop, origin_x, origin_y
    )
    lane[:, FIRST_CROSSING] = first_crossing
    spawn = np.flatnonzero((driven == 1) & (lanes.junction < 0) & (lanes.length_m > 8.0))
    walk = np.flatnonzero(((WALKABLE >> lanes.kind.astype(np.int64)) & 1 == 1) & (lanes.junction < 0))
    bays = graph.props.kind == 1
    terrain = Terrain(
        lane=lane, lane_f=lane_f, point=point,
        successor=graph.successors.lane.astype(np.int32), predecessor=graph.predecessors.lane.astype(np.int32),
        conflict=conflict, conflict_f=conflict_f, stop=stop, stop_arc=stops.arc_m.astype(np.float32),
        crossing=crossing, crossing_f=crossing_f, crosswalk=crosswalk, crosswalk_f=crosswalk_f, crossed=crossed,
        programme=light_programmes(graph),
        spawn_lane=spawn.astype(np.int32), spawn_m=np.cumsum(lanes.length_m[spawn]).astype(np.float32),
        walk_lane=walk.astype(np.int32), walk_m=np.cumsum(lanes.length_m[walk]).astype(np.float32),
        bay=np.stack([
            graph.props.x[bays] - origin_x, graph.props.y[bays] - origin_y, graph.props.heading[bays]
        ], axis=1).astype(np.float32),
        left_hand=int(left_hand), origin_x=origin_x, origin_y=origin_y,
    )  # fmt: skip
    for array in terrain:
        if isinstance(array, np.ndarray):
            array.flags.writeable = False
    return terrain


def _origin(bounds: tuple[float, float, float, float]) -> tuple[float, float]:
    """(0, 0), or the middle of a map that lies far out, in whole kilometres."""
    if not bounds or max(map(abs, bounds)) <= FAR_OUT_M:
        return 0.0, 0.0
    return round((bounds[0] + bounds[2]) / 2, -3), round((bounds[1] + bounds[3]) / 2, -3)


def _keeps_left(graph: LaneGraph, driven: NDArray[np.int32]) -> bool:
    """Whether lanes that run with their road lie on its left (positive ids)."""
    lanes = graph.lanes
    sign = np.sign(lanes.lane_id.astype(np.float64)) * lanes.direction * lanes.length_m
    return bool(sign[driven == 1].sum() > 0)


def _oncoming(graph: LaneGraph, beside: NDArray[np.int32], driven: NDArray[np.int32]) -> NDArray[np.int32]:
    """The nearest driven lane towards `beside` that runs the other way; up to four lanes (a median among them) are passed."""
    lanes = graph.lanes
    found = np.full(graph.num_lanes, -1, np.int32)
    at = beside.copy()
    for _ in range(4):
        there = (at >= 0) & (found < 0)
        other = there & (driven[at] == 1) & (lanes.direction[at] != lanes.direction)
        found[other] = at[other]
        # Lanes that run the other way count their left from the other side.
        onward = np.where(lanes.direction[at] == lanes.direction, beside[at], -1)
        at = np.where(there & ~other, onward, -1)
    return found


def _conflicts(graph: LaneGraph, turn: NDArray[np.float64], left_hand: bool) -> tuple[Ints, Floats]:
    """Where nothing says who goes first, the rules of the road do: oncoming traffic before those who turn across it, then
    the one who comes from the nearside (right before left where one keeps right)."""
    known, heading, first = graph.conflicts, graph.points.heading, graph.lanes.first_point
    own = np.repeat(np.arange(graph.num_lanes), np.diff(known.first))
    conflict = np.empty((len(own), 3), np.int32)
    conflict[:, OTHER], conflict[:, MERGES] = known.lane, known.merges
    order = np.zeros(len(own), np.int32)
    order[known.priority == Priority.GOES_FIRST] = 1
    order[known.priority == Priority.YIELDS] = -1
    open_ = (known.priority == Priority.UNREGULATED) | (known.priority == Priority.SIGNALLED)
    side = -1.0 if left_hand else 1.0
    across = side * turn > TURN_RAD
    order[open_] = np.where(across[known.lane], 1, 0)[open_] - np.where(across[own], 1, 0)[open_]
    undecided = open_ & (order == 0)
    angle = heading[first[known.lane]] - heading[first[own]]
    angle = side * np.arctan2(np.sin(angle), np.cos(angle))
    # One who comes from the right heads 90 degrees to my left.
    order[undecided] = np.where((angle > 0.5) & (angle < 2.6), -1, np.where((angle < -0.5) & (angle > -2.6), 1, 0))[
        undecided
    ]
    wide = WIDER_M
    stretch = np.stack([
        known.from_arc_m - wide, known.to_arc_m + wide, known.other_from_arc_m - wide, known.other_to_arc_m + wide
    ], axis=1)  # fmt: skip
    conflict[:, ORDER] = order
    return conflict, stretch.astype(np.float32)


def _groups(graph: LaneGraph, stop: Ints) -> Ints:
    """[L] The light that holds a junction lane: on it, or the last one of a lane that leads into it."""
    first, lanes = graph.stop_lines.first, graph.lanes
    last = np.full(graph.num_lanes, -1, np.int32)
    for lane in range(graph.num_lanes):
        groups = stop[first[lane] : first[lane + 1], STOP_GROUP]
        groups = groups[groups >= 0]
        if len(groups):
            last[lane] = int(groups[-1])
    held = np.full(graph.num_lanes, -1, np.int32)
    for lane in np.flatnonzero(lanes.junction >= 0).tolist():
        before = graph.predecessors.lane[graph.predecessors.first[lane] : graph.predecessors.first[lane + 1]]
        candidates = [int(last[lane]), *(int(last[other]) for other in before)]
        held[lane] = next((group for group in candidates if group >= 0), -1)
    return held


def _merging(graph: LaneGraph, lane: Ints, driven: NDArray[np.int32]) -> Ints:
    """[L] 1 where a lane has no successor and one beside it has."""
    ends = (driven == 1) & (np.diff(graph.successors.first) == 0)
    goes_on = np.diff(graph.successors.first) > 0
    beside = [(lane[:, side] >= 0) & goes_on[lane[:, side]] for side in (LEFT, RIGHT)]
    merging: Ints = (ends & (beside[0] | beside[1])).astype(np.int32)
    return merging


def _crosswalks(
    graph: LaneGraph, grid: LaneGrid, stop: Ints, origin_x: float, origin_y: float
) -> tuple[Ints, Ints, Floats, Ints, Floats, Ints]:
    """first [L + 1], crossing, crossing_f by lane; crosswalk, crosswalk_f, crossed."""
    known, count = graph.crosswalks, graph.num_lanes
    number = len(known.first_corner) - 1
    crosswalk, crosswalk_f = np.full((number + 1, 4), -1, np.int32), np.zeros((number, 8), np.float32)
    rows: list[tuple[int, int, float, float, float, float]] = []
    for index in range(number):
        (ax, ay), (bx, by) = known.walk[index]
        length = max(math.hypot(bx - ax, by - ay), 1e-3)
        back_x, back_y = (bx - ax) / length * WALK_BACK_M, (by - ay) / length * WALK_BACK_M
        ax, ay, bx, by, length = ax - back_x, ay - back_y, bx + back_x, by + back_y, length + 2 * WALK_BACK_M
        corners = slice(int(known.first_corner[index]), int(known.first_corner[index + 1]))
        aside = (known.corner_x[corners] - ax) * (by - ay) - (known.corner_y[corners] - ay) * (bx - ax)
        width = float(aside.max() - aside.min()) / length
        crosswalk_f[index, :END_ARC] = ax - origin_x, ay - origin_y, bx - origin_x, by - origin_y, length, width
        for end, (x, y) in enumerate(((ax, ay), (bx, by))):
            beside = project(grid, x, y, kinds=WALKABLE, max_distance_m=SIDEWALK_REACH_M)
            crosswalk[index, END_LANE + end] = beside.lane[0]
            crosswalk_f[index, END_ARC + end] = max(beside.arc_m[0], 0.0) if beside.lane[0] >= 0 else 0.0
        for k in range(int(known.first_lane[index]), int(known.first_lane[index + 1])):
            lane = int(known.lane[k])
            if not (DRIVABLE | 1 << LaneKind.BIKING) >> int(graph.lanes.kind[lane]) & 1:
                continue
            middle = 0.5 * (known.from_arc_m[k] + known.to_arc_m[k])
            first, step = int(graph.lanes.first_point[lane]), graph.lanes.step_m[lane]
            point = first + min(int(middle / step), int(graph.lanes.first_point[lane + 1]) - first - 1)
            along = (graph.points.x[point] - ax) * (bx - ax) + (graph.points.y[point] - ay) * (by - ay)
            half = graph.points.width[point] / 2
            rows.append((
                lane, index, known.from_arc_m[k], known.to_arc_m[k], along / length - half, along / length + half
            ))  # fmt: skip
            groups = stop[graph.stop_lines.first[lane] : graph.stop_lines.first[lane + 1], STOP_GROUP]
            if len(groups) and groups[-1] >= 0:
                crosswalk[index, WALK_GROUP] = groups[-1]
    rows.sort(key=lambda row: (row[0], row[2]))
    first_row = np.searchsorted([row[0] for row in rows], np.arange(count + 1))
    crossing = np.array([[row[1]] for row in rows], np.int32).reshape(-1, 1)
    crossing_f = np.array([row[2:] for row in rows], np.float32).reshape(-1, 4)
    by_crosswalk = sorted(range(len(rows)), key=lambda row: (rows[row][1], row))
    crossed = np.array([[row, rows[row][0]] for row in by_crosswalk], np.int32).reshape(-1, 2)
    crosswalk[:, FIRST_CROSSED] = np.searchsorted([rows[row][1] for row in by_crosswalk], np.arange(number + 1))
    return first_row.astype(np.int32), crossing, crossing_f, crosswalk, crosswalk_f, crossed
