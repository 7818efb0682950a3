"""Where a lane is at any arc length, read from its points. Source: ours.

Positions and widths are linear between points. Headings are not: where a line meets an arc, curvature jumps, and between
points 0.6 m apart (radius 10 m) a linear heading is off by almost a degree. Each point's curvature is taken to hold until
the place where the next one's must take over for the headings to meet; that is exact at such joints, and on smooth curves
as good as linear.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.graph.layout import Floats, Ints, LaneGraph, Lanes, Points
from sim_suite.errors import SuiteError


class LanePoses(NamedTuple):
    """[N] each; as `Points` has them."""

    x: Floats
    y: Floats
    heading: Floats
    curvature: Floats
    width: Floats
    road_s: Floats


def lane_poses(graph: LaneGraph, lane: ArrayLike, arc_m: ArrayLike) -> LanePoses:
    """The centre of lanes [N] at arcs [N] (cut to the lanes' lengths). Raises SuiteError for lanes that do not exist."""
    lanes, arcs = np.broadcast_arrays(np.atleast_1d(np.asarray(lane, np.int32)), np.asarray(arc_m, np.float64))
    if lanes.size and not (lanes.min() >= 0 and lanes.max() < graph.num_lanes):
        raise SuiteError(f"lanes {lanes.min()} to {lanes.max()} are asked for; the map has 0 to {graph.num_lanes - 1}.")
    values = np.empty((6, lanes.size))
    _read(graph.lanes, graph.points, lanes.astype(np.int32), arcs.astype(np.float64), values)
    return LanePoses(*values)


@borrowing
def _read(lanes: Lanes, points: Points, lane: Ints, arc_m: Floats, values: Floats) -> None:
    for n in range(len(lane)):
        first, last = lanes.first_point[lane[n]], lanes.first_point[lane[n] + 1] - 1
        step = lanes.step_m[lane[n]]
        place = min(max(arc_m[n] / step, 0.0), float(last - first))
        k = min(int(first) + int(place), int(last) - 1)
        share = place - (k - first)
        values[0, n] = points.x[k] + share * (points.x[k + 1] - points.x[k])
        values[1, n] = points.y[k] + share * (points.y[k + 1] - points.y[k])
        bend, next_bend = points.curvature[k], points.curvature[k + 1]
        values[2, n] = heading_between(points.heading[k], points.heading[k + 1], bend, next_bend, step, share)
        values[3, n] = bend + share * (next_bend - bend)
        values[4, n] = points.width[k] + share * (points.width[k + 1] - points.width[k])
        values[5, n] = points.road_s[k] + share * (points.road_s[k + 1] - points.road_s[k])


@borrowing
def heading_between(
    heading: float, next_heading: float, curvature: float, next_curvature: float, step_m: float, share: float
) -> float:
    """Heading at a share in [0, 1] of the way between two neighbouring points `step_m` apart."""
    turn = next_heading - heading
    change = curvature - next_curvature
    over = step_m * share
    joint = step_m
    if change != 0.0:
        joint = min(max((turn - next_curvature * step_m) / change, 0.0), step_m)
    modelled = curvature * joint + next_curvature * (step_m - joint)
    bent = curvature * min(over, joint) + next_curvature * max(over - joint, 0.0)
    return heading + bent + (turn - modelled) * share
