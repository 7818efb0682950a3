"""From the coordinates of roads, which OpenSCENARIO speaks, to lanes and arcs of the lane graph, and back. Source: OpenSCENARIO XML
1.3, 6.3.3 and 6.3.4.

A road's s runs along its reference line; t and lane offsets count to the left of it, whichever way a lane's traffic runs.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.roads.graph.poses import lane_poses
from sim_suite.driving.roads.opendrive.model import OpenDrive
from sim_suite.errors import SuiteError, UnknownNameError

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
_REACH_M: Final = 0.5
"""Files round the lengths of roads."""
_EVEN_M: Final = 1e-6
"""Sums of lengths differ by less."""


class OnLane(NamedTuple):
    """Places on lanes, [N] each."""

    lane: Ints
    arc_m: Floats


class RoadPlaces:
    """Finds lanes by road, id and s on one map."""

    def __init__(self, graph: LaneGraph, document: OpenDrive | None = None) -> None:
        """document: the graph's, whose lane offsets say how far the lanes lie beside the reference lines; None: nowhere."""
        lanes, points = graph.lanes, graph.points
        self._graph = graph
        first, last = lanes.first_point[:-1], lanes.first_point[1:] - 1
        self._low = np.minimum(points.road_s[first], points.road_s[last])
        self._high = np.maximum(points.road_s[first], points.road_s[last])
        offsets = {} if document is None else {road.id: road.lane_offsets for road in document.roads}
        self._offsets = [offsets.get(name, ()) for name in graph.road_ids]
        self._of_road: dict[str, Ints] = {
            name: np.flatnonzero(lanes.road == n).astype(np.int32) for n, name in enumerate(graph.road_ids)
        }

    def find(self, road_id: str, lane_id: ArrayLike, s: ArrayLike) -> OnLane:
        """lane_id, s: [N], or one for all. Raises `SuiteError` where a road has no such lane, or is shorter."""
        ids, places = np.broadcast_arrays(np.atleast_1d(np.asarray(lane_id, np.float64)), np.asarray(s, np.float64))
        candidates = self._lanes_of(road_id)
        lane, arc = np.full(len(places), -1, np.int32), np.zeros(len(places))
        for one in candidates.tolist():
            own = ids == self._graph.lanes.lane_id[one]
            here = own & (places >= self._low[one] - _REACH_M) & (places <= self._high[one] + _REACH_M)
            # Where two sections meet, the later one counts.
            inside = here & ((lane < 0) | ((places >= self._low[one]) & (places <= self._high[one])))
            if inside.any():
                lane[inside] = one
                arc[inside] = self._arc(one, places[inside])
        if (lane < 0).any():
            n = int(np.flatnonzero(lane < 0)[0])
            raise SuiteError(self._nowhere(road_id, ids[n], places[n], candidates))
        return OnLane(lane, arc)

    def road_of(self, lane: Ints, arc_m: Floats) -> tuple[Ints, Ints, Floats, Ints]:
        """(index of the road, lane id, s, +1 where the lane runs along the road or -1) of places on lanes, [N] each."""
        lanes = self._graph.lanes
        there = np.maximum(lane, 0)
        s = lane_poses(self._graph, there, arc_m).road_s
        return lanes.road[there], lanes.lane_id[there], s, lanes.direction[there].astype(np.int32)

    def name_of(self, road: int) -> str:
        """A road's id by its index."""
        return self._graph.road_ids[road]

    def t_of(self, lane: Ints, arc_m: Floats, aside_m: Floats) -> Floats:
        """[N] t of places on lanes. aside_m: to the left of the lane's direction."""
        lanes = self._graph.lanes
        t = aside_m * lanes.direction[lane]
        s = lane_poses(self._graph, lane, arc_m).road_s
        for one in np.unique(lane).tolist():
            here = lane == one
            section = np.flatnonzero((lanes.road == lanes.road[one]) & (lanes.section == lanes.section[one]))
            centre, _ = self._centre(section.astype(np.int32), s[here])
            t[here] += centre[np.flatnonzero(section == one)[0]]
        return t

    def at_offset(self, road_id: str, s: Floats, t: Floats) -> tuple[OnLane, Floats]:
        """The lane of a road that holds each place, or the outermost, and how far left of its direction it lies. s, t: [N]."""
        candidates = self._lanes_of(road_id)
        lane, arc, aside = np.full(len(s), -1, np.int32), np.zeros(len(s)), np.full(len(s), np.inf)
        if candidates.size:
            low, high = self._low[candidates].min(), self._high[candidates].max()
            s = np.where((s > low - _REACH_M) & (s < high + _REACH_M), np.clip(s, low, high), s)
        centre, width = self._centre(candidates, s)
        least = np.full(len(s), np.inf)
        for row, one in enumerate(candidates.tolist()):
            away = (t - centre[row]) * self._graph.lanes.direction[one]
            beyond = np.abs(away) - width[row] / 2
            nearer = beyond < least
            if nearer.any():
                lane[nearer], aside[nearer], least[nearer] = one, away[nearer], beyond[nearer]
                arc[nearer] = self._arc(one, s[nearer])
        if (lane < 0).any():
            n = int(np.flatnonzero(lane < 0)[0])
            raise SuiteError(self._nowhere(road_id, np.nan, float(s[n]), candidates))
        return OnLane(lane, arc), aside

    def _centre(self, candidates: Ints, s: Floats) -> tuple[Floats, Floats]:
        """[K, N] t of the centres of lanes of one road, and their widths; NaN where they are not."""
        points, lanes = self._graph.points, self._graph.lanes
        centre, widths = np.full((2, len(candidates), len(s)), np.nan)
        shift = self._offset_at(int(lanes.road[candidates[0]]), s) if len(candidates) else s
        for section in np.unique(lanes.section[candidates]).tolist():
            own = candidates[lanes.section[candidates] == section]
            order = np.argsort(lanes.lane_id[own])
            left = [int(one) for one in own[order] if lanes.lane_id[one] > 0]
            right = [int(one) for one in own[order][::-1] if lanes.lane_id[one] < 0]
            here = (s >= self._low[own].min() - _EVEN_M) & (s <= self._high[own].max() + _EVEN_M)
            for sign, side in ((1.0, left), (-1.0, right)):
                edge = np.zeros(here.sum())
                for one in side:
                    width = np.interp(s[here], *self._by_s(one, points.width))
                    row = np.flatnonzero(candidates == one)[0]
                    centre[row, here], widths[row, here] = shift[here] + sign * (edge + width / 2), width
                    edge = edge + width
        return centre, widths

    def _offset_at(self, road: int, s: Floats) -> Floats:
        """[N] t of lane 0. Source: OpenDRIVE 1.8, laneOffset."""
        offset = np.zeros(len(s))
        for one in self._offsets[road]:
            ds = s - one.s
            offset = np.where(ds >= 0.0, one.a + ds * (one.b + ds * (one.c + ds * one.d)), offset)
        return offset

    def _by_s(self, lane: int, values: Floats) -> tuple[Floats, Floats]:
        """A lane's values by rising s of the road."""
        own = slice(int(self._graph.lanes.first_point[lane]), int(self._graph.lanes.first_point[lane + 1]))
        s = self._graph.points.road_s[own]
        return (s, values[own]) if s[0] <= s[-1] else (s[::-1], values[own][::-1])

    def _arc(self, lane: int, s: Floats) -> Floats:
        lanes = self._graph.lanes
        own = slice(int(lanes.first_point[lane]), int(lanes.first_point[lane + 1]))
        road_s = self._graph.points.road_s[own]
        arcs = np.arange(own.stop - own.start) * lanes.step_m[lane]
        rising = road_s[0] <= road_s[-1]
        return np.asarray(np.interp(s, road_s, arcs) if rising else np.interp(s, road_s[::-1], arcs[::-1]))

    def _lanes_of(self, road_id: str) -> Ints:
        if road_id not in self._of_road:
            raise UnknownNameError("road", road_id, self._of_road)
        return self._of_road[road_id]

    def _nowhere(self, road_id: str, lane_id: float, s: float, candidates: Ints) -> str:
        ids = sorted({int(one) for one in self._graph.lanes.lane_id[candidates]})
        if not candidates.size:
            return f"road {road_id!r} has no lanes."
        low, high = self._low[candidates].min(), self._high[candidates].max()
        what = "" if np.isnan(lane_id) else f"lane {lane_id:g} at "
        return f"road {road_id!r} has no {what}s = {s:.2f} m; its lanes are {', '.join(map(str, ids))}, from {low:.2f} to {high:.2f} m."
