"""Which roads lie above which: a bridge is drawn over the road below it, marks and all. Source: ours."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.driving.roads.graph.layout import LaneGraph

_CELL_M: Final = 4.0
"""Roads meet where samples of both fall into one cell of this size."""
_CLEARANCE_M: Final = 3.0
"""Roads that differ by more in height pass over each other; less is one surface (a lorry needs 4 m)."""


def road_decks(graph: LaneGraph) -> list[int]:
    """A number for each road of `graph.road_ids`: 0 at the bottom, more than every road that it passes over.

    Roads that pass both over and under each other keep an order by mean height.
    """
    count = len(graph.road_ids)
    points = graph.points
    if not len(points.z) or float(np.ptp(points.z)) < _CLEARANCE_M:
        return [0] * count
    owner = np.repeat(graph.lanes.road, np.diff(graph.lanes.first_point))
    mean = np.bincount(owner, points.z, count) / np.maximum(np.bincount(owner, minlength=count), 1)
    decks = [0] * count
    above = _above(graph, owner)
    for road in np.argsort(mean, kind="stable").tolist():
        lower = [decks[other] for other in above.get(road, ()) if mean[other] < mean[road]]
        decks[road] = 1 + max(lower, default=-1)
    return decks


def _above(graph: LaneGraph, owner: np.ndarray) -> dict[int, set[int]]:
    """Road to the roads that lie below it somewhere."""
    points = graph.points
    cells = np.column_stack((np.floor(points.x / _CELL_M), np.floor(points.y / _CELL_M), owner)).astype(np.int64)
    unique, group = np.unique(cells, axis=0, return_inverse=True)
    height = np.bincount(group.ravel(), points.z) / np.bincount(group.ravel())
    found: dict[int, set[int]] = {}
    starts = np.flatnonzero(np.any(np.diff(unique[:, :2], axis=0), axis=1)) + 1
    for cell in np.split(np.arange(len(unique)), starts):
        if len(cell) < 2 or float(np.ptp(height[cell])) < _CLEARANCE_M:
            continue
        for upper in cell.tolist():
            for lower in cell.tolist():
                if height[upper] - height[lower] >= _CLEARANCE_M:
                    found.setdefault(int(unique[upper, 2]), set()).add(int(unique[lower, 2]))
    return found
