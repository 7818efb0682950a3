"""How fast each place may be driven. Source: ASAM OpenDRIVE 1.8, clauses 10.4 (road), 11.7.2 (lane), 14 (signs); order and reach ours.

Three places state limits; the more particular one holds: a lane's own <speed>, then a sign that was passed, then the
<speed> of the road's <type>. "No limit" and "undefined" of a lane or road leave the question to the next of them; where
nobody states a limit it is NaN. LibCarla leaves signs to its server and knows no order.

A sign holds for the lanes of its holding (signals.py) from its s on, until the next sign that holds for the lane. Beyond
the end of its road it goes on along successors, as drivers would expect of a road that was cut in pieces: over roads that
state the same limit (or none) by their type as the sign's road did. It does not leave a junction: it holds on a connecting
road that states no limit, and ends there. Where signs of several roads run together, the lowest limit holds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.roads.graph.layout import Adjacency, Floats, Lanes
from sim_suite.driving.roads.graph.topology.signals import MPS_PER_UNIT, PlacedSignals
from sim_suite.driving.roads.graph.topology.stop_lines import arc_at
from sim_suite.driving.roads.opendrive.model import OpenDrive, Speed


def speed_limits(
    document: OpenDrive, lanes: Lanes, road_s: Floats, successors: Adjacency, placed: PlacedSignals
) -> Floats:
    """[P] `Points.speed_limit_mps`. road_s: [P] as in `Points`."""
    by_type = _by_type(document, lanes, road_s)
    limits = by_type.copy()
    _apply_signs(lanes, road_s, successors, placed, by_type, limits)
    by_lane = _by_lane(document, lanes, road_s)
    return np.where(np.isnan(by_lane), limits, by_lane)


def metres_per_second(speed: Speed | None) -> float:
    """NaN for no speed, "no limit" and what is not a positive number. Without a unit the standard means m/s (clause 10.4.1)."""
    if speed is None or speed.maximum is None or not speed.maximum > 0.0:
        return math.nan
    return speed.maximum * MPS_PER_UNIT.get(speed.unit.lower(), 1.0)


def _by_type(document: OpenDrive, lanes: Lanes, road_s: Floats) -> Floats:
    """[P] Limits that road types state; the first type holds from the road's start, as clause 10.4 demands that it does."""
    roads = [sorted((one.s, metres_per_second(one.speed)) for one in road.types) for road in document.roads]
    first = np.array([records[0][1] if records else math.nan for records in roads], np.float64)
    limits = np.repeat(first[lanes.road], np.diff(lanes.first_point))
    changing = np.array([len(records) > 1 for records in roads], bool)
    for lane in np.flatnonzero(changing[lanes.road]).tolist():
        _fill(lanes, road_s, lane, roads[lanes.road[lane]][1:], limits)
    return limits


def _by_lane(document: OpenDrive, lanes: Lanes, road_s: Floats) -> Floats:
    """[P] Limits that lanes state."""
    limits = np.full(len(road_s), math.nan)
    number = 0
    for road in document.roads:
        for section in road.sections:
            for lane in section.lanes:
                if lane.id != 0:
                    if lane.speeds:
                        records = sorted((section.s + one.s, metres_per_second(one.speed)) for one in lane.speeds)
                        _fill(lanes, road_s, number, records, limits)
                    number += 1
    return limits


def _fill(lanes: Lanes, road_s: Floats, lane: int, records: Iterable[tuple[float, float]], limits: Floats) -> None:
    """Write records (s of the road, limit) over a lane's points, each from its s on."""
    own = slice(lanes.first_point[lane], lanes.first_point[lane + 1])
    for s, limit in records:
        limits[own][road_s[own] >= s] = limit


def _apply_signs(
    lanes: Lanes, road_s: Floats, successors: Adjacency, placed: PlacedSignals, by_type: Floats, limits: Floats
) -> None:
    signs: dict[int, list[tuple[float, float]]] = {}
    for holding, held in zip(placed.holdings, placed.holding_lanes, strict=True):
        limit = float(placed.signals.value[holding.signal])
        if placed.signals.kind[holding.signal] == SignalKind.SPEED_LIMIT and not math.isnan(limit):
            for lane in held:
                signs.setdefault(lane, []).append((arc_at(lanes, road_s, lane, holding.s), limit))
    leaving: list[tuple[float, int]] = []
    for lane, along in signs.items():
        along.sort()
        for place, (arc, limit) in enumerate(along):
            until = along[place + 1][0] if place + 1 < len(along) else math.inf
            _write(lanes, lane, arc, until, limit, limits)
        leaving.append((along[-1][1], lane))
    reached: set[int] = set()
    for limit, start in sorted(leaving):  # rising limits: a lane that two signs reach keeps the lower one
        home = by_type[lanes.first_point[start + 1] - 1]
        open_ends = [start]
        while open_ends:
            lane = open_ends.pop()
            for after in successors.lane[successors.first[lane] : successors.first[lane + 1]].tolist():
                if after not in reached and _goes_on(lanes, by_type, lane, after, home):
                    reached.add(after)
                    until = signs[after][0][0] if after in signs else math.inf
                    _write(lanes, after, 0.0, until, limit, limits)
                    if after not in signs:
                        open_ends.append(after)


def _goes_on(lanes: Lanes, by_type: Floats, lane: int, after: int, home: float) -> bool:
    """Whether a sign that holds to the end of `lane` holds on the lane `after`; home: what the sign's road says by its type."""
    if lanes.road[lane] == lanes.road[after]:
        return True
    stated = by_type[lanes.first_point[after]]
    if lanes.junction[after] >= 0:
        return bool(np.isnan(stated))
    return bool(lanes.junction[lane] < 0 and (np.isnan(stated) or stated == home))


def _write(lanes: Lanes, lane: int, start: float, until: float, limit: float, limits: Floats) -> None:
    """Set the limit of a lane's points with start <= arc < until."""
    first, last = int(lanes.first_point[lane]), int(lanes.first_point[lane + 1])
    arcs = np.arange(last - first) * lanes.step_m[lane]
    limits[first:last][(arcs >= start) & (arcs < until)] = limit
