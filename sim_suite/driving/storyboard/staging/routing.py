"""Finds the lanes of routes, for the ego and for actors that are sent somewhere. Source: OpenSCENARIO XML 1.3, 6.8; ways by the route
planner of `sim_suite.driving.roads.routes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np

from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.roads.graph.projection import project
from sim_suite.driving.roads.routes.network import CAR_LANES, DEFAULT_SPEED_MPS
from sim_suite.driving.roads.routes.planner import RoutePlanner
from sim_suite.driving.roads.routes.route import LanePosition, Manoeuvre, Route
from sim_suite.driving.storyboard.elements import positions as p
from sim_suite.driving.storyboard.staging.places import OnLane
from sim_suite.driving.storyboard.staging.placing import place, straightest
from sim_suite.driving.storyboard.staging.view import Floats, Ints, Poses, View
from sim_suite.driving.world.terrain import DRIVEN, DrivingMap
from sim_suite.errors import SuiteError

STRAIGHT_ON_M: Final = 3000.0
"""Where no goal is given the ego's route goes on so far: a minute and a half at 120 km/h."""
END_M: Final = 10.0
"""Where the road ends such a route ends so far before: farther than half of a truck, so that nobody drives off it."""
PASSED_M: Final = 0.01
"""A first waypoint that lies behind on the lane is moved so far ahead of who begins: he has passed it."""
MOST_PLANNERS: Final = 4
BESIDE_M: Final = 6.0
"""A goal that is on no lane is taken to the nearest within this."""


_CHANGES: Final = {int(Manoeuvre.CHANGE_LEFT), int(Manoeuvre.CHANGE_RIGHT)}
_planners: dict[int, tuple[LaneGraph, RoutePlanner]] = {}
"""With their graphs, so that none is forgotten and another gets its number."""


def planner_of(driving_map: DrivingMap) -> RoutePlanner:
    """The planner of a map; the last few are kept."""
    graph = driving_map.graph
    if id(graph) not in _planners:
        while len(_planners) >= MOST_PLANNERS:
            del _planners[next(iter(_planners))]
        _planners[id(graph)] = graph, RoutePlanner(graph)
    return _planners[id(graph)][1]


class RouteTable:
    """Routes between lanes of one map; those with the same lanes are searched once."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._known: dict[tuple[int, int], Route] = {}

    def routes(self, start: OnLane, goal: OnLane | None) -> list[Route]:
        """One a world, from places to places, or straight on. Raises `SuiteError` where no way leads."""
        found = []
        for n in range(len(start.lane)):
            begin = LanePosition(int(start.lane[n]), float(start.arc_m[n]))
            if goal is None:
                found.append(self._ahead(begin))
            else:
                found.append(self._between(begin, LanePosition(int(goal.lane[n]), float(goal.arc_m[n]))))
        return found

    def through(self, start: OnLane, places: Sequence[OnLane]) -> list[Route]:
        """One a world, from places past others to the last ones."""
        first = passed_first(self._view, start, places[0])
        parts = [self.routes(begin, end) for begin, end in pairwise((start, first, *places[1:]))]
        return [_joined(own) for own in zip(*parts, strict=True)]

    def _between(self, start: LanePosition, goal: LanePosition) -> Route:
        """Routes with the same first and last lane have the same legs, but for where the first begins and the last ends."""
        key = (start.lane, goal.lane)
        known = self._known.get(key)
        if known is None or not _reaches(known, start, goal):
            known = planner_of(self._view.map).search(start, goal, "length")
            self._known.setdefault(key, known)
        return known if (known.start, known.goal) == (start, goal) else _moved(known, start, goal)

    def _ahead(self, start: LanePosition) -> Route:
        key = (start.lane, -1)
        if key not in self._known:
            self._known[key] = self._straight_on(start)
        known = self._known[key]
        return _moved(known, start, known.goal)

    def _straight_on(self, start: LanePosition) -> Route:
        view = self._view
        graph, terrain = view.map.graph, view.map.ground.terrain
        lanes, total = [start.lane], float(graph.lanes.length_m[start.lane]) - start.arc_m
        while total < STRAIGHT_ON_M:
            first = graph.successors.first
            after = graph.successors.lane[first[lanes[-1]] : first[lanes[-1] + 1]]
            after = after[terrain.lane[after, DRIVEN] == 1]
            lane = straightest(view, after)
            if lane < 0 or lane in lanes:
                break
            lanes.append(lane)
            total += float(graph.lanes.length_m[lane])
        legs = np.array(lanes, np.int32)
        begin, end = np.zeros(len(legs)), graph.lanes.length_m[legs].copy()
        begin[0] = start.arc_m
        if total < STRAIGHT_ON_M:
            end[-1] = max(end[-1] - END_M, min(begin[-1] + 1.0, end[-1]))
        stretch = end - begin
        return Route(
            start, LanePosition(lanes[-1], float(end[-1])), legs, begin, end, legs,
            np.full(len(legs), Manoeuvre.FOLLOW, np.uint8), stretch, stretch / DEFAULT_SPEED_MPS,
        )  # fmt: skip


def passed_first(view: View, start: OnLane, first: OnLane) -> OnLane:
    """The first waypoints of routes, as who begins a little behind them on the same lanes sees them."""
    length = view.map.graph.lanes.length_m[first.lane]
    ahead = np.minimum(np.maximum(first.arc_m, start.arc_m + PASSED_M), length)
    return OnLane(first.lane, np.where(start.lane == first.lane, ahead, first.arc_m))


def _joined(routes: Sequence[Route]) -> Route:
    """One route of several that follow each other; where one ends on the lane that the next begins on, they are one leg."""
    joined = routes[0]
    for route in routes[1:]:
        along = joined.lane[-1] == route.lane[0] and not {int(joined.manoeuvre[-1]), int(route.manoeuvre[0])} & _CHANGES
        keep = slice(None, -1) if along else slice(None)
        begin = route.from_arc_m.copy()
        length, duration = route.leg_length_m.copy(), route.leg_duration_s.copy()
        if along:
            begin[0] = joined.from_arc_m[-1]
            length[0] += joined.leg_length_m[-1]
            duration[0] += joined.leg_duration_s[-1]
        pairs = (
            (joined.lane, route.lane), (joined.from_arc_m, begin), (joined.to_arc_m, route.to_arc_m),
            (joined.from_lane, route.from_lane), (joined.manoeuvre, route.manoeuvre), (joined.leg_length_m, length),
            (joined.leg_duration_s, duration),
        )  # fmt: skip
        joined = Route(joined.start, route.goal, *(np.concatenate([one[keep], other]) for one, other in pairs))
    return joined


def _reaches(route: Route, start: LanePosition, goal: LanePosition) -> bool:
    """Whether the same lanes lead from another place on the first of them to another on the last."""
    ends = np.isin(route.manoeuvre[[0, -1]], (Manoeuvre.CHANGE_LEFT, Manoeuvre.CHANGE_RIGHT)).any()
    if len(route.lane) == 1:
        return not ends and start.arc_m < goal.arc_m
    return not ends and start.arc_m < route.to_arc_m[0] and goal.arc_m > route.from_arc_m[-1]


def _moved(route: Route, start: LanePosition, goal: LanePosition) -> Route:
    """The same lanes from another start to another goal on the first and last of them."""
    begin, end = route.from_arc_m.copy(), route.to_arc_m.copy()
    begin[0], end[-1] = start.arc_m, goal.arc_m
    return replace(
        route, start=start, goal=goal, from_arc_m=begin, to_arc_m=end, leg_length_m=np.maximum(end - begin, 0.0)
    )


def on_driving_lane(view: View, poses: Poses, what: str) -> OnLane:
    """Places as places on lanes. Raises `SuiteError` for one that is near none."""
    if (poses.lane >= 0).all():
        return OnLane(poses.lane, poses.arc_m)
    found = project(view.map.ground.grid, poses.x, poses.y, poses.yaw, kinds=CAR_LANES, max_distance_m=BESIDE_M)
    lane = np.where(poses.lane >= 0, poses.lane, found.lane).astype(np.int32)
    if (lane < 0).any():
        n = int(np.flatnonzero(lane < 0)[0])
        raise SuiteError(
            f"{what} ({poses.x[n]:.2f}, {poses.y[n]:.2f}) is farther than {BESIDE_M:g} m from any driving lane."
        )
    return OnLane(lane, np.where(poses.lane >= 0, poses.arc_m, np.nan_to_num(found.arc_m)))


def lanes_between(view: View, places: list[OnLane]) -> Ints:
    """[N, R] The lanes of the ways from place to place, -1 after the last. places: of N worlds each."""
    table = RouteTable(view)
    rows: list[list[int]] = [[] for _ in range(len(places[0].lane))]
    for start, goal in pairwise(places):
        for row, route in zip(rows, table.routes(start, goal), strict=True):
            row += route.lane.tolist()
    longest = max((len(row) for row in rows), default=1)
    lanes = np.full((len(rows), max(longest, 1)), -1, np.int32)
    for w, row in enumerate(rows):
        lanes[w, : len(row)] = row
    return lanes


def place_on_route(view: View, route: p.Route, s: Floats) -> OnLane:
    """Places so far along a route from its first waypoint on; [W]."""
    places = [on_driving_lane(view, place(one.position, view), f"route {route.name!r}") for one in route.waypoints]
    if len(places) < 2:
        raise SuiteError(f"route {route.name!r} needs two waypoints or more, not {len(places)}.")
    lane, arc, left = places[0].lane.copy(), places[0].arc_m.copy(), s.copy()
    table = RouteTable(view)
    for start, goal in pairwise(places):
        for w, way in enumerate(table.routes(start, goal)):
            for k in range(len(way.lane)):
                stretch = float(way.to_arc_m[k] - way.from_arc_m[k])
                if left[w] < 0.0:
                    break
                lane[w], arc[w] = way.lane[k], way.from_arc_m[k] + min(left[w], stretch)
                left[w] = left[w] - stretch if left[w] > stretch else -1.0
    return OnLane(lane, arc)
