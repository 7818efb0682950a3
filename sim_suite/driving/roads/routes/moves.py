"""How places between gates are joined to the network: the moves that lead from a place to gates, and from gates to it.

Source: ours. A move lies within one interval between gates: along the lane, or over to the lane beside where the marks
allow it and MIN_CHANGE_M are left.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim_suite.driving.roads.graph.kinds import CHANGE_LEFT, CHANGE_RIGHT
from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.roads.routes.network import ALONG, LEFT, MIN_CHANGE_M, ONWARD, RIGHT, Network
from sim_suite.driving.roads.routes.route import LanePosition
from sim_suite.errors import SuiteError


class Piece(NamedTuple):
    """A move along one interval between gates, or part of it: on `lane` from arc to arc, having begun on `from_lane`."""

    lane: int
    from_arc_m: float
    to_arc_m: float
    from_lane: int
    kind: int
    length_m: float
    duration_s: float


class Access(NamedTuple):
    """How a place is joined to the network: the gate, and the piece that leads to it, or from it."""

    node: int
    piece: Piece


class Moves:
    """The moves of one map."""

    def __init__(self, graph: LaneGraph, network: Network) -> None:
        """network: of the same map."""
        self.graph, self.network = graph, network

    def checked(self, position: LanePosition, what: str) -> LanePosition:
        """The place with its arc within the lane; SuiteError, which calls it `what`, if routes cannot use it."""
        lane, arc = int(position[0]), float(position[1])
        net, lanes = self.network, self.graph.lanes
        if not 0 <= lane < len(lanes.kind):
            raise SuiteError(f"the {what} is on lane {lane}; the map has lanes 0 to {len(lanes.kind) - 1}.")
        name = self.graph.name_of(lane)
        if net.first_node[lane] == net.first_node[lane + 1]:
            raise SuiteError(f"the {what} is on lane {name}, which is none that routes may use. Choose a driving lane.")
        if not -1e-6 <= arc <= lanes.length_m[lane] + 1e-6:
            raise SuiteError(f"the {what} is at {arc:g} m of lane {name}, whose length is {lanes.length_m[lane]:g} m.")
        return LanePosition(lane, min(max(arc, 0.0), self._arc(int(net.first_node[lane + 1]) - 1)))

    def _arc(self, node: int) -> float:
        return float(self.network.node_arc_m[node])

    def _time(self, lane: int, arc_m: float) -> float:
        """Seconds from the lane's start, at the speed limits."""
        lanes = self.graph.lanes
        place, first = arc_m / lanes.step_m[lane], int(lanes.first_point[lane])
        k = min(int(place), int(lanes.first_point[lane + 1]) - first - 2)
        begin, end = self.network.point_time_s[first + k : first + k + 2]
        return float(begin + (place - k) * (end - begin))

    def _gate_before(self, position: LanePosition) -> int:
        """The gate at or before a place, never the lane's last."""
        first, stop = self.network.first_node[position.lane : position.lane + 2]
        arcs = self.network.node_arc_m[first : stop - 1]
        return int(first) + max(int(np.searchsorted(arcs, position.arc_m, side="right")) - 1, 0)

    def _along(self, lane: int, from_arc_m: float, to_arc_m: float) -> Piece:
        duration = self._time(lane, to_arc_m) - self._time(lane, from_arc_m)
        return Piece(lane, from_arc_m, to_arc_m, lane, ALONG, to_arc_m - from_arc_m, duration)

    def _change(self, node: int, kind: int, begin: float, end: float) -> Piece | None:
        """A change within the interval after a gate, from share to share of it; None where it is not allowed or too short."""
        net, lanes = self.network, self.graph.lanes
        bit, beside = (CHANGE_LEFT, lanes.left) if kind == LEFT else (CHANGE_RIGHT, lanes.right)
        if not net.node_change[node] & bit:
            return None
        lane = int(net.node_lane[node])
        to_lane = int(beside[lane])
        twin = int(net.first_node[to_lane]) + node - int(net.first_node[lane])
        own = self._along(lane, *self._between(node, begin, end))
        other = self._along(to_lane, *self._between(twin, begin, end))
        if own.length_m < MIN_CHANGE_M:
            return None
        length, duration = 0.5 * (own.length_m + other.length_m), 0.5 * (own.duration_s + other.duration_s)
        return Piece(to_lane, other.from_arc_m, other.to_arc_m, lane, kind, length, duration)

    def _between(self, node: int, begin: float, end: float) -> tuple[float, float]:
        low, high = self._arc(node), self._arc(node + 1)
        return low + begin * (high - low), low + end * (high - low)

    def _share(self, node: int, arc_m: float) -> float:
        low, high = self._arc(node), self._arc(node + 1)
        return (arc_m - low) / (high - low)

    def exits(self, start: LanePosition) -> list[Access]:
        """Ways from a place to gates: on to the next one of its lane, or of the lanes beside."""
        node = self._gate_before(start)
        found = [Access(node + 1, self._along(start.lane, start.arc_m, self._arc(node + 1)))]
        for kind in (LEFT, RIGHT):
            piece = self._change(node, kind, self._share(node, start.arc_m), 1.0)
            if piece is not None:
                found.append(Access(self._gate_before(LanePosition(piece.lane, piece.from_arc_m)) + 1, piece))
        return found

    def entries(self, goal: LanePosition) -> list[Access]:
        """Ways from gates to a place: from the one before on its lane, or on the lanes beside."""
        net, lanes = self.network, self.graph.lanes
        node = self._gate_before(goal)
        found = [Access(node, self._along(goal.lane, self._arc(node), goal.arc_m))]
        for beside, kind in ((lanes.left, RIGHT), (lanes.right, LEFT)):
            lane = int(beside[goal.lane])
            if lane < 0 or net.first_node[lane] == net.first_node[lane + 1]:
                continue
            twin = int(net.first_node[lane]) + node - int(net.first_node[goal.lane])
            if not net.first_node[lane] <= twin < net.first_node[lane + 1] - 1:
                continue
            piece = self._change(twin, kind, 0.0, self._share(node, goal.arc_m))
            if piece is not None and piece.lane == goal.lane:
                found.append(Access(twin, piece))
        return found

    def direct(self, start: LanePosition, goal: LanePosition) -> Piece | None:
        """The way to a goal that lies ahead in the same interval between gates."""
        node, last = self._gate_before(start), self._gate_before(goal)
        if start.lane == goal.lane:
            return (
                self._along(start.lane, start.arc_m, goal.arc_m) if node == last and start.arc_m <= goal.arc_m else None
            )
        begin, end = self._share(node, start.arc_m), self._share(last, goal.arc_m)
        offset = node - int(self.network.first_node[start.lane])
        if begin < end and offset == last - int(self.network.first_node[goal.lane]):
            for kind in (LEFT, RIGHT):
                piece = self._change(node, kind, begin, end)
                if piece is not None and piece.lane == goal.lane:
                    return piece
        return None

    def piece(self, edge: int) -> Piece:
        """The move that an edge stands for; of an onward edge, none."""
        net = self.network
        start, end, kind = int(net.edge_from[edge]), int(net.edge_to[edge]), int(net.edge_kind[edge])
        lane = int(net.node_lane[end])
        begin = self._arc(end) if kind == ONWARD else self._arc(end - 1)
        length, duration = float(net.edge_length_m[edge]), float(net.edge_time_s[edge])
        return Piece(lane, begin, self._arc(end), int(net.node_lane[start]), kind, length, duration)
