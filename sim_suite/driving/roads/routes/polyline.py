"""A route as a line to follow: places, headings and speed limits at equal distances. Source: ours.

Along a lane the line is its centre; a change moves from one centre to the other by Hermite's smooth step, which starts and
ends in the lanes' own direction.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from sim_suite.driving.roads.graph.layout import Bytes, Floats, Ints, LaneGraph
from sim_suite.driving.roads.graph.poses import lane_poses
from sim_suite.driving.roads.routes.network import DEFAULT_SPEED_MPS
from sim_suite.driving.roads.routes.route import Manoeuvre, Route
from sim_suite.errors import SuiteError

DRAWN_M: Final = 0.5
"""Legs are sampled this finely before the line is cut into equal steps."""


class RouteLine(NamedTuple):
    """[N] each, at least two: point k lies at arc k * step. World frame, metres, radians."""

    arc_m: Floats
    """Along the line itself, whose last arc may exceed `Route.length_m` by what changes of lane take sideways."""
    x: Floats
    y: Floats
    heading: Floats
    """Continuous; it may leave [-pi, pi]."""
    speed_limit_mps: Floats
    """`DEFAULT_SPEED_MPS` where the map states none."""
    lane: Ints
    manoeuvre: Bytes
    """Of the leg that the point lies on."""
    leg: Ints
    """Index into the route's legs."""


def route_line(graph: LaneGraph, route: Route, spacing_m: float = 1.0) -> RouteLine:
    """The line of a route; its points are at most spacing_m apart, all equally."""
    if not (spacing_m > 0.0 and math.isfinite(spacing_m)):
        raise SuiteError(f"points of a route cannot be {spacing_m:g} m apart: give a length above 0.")
    drawn = [_leg(graph, route, leg) for leg in range(len(route.lane))]
    x, y, heading = np.concatenate(drawn, axis=1)
    leg = np.repeat(np.arange(len(drawn)), [part.shape[1] for part in drawn])
    arc = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))))
    # Where legs join, their last and first points coincide: the later one tells where to go.
    kept = np.append(np.diff(arc) > 1e-9, True)
    x, y, heading, leg, arc = x[kept], y[kept], np.unwrap(heading[kept]), leg[kept], arc[kept]
    steps = max(math.ceil(arc[-1] / spacing_m - 1e-9), 1)
    at = np.linspace(0.0, arc[-1], steps + 1)
    on = leg[np.minimum(np.searchsorted(arc, at - 1e-9), len(arc) - 1)]
    places = np.interp(at, arc, x), np.interp(at, arc, y), np.interp(at, arc, heading)
    limit = np.where(np.isnan(graph.points.speed_limit_mps), DEFAULT_SPEED_MPS, graph.points.speed_limit_mps)
    lane = route.lane[on]
    place = _arcs_on_lanes(graph, route, arc, leg, at, on) / graph.lanes.step_m[lane]
    point = graph.lanes.first_point[lane] + np.minimum(
        place.astype(np.int64), np.diff(graph.lanes.first_point)[lane] - 1
    )
    return RouteLine(at, *places, limit[point], lane, route.manoeuvre[on], on.astype(np.int32))


def _leg(graph: LaneGraph, route: Route, leg: int) -> Floats:
    """[3, n] x, y, heading along one leg, both ends included."""
    begin, end = float(route.from_arc_m[leg]), float(route.to_arc_m[leg])
    count = max(math.ceil(abs(end - begin) / DRAWN_M), 1) + 1
    to = lane_poses(graph, int(route.lane[leg]), np.linspace(begin, end, count))
    if route.manoeuvre[leg] not in (Manoeuvre.CHANGE_LEFT, Manoeuvre.CHANGE_RIGHT):
        return np.stack([to.x, to.y, to.heading])
    first, second = _twin_arcs(graph, route, leg)
    since = lane_poses(graph, int(route.from_lane[leg]), np.linspace(first, second, count))
    u = np.linspace(0.0, 1.0, count)
    share = u * u * (3.0 - 2.0 * u)
    x, y = since.x + share * (to.x - since.x), since.y + share * (to.y - since.y)
    # Sideways speed over forward speed, both per share of the change.
    aside = (to.y - since.y) * np.cos(to.heading) - (to.x - since.x) * np.sin(to.heading)
    lean = np.arctan2(6.0 * u * (1.0 - u) * aside, max(abs(end - begin), 1e-9))
    return np.stack([x, y, to.heading + lean])


def _twin_arcs(graph: LaneGraph, route: Route, leg: int) -> tuple[float, float]:
    """Arcs on the lane that a change leaves: those at the same places along the road."""
    lanes, points = graph.lanes, graph.points
    own, other = int(route.lane[leg]), int(route.from_lane[leg])
    s = lane_poses(graph, own, np.array([route.from_arc_m[leg], route.to_arc_m[leg]])).road_s
    of_other = slice(int(lanes.first_point[other]), int(lanes.first_point[other + 1]))
    along = lanes.direction[other] * points.road_s[of_other]
    first, second = np.interp(lanes.direction[other] * s, along, np.arange(len(along)) * lanes.step_m[other])
    return float(first), float(second)


def _arcs_on_lanes(graph: LaneGraph, route: Route, arc: Floats, leg: Ints, at: Floats, on: Ints) -> Floats:
    """Arc along the leg's lane at each point of the line, by its share of the leg."""
    starts = np.searchsorted(leg, np.arange(len(route.lane)))
    begin = arc[np.maximum(starts - 1, 0)]
    begin[0] = 0.0
    end = np.append(begin[1:], arc[-1])
    share = np.clip((at - begin[on]) / np.maximum(end - begin, 1e-12)[on], 0.0, 1.0)
    return route.from_arc_m[on] + share * (route.to_arc_m - route.from_arc_m)[on]
