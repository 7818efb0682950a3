"""Fixed-time programmes of traffic lights, made from what conflicts with what. Source: ours; times after RiLSA 2015 (FGSV).

The groups of a junction whose ways do not cross share a phase; phases take turns. What a group shows is a function of the
tick, so worlds keep no state of lights.
"""

from __future__ import annotations

import math
from typing import Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.world.kinds import TICKS_A_SECOND

GREEN_S: Final = 12.0
"""Between RiLSA's least green of 5 s and the usual 30: four phases then wait at most 51 s."""
YELLOW_S: Final = 3.0
"""RiLSA 2.3: 3 s at 50 km/h."""
FAST_YELLOW_S: Final = 5.0
"""RiLSA 2.3: 5 s at 70 km/h and above."""
FAST_MPS: Final = 60.0 / 3.6
CLEARANCE_S: Final = 2.0
"""All red: what the last vehicle needs from its line to the far side of a 25 m junction, less the others' start."""


OPPOSITE_RAD: Final = 0.5
"""Arms that lie so nearly in line face each other."""


def light_programmes(graph: LaneGraph) -> NDArray[np.int32]:
    """[G, 4] first tick of green, ticks of green, ticks of yellow, and of the whole cycle, for each group of lights."""
    lanes_of = _held_lanes(graph)
    programme = np.zeros((len(graph.group_ids), 4), np.int32)
    members: dict[int, list[int]] = {}
    for group, junction in enumerate(graph.group_junction.tolist()):
        members.setdefault(junction if junction >= 0 else -1 - group, []).append(group)
    crossing = _crossing_lanes(graph)
    for number, groups in enumerate(members.values()):
        together = nx.Graph()
        together.add_nodes_from(groups)
        together.add_edges_from(
            (a, b)
            for i, a in enumerate(groups)
            for b in groups[i + 1 :]
            if any((x, y) in crossing for x in lanes_of[a] for y in lanes_of[b])
        )
        phase_of = nx.greedy_color(together, strategy="largest_first")
        yellow = max(_yellow_s(graph, lanes_of[group]) for group in groups)
        phase_ticks = round((GREEN_S + yellow + CLEARANCE_S) * TICKS_A_SECOND)
        phases = max(max(phase_of.values()) + 1, 2)  # a lone phase is red in turns too, for those who walk
        # Junctions do not switch together: each begins its cycle later than the last by the golden section of it.
        shift = round(phases * phase_ticks * (number * 0.618034 % 1.0))
        for group in groups:
            programme[group] = (
                phase_of[group] * phase_ticks + shift,
                round(GREEN_S * TICKS_A_SECOND),
                round(yellow * TICKS_A_SECOND),
                phases * phase_ticks,
            )
    return programme


def _held_lanes(graph: LaneGraph) -> list[list[int]]:
    """The junction lanes that each group's stop lines lead into."""
    found: list[list[int]] = [[] for _ in graph.group_ids]
    stops, lanes, next_ = graph.stop_lines, graph.lanes, graph.successors
    for lane in range(graph.num_lanes):
        for k in range(int(stops.first[lane]), int(stops.first[lane + 1])):
            if stops.kind[k] != SignalKind.LIGHT:
                continue
            group = int(graph.signals.group[stops.signal[k]])
            if lanes.junction[lane] >= 0:
                found[group].append(lane)
            else:
                found[group] += next_.lane[next_.first[lane] : next_.first[lane + 1]].tolist()
    return found


def _crossing_lanes(graph: LaneGraph) -> set[tuple[int, int]]:
    """Pairs of lanes that are never green together: those that conflict, but for ways from opposite sides.

    Who turns across the oncoming traffic goes with it and gives way, as at most junctions without arrows. Two that turn into
    lanes side by side do not go together: the corner of a bus would sweep the other lane.
    """
    known, lanes, next_ = graph.conflicts, graph.lanes, graph.successors
    own = np.repeat(np.arange(graph.num_lanes), np.diff(known.first))
    heading, first = graph.points.heading, lanes.first_point
    apart = heading[first[known.lane]] - heading[first[own]]
    crossing = np.cos(apart) > -math.cos(OPPOSITE_RAD)
    pairs = set(zip(own[crossing].tolist(), known.lane[crossing].tolist(), strict=True))
    inside = np.flatnonzero((lanes.junction >= 0) & (np.diff(next_.first) > 0))
    exit_lane = next_.lane[next_.first[inside]]
    by_exit: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
    for lane, out in zip(inside.tolist(), exit_lane.tolist(), strict=True):
        where = int(lanes.junction[lane]), int(lanes.road[out]), int(lanes.direction[out])
        by_exit.setdefault(where, []).append((lane, out))
    for ways in by_exit.values():
        pairs |= {(a, b) for a, out in ways for b, other in ways if out != other and lanes.road[a] != lanes.road[b]}
    return pairs


def _yellow_s(graph: LaneGraph, lanes: list[int]) -> float:
    points, first = graph.points, graph.lanes.first_point
    fastest = max((float(points.speed_limit_mps[first[lane]]) for lane in lanes), default=0.0)
    return FAST_YELLOW_S if fastest > FAST_MPS else YELLOW_S
