"""Which lights and signs a map has as actors, and which light holds each lane. Source: OpenDRIVE's signals through the lane graph."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.carla.server.actors import POINT, Box
from sim_suite.carla.wire.values import Vector
from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.roads.graph.poses import lane_poses

KMH: Final = 3.6
TRIGGER_M: Final = 4.0
"""Depth of a trigger box: who stands at the line is in it, who waits behind is not."""
TRIGGER_HEIGHT_M: Final = 3.0
NAMES: Final = {
    SignalKind.LIGHT: "traffic.traffic_light",
    SignalKind.STOP: "traffic.stop",
    SignalKind.YIELD: "traffic.yield",
}


class Sign(NamedTuple):
    """A light or sign along the road."""

    type_id: str
    sign_id: str
    """In the OpenDRIVE file."""
    x: float
    y: float
    z: float
    yaw: float
    """Of its x axis, which points to the left of the traffic that it is meant for, as CARLA turns its lights and signs; world frame."""
    trigger: Box
    """The last metres of the lanes that it holds, before their lines; in its own frame of CARLA's kind (y along the traffic)."""
    group: int
    """Of lights that switch together; -1 for signs."""


class Holds(NamedTuple):
    """[L] each: what holds traffic at the end of a lane, or at the beginning of those that follow."""

    arc_m: NDArray[np.float32]
    """Of the line, along the lane."""
    group: NDArray[np.int32]
    """-1 for none."""
    signal: NDArray[np.int32]
    """The light, by its index in the lane graph; -1 for none."""


def signs_of(graph: LaneGraph) -> dict[int, Sign]:
    """Every light and every sign that clients know a name for, by its index in the graph."""
    signals, found = graph.signals, {}
    for index, sign_id in enumerate(graph.signal_ids):
        kind = SignalKind(int(signals.kind[index]))
        type_id = NAMES.get(kind)
        if kind == SignalKind.SPEED_LIMIT and not math.isnan(signals.value[index]):
            type_id = f"traffic.speed_limit.{round(float(signals.value[index]) * KMH)}"
        if type_id is not None:
            x, y, z = (float(one[index]) for one in (signals.x, signals.y, signals.z))
            group = int(signals.group[index]) if kind == SignalKind.LIGHT else -1
            yaw = float(signals.heading[index]) + math.pi / 2
            found[index] = Sign(type_id, sign_id, x, y, z, yaw, _trigger(graph, index, (x, y, z), yaw), group)
    return found


def _trigger(graph: LaneGraph, signal: int, place: tuple[float, float, float], yaw: float) -> Box:
    """A point at the signal where it holds nobody."""
    stops = graph.stop_lines
    held = np.flatnonzero(stops.signal == signal)
    if len(held) == 0:
        return POINT
    lanes = np.searchsorted(stops.first, held, side="right") - 1
    at = lane_poses(graph, lanes, stops.arc_m[held] - TRIGGER_M / 2)
    left, ahead = np.array([math.cos(yaw), math.sin(yaw)]), np.array([math.sin(yaw), -math.cos(yaw)])
    offset = np.stack([at.x - place[0], at.y - place[1]], axis=1)
    across, along = offset @ left, offset @ ahead
    low, high = float(np.min(across - at.width / 2)), float(np.max(across + at.width / 2))
    # CARLA's y is to the right of x: where x points to the left of the traffic, y points along it.
    centre = Vector((low + high) / 2, float(np.mean(along)), float(np.mean(at.z)) - place[2])
    depth = TRIGGER_M / 2 + float(np.ptp(along)) / 2
    return Box(centre, Vector((high - low) / 2, depth, TRIGGER_HEIGHT_M / 2))


def holds_of(graph: LaneGraph) -> Holds:
    """A lane whose followers have lights of their own is held by the first."""
    stops, follow, count = graph.stop_lines, graph.successors, graph.num_lanes
    holds = Holds(np.zeros(count, np.float32), np.full(count, -1, np.int32), np.full(count, -1, np.int32))
    for lane in range(count):
        after = follow.lane[follow.first[lane] : follow.first[lane + 1]].tolist()
        for one, offset in ((lane, 0.0), *((other, float(graph.lanes.length_m[lane])) for other in after)):
            lit = [
                k for k in range(int(stops.first[one]), int(stops.first[one + 1])) if stops.kind[k] == SignalKind.LIGHT
            ]
            if lit:
                signal = int(stops.signal[lit[-1]])
                holds.arc_m[lane] = offset + float(stops.arc_m[lit[-1]])
                holds.group[lane], holds.signal[lane] = graph.signals.group[signal], signal
                break
    return holds
