"""Finds the shortest or fastest lawful way from one place on a lane to another. Source: ours, over Dijkstra (shortest.py)."""

from __future__ import annotations

import math
from typing import Final, Literal

import numpy as np

from sim_suite.driving.roads.graph.layout import Floats, Ints, LaneGraph
from sim_suite.driving.roads.routes.moves import Access, Moves, Piece
from sim_suite.driving.roads.routes.network import ALONG, CAR_LANES, LEFT, ONWARD, RIGHT, build_network
from sim_suite.driving.roads.routes.route import LanePosition, Manoeuvre, Route, lane_turns, name_manoeuvres
from sim_suite.driving.roads.routes.shortest import spread
from sim_suite.errors import SuiteError, UnknownNameError

Cost = Literal["length", "time"]
LANE_CHANGE_COST: Final[dict[str, float]] = {"length": 20.0, "time": 2.0}
"""What a change costs by default, in metres or seconds: enough that none is made for a few metres' gain."""


class RoutePlanner:
    """Searches routes on one map. Building it takes some milliseconds, a search less than one.

    A planner keeps scratch memory: threads need one each.
    """

    def __init__(self, graph: LaneGraph, kinds: int = CAR_LANES) -> None:
        """kinds: mask of the LaneKind that routes may use."""
        self.graph = graph
        self.network = build_network(graph, kinds)
        self.moves = Moves(graph, self.network)
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
        start, goal = self.moves.checked(start, "start"), self.moves.checked(goal, "goal")
        penalty = _penalty(cost, lane_change_cost)
        exits, entries = self.moves.exits(start), self.moves.entries(goal)
        direct = self.moves.direct(start, goal)
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
            pieces.append(self.moves.piece(edge))
            node = int(net.edge_from[edge])
        first = min((a for a in exits if a.node == node), key=lambda a: _price(a.piece, cost, penalty))
        final = min((a for a in entries if a.node == last), key=lambda a: _price(a.piece, cost, penalty))
        return self._route(start, goal, [first.piece, *reversed(pieces), final.piece])

    def distances_to(
        self, goal: LanePosition, cost: Cost = "length", lane_change_cost: float | None = None
    ) -> DistanceTable:
        """What is left to the goal from anywhere: one search backwards, then look-ups."""
        goal = self.moves.checked(goal, "goal")
        penalty = _penalty(cost, lane_change_cost)
        entries, net = self.moves.entries(goal), self.network
        reached = np.empty(len(net.node_lane))
        spread(
            net.first_back, net.back_edge, net.edge_from, self._edge_costs(cost, penalty),
            np.array([access.node for access in entries], np.int32),
            np.array([_price(access.piece, cost, penalty) for access in entries]),
            np.full(len(net.node_lane), math.inf), math.inf, reached, self._via,
        )  # fmt: skip
        return DistanceTable(self.moves, goal, cost, penalty, reached)

    def reachable_lanes(self, start: LanePosition) -> Ints:
        """The lanes that a route from `start` can enter, rising; its own lane counts, since what lies ahead is on it."""
        start = self.moves.checked(start, "start")
        exits, net = self.moves.exits(start), self.network
        reached = np.empty(len(net.node_lane))
        spread(
            net.first_edge, self._order, net.edge_to, net.edge_length_m, np.array([a.node for a in exits], np.int32),
            np.zeros(len(exits)), np.full(len(reached), math.inf), math.inf, reached, self._via,
        )  # fmt: skip
        return np.unique(net.node_lane[np.isfinite(reached)])

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

    def __init__(self, moves: Moves, goal: LanePosition, cost: Cost, penalty: float, reached: Floats) -> None:
        """reached: [N] cost from each gate of the network; made by `RoutePlanner.distances_to`."""
        self.goal, self.cost = goal, cost
        self.at_gates = reached
        """[N] Metres or seconds, inf where no way leads to the goal."""
        self._moves, self._penalty = moves, penalty

    def at(self, position: LanePosition) -> float:
        """What `RoutePlanner.search` from here would cost, changes included; inf where it would find no way."""
        moves = self._moves
        position = moves.checked(position, "place")
        direct = moves.direct(position, self.goal)
        best = math.inf if direct is None else _price(direct, self.cost, self._penalty)
        for node, piece in moves.exits(position):
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
