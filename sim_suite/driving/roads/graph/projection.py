"""From places in the world to places on lanes, for many points at once. Source: ours.

Kernels call the scalar functions of nearest.py and frenet.py themselves; here are their faces for arrays. Batches are
shared among threads where that pays and the process may.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim_suite.compiling import borrowing, shared
from sim_suite.compiling.sharing import share
from sim_suite.driving.roads.graph.grid import LaneGrid
from sim_suite.driving.roads.graph.kinds import ANY_LANE, DRIVABLE
from sim_suite.driving.roads.graph.layout import Floats, Ints
from sim_suite.driving.roads.graph.nearest import lanes_in_cell, nearest_lane, place_on_lane
from sim_suite.errors import SuiteError

MAX_DISTANCE_M: Final = 30.0
"""Beyond this a vehicle has left its route, says the CARLA leaderboard (`InRouteTest`)."""
INSIDE_M: Final = 0.01
"""A point counts as inside up to here beyond the border: neighbours are sampled apart, to 5 mm each."""
_LEAST_POINTS: Final = 256  # a thread: they take about 0.05 ms
_KERNEL_ARRAY: Final = ("C_CONTIGUOUS", "WRITEABLE")


class Projection(NamedTuple):
    """Where points lie on their lanes. [N] each."""

    lane: Ints
    """-1 where there is none; the floats are NaN then."""
    arc_m: Floats
    """Along the lane's centre line, in [0, length]."""
    lateral_m: Floats
    """Distance from the centre line, positive to the left of travel."""
    heading_error: Floats
    """Heading minus the lane's, in [-pi, pi]; NaN without a heading."""
    gap_m: Floats
    """Distance to the lane's strip: 0 within; inf where there is no lane."""
    inside: NDArray[np.bool_]
    """Whether the point lies within the lane's strip, to a centimetre."""


class Overlaps(NamedTuple):
    """All lanes that hold each of N points, as CSR by point."""

    first: Ints
    """[N + 1]"""
    lane: Ints
    """[M] Rising for each point."""
    arc_m: Floats
    lateral_m: Floats


def project(
    grid: LaneGrid,
    x: ArrayLike,
    y: ArrayLike,
    heading: ArrayLike | None = None,
    kinds: int = DRIVABLE,
    max_distance_m: float = MAX_DISTANCE_M,
    z: ArrayLike | None = None,
) -> Projection:
    """The lane that each point belongs to (nearest.py says which), and where on it.

    x, y, z, heading: [N] or scalars, world frame, metres and radians; NaN where z or heading is unknown. With z, a bridge is
    told from the road beneath, and distances to strips are those in space. kinds: mask of LaneKind to choose from.
    max_distance_m: to the strip; math.inf for the nearest lane however far. Raises SuiteError for unequal lengths.
    """
    xs, ys, zs, headings = _columns(x, y, z, heading)
    lane, places = np.empty(len(xs), np.int32), np.empty((len(xs), 4))
    share(
        lambda _, begin, end: _project(
            begin, end, xs, ys, zs, headings, kinds, float(max_distance_m), grid, lane, places
        ),
        len(xs),
        _LEAST_POINTS,
    )
    return _projection(lane, places)


def project_onto(
    grid: LaneGrid, lane: ArrayLike, x: ArrayLike, y: ArrayLike, heading: ArrayLike | None = None
) -> Projection:
    """Where points lie on given lanes, however far off; lane: [N], or one for all, -1 for none. Undone by `lane_poses`."""
    xs, ys, headings = _columns(x, y, heading)
    lanes = np.broadcast_to(np.asarray(lane, np.int32), xs.shape).copy()
    if len(lanes) and not (lanes.min() >= -1 and lanes.max() < len(grid.kind)):
        raise SuiteError(f"lane {lanes.max()} is not on the map, whose lanes are 0 to {len(grid.kind) - 1}.")
    places = np.empty((len(xs), 4))
    _project_onto(xs, ys, headings, lanes, grid, places)
    return _projection(lanes, places)


def lanes_at(grid: LaneGrid, x: ArrayLike, y: ArrayLike, kinds: int = ANY_LANE) -> Overlaps:
    """All lanes of some kinds whose strips hold each point; x, y: [N] or scalars."""
    xs, ys = _columns(x, y)
    widest = int(np.diff(grid.first_run).max(initial=0))
    first, places = np.zeros(len(xs) + 1, np.int32), np.empty((widest, 3))
    found = np.empty((max(4 * len(xs), widest), 3))
    while (missing := _collect(xs, ys, kinds, INSIDE_M, grid, places, first, found)) > 0:
        found = np.empty((len(found) + missing, 3))
    found = found[: first[-1]]
    return Overlaps(first, found[:, 0].astype(np.int32), found[:, 1].copy(), found[:, 2].copy())


def _columns(*columns: ArrayLike | None) -> list[Floats]:
    """Equally long writable float64 arrays, NaN for None: one type for the kernels, whatever comes. The first is x."""
    given = [None if column is None else np.atleast_1d(column) for column in columns]
    x = given[0]
    if x is None or x.ndim != 1 or any(column is not None and column.shape != x.shape for column in given):
        shapes = ", ".join("none" if column is None else str(column.shape) for column in given)
        raise SuiteError(f"points must be given as lists of equal length; the shapes of x, y and so on are {shapes}.")
    unknown = np.full(x.shape, math.nan)
    return [unknown if column is None else np.require(column, np.float64, _KERNEL_ARRAY) for column in given]


def _projection(lane: Ints, places: Floats) -> Projection:
    arc_m, lateral_m, gap_m, error = places.T.copy()
    return Projection(lane, arc_m, lateral_m, error, gap_m, gap_m <= INSIDE_M)


@shared
def _project(
    begin: int, end: int, x: np.ndarray, y: np.ndarray, z: np.ndarray, heading: np.ndarray, kinds: int,
    max_distance_m: float, grid: LaneGrid, lane: np.ndarray, places: np.ndarray,
) -> None:  # fmt: skip
    for n in range(begin, end):
        place = nearest_lane(x[n], y[n], z[n], heading[n], kinds, max_distance_m, grid)
        lane[n] = place[0]
        places[n, 0], places[n, 1], places[n, 2], places[n, 3] = place[1], place[2], place[3], place[4]


@borrowing
def _project_onto(
    x: np.ndarray, y: np.ndarray, heading: np.ndarray, lane: np.ndarray, grid: LaneGrid, places: np.ndarray
) -> None:
    for n in range(len(x)):
        places[n, 0], places[n, 1], places[n, 2], places[n, 3] = math.nan, math.nan, math.inf, math.nan
        if lane[n] >= 0:
            place = place_on_lane(x[n], y[n], heading[n], lane[n], grid)
            lane[n] = place[0]
            places[n, 0], places[n, 1], places[n, 2], places[n, 3] = place[1], place[2], place[3], place[4]


@borrowing
def _collect(
    x: np.ndarray, y: np.ndarray, kinds: int, margin_m: float, grid: LaneGrid, places: np.ndarray, first: np.ndarray,
    found: np.ndarray,
) -> int:  # fmt: skip
    """Fill `first` and `found`; return how many rows `found` lacks. places: [most runs of a cell, 3], scratch."""
    total = 0
    for n in range(len(x)):
        column, line = (x[n] - grid.x_min) / grid.cell_m, (y[n] - grid.y_min) / grid.cell_m
        if 0.0 <= column < grid.columns and 0.0 <= line < grid.lines:
            cell = int(line) * grid.columns + int(column)
            count = lanes_in_cell(x[n], y[n], kinds, cell, margin_m, grid, places)
            if total + count <= len(found):
                for k in range(count):
                    for column_of in range(3):
                        found[total + k, column_of] = places[k, column_of]
            total += count
        first[n + 1] = total
    return max(total - len(found), 0)
