"""Which lane a point belongs to: the search through the grid, as scalar kernels. Source: ours.

A point within a lane's strip belongs to that lane, however near another's centre is. Where strips overlap (junctions),
the one whose centre is nearest wins; with a heading, the one that agrees best with it. Outside of all strips the
nearest strip wins. What is equal goes to the lane with the lower index. A point that knows its height is off a lane's
strip by what it is above or below it beyond LEVEL_M: so a bridge is told from the road beneath.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.graph.frenet import corrected, foot_on_run, heading_at
from sim_suite.driving.roads.graph.grid import LaneGrid
from sim_suite.driving.roads.graph.poses import between

HEADING_PER_METRE: Final = 0.1
"""Radians that weigh as much as a metre off the centre: the angle under which a driver sees it 10 m ahead."""
LEVEL_M: Final = 2.0
"""Within this much above or below a lane a point is level with it: less than half of what bridges leave for lorries (4.5 m
in most of Europe), and more than a vehicle's centre is above the road."""

Place = tuple[int, float, float, float, float]
"""(lane or -1, arc_m, lateral_m, gap_m to the strip, heading error)."""


@borrowing
def wrapped(angle: float) -> float:
    """The same angle within [-pi, pi]."""
    return angle - 2.0 * math.pi * math.floor(angle / (2.0 * math.pi) + 0.5)


@borrowing
def nearest_lane(
    x: float, y: float, z: float, heading: float, kinds: int, max_distance_m: float, grid: LaneGrid
) -> Place:
    """The lane that a point belongs to, and where on it. For other kernels; allocates nothing.

    z, heading: of travel; NaN if unknown. kinds: bit mask of LaneKind. The lane is -1, and the rest NaN, where no lane of
    these kinds is within max_distance_m of the point, or a coordinate is not finite.
    """
    best: Place = (-1, math.nan, math.nan, math.inf, math.nan)
    score = math.inf
    if not (math.isfinite(x) and math.isfinite(y)) or len(grid.runs) == 0:
        return best
    # The cell of the point, or of the box's place nearest to it: no lane is farther from there than from the point.
    in_x = min(max((x - grid.x_min) / grid.cell_m, 0.0), float(grid.columns))
    in_y = min(max((y - grid.y_min) / grid.cell_m, 0.0), float(grid.lines))
    column, line = min(int(in_x), grid.columns - 1), min(int(in_y), grid.lines - 1)
    to_side = min(min(in_x - column, column + 1 - in_x), min(in_y - line, line + 1 - in_y))
    ring = int(grid.clearance[line * grid.columns + column])
    last_ring = max(max(column, grid.columns - 1 - column), max(line, grid.lines - 1 - line))
    while ring <= last_ring:
        reach = (ring - 1 + to_side) * grid.cell_m if ring > 0 else 0.0
        if reach > max_distance_m or best[3] < reach:
            break
        for side in range(4 if ring > 0 else 1):
            best, score = _best_on_side(
                x, y, z, heading, kinds, in_x, in_y, column, line, ring, side, grid, best, score
            )
        ring += 1
    if best[3] > max_distance_m:
        return -1, math.nan, math.nan, math.inf, math.nan
    return best


@borrowing
def _best_on_side(
    x: float, y: float, z: float, heading: float, kinds: int, in_x: float, in_y: float, column: int, line: int, ring: int,
    side: int, grid: LaneGrid, best: Place, score: float,
) -> tuple[Place, float]:  # fmt: skip
    """The better of `best` and the lanes along a side of a ring: 0 below, 1 above, 2 left, 3 right, corners in 0 and 1.

    in_x, in_y: the point in cells. Empty cells are skipped by their clearance, far ones by their distance.
    """
    if side < 2:
        j = line + (ring if side == 1 else -ring)
        i, stop = max(column - ring, 0), min(column + ring, grid.columns - 1)
        if not 0 <= j < grid.lines:
            return best, score
    else:
        i = column + (ring if side == 3 else -ring)
        j, stop = max(line - ring + 1, 0), min(line + ring - 1, grid.lines - 1)
        if not 0 <= i < grid.columns:
            return best, score
    while (i if side < 2 else j) <= stop:
        cell = j * grid.columns + i
        skip = int(grid.clearance[cell])
        if skip == 0:
            skip = 1
            off_x, off_y = max(max(i - in_x, in_x - i - 1.0), 0.0), max(max(j - in_y, in_y - j - 1.0), 0.0)
            if (off_x * off_x + off_y * off_y) * grid.cell_m * grid.cell_m <= best[3] * best[3]:
                best, score = _best_in_cell(x, y, z, heading, kinds, cell, grid, best, score)
        if side < 2:
            i += skip
        else:
            j += skip
    return best, score


@borrowing
def _best_in_cell(
    x: float, y: float, z: float, heading: float, kinds: int, cell: int, grid: LaneGrid, best: Place, score: float
) -> tuple[Place, float]:
    """The better of `best` and the lanes of a cell."""
    for run in range(grid.first_run[cell], grid.first_run[cell + 1]):
        lane = grid.runs[run, 0]
        if not (kinds >> int(grid.kind[lane])) & 1:
            continue
        foot = foot_on_run(x, y, lane, grid.runs[run, 1], grid.runs[run, 2], grid)
        if foot[2] < 0 or foot[0] > best[3]:
            continue
        strip_gap, lateral, segment, share = corrected(x, y, lane, foot, grid)
        gap = _with_height(strip_gap, z, segment, share, grid)
        if gap > best[3]:
            continue
        error = wrapped(heading - heading_at(lane, segment, share, grid)) if not math.isnan(heading) else math.nan
        new = abs(lateral) if math.isnan(heading) else HEADING_PER_METRE * abs(lateral) + abs(error)
        if gap < best[3] or new < score or (new == score and lane < best[0]):
            arc = (segment - grid.first_point[lane] + share) * grid.step_m[lane]
            best, score = (int(lane), arc, lateral, gap, error), new
    return best, score


@borrowing
def _with_height(gap: float, z: float, segment: int, share: float, grid: LaneGrid) -> float:
    """Distance to the strip in space."""
    if not math.isfinite(z):
        return gap
    off = max(abs(z - between(grid.z, segment, share)) - LEVEL_M, 0.0)
    return math.sqrt(gap * gap + off * off)


@borrowing
def place_on_lane(x: float, y: float, heading: float, lane: int, grid: LaneGrid) -> Place:
    """Where a point lies on a given lane, however far off; for other kernels. It looks at all the lane's points."""
    begin, stop = grid.first_point[lane], grid.first_point[lane + 1] - 1
    foot = foot_on_run(x, y, lane, begin, stop, grid)
    if foot[2] < 0:
        return -1, math.nan, math.nan, math.inf, math.nan
    gap, lateral, segment, share = corrected(x, y, lane, foot, grid)
    error = wrapped(heading - heading_at(lane, segment, share, grid))
    return lane, (segment - begin + share) * grid.step_m[lane], lateral, gap, error


@borrowing
def lanes_in_cell(
    x: float, y: float, kinds: int, cell: int, margin_m: float, grid: LaneGrid, places: np.ndarray
) -> int:
    """How many lanes of a cell hold a point; as many of them as there is room for are written to places.

    places: [room, 3] float64 (lane, arc_m, lateral_m), by lane.
    """
    count = 0
    for run in range(grid.first_run[cell], grid.first_run[cell + 1]):
        lane = grid.runs[run, 0]
        if not (kinds >> int(grid.kind[lane])) & 1:
            continue
        foot = foot_on_run(x, y, lane, grid.runs[run, 1], grid.runs[run, 2], grid)
        if foot[2] < 0:
            continue
        gap, lateral, segment, share = corrected(x, y, lane, foot, grid)
        if gap > margin_m:
            continue
        arc = (segment - grid.first_point[lane] + share) * grid.step_m[lane]
        if count > 0 and count <= len(places) and places[count - 1, 0] == lane:
            if abs(lateral) < abs(places[count - 1, 2]):  # a lane that comes back to the same cell
                places[count - 1, 1], places[count - 1, 2] = arc, lateral
            continue
        if count < len(places):
            places[count, 0], places[count, 1], places[count, 2] = lane, arc, lateral
        count += 1
    return count
