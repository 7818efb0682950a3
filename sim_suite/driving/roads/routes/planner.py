"""Finds the shortest or fastest lawful way from one place on a lane to another. Source: ours, over Dijkstra (shortest.py)."""

from __future__ import annotations

import math
from typing import Final, Literal, NamedTuple

import numpy as np

from sim_suite.driving.roads.graph.kinds import CHANGE_LEFT, CHANGE_RIGHT
from sim_suite.driving.roads.graph.layout import Floats, Ints, LaneGraph
from sim_suite.driving.roads.routes.network import ALONG, CAR_LANES, LEFT, MIN_CHANGE_M, ONWARD, RIGHT, build_network
from sim_suite.driving.roads.routes.route import LanePosition, Manoeuvre, Route, lane_turns, name_manoeuvres
from sim_suite.driving.roads.routes.shortest import spread
from sim_suite.errors import SuiteError, UnknownNameError

Cost = Literal["length", "time"]
LANE_CHANGE_COST: Final[dict[str, float]] = {"length": 20.0, "time": 2.0}
"""What a change costs by default, in metres or seconds: enough that none is made for a few metres' gain."""


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


class RoutePlanner:
    """Searches routes on one map. Building it takes some milliseconds, a search less than one."""

    def __init__(self, graph: LaneGraph, kinds: int = CAR_LANES) -> None:
        """kinds: mask of the LaneKind that routes may use."""
        self.graph = graph
        self.network = build_network(graph, kinds)
        self._turn = lane_turns(graph)
        self._order = np.arange(len(self.network.edge_to), dtype=np.int32)
        self._reached = np.empty(len(self.network.node_lane))
        self._via = np.empty(len(self.network.node_lane), np.int32)

    def search(
        self, start: LanePosition, goal: LanePosition, cost: Cost = "length", lane_change_cost: float | None = None
    ) -> Route:
        """The cheapest route. cost: "length" in metres or "time" in seconds at the speed limits.

        lane_change_cost: of each change, in the same unit; None for LANE_CHANGE_COST. Lanes are changed between gates
        only (network.py), never within less than MIN_CHANGE_M. Raises SuiteError for places that routes may not use and
        for goals that cannot be reached.
        """
        start, goal = self._checked(start, "start"), self._checked(goal, "goal")
        penalty = _penalty(cost, lane_change_cost)
        exits, entries = self._exits(start), self._entries(goal)
        direct = self._direct(start, goal)
        best = math.inf if direct is None else _price(direct, cost, penalty)
        goal_costs = self._node_costs(entries, cost, penalty)
        net = self.network
        found, last = spread(
            net.first_edge, self._order, net.edge_to, self._edge_costs(cost, penalty),
            np.array([access.node for access in exits], np.int32),
            np.array([_price(access.piece, cost, penalty) for access in exits]),
            goal_costs, best, self._reached, self._via,
        )  # fmt: skip
        if not math.isfinite(found):
            raise SuiteError(self._unreachable(start, goal))
        if last < 0:
            assert direct is not None
            return self._route(start, goal, [direct])
        pieces, node = [], last
        while (edge := int(self._via[node])) >= 0:
            pieces.append(self._piece(edge))
            node = int(net.edge_from[edge])
        first = min((a for a in exits if a.node == node), key=lambda a: _price(a.piece, cost, penalty))
        final = min((a for a in entries if a.node == last), key=lambda a: _price(a.piece, cost, penalty))
        return self._route(start, goal, [first.piece, *reversed(pieces), final.piece])

    def distances_to(
        self, goal: LanePosition, cost: Cost = "length", lane_change_cost: float | None = None
    ) -> DistanceTable:
        """What is left to the goal from anywhere: one search backwards, then look-ups."""
        goal = self._checked(goal, "goal")
        penalty = _penalty(cost, lane_change_cost)
        entries, net = self._entries(goal), self.network
        reached = np.empty(len(net.node_lane))
        spread(
            net.first_back, net.back_edge, net.edge_from, self._edge_costs(cost, penalty),
            np.array([access.node for access in entries], np.int32),
            np.array([_price(access.piece, cost, penalty) for access in entries]),
            np.full(len(net.node_lane), math.inf), math.inf, reached, self._via,
        )  # fmt: skip
        return DistanceTable(self, goal, cost, penalty, reached)

    def reachable_lanes(self, start: LanePosition) -> Ints:
        """The lanes that a route from `start` can enter, rising; its own lane counts, since what lies ahead is on it."""
        start = self._checked(start, "start")
        exits, net = self._exits(start), self.network
        reached = np.empty(len(net.node_lane))
        spread(
            net.first_edge, self._order, net.edge_to, net.edge_length_m, np.array([a.node for a in exits], np.int32),
            np.zeros(len(exits)), np.full(len(reached), math.inf), math.inf, reached, self._via,
        )  # fmt: skip
        return np.unique(net.node_lane[np.isfinite(reached)])

    def _checked(self, position: LanePosition, what: str) -> LanePosition:
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

    def _exits(self, start: LanePosition) -> list[Access]:
        """Ways from a place to gates: on to the next one of its lane, or of the lanes beside."""
        node = self._gate_before(start)
        found = [Access(node + 1, self._along(start.lane, start.arc_m, self._arc(node + 1)))]
        for kind in (LEFT, RIGHT):
            piece = self._change(node, kind, self._share(node, start.arc_m), 1.0)
            if piece is not None:
                found.append(Access(self._gate_before(LanePosition(piece.lane, piece.from_arc_m)) + 1, piece))
        return found

    def _entries(self, goal: LanePosition) -> list[Access]:
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

    def _direct(self, start: LanePosition, goal: LanePosition) -> Piece | None:
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

    def _piece(self, edge: int) -> Piece:
        """The move that an edge stands for; of an onward edge, none."""
        net = self.network
        start, end, kind = int(net.edge_from[edge]), int(net.edge_to[edge]), int(net.edge_kind[edge])
        lane = int(net.node_lane[end])
        begin = self._arc(end) if kind == ONWARD else self._arc(end - 1)
        length, duration = float(net.edge_length_m[edge]), float(net.edge_time_s[edge])
        return Piece(lane, begin, self._arc(end), int(net.node_lane[start]), kind, length, duration)

    def _edge_costs(self, cost: Cost, penalty: float) -> Floats:
        net = self.network
        changes = (net.edge_kind == LEFT) | (net.edge_kind == RIGHT)
        return (net.edge_length_m if cost == "length" else net.edge_time_s) + np.where(changes, penalty, 0.0)

    def _node_costs(self, entries: list[Access], cost: Cost, penalty: float) -> Floats:
        costs = np.full(len(self.network.node_lane), math.inf)
        for node, piece in entries:
            costs[node] = min(costs[node], _price(piece, cost, penalty))
        return costs

    def _unreachable(self, start: LanePosition, goal: LanePosition) -> str:
        name, lanes = self.graph.name_of, self.graph.lanes
        reachable = self.reachable_lanes(start)
        usable = np.unique(self.network.node_lane)
        kilometres, all_km = lanes.length_m[reachable].sum() / 1000, lanes.length_m[usable].sum() / 1000
        return (
            f"no lawful way leads from {start.arc_m:.1f} m of lane {name(start.lane)} to {goal.arc_m:.1f} m of lane "
            f"{name(goal.lane)}. {len(reachable)} of {len(usable)} lanes ({kilometres:.2f} of {all_km:.2f} km) can be "
            f"reached from there: {_some(list(map(name, reachable.tolist())))}. Choose a goal on one of them."
        )

    def _route(self, start: LanePosition, goal: LanePosition, pieces: list[Piece]) -> Route:
        """Join pieces along one lane to legs."""
        legs: list[Piece] = []
        for piece in pieces:
            if piece.kind == ONWARD:
                continue
            if legs and piece.kind == ALONG and legs[-1].kind == ALONG and self._continues(legs[-1], piece):
                before = legs[-1]
                length, duration = before.length_m + piece.length_m, before.duration_s + piece.duration_s
                legs[-1] = before._replace(to_arc_m=piece.to_arc_m, length_m=length, duration_s=duration)
            else:
                legs.append(piece)
        # Where a place lies on a gate, a leg of no length leads to it.
        legs = [leg for leg in legs if leg.length_m > 0.0] or legs[:1]
        lane = np.array([leg.lane for leg in legs], np.int32)
        names = {ALONG: Manoeuvre.FOLLOW, LEFT: Manoeuvre.CHANGE_LEFT, RIGHT: Manoeuvre.CHANGE_RIGHT}
        change = np.array([names[leg.kind] for leg in legs], np.uint8)
        return Route(
            start, goal, lane,
            np.array([leg.from_arc_m for leg in legs]), np.array([leg.to_arc_m for leg in legs]),
            np.array([leg.from_lane for leg in legs], np.int32),
            name_manoeuvres(np.array([0, len(legs)], np.int32), lane, change, self.graph.lanes.junction, self._turn),
            np.array([leg.length_m for leg in legs]), np.array([leg.duration_s for leg in legs]),
        )  # fmt: skip

    def _continues(self, before: Piece, piece: Piece) -> bool:
        return before.lane == piece.lane and abs(before.to_arc_m - piece.from_arc_m) < 1e-9


class DistanceTable:
    """Cost of the cheapest way to one goal, from anywhere."""

    def __init__(self, planner: RoutePlanner, goal: LanePosition, cost: Cost, penalty: float, reached: Floats) -> None:
        """reached: [N] cost from each gate of the planner's network."""
        self.goal, self.cost = goal, cost
        self.at_gates = reached
        """[N] Metres or seconds, inf where no way leads to the goal."""
        self._planner, self._penalty = planner, penalty

    def at(self, position: LanePosition) -> float:
        """What `RoutePlanner.search` from here would cost, changes included; inf where it would find no way."""
        planner = self._planner
        position = planner._checked(position, "place")
        direct = planner._direct(position, self.goal)
        best = math.inf if direct is None else _price(direct, self.cost, self._penalty)
        for node, piece in planner._exits(position):
            best = min(best, _price(piece, self.cost, self._penalty) + float(self.at_gates[node]))
        return best


def _penalty(cost: str, lane_change_cost: float | None) -> float:
    if cost not in LANE_CHANGE_COST:
        raise UnknownNameError("cost of routes", cost, LANE_CHANGE_COST)
    penalty = LANE_CHANGE_COST[cost] if lane_change_cost is None else float(lane_change_cost)
    if not penalty >= 0.0:
        raise SuiteError(f"a lane change cannot cost {penalty:g}: give 0 or more.")
    return penalty


def _price(piece: Piece, cost: str, penalty: float) -> float:
    price = piece.length_m if cost == "length" else piece.duration_s
    return price + (penalty if piece.kind in (LEFT, RIGHT) else 0.0)


def _some(names: list[str]) -> str:
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
