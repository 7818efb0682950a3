"""Which lights and signs a map has as actors, and which light holds each lane. Source: OpenDRIVE's signals through the lane graph."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.roads.graph.layout import LaneGraph

KMH: Final = 3.6
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
    """The way it looks: against the traffic that it is meant for; world frame."""
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
            found[index] = Sign(type_id, sign_id, x, y, z, float(signals.heading[index]) + math.pi, group)
    return found


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
