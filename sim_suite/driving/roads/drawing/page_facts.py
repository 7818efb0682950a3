"""What a page tells of each lane, road, junction, signal, crosswalk and object when one points at it. Source: ours.

Compact rows instead of sentences: the page's script makes the sentences, and a large town stays a few megabytes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim_suite.driving.roads.drawing.facts import kind_name, lane_speed, lane_width
from sim_suite.driving.roads.drawing.strokes import lane_slice
from sim_suite.driving.roads.graph.kinds import LaneKind, PropKind, SignalKind
from sim_suite.driving.roads.graph.layout import Adjacency, LaneGraph
from sim_suite.driving.roads.opendrive.model import OpenDrive


def page_facts(document: OpenDrive, graph: LaneGraph) -> dict[str, Any]:
    """Tables of the page's script, which names the columns where it reads them."""
    return {
        "kinds": [kind_name(kind) for kind in LaneKind],
        "roads": _roads(document, graph),
        "lanes": [_lane(graph, lane) for lane in range(graph.num_lanes)],
        "junctions": _junctions(document, graph),
        "signals": _signals(document, graph),
        "crosswalks": _crosswalks(graph),
        "props": _props(graph),
    }


def _roads(document: OpenDrive, graph: LaneGraph) -> list[list[Any]]:
    """[id, name, type, rule, length_m]"""
    by_id = {road.id: road for road in document.roads}
    rows = []
    for road_id in graph.road_ids:
        road = by_id[road_id]
        types = ", ".join(dict.fromkeys(one.type for one in road.types))
        rows.append([road_id, road.name, types, road.rule, round(road.length, 2)])
    return rows


def _lane(graph: LaneGraph, lane: int) -> list[Any]:
    """[road, section, id, kind, direction, junction, length_m, width, speed_kmh, successors, predecessors, left, right, changes]"""
    lanes = graph.lanes
    changes = int(np.bitwise_or.reduce(graph.points.change[lane_slice(graph, lane)]))
    return [
        int(lanes.road[lane]), int(lanes.section[lane]), int(lanes.lane_id[lane]), int(lanes.kind[lane]), int(lanes.direction[lane]),
        int(lanes.junction[lane]), round(float(lanes.length_m[lane]), 2), lane_width(graph, lane), lane_speed(graph, lane),
        _listed(graph.successors, lane), _listed(graph.predecessors, lane), int(lanes.left[lane]), int(lanes.right[lane]), changes,
    ]  # fmt: skip


def _listed(adjacency: Adjacency, lane: int) -> list[int]:
    found: list[int] = adjacency.lane[adjacency.first[lane] : adjacency.first[lane + 1]].tolist()
    return found


def _junctions(document: OpenDrive, graph: LaneGraph) -> list[list[Any]]:
    """[id, name, type, roads that lead in, connections, lights]"""
    by_id = {junction.id: junction for junction in document.junctions}
    rows = []
    for index, junction_id in enumerate(graph.junction_ids):
        junction = by_id[junction_id]
        arms = list(dict.fromkeys(one.incoming_road for one in junction.connections))
        lights = [graph.group_ids[group] for group in np.flatnonzero(graph.group_junction == index).tolist()]
        rows.append([junction_id, junction.name, junction.type, arms, len(junction.connections), lights])
    return rows


def _signals(document: OpenDrive, graph: LaneGraph) -> list[list[Any]]:
    """[id, kind, catalogue type, text, value_kmh, road, s_m, group, lanes that it holds]"""
    by_id = {signal.id: signal for road in document.roads for signal in road.signals}
    held: dict[int, list[int]] = {}
    lines = graph.stop_lines
    for lane in np.flatnonzero(np.diff(lines.first)).tolist():
        for signal in lines.signal[lines.first[lane] : lines.first[lane + 1]].tolist():
            held.setdefault(signal, []).append(lane)
    rows = []
    for index, signal_id in enumerate(graph.signal_ids):
        signal, value = by_id[signal_id], float(graph.signals.value[index])
        kind = SignalKind(int(graph.signals.kind[index])).name.lower().replace("_", " ")
        catalogue = "/".join(part for part in (signal.country, signal.type, signal.subtype) if part and part != "-1")
        group = int(graph.signals.group[index])
        rows.append(
            [signal_id, kind, catalogue, signal.text or signal.name, round(value * 3.6) if np.isfinite(value) else None,
             int(graph.signals.road[index]), round(float(graph.signals.road_s[index]), 1), graph.group_ids[group] if group >= 0 else "",
             held.get(index, [])]
        )  # fmt: skip
    return rows


def _crosswalks(graph: LaneGraph) -> list[list[Any]]:
    """[length of the walk in metres, lanes that it lies on]"""
    walks = graph.crosswalks
    return [
        [
            round(float(np.hypot(*(walks.walk[index, 1] - walks.walk[index, 0]))), 1),
            walks.lane[walks.first_lane[index] : walks.first_lane[index + 1]].tolist(),
        ]
        for index in range(len(walks.first_corner) - 1)
    ]


def _props(graph: LaneGraph) -> list[list[Any]]:
    """[kind, length_m, width_m, height_m, road]"""
    things = graph.props
    rows = []
    for index, kind in enumerate(things.kind.tolist()):
        size = [round(float(values[index]), 2) for values in (things.length_m, things.width_m, things.height_m)]
        rows.append([PropKind(kind).name.lower().replace("_", " "), *size, int(things.road[index])])
    return rows
