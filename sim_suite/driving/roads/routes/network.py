"""The lanes of a map as a network to search: gates along lanes, and the ways between them. Source: ours.

Each lane has gates at its start, its end, and at equal distances of road between, the same ones on all lanes of a
section. From gate to gate a vehicle stays or, where the marks allow it all the way, changes to the lane beside. The
lane's end leads to its successors' starts.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from sim_suite.compiling import compiled
from sim_suite.driving.roads.graph.kinds import CHANGE_LEFT, CHANGE_RIGHT, DRIVABLE, LaneKind, mask_of
from sim_suite.driving.roads.graph.layout import Bytes, Floats, Ints, LaneGraph

CAR_LANES: Final = DRIVABLE & ~mask_of((LaneKind.BUS, LaneKind.TAXI, LaneKind.HOV))
"""Lanes that any car may use."""
GATE_M: Final = 25.0
"""Gates are at least this far apart: a lane change takes 1.5 to 2 s at town speed, 50 km/h."""
MIN_CHANGE_M: Final = 10.0
"""The shortest stretch that a change fits on."""
DEFAULT_SPEED_MPS: Final = 50.0 / 3.6
"""Where the map states no limit: that of towns in most countries."""
MIN_SPEED_MPS: Final = 1.0
"""Limits below count as this, so that a limit of nothing is a slow road, not an endless one."""
ALONG, LEFT, RIGHT, ONWARD = range(4)
"""Kinds of edges: to the lane's next gate, to that of the lane to the left or right, to a successor's start."""


class Network(NamedTuple):
    """N gates (nodes), E edges; L lanes, P points. Lanes that cars may not use have no gates. Read-only."""

    first_node: Ints
    """[L + 1] Gates of lane i are `first_node[i]:first_node[i + 1]`, none or at least two."""
    node_lane: Ints
    node_arc_m: Floats
    node_time_s: Floats
    """Since the lane's start, at the speed limits."""
    node_change: Bytes
    """CHANGE_LEFT | CHANGE_RIGHT: to where a vehicle may change between this gate and the next."""
    point_time_s: Floats
    """[P] Since the lane's start."""
    first_edge: Ints
    """[N + 1]"""
    edge_to: Ints
    edge_kind: Bytes
    edge_length_m: Floats
    edge_time_s: Floats
    first_back: Ints
    """[N + 1] The edges that lead to node n are `back_edge[first_back[n]:first_back[n + 1]]`."""
    back_edge: Ints
    edge_from: Ints


def build_network(graph: LaneGraph, kinds: int = CAR_LANES) -> Network:
    """The network of a map's lanes of some kinds."""
    lanes, points = graph.lanes, graph.points
    usable = (kinds >> lanes.kind.astype(np.int64)) & 1 == 1
    first_of, last_of = lanes.first_point[:-1], lanes.first_point[1:] - 1
    span = np.abs(points.road_s[last_of] - points.road_s[first_of])
    gates = np.where(usable, np.maximum(span // GATE_M, 1.0) + 1.0, 0.0)
    first_node = np.cumsum([0, *gates]).astype(np.int32)
    slowness = 1.0 / np.maximum(
        np.where(np.isnan(points.speed_limit_mps), DEFAULT_SPEED_MPS, points.speed_limit_mps), MIN_SPEED_MPS
    )
    point_time = np.empty(len(points.x))
    arc, time = np.empty((2, first_node[-1]))
    change = np.zeros(first_node[-1], np.uint8)
    _place_gates(
        lanes.first_point,
        lanes.step_m,
        points.road_s,
        points.change,
        slowness,
        first_node,
        point_time,
        arc,
        time,
        change,
    )
    node_lane = np.repeat(np.arange(len(usable), dtype=np.int32), np.diff(first_node))
    change &= _possible_changes(graph, usable, first_node, node_lane, arc)
    edges = _edges(graph, usable, first_node, node_lane, arc, time, change)
    start, end, kind, length, duration = (column[np.lexsort((edges[2], edges[1], edges[0]))] for column in edges)
    back = np.argsort(end, kind="stable").astype(np.int32)
    nodes = np.arange(len(arc) + 1)
    network = Network(
        first_node, node_lane, arc, time, change, point_time,
        np.searchsorted(start, nodes).astype(np.int32), end.astype(np.int32), kind.astype(np.uint8), length, duration,
        np.searchsorted(end[back], nodes).astype(np.int32), back, start.astype(np.int32),
    )  # fmt: skip
    for array in network:
        array.flags.writeable = False
    return network


@compiled
def _place_gates(
    first_point: np.ndarray, step_m: np.ndarray, road_s: np.ndarray, allowed: np.ndarray, slowness: np.ndarray,
    first_node: np.ndarray, point_time: np.ndarray, arc: np.ndarray, time: np.ndarray, change: np.ndarray,
) -> None:  # fmt: skip
    """Fill the times of points, and the arc, time and allowed changes of gates, at equal distances of road_s."""
    for lane in range(len(first_point) - 1):
        first, last, step = first_point[lane], first_point[lane + 1] - 1, step_m[lane]
        point_time[first] = 0.0
        for k in range(first, last):
            point_time[k + 1] = point_time[k] + 0.5 * step * (slowness[k] + slowness[k + 1])
        begin, gates = first_node[lane], first_node[lane + 1] - first_node[lane]
        k = first
        for gate in range(gates):
            share = gate / (gates - 1)
            passed = share * abs(road_s[last] - road_s[first])
            bits = np.uint8(255)
            while k < last - 1 and abs(road_s[k + 1] - road_s[first]) <= passed:
                bits &= allowed[k]
                k += 1
            bits &= allowed[k]
            gap = abs(road_s[k + 1] - road_s[k])
            part = min(max((passed - abs(road_s[k] - road_s[first])) / gap, 0.0), 1.0) if gap > 0.0 else share
            if gate == gates - 1:
                k, part = last - 1, 1.0
            arc[begin + gate] = (k - first + part) * step
            time[begin + gate] = point_time[k] + part * (point_time[k + 1] - point_time[k])
            if gate > 0:
                change[begin + gate - 1] = bits if part == 0.0 else bits & allowed[k + 1]


def _possible_changes(graph: LaneGraph, usable: np.ndarray, first_node: Ints, node_lane: Ints, arc: Floats) -> Bytes:
    """[N] Changes that have a lane to go to, which runs the same way, and the room."""
    lanes = graph.lanes
    last = np.zeros(len(node_lane), bool)
    last[first_node[1:][usable] - 1] = True
    room = np.append(np.diff(arc), 0.0) >= MIN_CHANGE_M
    bits = np.zeros(len(node_lane), np.uint8)
    for beside, bit in ((lanes.left, CHANGE_LEFT), (lanes.right, CHANGE_RIGHT)):
        there = (beside >= 0) & usable[beside] & (lanes.direction[beside] == lanes.direction)
        there &= np.diff(first_node)[beside] == np.diff(first_node)
        bits |= np.where(there[node_lane] & ~last & room, bit, 0).astype(np.uint8)
    return bits


def _edges(
    graph: LaneGraph, usable: np.ndarray, first_node: Ints, node_lane: Ints, arc: Floats, time: Floats, change: Bytes
) -> tuple[np.ndarray, ...]:
    """(from, to, kind, length, time) of all edges, [E] each."""
    lanes, successors = graph.lanes, graph.successors
    last = np.zeros(len(arc), bool)
    last[first_node[1:][usable] - 1] = True
    inner = np.flatnonzero(~last)
    length, duration = np.zeros(len(arc)), np.zeros(len(arc))
    length[inner], duration[inner] = arc[inner + 1] - arc[inner], time[inner + 1] - time[inner]
    parts = [(inner, inner + 1, ALONG, length[inner], duration[inner])]
    for beside, bit, kind in ((lanes.left, CHANGE_LEFT, LEFT), (lanes.right, CHANGE_RIGHT, RIGHT)):
        start = np.flatnonzero(change & bit)
        twin = first_node[beside[node_lane[start]]] + start - first_node[node_lane[start]]
        mean = (0.5 * (length[start] + length[twin]), 0.5 * (duration[start] + duration[twin]))
        parts.append((start, twin + 1, kind, *mean))
    source = np.repeat(np.arange(len(usable)), np.diff(successors.first))
    joined = usable[source] & usable[successors.lane]
    begin, end = first_node[source[joined] + 1] - 1, first_node[successors.lane[joined]]
    parts.append((begin, end, ONWARD, np.zeros(len(begin)), np.zeros(len(begin))))
    kinds = [np.full(len(part[0]), part[2]) for part in parts]
    columns = (
        [part[0] for part in parts],
        [part[1] for part in parts],
        kinds,
        [p[3] for p in parts],
        [p[4] for p in parts],
    )
    return tuple(np.concatenate(column) for column in columns)
