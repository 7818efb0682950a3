"""Where a driver may change into the lane beside. Source: ASAM OpenDRIVE 1.8, clause 11.9 (marks, see marks.py); the rest ours.

A change is allowed where the marks allow it and the lane beside is one that motor traffic uses, runs in the same direction
and is there: at least MIN_WIDTH_M wide at that place. LibCarla's `Waypoint.lane_change` asks for the marks alone.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.graph.kinds import CHANGE_LEFT, CHANGE_RIGHT, DRIVABLE
from sim_suite.driving.roads.graph.layout import Bytes, Floats, Ints, Lanes
from sim_suite.driving.roads.graph.topology.marks import Borders

MIN_WIDTH_M: Final = 1.5
"""A lane that opens or tapers off can be entered where a small car's wheels fit into it (a Fiat 500 is 1.63 m wide)."""


def allowed_changes(lanes: Lanes, borders: Borders, road_s: Floats, width: Floats) -> Bytes:
    """[P] `Points.change`. road_s, width: [P] as in `Points`."""
    drivable = ((DRIVABLE >> lanes.kind.astype(np.int64)) & 1).astype(bool)
    counts = np.diff(lanes.first_point)
    change = np.zeros(len(road_s), np.uint8)
    for beside, may_cross, bit in (
        (lanes.left, borders.may_cross_left, CHANGE_LEFT),
        (lanes.right, borders.may_cross_right, CHANGE_RIGHT),
    ):
        same_way = (beside >= 0) & drivable & drivable[beside] & (lanes.direction[beside] == lanes.direction)
        allowed = np.repeat(same_way, counts) & may_cross
        _forbid_where_narrow(lanes, beside, same_way, road_s, width, allowed)
        change |= np.where(allowed, bit, 0).astype(np.uint8)
    return change


def _forbid_where_narrow(
    lanes: Lanes, beside: Ints, same_way: NDArray[np.bool_], road_s: Floats, width: Floats, allowed: NDArray[np.bool_]
) -> None:
    """Clear `allowed` at points whose neighbour is too narrow there; few lanes ever are."""
    narrowest = np.minimum.reduceat(width, lanes.first_point[:-1]) if len(width) else width
    for lane in np.flatnonzero(same_way & (narrowest[beside] < MIN_WIDTH_M)).tolist():
        own = slice(lanes.first_point[lane], lanes.first_point[lane + 1])
        other = slice(lanes.first_point[beside[lane]], lanes.first_point[beside[lane] + 1])
        forward = 1 if lanes.direction[lane] > 0 else -1
        there = np.interp(road_s[own], road_s[other][::forward], width[other][::forward])
        allowed[own] &= there >= MIN_WIDTH_M
