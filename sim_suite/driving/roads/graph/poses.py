"""Where a lane is at any arc length, read from its points. Source: ours.

Positions, heights and widths are linear between points. Headings are not: where a line meets an arc, curvature jumps, and
between points 0.6 m apart (radius 10 m) a linear heading is off by almost a degree. Each point's curvature is taken to
hold until the place where the next one's must take over for the headings to meet; that is exact at such joints, and on
smooth curves as good as linear. Projection (frenet.py) reads headings here too, and so is the inverse.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.graph.layout import Floats, Ints, LaneGraph, Lanes, Points
from sim_suite.errors import SuiteError


class LanePoses(NamedTuple):
    """[N] each; as `Points` has them. Only x and y know of a lateral offset: the rest is said of the centre line."""

    x: Floats
    y: Floats
    z: Floats
    heading: Floats
    """Of travel, continuous along a lane; it may leave [-pi, pi]."""
    curvature: Floats
    width: Floats
    road_s: Floats


def lane_poses(graph: LaneGraph, lane: ArrayLike, arc_m: ArrayLike, lateral_m: ArrayLike = 0.0) -> LanePoses:
    """Places on lanes: the inverse of `project_onto`. lane, arc_m, lateral_m: [N], or one for all.

    Arcs are cut to the lanes' lengths. lateral_m: to the left of the centre line, along its normal. Raises SuiteError for
    lanes that do not exist.
    """
    lanes, arcs, laterals = np.broadcast_arrays(np.atleast_1d(lane), arc_m, lateral_m)
    if lanes.size and not (lanes.min() >= 0 and lanes.max() < graph.num_lanes):
        raise SuiteError(f"lanes {lanes.min()} to {lanes.max()} are asked for; the map has 0 to {graph.num_lanes - 1}.")
    values = np.empty((7, lanes.size))
    _read(
        lanes.astype(np.int32), arcs.astype(np.float64), laterals.astype(np.float64), graph.lanes, graph.points, values
    )
    return LanePoses(*values)


@borrowing
def _read(lane: Ints, arc_m: Floats, lateral_m: Floats, lanes: Lanes, points: Points, values: Floats) -> None:
    for n in range(len(lane)):
        k, share = segment_at(lane[n], arc_m[n], lanes.first_point, lanes.step_m)
        bend, next_bend = points.curvature[k], points.curvature[k + 1]
        step = lanes.step_m[lane[n]]
        heading = heading_between(points.heading[k], points.heading[k + 1], bend, next_bend, step, share)
        x, y = between(points.x, k, share), between(points.y, k, share)
        values[0, n] = x - lateral_m[n] * math.sin(heading)
        values[1, n] = y + lateral_m[n] * math.cos(heading)
        values[2, n] = between(points.z, k, share)
        values[3, n] = heading
        values[4, n] = between(points.curvature, k, share)
        values[5, n] = between(points.width, k, share)
        values[6, n] = between(points.road_s, k, share)


@borrowing
def segment_at(lane: int, arc_m: float, first_point: Ints, step_m: Floats) -> tuple[int, float]:
    """(k, share): an arc, cut to the lane's, lies at a share in [0, 1] of the way from point k to point k + 1."""
    first, last = int(first_point[lane]), int(first_point[lane + 1]) - 1
    place = min(max(arc_m / step_m[lane], 0.0), float(last - first))
    k = min(first + int(place), last - 1)
    return k, place - (k - first)


@borrowing
def between(values: Floats, k: int, share: float) -> float:
    """Linear between values k and k + 1."""
    return float(values[k] + share * (values[k + 1] - values[k]))


@borrowing
def heading_between(
    heading: float, next_heading: float, curvature: float, next_curvature: float, step_m: float, share: float
) -> float:
    """Heading at a share in [0, 1] of the way between two neighbouring points `step_m` apart."""
    turn = next_heading - heading
    over = step_m * share
    joint = joint_between(turn, curvature, next_curvature, step_m)
    modelled = curvature * joint + next_curvature * (step_m - joint)
    bent = curvature * min(over, joint) + next_curvature * max(over - joint, 0.0)
    return heading + bent + (turn - modelled) * share


@borrowing
def joint_between(turn: float, curvature: float, next_curvature: float, step_m: float) -> float:
    """Metres after a point at which the next one's curvature takes over; headings are linear before and after."""
    change = curvature - next_curvature
    if change == 0.0:
        return step_m
    return min(max((turn - next_curvature * step_m) / change, 0.0), step_m)
