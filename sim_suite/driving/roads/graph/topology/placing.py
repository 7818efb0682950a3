"""Where places given as (s, t) of a road are in the world. Source: ASAM OpenDRIVE 1.8, clause 8 (coordinate systems)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim_suite.compiling import compiled
from sim_suite.driving.roads.geometry.height import road_height
from sim_suite.driving.roads.geometry.reference_line import reference_pose
from sim_suite.driving.roads.geometry.tables import RoadTables
from sim_suite.driving.roads.graph.layout import Floats


def place_on_roads(
    tables: RoadTables, road: Sequence[float] | Floats, s: Sequence[float] | Floats, t: Sequence[float] | Floats
) -> Floats:
    """[N, 4] x, y, height of the road's surface, heading of the reference line. road: index into the document's roads; s, t: metres.

    A place before a road's start or behind its end lies on the line prolonged.
    """
    poses = np.empty((len(road), 4))
    if len(road):
        _place(tables, np.array(road, np.int64), np.array(s, np.float64), np.array(t, np.float64), poses)
    return poses


@compiled
def _place(tables: RoadTables, road: np.ndarray, s: np.ndarray, t: np.ndarray, poses: np.ndarray) -> None:
    for row in range(len(road)):
        pose = reference_pose(tables.pieces, road[row], s[row])
        x, y, heading = pose[0], pose[1], pose[2]
        poses[row, 0] = x - t[row] * np.sin(heading)
        poses[row, 1] = y + t[row] * np.cos(heading)
        poses[row, 2] = road_height(tables, road[row], s[row], t[row])
        poses[row, 3] = heading
